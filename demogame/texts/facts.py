"""The facts of one player's trouble: order number, amount, match, time … the same throughout a conversation."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from string import Formatter

import msgspec
from msgspec import Struct

from demogame.world import Player

SHANGHAI_AHEAD = timedelta(hours=8)


class Facts(Struct):
    """What this player can tell when asked; `values` fill the {variables} of templates."""

    brand: str
    language: str
    values: dict[str, str]


@cache
def _variables() -> dict[str, dict[str, list[str]]]:
    raw = (Path(__file__).parent / "variables.toml").read_bytes()
    return msgspec.toml.decode(raw, type=dict[str, dict[str, list[str]]])


def facts_for(rng: Random, player: Player, now: datetime, category: str = "") -> Facts:
    """Roll the facts of one question; a category may have values of its own."""
    pools = _variables()
    chosen = pools["common"] | pools[player.brand.key] | (pools["en"] if player.language == "en" else {})
    chosen = chosen | pools.get(f"{category}_{player.language}", {})
    values = {key: rng.choice(pool) for key, pool in chosen.items()}
    ago = rng.choice((4, 9, 15, 25, 40, 70, 130))
    there = now + SHANGHAI_AHEAD
    values |= {
        "server": player.main.server.name,
        "role": player.main.name,
        "level": str(player.main.level),
        "minutes": str(ago),
        "time": (there - timedelta(minutes=ago)).strftime("%H:%M"),
        "date": f"{there.month}月{min(28, there.day + 2)}号",
        "ping": str(rng.choice((180, 230, 340, 460, 520, 860, 999))),
        "order": f"{there:%Y%m%d}{rng.randrange(10**10):010d}",
        "match": f"{rng.randrange(10**9):09d}",
        "code": "".join(rng.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(8)),
        "phone": f"{rng.randrange(10000):04d}",
    }
    return Facts(player.brand.key, player.language, values)


def fill(template: str, facts: Facts) -> str:
    """Put the facts into a template."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format_map({name: facts.values[name] for name in names})
