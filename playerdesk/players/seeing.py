"""Whose players somebody may look at: those who play a game she serves."""

from typing import LiteralString

from playerdesk.kernel import NotFound, Reader, Text
from playerdesk.players.membership import person_of
from playerdesk.staff import Agent, scope_of

NO_PLAYER = Text(zh="没有找到这位玩家。", en="There is no such player.")
NO_MERGE = Text(zh="没有这次合并的记录。", en="There is no such merge.")

_PLAYS: LiteralString = """
    SELECT EXISTS (
        SELECT FROM players.identity i JOIN brands.brand b ON b.key = i.issuer AND i.kind = 'game_account'
        WHERE i.player_id = ANY($1::bigint[]) AND b.id = ANY($2::bigint[])
    ) OR NOT EXISTS (SELECT FROM players.identity WHERE player_id = ANY($1) AND kind = 'game_account')
"""


async def seen_person(reader: Reader, agent: Agent, player_id: int) -> list[int]:
    """All accounts of this player's person, her head first; absent and out of sight are the same."""
    person = await person_of(reader, player_id)
    if person and agent.brand_ids:
        scope = await scope_of(reader, agent)
        if not await reader.value(_PLAYS, person, scope.brand_ids):
            person = []
    if not person:
        raise NotFound("no_such_player", NO_PLAYER)
    return person


async def seen_merge(reader: Reader, agent: Agent, merge_id: int) -> None:
    """A merge of somebody she may look at; else it is not there."""
    kept_id = await reader.value("SELECT kept_id FROM players.merge WHERE id = $1", merge_id)
    if kept_id is None:
        raise NotFound("no_such_merge", NO_MERGE)
    await seen_person(reader, agent, kept_id)
