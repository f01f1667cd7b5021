"""What somebody may see: which tickets, and whose player cards (those of her own games, or with a ticket she may see)."""

from typing import LiteralString

from playerdesk.kernel import Reader
from playerdesk.players import person_of
from playerdesk.staff import Agent, scope_of


def in_scope(brands: LiteralString, people: LiteralString, queues: LiteralString) -> LiteralString:
    """`Scope.reaches` as a condition on `tickets.ticket AS t`, from the placeholders ("$2") of the scope's three lists."""
    return (
        f"(t.brand_id = ANY({brands}::bigint[]) AND ({people}::bigint[] IS NULL OR t.assignee_id = ANY({people}::bigint[])"
        f" OR (t.assignee_id IS NULL AND t.queue_id = ANY({queues}::bigint[]))))"
    )


_PLAYER: LiteralString = f"""
    SELECT coalesce(bool_or(p.vip_manager_id = $2 OR EXISTS (
        SELECT FROM tickets.ticket t WHERE t.player_id = p.id AND {in_scope("$3", "$4", "$5")}
    ) OR $4::bigint[] IS NULL AND (
        EXISTS (SELECT FROM players.character c WHERE c.player_id = p.id AND c.brand_id = ANY($3))
        OR EXISTS (SELECT FROM players.identity i JOIN brands.brand b ON b.key = i.issuer
                   WHERE i.player_id = p.id AND i.kind = 'game_account' AND b.id = ANY($3))
    )), false)
    FROM players.player p WHERE p.id = ANY($1::bigint[])
"""


async def sees_player(reader: Reader, agent: Agent, player_id: int) -> bool:
    """Whether this player's card is hers to open; asked of the database only for those who see a part of the desk."""
    if not agent.limited:
        return True
    scope = await scope_of(reader, agent)
    # One of her accounts in sight is enough: the card is the person's.
    person = await person_of(reader, player_id)
    return bool(await reader.value(_PLAYER, person, agent.id, scope.brand_ids, scope.person_ids, scope.queue_ids))
