"""Finding players: by name or its pinyin, characters, accounts; by phone or e-mail for those who may read them."""

from collections.abc import Collection, Iterable, Sequence
from typing import LiteralString

import msgspec

from playerdesk.brands import brands
from playerdesk.kernel import Database, Loop, Reader
from playerdesk.kernel.finding import Asked, lexeme, tsvector
from playerdesk.kernel.sounds import sounds
from playerdesk.kernel.words import fold, tokens
from playerdesk.players.masking import RULES, mask_value
from playerdesk.players.matching import normalised
from playerdesk.players.rules import Tier

PLAYERS_A_ROUND = 1000
SHORTEST_SECRET = 4
"""Of a phone number or address so many characters are needed, or one would find everybody."""

_CANDIDATES = 400
"""Looked at before the best are shown; a single common character may fit a hundred thousand names."""

# Who is due; two workers never take the same player.
_DUE: LiteralString = """
    DELETE FROM players.search_due WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM players.search_due LIMIT $1 FOR UPDATE SKIP LOCKED
    )) RETURNING player_id
"""

_TEXTS: LiteralString = """
    SELECT p.id, p.name,
        array(SELECT ROW(c.brand_id, c.name, c.role_id) FROM players.character c WHERE c.player_id = p.id ORDER BY c.id LIMIT 50),
        array(SELECT ROW(i.kind, i.issuer, i.value) FROM players.identity i WHERE i.player_id = p.id ORDER BY i.id LIMIT 50),
        array(SELECT DISTINCT k.body -> 'name' ->> l FROM players.player_tag t JOIN players.tag k ON k.key = t.tag_key
              CROSS JOIN unnest('{zh,en}'::text[]) AS l WHERE t.player_id = p.id AND k.retired_at IS NULL)
    FROM players.player p WHERE p.id = ANY($1::bigint[]) FOR KEY SHARE
"""

_KEEP: LiteralString = """
    INSERT INTO players.search AS s (player_id, words)
    SELECT id, words::tsvector FROM unnest($1::bigint[], $2::text[]) AS n (id, words)
    ON CONFLICT (player_id) DO UPDATE SET words = excluded.words WHERE s.words <> excluded.words
"""

# Accounts that are one person are shown as the person. A contact is found whole, by its own index.
_FIND: LiteralString = """
    SELECT p.id, p.name, p.tier, p.vip_manager_id,
        array(SELECT ROW(c.name, coalesce(s.name, c.server_key)) FROM players.character c
              LEFT JOIN brands.server s ON s.brand_id = c.brand_id AND s.key = c.server_key
              WHERE c.player_id = p.id ORDER BY c.last_seen_at DESC NULLS LAST LIMIT 3),
        array(SELECT ROW(i.kind, i.value) FROM players.identity i WHERE i.player_id = p.id ORDER BY i.id LIMIT 6)
    FROM (
        SELECT DISTINCT coalesce(m.merged_into, m.id) AS id FROM (
            (SELECT player_id AS id FROM players.search WHERE words @@ $1::tsquery LIMIT $2 OFFSET 0)
            UNION (SELECT player_id FROM players.contact
                   WHERE kind = ANY($5::text[]) AND value = ANY($6::text[]) AND verified AND value <> ''
                     AND ($7::bigint[] IS NULL OR brand_id = ANY($7)) LIMIT 20)
        ) AS hit JOIN players.player m ON m.id = hit.id
    ) AS found JOIN players.player p ON p.id = found.id
    ORDER BY p.name = $3 DESC, starts_with(lower(p.name), lower($3)) DESC,
        array_position('{high,mid,low,none}', p.tier), p.last_seen_at DESC NULLS LAST, p.id
    LIMIT $4
"""

_LAG: LiteralString = "SELECT coalesce(extract(epoch FROM now() - min(since)), 0)::float8 FROM players.search_due"


class FoundIdentity(msgspec.Struct, frozen=True):
    """An account, phone … as the reader may see it."""

    kind: str
    value: str


