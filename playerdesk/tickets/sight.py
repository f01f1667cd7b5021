"""Whose player cards somebody may open: those of her own games, or with a ticket she may see."""

from typing import LiteralString

from playerdesk.kernel import Reader
from playerdesk.players import person_of
from playerdesk.staff import Agent, scope_of

_PLAYER: LiteralString = """
    SELECT coalesce(bool_or(p.vip_manager_id = $2 OR EXISTS (
        SELECT FROM tickets.ticket t WHERE t.player_id = p.id AND t.brand_id = ANY($3::bigint[])
            AND ($4::bigint[] IS NULL OR t.assignee_id = ANY($4) OR (t.assignee_id IS NULL AND t.queue_id = ANY($5::bigint[])))
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
