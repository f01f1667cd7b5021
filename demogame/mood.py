"""Who asks, about what, in which mood: weights over tiers, hours and categories."""

from random import Random

from msgspec import Struct

from demogame.texts.phrases import Tone
from demogame.views import SessionView
from demogame.world import Player, Segment

# A paying player asks far more often than her share of the players.
ASKS: dict[Segment, float] = {"high": 10, "mid": 4, "low": 2, "none": 1}
CHATS: dict[Segment, float] = {"high": 0.6, "mid": 0.5, "low": 0.35, "none": 0.3}
USUAL: dict[str, float] = {
    "recharge": 20, "stolen": 7, "lag": 11, "match": 8, "appeal": 6, "bug": 9, "suggestion": 5, "praise": 2.5,
    "complaint": 6, "minor": 2.5, "giftcode": 4, "account": 6, "refund": 4, "item": 6, "event": 5, "report": 5,
    "other": 3,
}  # fmt: skip
PAYING = {"recharge", "refund", "minor"}
ANGRY = {
    "complaint": 1.0, "lag": 0.35, "appeal": 0.35, "match": 0.3, "report": 0.3, "recharge": 0.25, "stolen": 0.25,
    "bug": 0.15,
}  # fmt: skip
CALM = {"praise", "suggestion", "other", "event"}
PICTURES = {
    "recharge": 0.35, "bug": 0.35, "report": 0.4, "match": 0.3, "refund": 0.25, "item": 0.25, "lag": 0.2,
    "giftcode": 0.2,
}  # fmt: skip


class Ask(Struct):
    """A decision to turn to support."""

    category: str
    tone: Tone
    live: bool
    patience: float
    picture: bool


def closest(rng: Random, players: list[Player], hour: int) -> Player:
    """Choose somebody, rather one who plays at this hour of the day in Shanghai."""
    few = rng.choices(players, k=3)
    return min(few, key=lambda p: min((p.favourite_hour - hour) % 24, (hour - p.favourite_hour) % 24))


def segment(rng: Random, counts: dict[Segment, int]) -> Segment:
    """Choose the kind of player who asks next."""
    kinds: list[Segment] = [kind for kind in ASKS if counts.get(kind)]
    return rng.choices(kinds, [ASKS[kind] * counts[kind] for kind in kinds])[0]


def decide(rng: Random, player: Player, session: SessionView, hour: int) -> Ask:
    """Decide what this player wants now, out of what the desk offers."""
    category = _category(rng, player, [c.key for c in session.categories], hour)
    luck = rng.random()
    angry = ANGRY.get(category, 0.1)
    tone: Tone = "angry" if luck < angry else "polite" if luck > 0.75 else "plain"
    if category in CALM and tone == "angry":
        tone = "plain"
    chat = session.chat
    live = rng.random() < (CHATS[player.segment] if chat.available else 0.12)
    patience = rng.lognormvariate(5.3, 0.6) if live else rng.lognormvariate(6.9, 0.7)
    if live and chat.expected_wait_seconds and chat.expected_wait_seconds > 2 * patience:
        live, patience = False, 4 * patience
    if tone == "angry":
        patience *= 0.6
    return Ask(category, tone, live, patience, rng.random() < PICTURES.get(category, 0.04))


def _category(rng: Random, player: Player, offered: list[str], hour: int) -> str:
    weights: list[float] = []
    for key in offered:
        weight = USUAL.get(key, 2.0)
        if key in PAYING and player.segment == "none":
            weight *= 0.3
        if key in {"lag", "match"} and 19 <= hour <= 23:
            weight *= 1.8
        weights.append(weight)
    return rng.choices(offered, weights)[0]


def reason(rng: Random, offered: list[str], slow: bool) -> list[str]:
    """Choose reasons beside a rating; who waited long says so."""
    speed: list[str] = [key for key in offered if any(word in key for word in ("slow", "wait", "speed"))]
    if slow and speed:
        return speed[:1]
    return rng.sample(offered, k=min(len(offered), rng.choice((0, 1, 1, 2))))


