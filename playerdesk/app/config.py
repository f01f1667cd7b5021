"""The desk's designs as text, over HTTP: written out, planned, taken over; and ready-made beginnings for a brand."""

import re
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.app.blueprints import demand_power
from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place
from playerdesk.blueprints.moving import Misplanned, Plan, take_over, written
from playerdesk.blueprints.text import LARGEST, Document, read
from playerdesk.kernel import Database, Forbidden, NotFound, Rejected, Text
from playerdesk.kernel.http import answer, may
from playerdesk.staff import Agent

Caller = Request[Any, Any, Any]

WHOLE_DESK = Text(
    zh="配置文本涉及全部游戏，只有负责全部游戏的人可以使用。",
    en="The text is about every brand; only somebody who works for all of them may use it.",
)
NO_PRESET = Text(zh="没有这个预设。", en="There is no such preset.")
BAD_KEY = Text(
    zh="标识只能用小写字母、数字和连字符，以字母或数字开头，最长 30 个字符。",
    en="A key is made of lower-case letters, digits and hyphens, 30 at most.",
)
MISFITS = Text(zh="有内容不合适，什么都没有改。", en="Something does not fit; nothing was changed.")
PRESETS = {
    "mmo": Text("大型多人在线游戏", "MMO"),
    "cards": Text("棋牌", "Card & board"),
    "shop": Text("商城", "Shop"),
}


class ConfigText(msgspec.Struct):
    """A text, and whether what it does not mention is taken out of use."""

    text: Annotated[str, msgspec.Meta(max_length=LARGEST)]
    prune: bool = False


class PresetEntry(msgspec.Struct, frozen=True):
    """A ready-made beginning."""

    key: str
    name: Text


class Presets(msgspec.Struct, frozen=True):
    """The ready-made beginnings there are."""

    presets: list[PresetEntry]


class Beginning(msgspec.Struct, rename="camel"):
    """The brand that is to begin with a preset; `only_plan`: say what would be made, and make nothing."""

    key: str
    name: Text
    only_plan: bool = False


@get("/agent/v1/config", guards=[may("blueprints.publish")], media_type="application/yaml")
async def export(request: Caller, database: NamedDependency[Database]) -> Response[str]:
    """Everything that is designed, as YAML."""
    _demand_whole_desk(request)
    async with database.transaction() as tx:
        return Response(await written(tx, KINDS), media_type="application/yaml", headers={
            "content-disposition": 'attachment; filename="playerdesk.yaml"',
        })


@post("/agent/v1/config/plan", guards=[may("blueprints.publish")])
async def plan(request: Caller, database: NamedDependency[Database], data: JSONBody[ConfigText]) -> Response[Plan]:
    """What importing this text would change, and what of it does not fit."""
    _demand_whole_desk(request)
    documents = read(data.text, (kind.name for kind in KINDS))
    return answer(await carry_out(database, documents, request.user.id, prune=data.prune, only_plan=True), 200)


@post("/agent/v1/config/import", guards=[may("blueprints.publish")])
async def import_text(request: Caller, database: NamedDependency[Database], data: JSONBody[ConfigText]) -> Response[Plan]:
    """Make the desk what the text says: all of it, or nothing and 422 with every misfit."""
    _demand_whole_desk(request)
    documents = read(data.text, (kind.name for kind in KINDS))
    await _demand_power(database, request.user, documents, prune=data.prune)
    return answer(await carry_out(database, documents, request.user.id, prune=data.prune, only_plan=False), 200)


@get("/agent/v1/presets", guards=[may("blueprints.publish")])
async def list_presets() -> Response[Presets]:
    """Ready-made beginnings for a brand."""
    return answer(Presets([PresetEntry(key, name) for key, name in PRESETS.items()]))


@post("/agent/v1/presets/{name:str}", guards=[may("blueprints.publish")])
async def begin_with(
    request: Caller, database: NamedDependency[Database], name: FromPath[str], data: JSONBody[Beginning]
) -> Response[Plan]:
    """A brand with queues, categories, forms and the rest of a preset; what is there already is changed to it."""
    _demand_whole_desk(request)
    documents = preset(name, data.key, data.name)
    return answer(await carry_out(database, documents, request.user.id, prune=False, only_plan=data.only_plan), 200)


async def _demand_power(database: Database, agent: Agent, documents: list[Document], *, prune: bool) -> None:
    """A text may change roles as far as its reader could on the screen; the same role again is no change."""
    async with database.reading() as reader:
        roles = {each.key: each.body for each in await KINDS["role"].living(reader)}
    named = {each.place.key for each in documents if each.place.kind == "role"}
    for each in documents:
        if each.place.kind == "role" and roles.get(each.place.key) != each.body:
            demand_power(agent, each.place, each.body)
    for key in roles.keys() - named if prune else ():
        demand_power(agent, Place("role", "", key), roles[key])


def preset_text(name: str, brand_key: str) -> str:
    """A preset as text, made for this brand."""
    if name not in PRESETS:
        raise NotFound("no_such_preset", NO_PRESET)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,29}", brand_key):
        raise Rejected("blueprint_key", BAD_KEY, fields={"key": BAD_KEY})
    return (files("playerdesk") / "presets" / f"{name}.yaml").read_text(encoding="utf-8").replace("$brand", brand_key)


def preset(name: str, brand_key: str, brand_name: Text) -> list[Document]:
    """A preset's documents, made for this brand."""
    documents = read(preset_text(name, brand_key), (kind.name for kind in KINDS))
    return [
        msgspec.structs.replace(each, body={**each.body, "name": msgspec.to_builtins(brand_name)})
        if each.place.kind == "brand" else each
        for each in documents
    ]


async def carry_out(
    database: Database, documents: list[Document], by_id: int | None, *, prune: bool, only_plan: bool
) -> Plan:
    """Plan or import in one transaction. What is read in it may never come true, so it is remembered apart."""
    try:
        async with database.transaction() as tx:
            tx.memory = {}
            done = await take_over(tx, KINDS, documents, by_id, prune=prune, only_plan=only_plan)
    except Misplanned as undone:
        if not only_plan:
            raise Rejected("config_misfits", MISFITS, extra={"plan": undone.plan}) from None
        return undone.plan
    database.memory.clear()
    return done


def _demand_whole_desk(request: Caller) -> None:
    if request.user.brand_ids:
        raise Forbidden("whole_desk", WHOLE_DESK)


ROUTES: list[Any] = [export, plan, import_text, list_presets, begin_with]
