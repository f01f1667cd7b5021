"""Tasks and processes in the workspace, and the game's word from outside."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.brands import brand_by_key
from playerdesk.kernel import Database, Forbidden, NotFound, Reader, Text, now
from playerdesk.kernel.http import answer, may, nothing, open_to_games
from playerdesk.processes import lists, moving, starting, tasks, views
from playerdesk.processes.instances import NO_INSTANCE, look
from playerdesk.processes.lists import Box, TaskCount, TaskList
from playerdesk.processes.moving import MovePreview
from playerdesk.processes.views import Strip, TaskSheet
from playerdesk.staff import Agent
from playerdesk.tickets import TicketRow, row

Caller = Request[Any, Any, Any]
NO_TICKET = Text(zh="没有找到这张工单。", en="There is no such ticket.")
NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")
STEERING = Text(zh="只有组长可以查看全部流程任务。", en="Only leads may see every task.")


class Start(msgspec.Struct, rename="camel"):
    """Which process; sent twice with the same key it begins once."""

    key: str
    client_key: str


class HandBack(msgspec.Struct, rename="camel"):
    """To which earlier step, and why."""

    to: str
    reason: str
    client_key: str


class Claim(msgspec.Struct, rename="camel"):
    """`take_over`: also when a colleague has it."""

    take_over: bool = False


class Reason(msgspec.Struct):
    reason: str


class Signal(msgspec.Struct, rename="camel"):
    """What a waiting step waits for, and with it which way on and which values."""

    signal: str
    client_key: str
    outcome: str | None = None
    values: dict[str, Any] = {}


class Moving(msgspec.Struct, rename="camel"):
    """From which version, and where the steps go that have no place of their own."""

    version: int
    steps: dict[str, str] = {}


class Left(msgspec.Struct, frozen=True):
    """How many are still on the old version; ask again until it is none."""

    left: int


async def _visible(database: Database, agent: Agent, ticket_id: int) -> TicketRow:
    async with database.reading() as reader:
        found = await row(reader, ticket_id)
    if found is None or not agent.reaches(found.brand_id, found.assignee_id, found.queue_id):
        raise NotFound("no_such_ticket", NO_TICKET)
    return found


@get("/agent/v1/tasks", guards=[may("processes.work")])
async def list_tasks(
    request: Caller, database: NamedDependency[Database], box: FromQuery[Box] = "open", party: FromQuery[str] = ""
) -> Response[TaskList]:
    """`open`: hers and her departments', `mine`: claimed by or raised to her, `done`, `all` (leads)."""
    if box == "all" and "processes.steer" not in request.user.permissions:
        raise Forbidden("not_permitted", STEERING)
    async with database.reading() as reader:
        return answer(await lists.tasks_of(reader, request.user, box, party[:200]))


@get("/agent/v1/tasks/count", guards=[may("processes.work")])
async def count_tasks(request: Caller, database: NamedDependency[Database]) -> Response[TaskCount]:
    """How much is hers to do."""
    async with database.reading() as reader:
        return answer(await lists.count_of(reader, request.user))


@get("/agent/v1/tasks/{task_id:int}", guards=[may("processes.work")])
async def show_task(request: Caller, database: NamedDependency[Database], task_id: FromPath[int]) -> Response[TaskSheet]:
    """One task with all that is needed to do it; for whoever may do it or did it, and for who sees the ticket."""
    async with database.reading() as reader:
        held, task = await look(reader, task_id)
        standing, agent = held.standing, request.user
        sees = "tickets.read" in agent.permissions and agent.reaches(
            standing.brand_id, standing.assignee_id, standing.queue_id
        )
        if not sees and task.done_by != agent.id and not await tasks.may_do(reader, agent, held, task):
            raise Forbidden("not_your_step", tasks.NOT_YOURS)
        return answer(await views.sheet(reader, task_id))


@post("/agent/v1/tasks/{task_id:int}/claim", guards=[may("processes.work")], status_code=200)
async def claim(
    request: Caller, database: NamedDependency[Database], task_id: FromPath[int], data: JSONBody[Claim]
) -> Response[TaskSheet]:
    """Make it one's own; 409 when a colleague was faster."""
    async with database.transaction() as tx:
        await tasks.claim(tx, request.user, task_id, now(), take_over=data.take_over)
        return answer(await views.sheet(tx, task_id))


@post("/agent/v1/tasks/{task_id:int}/release", guards=[may("processes.work")], status_code=200)
async def release(request: Caller, database: NamedDependency[Database], task_id: FromPath[int]) -> Response[TaskSheet]:
    """Give it back to those who are responsible."""
    async with database.transaction() as tx:
        await tasks.release(tx, request.user, task_id)
        return answer(await views.sheet(tx, task_id))


@post("/agent/v1/tasks/{task_id:int}/complete", guards=[may("processes.work")], status_code=200)
async def complete(
    request: Caller, database: NamedDependency[Database], task_id: FromPath[int], data: JSONBody[tasks.Answer]
) -> Response[TaskSheet]:
    """Do the step; 409 when somebody else has done it, 422 with the fields that are not filled in well."""
    async with database.transaction() as tx:
        await tasks.complete(tx, request.user, task_id, data, now())
        return answer(await views.sheet(tx, task_id))


