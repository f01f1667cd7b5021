"""How the desk works, over HTTP: the same routes for every kind of document. A brand of `-` means every brand."""

from typing import Any, cast

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk import blueprints as design
from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Blueprint, BlueprintState, Place, Problem
from playerdesk.blueprints.actions import NOT_THERE, check_body
from playerdesk.brands import brands
from playerdesk.kernel import Database, Forbidden, NotFound, Reader, Text
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.staff import Agent
from playerdesk.staff.roles import demand_reach, demand_whole_desk
from playerdesk.staff.rules import PERMISSIONS, SCOPES

Caller = Request[Any, Any, Any]

NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")
EVERYBODYS = Text(
    zh="这项配置适用于全部游戏，只有负责全部游戏的人可以修改。",
    en="This is for every brand; only somebody who works for all of them may change it.",
)
ROLES = Text(
    zh="角色决定谁能做什么，只有管理人员的人可以发布或停用。",
    en="Roles say who may do what; only somebody who manages people may publish or retire them.",
)


class KindEntry(msgspec.Struct, frozen=True):
    """A kind of document."""

    name: str
    label: Text
    branded: bool
    common: bool


class Catalogue(msgspec.Struct, frozen=True):
    """The kinds of documents there are."""

    kinds: list[KindEntry]


class BlueprintEntry(msgspec.Struct, frozen=True):
    """One document of a list, and what people call it."""

    standing: BlueprintState
    title: Text


class Blueprints(msgspec.Struct, frozen=True):
    """Every document of a kind one may see."""

    blueprints: list[BlueprintEntry]


class OpenedBlueprint(msgspec.Struct, frozen=True):
    """A document with what is wrong in its draft."""

    blueprint: Blueprint
    problems: list[Problem]


class BlueprintDraft(msgspec.Struct, rename="camel"):
    """What somebody is working on, from the revision she read (0: she begins it)."""

    body: dict[str, Any]
    based_on: int


class KeptDraft(msgspec.Struct, frozen=True):
    """The draft is kept; what still hinders publishing."""

    revision: int
    problems: list[Problem]


class BlueprintQuestion(msgspec.Struct):
    """A body to be looked at without keeping it."""

    body: dict[str, Any]


class Problems(msgspec.Struct, frozen=True):
    """What is wrong with it."""

    problems: list[Problem]


class Publication(msgspec.Struct, rename="camel"):
    """From which revision; `note` says why."""

    based_on: int
    note: str = ""


class Return(Publication, rename="camel", kw_only=True):
    """To which version."""

    version: int


class VersionBody(msgspec.Struct, frozen=True):
    """A published body as it was."""

    body: dict[str, Any]


@get("/agent/v1/blueprints", guards=[may("blueprints.edit")])
async def list_kinds() -> Response[Catalogue]:
    """The kinds of documents."""
    return answer(Catalogue([KindEntry(kind.name, kind.label, kind.branded, kind.common) for kind in KINDS]))


@get("/agent/v1/blueprints/{kind:str}", guards=[may("blueprints.edit")])
async def list_blueprints(request: Caller, database: NamedDependency[Database], kind: FromPath[str]) -> Response[Blueprints]:
    """Every document of a kind: published, drafted, retired."""
    chosen = KINDS[kind]
    async with database.transaction() as tx:
        await design.adopt(tx, KINDS, kind)
        seen = await _served(tx, request.user)
        return answer(Blueprints([
            BlueprintEntry(each, chosen.title(each.place, each.body))
            for each in await design.blueprints(tx, kind) if _is_seen(each.place, seen)
        ]))


@get("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}", guards=[may("blueprints.edit")])
async def open_blueprint(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str]
) -> Response[OpenedBlueprint]:
    """One document: its draft, what is published, its versions, and what is wrong with the draft."""
    async with database.transaction() as tx:
        await design.adopt(tx, KINDS, kind)
        place = await _find(tx, request.user, kind, brand, key)
        found = await design.blueprint(tx, place)
        if found is None:
            raise NotFound("no_such_blueprint", NOT_THERE)
        return answer(OpenedBlueprint(found, await check_body(tx, KINDS, place, found.standing.body)))


@put("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/draft", guards=[may("blueprints.edit")])
async def keep_draft(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    data: JSONBody[BlueprintDraft],
) -> Response[KeptDraft]:
    """Keep what is being worked on, right or wrong; 409 when a colleague was faster."""
    async with database.transaction() as tx:
        place = await _find(tx, request.user, kind, brand, key, changing=True)
        revision = await design.change_draft(tx, KINDS, place, data.body, data.based_on, request.user.id)
        return answer(KeptDraft(revision, await check_body(tx, KINDS, place, data.body)))