class PlayerHit(msgspec.Struct, frozen=True, rename="camel"):
    """A player in the answers of a search."""

    id: int
    name: str
    tier: Tier
    vip_manager_id: int | None
    characters: list[str]
    identities: list[FoundIdentity]


def words_of(
    name: str, characters: Iterable[tuple[int, str, str]], identities: Iterable[tuple[str, str, str]],
    brand_ids: dict[str, int], tags: Iterable[str] = (),
) -> str:
    """All that a player is found by; `characters` (brand, name, role id), `identities` (kind, issuer, value)."""
    found: dict[str, None] = {}
    marks: set[str] = set()
    for text in (name, *(character for _, character, _ in characters), *tags):
        found.update(dict.fromkeys([*tokens(text), *sounds(text)]))
    for brand_id, _, role_id in characters:
        marks.add(f"§b{brand_id}")
        found.update(dict.fromkeys(tokens(role_id)))
    for kind, issuer, value in identities:
        if kind in RULES:
            marks.add(secret(kind, value))
        else:
            found.update(dict.fromkeys(tokens(value)))
        if kind == "game_account" and issuer in brand_ids:
            marks.add(f"§b{brand_ids[issuer]}")
    return tsvector([*found, *sorted(marks)])


def secret(kind: str, value: str) -> str:
    """The mark of what only some may search by."""
    return f"§{kind}:" + "".join(fold(value).split())[:64]


def query_of(asked: Asked, typed: str, permissions: Collection[str], brand_ids: Sequence[int] | None) -> str | None:
    """The tsquery of a search for players, None when nothing can be searched for. `brand_ids` None: every brand."""
    ways = [asked.tsquery()] if asked else []
    value = "".join(fold(typed).split())
    if len(value) >= SHORTEST_SECRET:
        ways += [
            lexeme(f"§{kind}:{value[:64]}") + ":*" for kind, (permission, _) in RULES.items() if permission in permissions
        ]
    if not ways:
        return None
    either = " | ".join(f"({way})" for way in ways)
    if brand_ids is None:
        return either
    return f"({either}) & (" + " | ".join(lexeme(f"§b{brand}") for brand in (brand_ids or [0])) + ")"


async def find_players(
    reader: Reader, asked: Asked, typed: str, *, permissions: Collection[str], brand_ids: Sequence[int] | None, limit: int
) -> list[PlayerHit]:
    """The players who fit best, their identities masked for the holder of these permissions."""
    wanted = query_of(asked, typed, permissions, brand_ids)
    if wanted is None:
        return []
    kinds = [kind for kind, (permission, _) in RULES.items() if permission in permissions]
    values = list({normalised(kind, typed) for kind in kinds})
    return [
        PlayerHit(
            row[0], row[1], row[2], row[3], [f"{name} · {server}" for name, server in row[4]],
            [FoundIdentity(kind, mask_value(kind, value, permissions)) for kind, value in row[5]],
        )
        for row in await reader.fetch(_FIND, wanted, _CANDIDATES, typed, limit, kinds, values, brand_ids)
    ]


async def index_players(database: Database) -> int:
    """Make the words of those who are due anew; returns how many entries were taken off the list."""
    async with database.transaction() as tx:
        due = [row[0] for row in await tx.fetch(_DUE, PLAYERS_A_ROUND)]
        if not due:
            return 0
        keys = {brand.key: brand.id for brand in await brands(tx)}
        rows = await tx.fetch(_TEXTS, sorted(set(due)))
        await tx.execute(
            _KEEP, [row[0] for row in rows],
            [words_of(row[1], [tuple(c) for c in row[2]], [tuple(i) for i in row[3]], keys, row[4]) for row in rows],
        )
        return len(due)


async def lag(reader: Reader) -> float:
    """Seconds the player who has waited longest for her words has waited."""
    return await reader.value(_LAG)


async def _rounds(database: Database) -> None:
    """A few rounds, then others get their turn."""
    for _ in range(5):
        if await index_players(database) < PLAYERS_A_ROUND:
            return


LOOPS = (Loop("players.search", 0.5, _rounds),)
