"""The agents' routes for macros; thin."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.kernel import Database, Forbidden, NotFound, Reader, Refused, clean_text, now
from playerdesk.kernel.files import attachments_of
from playerdesk.kernel.http import NOT_YOURS, answer, may, nothing
from playerdesk.tickets import queries
from playerdesk.tickets.http import Key, visible, with_missed
from playerdesk.tickets.macros.actions import NO_MACRO, Wanted, add_macro, change_macro, note_use, retire_macro
from playerdesk.tickets.macros.queries import Macro, macros_for, usable_macro
from playerdesk.tickets.queries import TicketRow
from playerdesk.tickets.writing import held
from playerdesk.tickets.writing.acts import NEEDS, Act, perform
from playerdesk.tickets.writing.held import Held

Caller = Request[Any, Any, Any]


class MacroList(msgspec.Struct, frozen=True):
    """The most used first."""

    macros: list[Macro]


class UseMacro(msgspec.Struct, rename="camel"):
    """A macro's text as it stands after filling in and changing; `seconds`: how long its reply may be undone."""

    client_key: Key
    body: str
    base_seq: int
    force: bool = False
    seconds: int = 0
    attachments: list[str] = []


class UsedMacro(msgspec.Struct, frozen=True):
    """The ticket after it, and the reply if it is held back."""

    ticket: TicketRow | None
    held: Held | None


class Inserted(msgspec.Struct, rename="camel"):
    client_key: Key


async def _mine(reader: Reader, agent: Any, macro_id: int) -> Macro:
    found = await usable_macro(reader, macro_id, agent.id, agent.brand_ids, shares="macros.share" in agent.permissions)
    if found is None:
        raise NotFound("no_such_macro", NO_MACRO)
    return found


@get("/agent/v1/macros", guards=[may("tickets.reply")])
async def list_macros(request: Caller, database: NamedDependency[Database]) -> Response[MacroList]:
    """What one may use."""
    agent = request.user
    async with database.reading() as reader:
        shares = "macros.share" in agent.permissions
        return answer(MacroList(await macros_for(reader, agent.id, agent.brand_ids, shares=shares)))


@post("/agent/v1/macros", guards=[may("tickets.reply")])
async def add(request: Caller, database: NamedDependency[Database], data: JSONBody[Wanted]) -> Response[Macro]:
    """A new one; one for others takes the permission to share."""
    async with database.transaction() as tx:
        macro_id = await add_macro(tx, request.user, data, now())
        return answer(await _mine(tx, request.user, macro_id), 201)


@put("/agent/v1/macros/{macro_id:int}", guards=[may("tickets.reply")])
async def change(
    request: Caller, database: NamedDependency[Database], macro_id: FromPath[int], data: JSONBody[Wanted]
) -> Response[Macro]:
    """Change it; 409 when somebody was faster."""
    async with database.transaction() as tx:
        await change_macro(tx, request.user, macro_id, data, now())
        return answer(await _mine(tx, request.user, macro_id))


@delete("/agent/v1/macros/{macro_id:int}", guards=[may("tickets.reply")], status_code=204)
async def retire(request: Caller, database: NamedDependency[Database], macro_id: FromPath[int]) -> Response[None]:
    """Put it away."""
    async with database.transaction() as tx:
        await retire_macro(tx, request.user, macro_id, now())
    return nothing()


@post("/agent/v1/tickets/{ticket_id:int}/macros/{macro_id:int}", guards=[may("tickets.reply")], status_code=200)
async def use(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], macro_id: FromPath[int],
    data: JSONBody[UseMacro],
) -> Response[UsedMacro]:
    """Say and do all of it in one transaction, or nothing; sent twice it is done once. Guarded like any reply."""
    agent = request.user
    await visible(database, agent, ticket_id)
    kept: Held | None = None
    try:
        async with database.transaction() as tx:
            macro = await _mine(tx, agent, macro_id)
            for action in macro.actions:
                if NEEDS[action.do] not in agent.permissions:
                    raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": NEEDS[action.do]})
            if await note_use(tx, macro_id, agent.id, ticket_id, data.client_key, now()):
                act = Act(
                    ticket_id=ticket_id, person_id=agent.id, client_key=data.client_key, body=clean_text(data.body),
                    attachments=await attachments_of(tx, data.attachments, f"staff:{agent.id}"),
                    base_seq=None if data.force else data.base_seq, actions=macro.actions,
                )
                if data.seconds > 0 and (act.body or act.attachments):
                    kept = await held.hold(tx, act, data.seconds, now())
                else:
                    await perform(tx, act, now())
    except Refused as refusal:
        raise await with_missed(database, refusal, ticket_id, data.base_seq) from None
    async with database.reading() as reader:
        return answer(UsedMacro(await queries.row(reader, ticket_id), kept))


@post(
    "/agent/v1/tickets/{ticket_id:int}/macros/{macro_id:int}/inserted", guards=[may("tickets.reply")], status_code=204
)
async def inserted(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], macro_id: FromPath[int],
    data: JSONBody[Inserted],
) -> Response[None]:
    """Its text was put into a reply: counted as a use."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await _mine(tx, request.user, macro_id)
        await note_use(tx, macro_id, request.user.id, ticket_id, data.client_key, now())
    return nothing()


ROUTES: list[Any] = [list_macros, add, change, retire, use, inserted]
