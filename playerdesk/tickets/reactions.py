"""What happens to tickets when something happens to their players."""

from collections.abc import Sequence

from playerdesk.kernel import Reactions, Tx
from playerdesk.players import TierChanged
from playerdesk.tickets.handling import retier

reactions = Reactions("tickets")


@reactions.within(TierChanged)
async def move_waiting_tickets_to_their_new_place(tx: Tx, events: Sequence[TierChanged]) -> None:
    """Who has just become a high payer does not wait in the place of a free player."""
    await retier(tx, {event.player_id: event.to_tier for event in events}, events[0].at)
