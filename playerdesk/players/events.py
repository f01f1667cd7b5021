"""What happens to players. None of it is shown to them, so nothing here goes to a player's own stream."""

from datetime import datetime

import msgspec

from playerdesk.kernel import Event


class TierReason(msgspec.Struct, frozen=True, rename="camel"):
    """Why somebody is in her tier: what she spent in the window, and the threshold that decided."""

    window_days: int
    spent_minor: int
    currency: str
    rule: str
    cause: str = "spend"
    """model: the thresholds were changed, not what she spends."""


class TierChanged(Event, frozen=True):
    """Somebody spends more, or less, than before."""

    player_id: int
    from_tier: str
    to_tier: str
    reason: TierReason
    at: datetime


class TierModelChanged(Event, frozen=True):
    """Tiers begin elsewhere, or get something else."""

    version: int
    by_id: int | None


class ManagerAssigned(Event, frozen=True):
    """A VIP manager looks after this player from now on (None: nobody does)."""

    player_id: int
    from_id: int | None
    to_id: int | None
    reason: str
    at: datetime


class PortfolioHandedOver(Event, frozen=True):
    """All players of one manager are another's now."""

    from_id: int
    to_id: int
    player_ids: list[int]
    at: datetime


class CardChanged(Event, frozen=True):
    """What an agent sees of these accounts is not what it was; open cards fetch themselves afresh."""

    player_ids: list[int]

    def topics(self) -> list[str]:
        return [f"card:{player_id}" for player_id in self.player_ids]


class PlayersMerged(Event, frozen=True):
    """Two were found to be one person."""

    merge_id: int
    kept_id: int
    merged_id: int
    rule: str
    by_id: int | None
    at: datetime


class PlayersUnmerged(Event, frozen=True):
    """They were two after all."""

    merge_id: int
    kept_id: int
    merged_id: int
    by_id: int | None
    at: datetime
