"""Which accounts are one person, and the manager they share: the rules of `persons` on the database."""

from collections import Counter
from collections.abc import Sequence
from typing import LiteralString

from playerdesk.kernel import Reader, Tx
from playerdesk.players.events import CardChanged
from playerdesk.players.persons import Edge, heads, managers, source

_PERSON: LiteralString = """
    WITH head AS (SELECT coalesce(merged_into, id) AS id FROM players.player WHERE id = $1)
    SELECT id, 0 AS place FROM head
    UNION ALL SELECT m.id, 1 FROM head JOIN players.player m ON m.merged_into = head.id ORDER BY place, id
"""

_MEMBERS: LiteralString = """
    WITH head AS (SELECT DISTINCT coalesce(merged_into, id) AS id FROM players.player WHERE id = ANY($1::bigint[]))
    SELECT id FROM head UNION ALL SELECT m.id FROM head JOIN players.player m ON m.merged_into = head.id
"""

_EDGES: LiteralString = """
    SELECT id, kept_id, merged_id, manager_from_merged, preferences_from_merged
    FROM players.merge WHERE merged_id = ANY($1::bigint[]) AND undone_at IS NULL ORDER BY id
"""

LOCK: LiteralString = """
    SELECT id, merged_into, vip_manager_id, own_manager_id
    FROM players.player WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

_SETTLE: LiteralString = """
    UPDATE players.player AS p SET merged_into = nullif(s.head, p.id), vip_manager_id = s.manager, own_manager_id = s.own
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS s (id, head, manager, own)
    WHERE p.id = s.id
"""


_TOLD_AT_ONCE = 200


async def person_of(reader: Reader, player_id: int) -> list[int]:
    """All accounts of the person this account belongs to, her head first; empty for nobody."""
    return [record[0] for record in await reader.fetch(_PERSON, player_id)]


async def members_of(reader: Reader, player_ids: Sequence[int]) -> list[int]:
    """All accounts of these accounts' persons."""
    return sorted(record[0] for record in await reader.fetch(_MEMBERS, list(player_ids)))


async def edges_of(reader: Reader, ids: Sequence[int]) -> list[Edge]:
    """The merges in force among these accounts."""
    return await reader.rows(Edge, _EDGES, list(ids))


async def settle(tx: Tx, ids: Sequence[int]) -> None:
    """After an edge came or went: heads and managers of these accounts, who are all of the persons concerned."""
    accounts = await tx.fetch(LOCK, list(ids))
    edges = await edges_of(tx, ids)
    # What an account had for itself: kept apart from the moment it is one of several.
    shared = {record[1] for record in accounts if record[1] is not None}
    own = {
        record[0]: record[3] if record[1] is not None or record[0] in shared else record[2] for record in accounts
    }
    head_of = heads(ids, edges)
    manager_of = managers(ids, edges, own)
    size = Counter(head_of.values())
    await tx.execute(
        _SETTLE, list(ids), [head_of[i] for i in ids], [manager_of[i] for i in ids],
        [own[i] if size[head_of[i]] > 1 else None for i in ids],
    )


async def share_managers(tx: Tx, player_ids: Sequence[int]) -> None:
    """The managers these heads have just been given are those of all their accounts."""
    ids = await members_of(tx, player_ids)
    if len(ids) <= len(player_ids):
        return
    accounts = {record[0]: record for record in await tx.fetch(LOCK, ids)}
    edges = await edges_of(tx, ids)
    head_of = heads(ids, edges)
    given_to = {source(head, edges, "manager"): accounts[head][2] for head in set(head_of.values())}
    size = Counter(head_of.values())
    many = [i for i in ids if size[head_of[i]] > 1]
    await tx.execute(
        _SETTLE, many, [head_of[i] for i in many], [accounts[head_of[i]][2] for i in many],
        [given_to.get(i, accounts[i][3]) for i in many],
    )


async def tell_cards(tx: Tx, player_ids: Sequence[int]) -> None:
    """Whoever has one of these players' cards open sees what has become of her, by whichever account it was opened."""
    ids = await members_of(tx, player_ids) if player_ids else []
    await tx.emit(*[CardChanged(player_ids=ids[at:at + _TOLD_AT_ONCE]) for at in range(0, len(ids), _TOLD_AT_ONCE)])
