"""What rules hear of from packages that do not know them, clocks and verdicts; and what they start: processes."""

from collections.abc import Sequence

import structlog

from playerdesk.brands import module_on
from playerdesk.kernel import Reactions, Refused, Tx
from playerdesk.processes import start_process
from playerdesk.rules import ProcessWanted, consider
from playerdesk.sla.events import ClockBreached, ClockWarned
from playerdesk.surveys.events import TicketRated

log = structlog.get_logger("rules")
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


@reactions.within(ProcessWanted)
async def start_processes(tx: Tx, events: Sequence[ProcessWanted]) -> None:
    """A rule starts a process; one that is under way already, or is gone, is no reason to fail."""
    for event in events:
        if await module_on(tx, event.brand_id, "processes"):
            try:
                async with tx.attempt():
                    await start_process(tx, event.ticket_id, event.process, None, f"rule:{event.rule['key']}", event.at)
            except Refused as refusal:
                log.info("process not started", process=event.process, ticket=event.ticket_id, code=refusal.code)
