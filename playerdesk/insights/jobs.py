"""Keeping the figures up to date: what was logged since the last look, each second."""

from playerdesk.insights.actions import digest
from playerdesk.insights.rules import DIGESTED
from playerdesk.kernel import Database, Loop, read_on


async def digest_news(database: Database) -> int:
    """Count every event since the last call, exactly once; returns how many there were."""
    return await read_on(database, "insights", DIGESTED, digest)


LOOPS = (Loop("insights.digest", 1.0, digest_news),)
