"""What players do when something happens to them."""

from collections.abc import Sequence

from playerdesk.kernel import Reactions, Tx
from playerdesk.players.events import CardChanged, TierChanged
from playerdesk.players.managers import find_managers
from playerdesk.players.segments.portraits import draw_again
from playerdesk.players.services import managed_tiers

reactions = Reactions("players")


@reactions.within(TierChanged)
async def give_new_high_payers_a_manager(tx: Tx, batch: Sequence[TierChanged]) -> None:
    """Who drops a tier keeps her manager: people know each other."""
    managed = await managed_tiers(tx)
    high = [event.player_id for event in batch if event.to_tier in managed]
    if high:
        await find_managers(tx, high)


@reactions.within(CardChanged)
async def draw_portraits_again(tx: Tx, batch: Sequence[CardChanged]) -> None:
    """What is shown differently may put somebody into another segment."""
    await draw_again(tx, sorted({player_id for event in batch for player_id in event.player_ids}))
