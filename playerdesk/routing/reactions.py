"""When routing acts: on arrival, when an owner is missing, when an agent leaves."""

from collections.abc import Sequence

from playerdesk.kernel import Reactions, Tx, now
from playerdesk.routing import actions, queries
from playerdesk.staff import PresenceChanged
from playerdesk.tickets import (
    ChatStarted,
    MessagePosted,
    TicketAssigned,
    TicketEvent,
    TicketOpened,
    TicketQueued,
    TicketReopened,
)

reactions = Reactions("routing")

_LOG = """
    INSERT INTO routing.assignment (ticket_id, person_id, reason, waited_seconds, at)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::float8[], $5::timestamptz[])
"""


@reactions.within(TicketOpened)
async def place_new_tickets(tx: Tx, events: Sequence[TicketOpened]) -> None:
    await actions.place(tx, events, events[0].at)


@reactions.within(ChatStarted)
async def refuse_chats_nobody_can_take(tx: Tx, events: Sequence[ChatStarted]) -> None:
    await actions.refuse_if_nobody(tx, [event.ticket_id for event in events], events[0].at)


@reactions.within(TicketAssigned)
async def log_assignments(tx: Tx, events: Sequence[TicketAssigned]) -> None:
    await tx.execute(
        _LOG, [e.ticket_id for e in events], [e.assignee_id for e in events], [e.reason for e in events],
        [e.waited_seconds for e in events], [e.at for e in events],
    )


@reactions.within(MessagePosted)
async def find_somebody_when_the_owner_is_away(tx: Tx, events: Sequence[MessagePosted]) -> None:
    """The player answered, but whoever had the ticket has gone home: it must not lie there."""
    await _put_back_deserted(tx, [event for event in events if event.author == "player"])


@reactions.within(TicketReopened)
async def find_somebody_for_what_is_open_again(tx: Tx, events: Sequence[TicketReopened]) -> None:
    """Also without a word of the player."""
    await _put_back_deserted(tx, events)


async def _put_back_deserted(tx: Tx, events: Sequence[TicketEvent]) -> None:
    owned = [event.ticket_id for event in events if event.assignee_id is not None]
    if owned and (left := await queries.deserted(tx, owned)):
        await actions.put_back(tx, sorted(left), "owner_away", events[0].at)


@reactions.within(TicketQueued)
async def bring_high_payers_to_their_manager(tx: Tx, events: Sequence[TicketQueued]) -> None:
    """Work taken back from somebody goes to the manager or deputy when one of them is here."""
    back = [event for event in events if event.reason in ("vanished", "signed_out", "owner_away")]
    if back:
        await actions.place(tx, back, events[0].at)


@reactions.within(PresenceChanged)
async def take_back_the_work_of_those_who_left(tx: Tx, events: Sequence[PresenceChanged]) -> None:
    for event in events:
        if event.state == "offline":
            reason = "vanished" if event.reason == "vanished" else "signed_out"
            await actions.take_back(tx, event.person_id, reason, now())
