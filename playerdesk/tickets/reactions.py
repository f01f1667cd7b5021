"""What happens to tickets when something happens to their players."""

from collections.abc import Sequence

from playerdesk.kernel import Reactions, Tx
from playerdesk.players import TierChanged
from playerdesk.tickets.events import NoteAdded
from playerdesk.tickets.handling import retier
from playerdesk.tickets.writing.mentions import write_mentions

reactions = Reactions("tickets")


@reactions.within(TierChanged)
async def move_waiting_tickets_to_their_new_place(tx: Tx, events: Sequence[TierChanged]) -> None:
    """Who has just become a high payer does not wait in the place of a free player."""
    await retier(tx, {event.player_id: event.to_tier for event in events}, events[0].at)


@reactions.within(NoteAdded)
async def tell_those_who_are_called(tx: Tx, events: Sequence[NoteAdded]) -> None:
    """Whoever is called by name in a note hears of it."""
    await write_mentions(tx, events)
