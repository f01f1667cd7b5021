"""Tiers and portfolios. Pure."""

import heapq
from collections.abc import Sequence
from typing import Literal

import msgspec

Tier = Literal["high", "mid", "low", "none"]
TIERS: tuple[Tier, ...] = ("high", "mid", "low", "none")
"""In their order; what a company calls them is another matter (`services`)."""

PORTFOLIO = 200
"""How many high payers one VIP manager looks after."""


class Thresholds(msgspec.Struct, frozen=True):
    """Spend in the window, in minor units, from which a tier begins."""

    high_minor: int
    mid_minor: int
    low_minor: int


class Portfolio(msgspec.Struct, frozen=True):
    """A manager, whom she serves (no brands: all) and how many players she has."""

    person_id: int
    brand_ids: list[int]
    players: int


class Orphan(msgspec.Struct, frozen=True):
    """A high payer without a manager, and where she plays."""

    player_id: int
    brand_ids: list[int]


def tier_of(spent_minor: int, thresholds: Thresholds) -> Tier:
    """The tier for what was spent in the window."""
    if spent_minor >= thresholds.high_minor:
        return "high"
    if spent_minor >= thresholds.mid_minor:
        return "mid"
    return "low" if spent_minor >= thresholds.low_minor else "none"


def share_out(
    orphans: Sequence[Orphan], portfolios: Sequence[Portfolio], capacity: int = PORTFOLIO
) -> dict[int, int]:
    """Manager by player: always the least loaded one who serves a brand she plays; nobody beyond capacity."""
    given: dict[int, int] = {}
    free = [(each.players, each.person_id, each.brand_ids) for each in portfolios if each.players < capacity]
    heapq.heapify(free)
    for orphan in orphans:
        passed: list[tuple[int, int, list[int]]] = []
        while free:
            players, person_id, brand_ids = heapq.heappop(free)
            if brand_ids and not set(brand_ids) & set(orphan.brand_ids):
                passed.append((players, person_id, brand_ids))
                continue
            given[orphan.player_id] = person_id
            if players + 1 < capacity:
                passed.append((players + 1, person_id, brand_ids))
            break
        for each in passed:
            heapq.heappush(free, each)
    return given
