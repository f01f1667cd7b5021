"""Tells the demo desk its past month, once, beside the running desk: `python -m playerdesk.app.demo.past`."""

import asyncio
import sys
import time

import structlog

from playerdesk.app.demo.past.month import NOTE_FILE, tell_the_past
from playerdesk.app.demo.past.telling import WIRING
from playerdesk.kernel import connect
from playerdesk.kernel.log import configure
from playerdesk.kernel.settings import load

log = structlog.get_logger("past")


async def main() -> None:
    """As a process beside the desk, which starts it nice to the others."""
    settings = load()
    configure(settings, "past")
    if settings.database_url is None:
        sys.exit("PLAYERDESK_DATABASE_URL is not set: this runs beside a desk, started by it")
    database = await connect(settings.database_url, wiring=WIRING, size=2, statement_timeout_ms=60_000, quiet=True)
    began = time.process_time()
    try:
        address = f"http://127.0.0.1:{settings.demo_game_port}"
        new = await tell_the_past(database, address, settings.data_dir / NOTE_FILE)
        if new:
            log.info("the past month is told", tickets=new, cpu_seconds=round(time.process_time() - began, 1))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
