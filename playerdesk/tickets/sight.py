"""Whose player cards somebody may open: those of her own games, or with a ticket she may see."""

from typing import LiteralString

from playerdesk.kernel import Reader
from playerdesk.staff import Agent, scope_of

_PLAYER: LiteralString = """
    SELECT p.vip_manager_id = $2 OR EXISTS (
        SELECT FROM tickets.ticket t WHERE t.player_id = p.id AND t.brand_id = ANY($3::bigint[])
            AND ($4::bigint[] IS NULL OR t.assignee_id = ANY($4) OR (t.assignee_id IS NULL AND t.queue_id = ANY($5::bigint[])))
    ) OR $4::bigint[] IS NULL AND (
        EXISTS (SELECT FROM players.character c WHERE c.player_id = p.id AND c.brand_id = ANY($3))
        OR EXISTS (SELECT FROM players.identity i JOIN brands.brand b ON b.key = i.issuer
                   WHERE i.player_id = p.id AND i.kind = 'game_account' AND b.id = ANY($3))
    )
    FROM players.player p WHERE p.id = $1
"""


async def sees_player(reader: Reader, agent: Agent, player_id: int) -> bool:
    """Whether this player's card is hers to open; asked of the database only for those who see a part of the desk."""
    if not agent.limited:
        return True
    scope = await scope_of(reader, agent)
    return bool(await reader.value(_PLAYER, player_id, agent.id, scope.brand_ids, scope.person_ids, scope.queue_ids))
