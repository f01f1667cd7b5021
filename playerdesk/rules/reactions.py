"""What rules listen to. Clocks and verdicts are told by `app`, for those packages stand beside or above this one."""

from collections.abc import Sequence

from playerdesk.kernel import Reactions, Tx
from playerdesk.rules.engine import consider
from playerdesk.tickets import (
    MessagePosted,
    TicketAssigned,
    TicketChanged,
    TicketOpened,
    TicketQueued,
    TicketReopened,
    TicketResolved,
)

reactions = Reactions("rules")


@reactions.within(TicketOpened)
async def see_openings(tx: Tx, events: Sequence[TicketOpened]) -> None:
    await consider(tx, "opened", events)


@reactions.within(MessagePosted)
async def see_messages(tx: Tx, events: Sequence[MessagePosted]) -> None:
    """What the desk says by itself sets nothing off."""
    for author, kind in (("player", "player_message"), ("staff", "staff_message")):
        said = [event for event in events if event.author == author]
        if said:
            await consider(tx, kind, said)


@reactions.within(TicketChanged)
async def see_changes(tx: Tx, events: Sequence[TicketChanged]) -> None:
    await consider(tx, "changed", events)


@reactions.within(TicketAssigned)
async def see_assignments(tx: Tx, events: Sequence[TicketAssigned]) -> None:
    await consider(tx, "assigned", events)


@reactions.within(TicketQueued)
async def see_queueing(tx: Tx, events: Sequence[TicketQueued]) -> None:
    await consider(tx, "queued", events)


@reactions.within(TicketResolved)
async def see_resolutions(tx: Tx, events: Sequence[TicketResolved]) -> None:
    await consider(tx, "resolved", events)


@reactions.within(TicketReopened)
async def see_reopenings(tx: Tx, events: Sequence[TicketReopened]) -> None:
    await consider(tx, "reopened", events)
