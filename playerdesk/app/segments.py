"""Segments while they are written and afterwards: fields, a live count with a sample, who came and went; tags on a card."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.app.search import searching
from playerdesk.brands import brands
from playerdesk.kernel import Database, Forbidden, Reader, Text
from playerdesk.kernel.conditions import read
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.players import seen_person
from playerdesk.players.masking import SPEND
from playerdesk.players.segments import tags as marks
from playerdesk.players.segments import trying
from playerdesk.players.segments.fields import names_of, player_fields
from playerdesk.players.segments.tags import TagEntry
from playerdesk.players.segments.trying import MoveLine, SegmentStanding, SegmentTrial
from playerdesk.staff import Agent, scope_of

Caller = Request[Any, Any, Any]
TAG = "/agent/v1/players/{player_id:int}/tags/{key:str}"


class PlayerField(msgspec.Struct, frozen=True):
    """Something a condition about players can ask. `choices` when only these make sense, `names` what they are called."""

    name: str
    kind: str
    operators: tuple[str, ...]
    choices: list[str] | None
    label: Text | None
    names: dict[str, Text]


class PlayerFields(msgspec.Struct, frozen=True):
    fields: list[PlayerField]


class PlayerCondition(msgspec.Struct):
    """A condition that is being written."""

    condition: dict[str, Any]


class SegmentStandings(msgspec.Struct, frozen=True):
    segments: list[SegmentStanding]


class SegmentMoves(msgspec.Struct, frozen=True):
    moves: list[MoveLine]


class Tags(msgspec.Struct, frozen=True):
    tags: list[TagEntry]


@get("/agent/v1/segments/fields", guards=[may("blueprints.edit")])
async def list_player_fields(request: Caller, database: NamedDependency[Database]) -> Response[PlayerFields]:
    """What a condition about players can ask, with what there is to choose from."""
    async with database.reading() as reader:
        hers = await _brand_keys(reader, request.user)
        fields, names = await player_fields(reader, hers), await names_of(reader, hers)
    return answer(PlayerFields([
        PlayerField(
            each.name, each.kind, tuple(one for one in each.operators if one != "has" or each.options is None),
            None if each.choices is None and each.options is None else [str(one) for one in each.choices or each.options or ()],
            each.label, names.get(each.name, {}),
        )
        for each in fields.fixed.values()
    ]))


@post("/agent/v1/segments/try", guards=[may("blueprints.edit")], status_code=200)
async def try_condition(request: Caller, data: JSONBody[PlayerCondition]) -> Response[SegmentTrial]:
    """How many players it fits and who for example; within a second, however it is written."""
    agent: Agent = request.user
    spend = SPEND in agent.permissions
    async with searching(request) as reader:
        node = read(data.condition, await player_fields(reader))
        if not spend and trying.asks_about_spend(node):
            raise Forbidden("spend_hidden", trying.NOT_YOUR_MONEY)
        # Whoever sees a few persons' tickets only is told how many, and not who.
        return answer(await trying.try_out(
            reader, node, brand_keys=await _brand_keys(reader, agent), spend=spend, names=agent.person_ids is None
        ))


@get("/agent/v1/segments", guards=[may("blueprints.edit")])
async def list_segments(database: NamedDependency[Database]) -> Response[SegmentStandings]:
    """How many are in each segment."""
    async with database.reading() as reader:
        return answer(SegmentStandings(await trying.standings(reader)))


@get("/agent/v1/segments/{key:str}/moves", guards=[may("blueprints.edit")])
async def list_moves(request: Caller, database: NamedDependency[Database], key: FromPath[str]) -> Response[SegmentMoves]:
    """Who came into a segment and who left it lately."""
    agent: Agent = request.user
    async with database.reading() as reader:
        found = await trying.recent_moves(reader, key, await _brand_keys(reader, agent), spend=SPEND in agent.permissions)
    return answer(SegmentMoves(found if agent.person_ids is None else []))


async def _brand_keys(reader: Reader, agent: Agent) -> list[str] | None:
    """Of which brands' players she hears; None: of all."""
    if not agent.brand_ids:
        return None
    mine = set((await scope_of(reader, agent)).brand_ids)
    return [each.key for each in await brands(reader) if each.id in mine]


@get("/agent/v1/player-tags", guards=[may("players.read")])
async def list_tags(request: Caller, database: NamedDependency[Database]) -> Response[Tags]:
    """Every tag in use, and which of them the caller may set by hand."""
    agent: Agent = request.user
    async with database.reading() as reader:
        return answer(Tags(await marks.tags(reader, agent.roles, editor="players.edit" in agent.permissions)))


@put(TAG, guards=[may("players.edit")], status_code=204)
async def add_tag(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], key: FromPath[str]
) -> Response[None]:
    """Mark a player by hand; once more, nothing happens."""
    async with database.transaction() as tx:
        person = await seen_person(tx, request.user, player_id)
        await marks.add_tag(tx, person, key, request.user.id, request.user.roles)
    return nothing()


@delete(TAG, guards=[may("players.edit")], status_code=204)
async def remove_tag(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], key: FromPath[str]
) -> Response[None]:
    """Take off what was set by hand."""
    async with database.transaction() as tx:
        person = await seen_person(tx, request.user, player_id)
        await marks.remove_tag(tx, person, key, request.user.id, request.user.roles)
    return nothing()


ROUTES: list[Any] = [
    list_player_fields, try_condition, list_segments, list_moves, list_tags, add_tag, remove_tag,
]
