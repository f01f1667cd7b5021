"""`playerdesk audit verify` beside a running desk: it ends, and finds whole what grows while it walks."""

import asyncio

from playerdesk.audit.sealing import seal
from playerdesk.audit.verifying import verify
from tests.audit.test_tampering import a_trace, filled, write


async def test_a_walk_ends_however_much_is_written_meanwhile(database):
    await filled(database, n=200)
    ended, written = asyncio.Event(), 0

    async def keep_writing():
        nonlocal written
        while not ended.is_set():
            await write(database, *(a_trace(1000 + written + n) for n in range(20)))
            await seal(database, at_once=True)
            written += 20

    writing = asyncio.create_task(keep_writing())
    try:
        while not written:
            await asyncio.sleep(0.01)
        before = written
        reports = await asyncio.wait_for(verify(database, chunk=7), 30)
        assert written > before, "they wrote while it walked"
    finally:
        ended.set()
        await writing
    assert [report.finding for report in reports] == [None, None]
    assert max(report.last for report in reports) >= 203
    assert [report.finding for report in await verify(database, chunk=500)] == [None, None]
