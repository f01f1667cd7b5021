"""What rules hear of from packages that do not know them: clocks and verdicts."""

from collections.abc import Sequence

from playerdesk.kernel import Reactions, Tx
from playerdesk.rules import consider
from playerdesk.sla.events import ClockBreached, ClockWarned
from playerdesk.surveys.events import TicketRated

reactions = Reactions("app.rules")


@reactions.within(ClockWarned)
async def see_warnings(tx: Tx, events: Sequence[ClockWarned]) -> None:
    """A deadline is near."""
    await consider(tx, "warned", events)


@reactions.within(ClockBreached)
async def see_breaches(tx: Tx, events: Sequence[ClockBreached]) -> None:
    """A deadline is missed."""
    await consider(tx, "breached", events)


@reactions.within(TicketRated)
async def see_verdicts(tx: Tx, events: Sequence[TicketRated]) -> None:
    """The player has said what she thinks of it."""
    await consider(tx, "rated", events)
