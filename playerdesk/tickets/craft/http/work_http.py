"""The quiet side of work: checklist and time."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.kernel import Database, now
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.tickets.craft import checklists, efforts
from playerdesk.tickets.craft.checklists import Step
from playerdesk.tickets.craft.efforts import Spent
from playerdesk.tickets.http import Key, visible

Caller = Request[Any, Any, Any]


class NewStep(msgspec.Struct, rename="camel"):
    """A step at the end of the list; without text, the usual steps of the category."""

    client_key: Key
    body: str | None = None


class StepChange(msgspec.Struct, rename="camel"):
    """Tick, reword, or move before another step (or to the end)."""

    done: bool | None = None
    body: str | None = None
    before_id: int | None = None
    last: bool = False


class Visit(msgspec.Struct, rename="camel"):
    """How long one's screen has shown the ticket in this visit, told again as it grows."""

    client_key: Key
    seconds: int


class Effort(msgspec.Struct, rename="camel"):
    """Time spent elsewhere, in seconds."""

    client_key: Key
    seconds: int
    note: str = ""


async def _steps(database: Database, ticket_id: int) -> Response[list[Step]]:
    async with database.reading() as reader:
        return answer(await checklists.steps_of(reader, ticket_id))


@post("/agent/v1/tickets/{ticket_id:int}/checklist", guards=[may("tickets.reply")], status_code=200)
async def add_step(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[NewStep]
) -> Response[list[Step]]:
    """Add a step, or the usual ones."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        if data.body is None:
            await checklists.add_usual_steps(tx, ticket_id, now())
        else:
            await checklists.add_steps(tx, ticket_id, [(data.body, data.client_key)], now())
    return await _steps(database, ticket_id)


@patch("/agent/v1/tickets/{ticket_id:int}/checklist/{step_id:int}", guards=[may("tickets.reply")])
async def change_step(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], step_id: FromPath[int],
    data: JSONBody[StepChange],
) -> Response[list[Step]]:
    """Tick it off, reword it, move it."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await checklists.change_step(
            tx, ticket_id, step_id, request.user.id, now(), done=data.done, body=data.body, before_id=data.before_id,
            last=data.last,
        )
    return await _steps(database, ticket_id)


@delete("/agent/v1/tickets/{ticket_id:int}/checklist/{step_id:int}", guards=[may("tickets.reply")], status_code=200)
async def drop_step(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], step_id: FromPath[int]
) -> Response[list[Step]]:
    """Take it off the list."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await checklists.drop_step(tx, ticket_id, step_id, now())
    return await _steps(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/visits", guards=[may("tickets.read")], status_code=204)
async def visit(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Visit]
) -> Response[None]:
    """The time counted by the screen itself."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await efforts.visited(tx, ticket_id, request.user.id, data.seconds, data.client_key, now())
    return nothing()


@post("/agent/v1/tickets/{ticket_id:int}/efforts", guards=[may("tickets.reply")], status_code=200)
async def add_effort(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Effort]
) -> Response[list[Spent]]:
    """Add time by hand."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await efforts.add_effort(
            tx, ticket_id, request.user.id, data.seconds, data.note.strip(), data.client_key, now()
        )
    async with database.reading() as reader:
        return answer(await efforts.spent_on(reader, [ticket_id]))


@delete("/agent/v1/tickets/{ticket_id:int}/efforts/{client_key:str}", guards=[may("tickets.reply")], status_code=200)
async def drop_effort(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], client_key: FromPath[str]
) -> Response[list[Spent]]:
    """Take one's own entry back."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await efforts.drop_effort(tx, ticket_id, request.user.id, client_key, now())
    async with database.reading() as reader:
        return answer(await efforts.spent_on(reader, [ticket_id]))


ROUTES = [add_step, change_step, drop_step, visit, add_effort, drop_effort]