@delete("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/draft", guards=[may("blueprints.edit")])
async def drop_draft(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    based_on: FromQuery[int],
) -> None:
    """Back to what is published."""
    async with database.transaction() as tx:
        place = await _find(tx, request.user, kind, brand, key, changing=True)
        await design.discard_draft(tx, place, based_on, request.user.id)


@post("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/check", guards=[may("blueprints.edit")])
async def check(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    data: JSONBody[BlueprintQuestion],
) -> Response[Problems]:
    """What is wrong with a body, without keeping it."""
    async with database.reading() as reader:
        place = await _find(reader, request.user, kind, brand, key)
        return answer(Problems(await check_body(reader, KINDS, place, data.body)), 200)


@post("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/publish", guards=[may("blueprints.publish")])
async def publish(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    data: JSONBody[Publication],
) -> Response[OpenedBlueprint]:
    """Make the draft true; 422 with every problem and its place."""
    async with database.transaction() as tx:
        place = await _find(tx, request.user, kind, brand, key, changing=True)
        await _demand_power(tx, request.user, place)
        await design.publish(tx, KINDS, place, data.based_on, request.user.id, data.note)
        return await _opened(tx, place)


@post("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/take-back", guards=[may("blueprints.publish")])
async def take_back(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    data: JSONBody[Return],
) -> Response[OpenedBlueprint]:
    """Publish an older version again."""
    async with database.transaction() as tx:
        place = await _find(tx, request.user, kind, brand, key, changing=True)
        await _demand_power(tx, request.user, place, data.version)
        await design.take_back(tx, KINDS, place, data.version, data.based_on, request.user.id, data.note)
        return await _opened(tx, place)


@post("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/retire", guards=[may("blueprints.publish")])
async def retire(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    data: JSONBody[Publication],
) -> Response[None]:
    """Take it out of use."""
    async with database.transaction() as tx:
        place = await _find(tx, request.user, kind, brand, key, changing=True)
        await _demand_power(tx, request.user, place)
        await design.retire(tx, KINDS, place, data.based_on, request.user.id, data.note)
    return nothing()


@get("/agent/v1/blueprints/{kind:str}/{brand:str}/{key:str}/versions/{version:int}", guards=[may("blueprints.edit")])
async def show_version(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], brand: FromPath[str], key: FromPath[str],
    version: FromPath[int],
) -> Response[VersionBody]:
    """What was published as this version."""
    async with database.reading() as reader:
        place = await _find(reader, request.user, kind, brand, key)
        body = await design.version_body(reader, place, version)
        if body is None:
            raise NotFound("no_such_version", NOT_THERE)
        return answer(VersionBody(body))


async def _demand_power(reader: Reader, agent: Agent, place: Place, version: int | None = None) -> None:
    found = await design.blueprint(reader, place) if place.kind == "role" else None
    if found is not None:
        body = found.standing.body if version is None else await design.version_body(reader, place, version)
        demand_power(agent, place, body or {})


async def _opened(reader: Reader, place: Place) -> Response[OpenedBlueprint]:
    found = await design.blueprint(reader, place)
    assert found is not None
    return answer(OpenedBlueprint(found, []), 200)


async def _find(
    reader: Reader, agent: Agent, kind: str, brand: str, key: str, *, changing: bool = False
) -> Place:
    """The place, if she may see (or change) it."""
    place = Place(kind, "" if brand == "-" else brand, key)
    # A brand that is being designed is not there yet; only who works for all of them may begin one.
    if not _is_seen(place, await _served(reader, agent)):
        raise NotFound("no_such_brand", NO_BRAND)
    if changing and agent.brand_ids and not place.brand_key:
        raise Forbidden("whole_desk", EVERYBODYS)
    return place


def _is_seen(place: Place, served: set[str] | None) -> bool:
    """A brand's own document stands among those of the whole desk, and is that brand's."""
    brand_key = place.key if place.kind == "brand" else place.brand_key
    return served is None or not brand_key or brand_key in served


async def _served(reader: Reader, agent: Agent) -> set[str] | None:
    """The brands whose documents she sees, besides those of the whole desk; None: all."""
    return {brand.key for brand in await brands(reader) if agent.serves(brand.id)} if agent.brand_ids else None


def demand_power(agent: Agent, place: Place, body: dict[str, Any]) -> None:
    """Designing is no way to more power: a role is for who manages people, and never more than she has herself."""
    if place.kind != "role":
        return
    demand_whole_desk(agent)
    listed = body.get("permissions", sorted(PERMISSIONS.get(place.key, ())))
    scope = body.get("scope")
    if "people.manage" not in agent.permissions:
        raise Forbidden("not_permitted", ROLES)
    if isinstance(listed, list) and scope in SCOPES:
        demand_reach(agent, [str(each) for each in cast("list[Any]", listed)], scope)


ROUTES: list[Any] = [
    list_kinds, list_blueprints, open_blueprint, keep_draft, drop_draft, check, publish, take_back, retire, show_version,
]
