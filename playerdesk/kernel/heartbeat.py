"""Workers say that they are alive, so that the desk can tell when its durable work stands still."""

import os
import socket
from datetime import datetime

from playerdesk.kernel.database import Database, Reader
from playerdesk.kernel.loops import Loop

SILENT_SECONDS = 30
"""Six missed beats: longer than a restart of the database, shorter than a coffee."""

_ME = f"{socket.gethostname()}:{os.getpid()}"

_BEAT = """
    WITH gone AS (DELETE FROM kernel.heartbeat WHERE beat_at < now() - interval '1 day')
    INSERT INTO kernel.heartbeat (worker) VALUES ($1)
    ON CONFLICT (worker) DO UPDATE SET beat_at = now()
"""


async def beat(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(_BEAT, _ME)


async def last_beat(reader: Reader) -> datetime | None:
    """When any worker was heard of last."""
    return await reader.value("SELECT max(beat_at) FROM kernel.heartbeat")


HEARTBEAT = Loop("heartbeat", 5, beat)
"""Run by every worker."""
