"""What the worker does with traces: seals them each second, walks the chains when asked and each night, lets go of old views."""

import time
from pathlib import Path
from typing import LiteralString

import structlog

from playerdesk.audit import outside
from playerdesk.audit.actions import Trace, record
from playerdesk.audit.keeping import let_go
from playerdesk.audit.sealing import A_ROUND, seal, signing_key
from playerdesk.audit.verifying import Report, verify
from playerdesk.kernel import Database, Loop, Tx

log = structlog.get_logger("audit")

NIGHTLY_HOURS = 24
BEAT_SECONDS = 0.5
LOST_SECONDS = 60
"""A walk that has not moved for so long died with its worker; another one begins anew."""

# Of several workers one takes it: the row lock decides, and the beat shows the others that it is taken.
_TAKE: LiteralString = """
    UPDATE audit.verification SET beat_at = now(), done = 0 WHERE id = (
        SELECT id FROM audit.verification
        WHERE finished_at IS NULL AND (beat_at IS NULL OR beat_at < now() - make_interval(secs => $1))
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""

_BEAT: LiteralString = "UPDATE audit.verification SET beat_at = now(), done = $2, total = $3 WHERE id = $1"

_FINISH: LiteralString = """
    UPDATE audit.verification SET finished_at = now(), done = total, reports = $2 WHERE id = $1
"""

_NIGHTLY: LiteralString = """
    INSERT INTO audit.verification (asked_by)
    SELECT NULL WHERE pg_try_advisory_xact_lock(7305120615241820) AND NOT EXISTS (
        SELECT FROM audit.verification WHERE asked_at > now() - make_interval(hours => $1))
    AND EXISTS (SELECT FROM audit.sealed)
"""


async def seal_all(database: Database, folder: Path) -> int:
    """Seal whatever waits, and tell the checkpoints to places outside of the database."""
    count = 0
    while True:
        sealed, anchors = await seal(database)
        if anchors:
            async with database.transaction() as tx:
                key = await signing_key(tx)
            await outside.tell(folder, key, anchors)
        count += sealed
        if sealed < A_ROUND:
            return count


async def walk(database: Database, folder: Path) -> list[Report] | None:
    """Walk the chains if somebody has asked for it; what was found."""
    async with database.transaction() as tx:
        number: int | None = await tx.value(_TAKE, LOST_SECONDS)
    return None if number is None else await run(database, folder, number)


async def run(database: Database, folder: Path, number: int) -> list[Report]:
    """Walk the chains for this row of audit.verification, and say in the log when something is wrong."""
    told = 0.0

    async def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < BEAT_SECONDS:
            return
        told = time.monotonic()
        async with database.transaction() as tx:
            await tx.execute(_BEAT, number, done, total)

    reports = await verify(database, outside.read(folder / outside.FILE), progress)
    async with database.transaction() as tx:
        await tx.execute(_FINISH, number, reports)
    for report in reports:
        if report.finding is not None:
            log.error("the audit log was altered", book=report.book, number=report.finding.number, what=report.finding.text.en)
    return reports


_ASK: LiteralString = """
    INSERT INTO audit.verification (asked_by)
    SELECT $1 WHERE NOT EXISTS (SELECT FROM audit.verification WHERE finished_at IS NULL)
"""


async def ask(tx: Tx, person_id: int) -> None:
    """Have the chains walked; one walk at a time is enough for everybody who asks."""
    if await tx.execute(_ASK, person_id):
        await record(tx, Trace(actor_id=person_id, action="audit.verification_asked", kind="audit", object_id="chain"))


async def ask_nightly(database: Database) -> None:
    """Nobody has asked for a day: the desk asks itself. Old results are forgotten."""
    async with database.transaction() as tx:
        await tx.execute(_NIGHTLY, NIGHTLY_HOURS)
        await tx.execute("DELETE FROM audit.verification WHERE asked_at < now() - interval '400 days'")


def loops(folder: Path, view_days: int) -> tuple[Loop, ...]:
    """The loops of every worker; `folder` keeps the checkpoints, views are kept for `view_days`."""

    async def sealing(database: Database) -> None:
        await seal_all(database, folder)

    async def walking(database: Database) -> None:
        await walk(database, folder)

    async def keeping(database: Database) -> None:
        await let_go(database, view_days)

    return (
        Loop("audit.seal", 1.0, sealing), Loop("audit.verify", 1.0, walking), Loop("audit.keep", 3600, keeping),
        Loop("audit.nightly", 600, ask_nightly),
    )
