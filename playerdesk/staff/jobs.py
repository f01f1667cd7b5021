"""What staff needs looked at again and again."""

from datetime import timedelta

from playerdesk.kernel import Database, Loop
from playerdesk.staff.presence import let_go
from playerdesk.staff.rules import GRACE
from playerdesk.staff.sessions import purge_sessions
from playerdesk.staff.sign_in import purge_attempts


def loops(grace: timedelta = GRACE) -> tuple[Loop, ...]:
    """The loops of this package; `grace` is how long a screen may be silent."""

    async def vanish(database: Database) -> None:
        await let_go(database, grace)

    return (
        Loop("let go of the vanished", 2, vanish),
        Loop("purge staff sessions", 300, purge_sessions),
        Loop("purge sign-in attempts", 60, purge_attempts),
    )


LOOPS = loops()
