"""What a form needs besides its fields: lists to pick from, numbers to look up, and its description for games."""

from time import monotonic
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.brands import GameCaller, servers
from playerdesk.channels.game.asking import NO_CATEGORY
from playerdesk.channels.rules import Pace
from playerdesk.forms import Field, categories, category_by_key, json_schema, of_player
from playerdesk.kernel import Database, NotFound, Reader, Rejected, Text, clean_line
from playerdesk.kernel.http import answer, language_of, open_to_games, open_to_players
from playerdesk.players import Lookup, LookupAnswer, Pick, Subject, characters_of, purchases_of

Caller = Request[Any, Any, Any]
pace = Pace(20)
"""Each look-up is a question to the game's own servers."""

NO_LOOKUP = Text(zh="这一项不能查询。", en="This field is not looked up.")

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Picks(msgspec.Struct, frozen=True):
    """What can be picked, the likeliest first."""

    picks: list[Pick]


class LookupWish(msgspec.Struct):
    """Which field of which category's form, and the number she wrote."""

    category: str
    field: str
    number: Number


class FormEntry(msgspec.Struct, frozen=True, rename="camel"):
    """What a category asks for, as fields and as JSON Schema (2020-12) of the answers as the desk keeps them."""

    category: str
    name: Text
    form: str
    version_id: int | None
    fields: list[Field]
    schema: dict[str, Any]


class FormList(msgspec.Struct, frozen=True):
    """Every category a player of the brand can choose, with its form."""

    forms: list[FormEntry]


@get("/player/v1/picks/{kind:str}", guards=[open_to_players], tags=["player"])
async def picks(
    request: Caller, database: NamedDependency[Database], kind: FromPath[Literal["server", "character", "purchase"]]
) -> Response[Picks]:
    """Her servers, characters or purchases, for fields of these kinds. What is kept is the `key`."""
    caller = request.user
    async with database.reading() as reader:
        if kind == "server":
            found = [Pick(each.key, each.name) for each in await servers(reader, caller.brand_id)]
            # The one she plays on just now stands first.
            found.sort(key=lambda each: each.key != caller.server_key)
        else:
            read = characters_of if kind == "character" else purchases_of
            found = await read(reader, caller.player_id, caller.brand_id)
    return answer(Picks(found))


@post("/player/v1/lookups", guards=[open_to_players], tags=["player"], status_code=200)
async def look_up(request: Caller, database: NamedDependency[Database], data: JSONBody[LookupWish]) -> Response[LookupAnswer]:
    """Ask the game about a match or order number. A help and no gate: the form can be sent whatever comes back."""
    caller = request.user
    pace.check(caller.player_id, monotonic())
    async with database.reading() as reader:
        category = await category_by_key(reader, caller.brand_id, data.category)
    field = next((each for each in of_player(category.fields) if each.key == data.field), None) if category else None
    number = clean_line(data.number)
    if field is None or field.kind != "lookup" or not field.lookup or not number:
        raise Rejected("no_lookup", NO_LOOKUP, fields={"field": NO_LOOKUP})
    return answer(await request.app.state.puller.look_up(Subject(
        caller.player_id, caller.brand_id, caller.account, server=caller.server_key, role_id=caller.role_id,
        character=caller.character_name, case_type=data.category, language=caller.language,
        lookup=Lookup(field.lookup, number),
    )))


@get("/player/v1/forms/{category:str}", guards=[open_to_players], tags=["player"])
async def show_form(request: Caller, database: NamedDependency[Database], category: FromPath[str]) -> Response[FormEntry]:
    """The form of one category, with a JSON Schema of its answers."""
    async with database.reading() as reader:
        found = await category_by_key(reader, request.user.brand_id, category)
    if found is None:
        raise NotFound("no_such_category", NO_CATEGORY)
    return answer(_entry(found, request.user.language))


@get("/game/v1/forms", guards=[open_to_games], tags=["game"])
async def list_forms(request: Caller, database: NamedDependency[Database]) -> Response[FormList]:
    """Every category with its form, for games that draw the forms themselves."""
    caller: GameCaller = request.scope["user"]
    async with database.reading() as reader:
        return answer(await _forms(reader, caller.brand_id, language_of(request.scope)))


async def _forms(reader: Reader, brand_id: int, language: str) -> FormList:
    known = await categories(reader, brand_id)
    parents = {each.parent_id for each in known}
    return FormList([_entry(each, language) for each in known if each.id not in parents])


def _entry(category: Any, language: str) -> FormEntry:
    fields = of_player(category.fields)
    return FormEntry(
        category.key, category.name, category.form_key, category.form_version_id, fields,
        json_schema(category.form_key or category.key, category.name, fields, language),
    )


ROUTES: list[Any] = [picks, look_up, show_form, list_forms]
