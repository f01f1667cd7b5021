"""Accounts that may be one person: the same contact, verified by each game. Pure, and the statement that looks."""

from collections.abc import Sequence
from typing import LiteralString

import msgspec

SURE = frozenset({"wechat"})
"""Kinds that belong to one person: phones are shared in families and given to strangers, mail boxes are lent."""

_FAMILIAR = 5
"""More accounts than this on one contact are a studio or a shop counter, not a person."""


class Carrier(msgspec.Struct, frozen=True):
    """An account with a verified contact."""

    player_id: int
    head_id: int
    brand_id: int
    auto_merge: bool


def normalised(kind: str, value: str) -> str:
    """The same phone or address written in two ways is the same."""
    if kind == "phone":
        digits = "".join(each for each in value if each.isdigit())
        return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits
    return value.lower() if kind == "email" else value


def proposals(carriers: Sequence[Carrier]) -> list[tuple[int, int]]:
    """Pairs of accounts of different persons, (low, high); none when there are too many to be one person."""
    by_head = {each.head_id: min(c.player_id for c in carriers if c.head_id == each.head_id) for each in carriers}
    if not 1 < len(by_head) <= _FAMILIAR:
        return []
    ids = sorted(by_head.values())
    return [(low, high) for i, low in enumerate(ids) for high in ids[i + 1:]]


def surely_one(kind: str, carriers: Sequence[Carrier]) -> tuple[int, int] | None:
    """The two accounts (older, newer) that may be merged without asking anybody.

    Only for a kind that is one person's alone, exactly two accounts, in two games, both of which allow it.
    """
    if kind not in SURE or len(carriers) != 2:
        return None
    one, other = sorted(carriers, key=lambda each: each.player_id)
    safe = one.head_id != other.head_id and one.brand_id != other.brand_id and one.auto_merge and other.auto_merge
    return (one.player_id, other.player_id) if safe else None


CARRIERS: LiteralString = """
    SELECT said.kind, said.value, c.player_id, coalesce(p.merged_into, p.id), c.brand_id, coalesce(s.auto_merge, false)
    FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS u (kind, value)) AS said
    CROSS JOIN LATERAL (
        SELECT player_id, brand_id FROM players.contact
        WHERE kind = said.kind AND value = said.value AND verified AND value <> '' LIMIT 50
    ) AS c
    JOIN players.player p ON p.id = c.player_id LEFT JOIN players.block_setting s ON s.brand_id = c.brand_id
"""

PROPOSE: LiteralString = """
    INSERT INTO players.merge_proposal (low_id, high_id, kind)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[]) ON CONFLICT DO NOTHING
    RETURNING low_id, high_id
"""
