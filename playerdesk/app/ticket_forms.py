"""A ticket's form for the agent: what was filled in, correcting it, and asking the game about a number in it."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.app.player_forms import NO_LOOKUP, Number
from playerdesk.kernel import Database, Rejected, clean_line, now
from playerdesk.kernel.http import answer, language_of, may
from playerdesk.players import Lookup, LookupAnswer, Subject, account_in
from playerdesk.tickets.filled import FilledForm, fill_in, filled_form
from playerdesk.tickets.http import visible

Caller = Request[Any, Any, Any]


class Corrections(msgspec.Struct):
    """New answers by the keys of the fields; null empties one."""

    fields: Annotated[dict[str, Any], msgspec.Meta(min_length=1, max_length=60)]


class AskGame(msgspec.Struct):
    """Which field's number; without one, the number the ticket has."""

    field: str
    number: Number | None = None


@get("/agent/v1/tickets/{ticket_id:int}/form", guards=[may("tickets.read")])
async def show_form(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[FilledForm]:
    """The form of the ticket in the version it was filled with, and what was filled in."""
    await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        return answer(await filled_form(reader, ticket_id))


@patch("/agent/v1/tickets/{ticket_id:int}/fields", guards=[may("tickets.reply")])
async def correct(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Corrections]
) -> Response[FilledForm]:
    """Fill in or correct what agents may; a line in the timeline tells what it was before."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await fill_in(tx, ticket_id, request.user.id, data.fields, now())
    async with database.reading() as reader:
        return answer(await filled_form(reader, ticket_id))


@post("/agent/v1/tickets/{ticket_id:int}/lookups", guards=[may("tickets.read")], status_code=200)
async def look_up(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[AskGame]
) -> Response[LookupAnswer]:
    """What the game says about a number in the form, as the player would see it."""
    row = await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        form = await filled_form(reader, ticket_id)
        account = await account_in(reader, [row.player_id], [row.brand_id])
    asked = next((each for each in form.answers if each.field.key == data.field and each.field.kind == "lookup"), None)
    number = clean_line(data.number if data.number is not None else str((asked and asked.value) or ""))
    if asked is None or not asked.field.lookup or not number:
        raise Rejected("no_lookup", NO_LOOKUP, fields={"field": NO_LOOKUP})
    if account is None:
        return answer(LookupAnswer("off"))
    return answer(await request.app.state.puller.look_up(Subject(
        account.player_id, account.brand_id, account.account, ticket_id=ticket_id, language=language_of(request.scope),
        lookup=Lookup(asked.field.lookup, number),
    )))


ROUTES: list[Any] = [show_form, correct, look_up]