@post("/agent/v1/tasks/{task_id:int}/hand-back", guards=[may("processes.work")], status_code=200)
async def hand_back(
    request: Caller, database: NamedDependency[Database], task_id: FromPath[int], data: JSONBody[HandBack]
) -> Response[TaskSheet]:
    """Back to an earlier step, with the reason."""
    async with database.transaction() as tx:
        await tasks.hand_back(tx, request.user, task_id, data.to, data.reason, data.client_key, now())
        return answer(await views.sheet(tx, task_id))


@post("/agent/v1/tasks/{task_id:int}/escalate", guards=[may("processes.work")], status_code=200)
async def escalate(
    request: Caller, database: NamedDependency[Database], task_id: FromPath[int], data: JSONBody[Reason]
) -> Response[TaskSheet]:
    """Pass it up to the superiors of whoever has it."""
    async with database.transaction() as tx:
        await tasks.escalate(tx, request.user, task_id, data.reason, now())
        return answer(await views.sheet(tx, task_id))


@get("/agent/v1/tickets/{ticket_id:int}/processes", guards=[may("tickets.read")])
async def show_strip(request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]) -> Response[Strip]:
    """Every process of a ticket: each step with who, when and why, what comes next, how long is left."""
    found = await _visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        return answer(await views.strip(reader, ticket_id, found.brand_id))


@post("/agent/v1/tickets/{ticket_id:int}/processes", guards=[may("tickets.reply")], status_code=200)
async def start(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Start]
) -> Response[Strip]:
    """Begin a process by hand."""
    found = await _visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await starting.start_process(tx, ticket_id, data.key, request.user.id, f"hand:{data.client_key}"[:120])
        return answer(await views.strip(tx, ticket_id, found.brand_id))


@post("/agent/v1/tickets/{ticket_id:int}/signals", guards=[may("processes.work")], status_code=200)
async def signal(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Signal]
) -> Response[Strip]:
    """Say by hand what a waiting step waits for."""
    found = await _visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        word = starting.Word(data.signal, data.client_key, data.outcome, data.values)
        await starting.hear(tx, ticket_id, word, request.user.id, now())
        return answer(await views.strip(tx, ticket_id, found.brand_id))


@post("/game/v1/tickets/{ticket_id:int}/signals", guards=[open_to_games], tags=["game"], status_code=204)
async def game_signal(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Signal]
) -> Response[None]:
    """What the game's back end has to say to a step that waits for it, such as "frozen"; 404 when none does."""
    async with database.transaction() as tx:
        found = await row(tx, ticket_id)
        if found is None or found.brand_id != request.user.brand_id:
            raise NotFound("no_such_ticket", NO_TICKET)
        word = starting.Word(data.signal, f"game:{data.client_key}"[:120], data.outcome, data.values)
        await starting.hear(tx, ticket_id, word, None, now())
    return nothing()


@post("/agent/v1/processes/instances/{instance_id:int}/stop", guards=[may("processes.steer")], status_code=200)
async def stop(
    request: Caller, database: NamedDependency[Database], instance_id: FromPath[int], data: JSONBody[Reason]
) -> Response[Strip]:
    """Give a process up, with the reason."""
    async with database.reading() as reader:
        ticket_id = await reader.value("SELECT ticket_id FROM processes.instance WHERE id = $1", instance_id)
    if ticket_id is None:
        raise NotFound("no_such_instance", NO_INSTANCE)
    found = await _visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await starting.stop_process(tx, instance_id, request.user.id, data.reason, now())
        return answer(await views.strip(tx, ticket_id, found.brand_id))


async def _place(reader: Reader, agent: Agent, brand: str, key: str) -> tuple[str, str]:
    """A process of the whole desk is moved with everybody's tickets, a game's with its own."""
    found = None if brand == "-" else await brand_by_key(reader, brand)
    if brand != "-" and (found is None or not agent.serves(found.id)):
        raise NotFound("no_such_brand", NO_BRAND)
    if agent.person_ids is not None or (found is None and agent.brand_ids):
        raise Forbidden("whole_desk", STEERING)
    return ("" if brand == "-" else brand, key)


@get("/agent/v1/processes/{brand:str}/{key:str}/move", guards=[may("blueprints.publish")])
async def preview_move(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], key: FromPath[str], version: FromQuery[int] = 0
) -> Response[MovePreview]:
    """How many tickets are under way on which version, and where those of one would go."""
    async with database.reading() as reader:
        return answer(await moving.preview(reader, *await _place(reader, request.user, brand, key), version))


@post("/agent/v1/processes/{brand:str}/{key:str}/move", guards=[may("blueprints.publish")], status_code=200)
async def move(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], key: FromPath[str], data: JSONBody[Moving]
) -> Response[Left]:
    """Move tickets under way to the version in force, some hundred at a time."""
    at: datetime = now()
    async with database.transaction() as tx:
        place = await _place(tx, request.user, brand, key)
        return answer(Left(await moving.move(tx, place, data.version, data.steps, request.user.id, at)))


ROUTES: list[Any] = [
    list_tasks, count_tasks, show_task, claim, release, complete, hand_back, escalate, show_strip, start, signal, game_signal,
    stop, preview_move, move,
]
