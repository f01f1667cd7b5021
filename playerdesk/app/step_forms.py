"""What the form of a process step offers whoever fills it in: the player's own records to pick from, numbers to look up."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.app.player_forms import NO_LOOKUP
from playerdesk.app.ticket_forms import AskGame
from playerdesk.brands import servers
from playerdesk.kernel import Database, Forbidden, Reader, Rejected, clean_line
from playerdesk.kernel.http import answer, language_of, may
from playerdesk.players import Lookup, LookupAnswer, Pick, Subject, account_in, characters_of, purchases_of
from playerdesk.processes.design import Step
from playerdesk.processes.instances import look
from playerdesk.processes.tasks import NOT_YOURS, may_do
from playerdesk.staff import Agent
from playerdesk.tickets import TicketRow, row

Caller = Request[Any, Any, Any]


class StepPicks(msgspec.Struct, frozen=True):
    """What can be picked, by kind of field; only the kinds the step asks for."""

    server: list[Pick] = []
    character: list[Pick] = []
    purchase: list[Pick] = []


async def _step(reader: Reader, agent: Agent, task_id: int) -> tuple[Step, TicketRow]:
    """The step and its ticket, for whoever may do it."""
    held, task = await look(reader, task_id)
    if not await may_do(reader, agent, held, task):
        raise Forbidden("not_your_step", NOT_YOURS)
    found = await row(reader, task.ticket_id)
    assert found is not None
    return held.step(task.step_key), found


@get("/agent/v1/tasks/{task_id:int}/picks", guards=[may("processes.work")])
async def list_picks(request: Caller, database: NamedDependency[Database], task_id: FromPath[int]) -> Response[StepPicks]:
    """The game's servers, the player's characters and purchases, as far as the step's form asks for them."""
    async with database.reading() as reader:
        step, ticket = await _step(reader, request.user, task_id)
        kinds = {field.kind for field in step.fields}
        return answer(StepPicks(
            [Pick(each.key, each.name) for each in await servers(reader, ticket.brand_id)] if "server" in kinds else [],
            await characters_of(reader, ticket.player_id, ticket.brand_id) if "character" in kinds else [],
            await purchases_of(reader, ticket.player_id, ticket.brand_id) if "purchase" in kinds else [],
        ))


@post("/agent/v1/tasks/{task_id:int}/lookups", guards=[may("processes.work")], status_code=200)
async def look_up(
    request: Caller, database: NamedDependency[Database], task_id: FromPath[int], data: JSONBody[AskGame]
) -> Response[LookupAnswer]:
    """What the game says about a number in the step's form."""
    async with database.reading() as reader:
        step, ticket = await _step(reader, request.user, task_id)
        account = await account_in(reader, [ticket.player_id], [ticket.brand_id])
    field = next((each for each in step.fields if each.key == data.field and each.kind == "lookup"), None)
    number = clean_line(data.number or "")
    if field is None or not field.lookup or not number:
        raise Rejected("no_lookup", NO_LOOKUP, fields={"field": NO_LOOKUP})
    if account is None:
        return answer(LookupAnswer("off"))
    return answer(await request.app.state.puller.look_up(Subject(
        account.player_id, account.brand_id, account.account, ticket_id=ticket.id, language=language_of(request.scope),
        lookup=Lookup(field.lookup, number),
    )))


ROUTES: list[Any] = [list_picks, look_up]
