"""VIP managers and their portfolios: every high payer has one, as long as somebody has room."""

from collections.abc import Sequence
from typing import LiteralString

from playerdesk.brands import brands
from playerdesk.kernel import Database, NotFound, Rejected, Text, Tx, now
from playerdesk.players.events import ManagerAssigned, PortfolioHandedOver
from playerdesk.players.membership import share_managers, tell_cards
from playerdesk.players.queries import portfolios
from playerdesk.players.rules import Orphan, share_out
from playerdesk.players.services import managed_tiers
from playerdesk.staff import people_by_id

# Two shares at once would both see the same free places.
_ONE_AT_A_TIME: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('players.managers', 0))"

_ORPHANS: LiteralString = """
    SELECT p.id, array(SELECT i.issuer FROM players.identity i WHERE i.kind = 'game_account' AND i.player_id IN (
                           SELECT p.id UNION ALL SELECT m.id FROM players.player m WHERE m.merged_into = p.id))
    FROM players.player p
    WHERE p.id = ANY($1::bigint[]) AND p.tier = ANY($2::text[]) AND p.vip_manager_id IS NULL AND p.merged_into IS NULL
    ORDER BY p.spent_90d_minor DESC, p.id
"""

_GIVE: LiteralString = """
    UPDATE players.player AS p SET vip_manager_id = g.person_id
    FROM unnest($1::bigint[], $2::bigint[]) AS g (player_id, person_id)
    WHERE p.id = g.player_id AND p.vip_manager_id IS NULL
    RETURNING p.id, p.vip_manager_id
"""

_WAITING: LiteralString = """
    SELECT id FROM players.player WHERE tier = ANY($1::text[]) AND vip_manager_id IS NULL AND merged_into IS NULL
    ORDER BY id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
"""

_HAND_OVER: LiteralString = """
    UPDATE players.player SET vip_manager_id = $2 WHERE vip_manager_id = $1 RETURNING id
"""

_HAND_OVER_OWN: LiteralString = "UPDATE players.player SET own_manager_id = $2 WHERE own_manager_id = $1"

_HEAD: LiteralString = """
    SELECT h.id, h.vip_manager_id FROM players.player p JOIN players.player h ON h.id = coalesce(p.merged_into, p.id)
    WHERE p.id = $1 FOR NO KEY UPDATE OF h
"""


async def find_managers(tx: Tx, player_ids: Sequence[int]) -> None:
    """The high payers among these who have no manager get the least loaded one; without room they wait."""
    await tx.execute(_ONE_AT_A_TIME)
    by_key = {brand.key: brand.id for brand in await brands(tx)}
    orphans = [
        Orphan(player_id, [by_key[issuer] for issuer in issuers if issuer in by_key])
        for player_id, issuers in await tx.fetch(_ORPHANS, list(player_ids), await managed_tiers(tx))
    ]
    if not orphans:
        return
    given = share_out(orphans, await portfolios(tx))
    if not given:
        return
    at = now()
    assigned = [tuple(record) for record in await tx.fetch(_GIVE, list(given), list(given.values()))]
    await share_managers(tx, [player_id for player_id, _ in assigned])
    await tx.emit(*[
        ManagerAssigned(player_id=player_id, from_id=None, to_id=person_id, reason="high_payer", at=at)
        for player_id, person_id in assigned
    ])
    await tell_cards(tx, [player_id for player_id, _ in assigned])


async def find_managers_for_the_waiting(database: Database) -> None:
    """High payers who found every portfolio full: somebody may have room by now."""
    async with database.transaction() as tx:
        waiting = [record[0] for record in await tx.fetch(_WAITING, await managed_tiers(tx))]
        if waiting:
            await find_managers(tx, waiting)


async def assign_manager(tx: Tx, player_id: int, person_id: int | None, reason: str = "chosen") -> int | None:
    """She is this manager's player from now on; by hand a portfolio may grow beyond its size. None: nobody's.

    Returns whose she was.
    """
    if person_id is not None:
        await _demand_manager(tx, person_id)
    records = await tx.fetch(_HEAD, player_id)
    if not records:
        raise NotFound("player_unknown", Text(zh="没有这个玩家。", en="There is no such player."))
    player_id, before = records[0]
    if before == person_id:
        return before
    await tx.execute("UPDATE players.player SET vip_manager_id = $2 WHERE id = $1", player_id, person_id)
    await share_managers(tx, [player_id])
    await tx.emit(
        ManagerAssigned(player_id=player_id, from_id=before, to_id=person_id, reason=reason, at=now())
    )
    await tell_cards(tx, [player_id])
    return before


async def hand_over_portfolio(tx: Tx, from_id: int, to_id: int) -> int:
    """Everybody `from_id` looks after is `to_id`'s from now on; how many."""
    await _demand_manager(tx, to_id)
    moved = [record[0] for record in await tx.fetch(_HAND_OVER, from_id, to_id)] if from_id != to_id else []
    await tx.execute(_HAND_OVER_OWN, from_id, to_id)
    if moved:
        await tx.emit(PortfolioHandedOver(from_id=from_id, to_id=to_id, player_ids=sorted(moved), at=now()))
        await tell_cards(tx, moved)
    return len(moved)


async def release_portfolio(tx: Tx, from_id: int) -> int:
    """Nobody looks after her players any more; those who are high payers find a new manager by themselves. How many."""
    freed = [record[0] for record in await tx.fetch(_HAND_OVER, from_id, None)]
    at = now()
    await tx.emit(*[
        ManagerAssigned(player_id=player_id, from_id=from_id, to_id=None, reason="manager_left", at=at) for player_id in freed
    ])
    await tell_cards(tx, freed)
    return len(freed)


async def _demand_manager(tx: Tx, person_id: int) -> None:
    person = (await people_by_id(tx, [person_id])).get(person_id)
    if person is None or person.suspended_at is not None or "vip_manager" not in person.roles:
        raise Rejected("not_a_vip_manager", Text(
            zh="这位同事不是在职的专属客服，请另选一位。", en="This colleague is no active VIP manager; choose another one."
        ))
