"""What staff needs looked at again and again."""

from datetime import timedelta
from time import monotonic

from playerdesk.kernel import Database, Loop
from playerdesk.staff.one_time import purge_one_time
from playerdesk.staff.presence import let_go
from playerdesk.staff.rules import GRACE
from playerdesk.staff.sessions import purge_sessions
from playerdesk.staff.sign_in import purge_attempts

DEAF_SECONDS = 15.0
"""Rounds come every two seconds; a gap like this means that the database, or this process, stood still."""


def loops(grace: timedelta = GRACE) -> tuple[Loop, ...]:
    """The loops of this package; `grace` is how long a screen may be silent."""
    heard_since = last_round = monotonic()

    async def vanish(database: Database) -> None:
        # While the database was away nobody could be heard; everybody gets the whole grace anew.
        nonlocal heard_since, last_round
        at = monotonic()
        if at - last_round > DEAF_SECONDS:
            heard_since = at
        if at - heard_since >= grace.total_seconds():
            await let_go(database, grace)
        else:
            async with database.reading() as reader:
                await reader.value("SELECT 1")
        last_round = at  # only a round that the database has answered

    return (
        Loop("let go of the vanished", 2, vanish),
        Loop("purge staff sessions", 300, purge_sessions),
        Loop("purge one-time tokens", 300, purge_one_time),
        Loop("purge sign-in attempts", 60, purge_attempts),
    )


LOOPS = loops()
