"""Finding another account to compare or merge with: by number, account, contact or the beginning of a role."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader
from playerdesk.players.matching import normalised


class PlayerLine(msgspec.Struct, frozen=True, rename="camel"):
    """A person as one line."""

    id: int
    name: str
    tier: str
    accounts: list[str]


class Proposal(msgspec.Struct, frozen=True, rename="camel"):
    """Another account that may be the same person, and the kind of contact they share."""

    low_id: int
    high_id: int
    kind: str
    other: PlayerLine


class MergePreview(msgspec.Struct, frozen=True, rename="camel"):
    """What the two are now, and what they would be together."""

    kept: PlayerLine
    merged: PlayerLine
    kept_manager_id: int | None
    merged_manager_id: int | None
    kept_spent_minor: int | None
    merged_spent_minor: int | None
    currency: str
    tier: str


_LINES: LiteralString = """
    SELECT p.id, p.name, p.tier, array(
        SELECT b.key || ':' || i.value FROM players.identity i JOIN brands.brand b ON b.key = i.issuer
        WHERE i.kind = 'game_account' AND b.id = ANY($2::bigint[])
          AND i.player_id IN (SELECT p.id UNION ALL SELECT m.id FROM players.player m WHERE m.merged_into = p.id)
        ORDER BY i.id LIMIT 20)
    FROM players.player p WHERE p.id = ANY($1::bigint[])
"""

# Each way in goes along an index of its own.
_FIND: LiteralString = """
    SELECT DISTINCT coalesce(p.merged_into, p.id) FROM (
        (SELECT id FROM players.player WHERE id = $1)
        UNION (SELECT player_id FROM players.identity i JOIN brands.brand b ON b.key = i.issuer
               WHERE i.kind = 'game_account' AND i.value = $2 AND b.id = ANY($4::bigint[]) LIMIT 20)
        UNION (SELECT player_id FROM players.contact
               WHERE (kind, value) IN (('phone', $3), ('email', lower($2)), ('wechat', $2), ('qq', $2))
                 AND verified AND value <> '' AND brand_id = ANY($4) LIMIT 20)
    ) AS hit JOIN players.player p ON p.id = hit.id LIMIT 20
"""

_PROPOSALS: LiteralString = """
    SELECT low_id, high_id, kind FROM players.merge_proposal
    WHERE state = 'open' AND (low_id = ANY($1::bigint[]) OR high_id = ANY($1)) ORDER BY at DESC LIMIT 20
"""

# Both play one of these games: what others have to decide takes no place in the hundred.
_PLAYS: LiteralString = """
    EXISTS (SELECT FROM players.identity i JOIN brands.brand b ON b.key = i.issuer
            WHERE i.player_id = {id} AND i.kind = 'game_account' AND b.id = ANY($1::bigint[]))
"""
_PAIRS: LiteralString = f"""
    SELECT low_id, high_id, kind, decided_by, decided_at FROM players.merge_proposal
    WHERE state = $2 AND {_PLAYS.replace("{id}", "low_id")} AND {_PLAYS.replace("{id}", "high_id")}
    ORDER BY decided_at DESC, at DESC LIMIT 100
"""


async def lines_of(reader: Reader, ids: Sequence[int], brand_ids: Sequence[int]) -> dict[int, PlayerLine]:
    """These players, each as one line; unknown ones are absent."""
    return {each.id: each for each in await reader.rows(PlayerLine, _LINES, list(ids), list(brand_ids))}


async def find_players(reader: Reader, text: str, brand_ids: Sequence[int]) -> list[PlayerLine]:
    """Persons with this number, account or verified contact who play one of these games."""
    text = text.strip()
    if not text or len(text) > 200:
        return []
    digits = text.removeprefix("#")
    number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 15 else 0
    heads = [row[0] for row in await reader.fetch(_FIND, number, text, normalised("phone", text), list(brand_ids))]
    found = await lines_of(reader, heads, brand_ids)
    return [found[head] for head in sorted(heads) if head in found and found[head].accounts]


async def proposals_for(reader: Reader, person: Sequence[int], brand_ids: Sequence[int]) -> list[Proposal]:
    """Who may be the same person as the one with these accounts."""
    rows = await reader.fetch(_PROPOSALS, list(person))
    found = await lines_of(reader, [i for row in rows for i in row[:2]], brand_ids)
    return [
        Proposal(low, high, kind, found[other]) for low, high, kind in rows
        if (other := high if low in person else low) in found and found[other].accounts
    ]


class PlayerPair(msgspec.Struct, frozen=True, rename="camel"):
    """Two accounts with the same verified contact; by whom and when they were kept apart."""

    low: PlayerLine
    high: PlayerLine
    kind: str
    by_id: int | None = None
    at: datetime | None = None


async def pairs(reader: Reader, brand_ids: Sequence[int], state: str = "open") -> list[PlayerPair]:
    """All that wait for a decision, or have been kept apart ("dismissed"); the newest first."""
    rows = await reader.fetch(_PAIRS, list(brand_ids), state)
    found = await lines_of(reader, [i for row in rows for i in row[:2]], brand_ids)
    return [
        PlayerPair(found[low], found[high], *rest) for low, high, *rest in rows
        if low in found and high in found and found[low].accounts and found[high].accounts
    ]
