"""A ticket on its way: what is locked, read and written with every move. Whoever moves holds the ticket's lock."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.brands import brand_by_id
from playerdesk.kernel import Conflict, NotFound, Reader, Rejected, Text, Tx
from playerdesk.processes import engine
from playerdesk.processes.design import Deadline, Design, Next, Step, changes_after, party_on
from playerdesk.processes.editions import Edition, edition
from playerdesk.processes.engine import Fresh, Visit, Walk
from playerdesk.processes.events import ProcessMoved
from playerdesk.processes.hours import Answers, day_of, due
from playerdesk.processes.parties import names_of, people_of
from playerdesk.tickets import Notice, Standing, lock_one, resolve, standings, tell

NO_TASK = Text(zh="没有这个流程任务，请刷新。", en="There is no such task. Please refresh.")
NO_INSTANCE = Text(zh="没有这个流程，请刷新。", en="There is no such process here. Please refresh.")
OVER = Text(zh="这个流程已经结束。", en="This process is over.")
TOO_LONG = Text(
    zh="这个流程已经走了太多步，请停止后检查流程设计。", en="This process has gone too many steps. Stop it and look at its design."
)
MOST_VISITS = 1000


class Instance(msgspec.Struct, frozen=True):
    """One ticket going through one process."""

    id: int
    ticket_id: int
    process_id: int
    edition_id: int
    state: str
    answers: dict[str, dict[str, Any]]
    started_by: int | None
    started_at: datetime
    ended_at: datetime | None
    ended_by: int | None
    reason: str
    client_key: str


class Task(msgspec.Struct, frozen=True):
    """One visit of one step."""

    id: int
    instance_id: int
    ticket_id: int
    step_key: str
    kind: str
    state: str
    party: str
    claimed_by: int | None
    due_at: datetime | None
    ring_at: datetime | None
    level: int
    raised_to: list[int]
    signal: str | None
    fork: list[int]
    serial: int | None
    branches: int | None
    came_from: int | None
    values: dict[str, Any]
    chosen: str | None
    reason: str
    opened_at: datetime
    done_at: datetime | None
    done_by: int | None
    done_key: str | None


class Held(msgspec.Struct):
    """Everything about one instance, locked."""

    standing: Standing
    instance: Instance
    edition: Edition
    tasks: list[Task]

    @property
    def design(self) -> Design:
        return self.edition.design

    def step(self, key: str) -> Step:
        """A step of its version; it is there, for tasks of vanished steps are moved first."""
        found = self.design.step(key)
        if found is None:
            raise Conflict("no_such_step", NO_TASK)
        return found

    def task(self, task_id: int) -> Task:
        found = next((each for each in self.tasks if each.id == task_id), None)
        if found is None:
            raise NotFound("no_such_task", NO_TASK)
        return found


INSTANCE: LiteralString = """
    id, ticket_id, process_id, edition_id, state, answers, started_by, started_at, ended_at, ended_by, reason, client_key
"""
TASK: LiteralString = """
    id, instance_id, ticket_id, step_key, kind, state, party, claimed_by, due_at, ring_at, level, raised_to, signal, fork, serial,
    branches, came_from, values, chosen, reason, opened_at, done_at, done_by, done_key
"""
_WRITE: LiteralString = f"""
    INSERT INTO processes.task (
        instance_id, ticket_id, step_key, kind, state, party, due_at, ring_at, signal, fork, serial, branches, came_from, opened_at,
        done_at
    )
    SELECT $1, $2, n.step_key, n.kind, n.state, n.party, n.due_at, n.ring_at, n.signal,
        CASE WHEN n.fork = '' THEN ARRAY[]::int[] ELSE string_to_array(n.fork, ' ')::int[] END,
        n.serial, n.branches, $12::bigint, $13::timestamptz,
        CASE WHEN n.state = 'done' THEN $13::timestamptz END
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[],
        $11::int[], $14::int[]) WITH ORDINALITY
        AS n (step_key, kind, state, party, due_at, ring_at, signal, fork, serial, branches, place)
    ORDER BY n.place
    RETURNING {TASK}
"""


async def hold(tx: Tx, instance_id: int) -> Held:
    """Lock the ticket, then read the instance: everybody who moves it does so, one after the other."""
    ticket_id: int | None = await tx.value("SELECT ticket_id FROM processes.instance WHERE id = $1", instance_id)
    if ticket_id is None:
        raise NotFound("no_such_instance", NO_INSTANCE)
    while True:
        held = await _read(tx, instance_id, await lock_one(tx, ticket_id))
        if held.instance.ticket_id == ticket_id:
            return held
        # A merge took it along while this one waited for the lock.
        ticket_id = held.instance.ticket_id


async def _read(reader: Reader, instance_id: int, standing: Standing) -> Held:
    instance = await reader.row(Instance, f"SELECT {INSTANCE} FROM processes.instance WHERE id = $1", instance_id)
    assert instance is not None
    tasks = await reader.rows(Task, f"SELECT {TASK} FROM processes.task WHERE instance_id = $1 ORDER BY id", instance_id)
    return Held(standing, instance, await edition(reader, instance.edition_id), tasks)


async def look(reader: Reader, task_id: int) -> tuple[Held, Task]:
    """The same only to be looked at."""
    found = await reader.fetch("SELECT instance_id, ticket_id FROM processes.task WHERE id = $1", task_id)
    if not found:
        raise NotFound("no_such_task", NO_TASK)
    instance_id, ticket_id = found[0]
    held = await _read(reader, instance_id, (await standings(reader, [ticket_id]))[ticket_id])
    return held, held.task(task_id)


async def hold_task(tx: Tx, task_id: int) -> tuple[Held, Task]:
    """The instance a task belongs to, locked, and the task as it stands under the lock."""
    instance_id: int | None = await tx.value("SELECT instance_id FROM processes.task WHERE id = $1", task_id)
    if instance_id is None:
        raise NotFound("no_such_task", NO_TASK)
    held = await hold(tx, instance_id)
    return held, held.task(task_id)


def visits_of(tasks: Sequence[Task]) -> list[Visit]:
    """Tasks as the engine sees them."""
    return [Visit(t.id, t.step_key, t.state, tuple(t.fork), t.serial, t.branches) for t in tasks]


class Move(msgspec.Struct, frozen=True):
    """Where a token goes, from which visit, and how ways are decided."""

    to: str
    fork: tuple[int, ...]
    decide: Any
    came_from: int | None
    by_id: int | None


async def enter(tx: Tx, held: Held, move: Move, notices: list[Notice], at: datetime) -> None:
    """Take a token to a step and beyond: write the visits, tell the player, end what has come to its end."""
    if len(held.tasks) > MOST_VISITS:
        raise Rejected("process_too_long", TOO_LONG)
    decide: Any = move.decide
    walk = engine.go(held.design, visits_of(held.tasks), move.to, move.fork, decide)
    if walk.joined:
        await tx.execute("UPDATE processes.task SET state = 'done', done_at = $2 WHERE id = ANY($1::bigint[])", walk.joined, at)
        held.tasks = [_through(task, at) if task.id in walk.joined else task for task in held.tasks]
    told = {task.step_key for task in held.tasks}
    held.tasks += await _write(tx, held, walk, move.came_from, at)
    stage, said = None, list[Notice]()
    for fresh in walk.fresh:
        step = fresh.step
        stage = step.stage or stage
        # Once is enough: what comes back to a step is no news to the player.
        if step.tells is not None and step.key not in told:
            change = {"what": "stage", "process": held.edition.key, "step": step.key}
            said.append(Notice(change, move.by_id, step.tells))
    if walk.ended is not None:
        await _end(tx, held, "done", move.by_id, "", at)
        notices.append(Notice(line(held, "ended", outcome=walk.ended.name)))
    await tell(tx, held.instance.ticket_id, [*notices, *said], at, stage)
    if walk.ended is not None and walk.ended.resolves and held.standing.status not in ("resolved", "closed"):
        solution = (walk.ended.tells or walk.ended.name).zh
        await resolve(tx, held.instance.ticket_id, move.by_id, solution, at)


def _through(task: Task, at: datetime) -> Task:
    return msgspec.structs.replace(task, state="done", done_at=at)


async def _write(tx: Tx, held: Held, walk: Walk, came_from: int | None, at: datetime) -> list[Task]:
    rows = [await _row(tx, held, fresh, at) for fresh in walk.fresh]
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    return await tx.rows(
        Task, _WRITE, held.instance.id, held.instance.ticket_id, *columns[:9], came_from, at, columns[9]
    )


async def _row(tx: Tx, held: Held, fresh: Fresh, at: datetime) -> tuple[Any, ...]:
    step, party, due_at, ring_at = fresh.step, "", None, None
    if fresh.state != "done" and step.kind in ("task", "wait"):
        party, due_at, ring_at = await responsible(tx, step, held.standing.brand_id, at, held.instance.answers)
    signal = step.wait.signal or None if step.wait and fresh.state == "waiting" else None
    fork = " ".join(map(str, fresh.fork))
    return (step.key, step.kind, fresh.state, party, due_at, ring_at, signal, fork, fresh.serial, fresh.branches)


async def responsible(
    reader: Reader, step: Step, brand_id: int, at: datetime, answers: Answers
) -> tuple[str, datetime | None, datetime | None]:
    """The party, when it has to be done, and when the desk looks at it by itself."""
    brand = await brand_by_id(reader, brand_id)
    zone = ZoneInfo(brand.time_zone if brand else "Asia/Shanghai")
    day = at.astimezone(zone).date()
    chosen = party_on(step, day)
    party = chosen.name if chosen else ""
    due_at = await due(reader, step.deadline, at)
    rings = [due_at] if due_at and step.escalate else []
    if step.kind == "wait" and step.wait and step.wait.ends:
        due_at = day_of(step.wait, answers, zone) or await due(reader, Deadline(step.wait.minutes), at)
        rings = [due_at]
    change = changes_after(step, day)
    if change is not None:
        rings.append(datetime.combine(change, time(), zone).astimezone(UTC))
    if step.kind == "task" and chosen is not None and chosen.kind != "assignee" and not await people_of(reader, party):
        # Nobody is left there: it goes up at once and not only when it is late.
        rings.append(at - timedelta(seconds=1))
    return party, due_at, min((each for each in rings if each is not None), default=None)


async def end(tx: Tx, held: Held, state: str, by_id: int | None, reason: str, at: datetime) -> None:
    """Nothing is left to do in it."""
    await tx.execute(
        "UPDATE processes.task SET state = 'dropped', done_at = $2, ring_at = NULL"
        " WHERE instance_id = $1 AND state IN ('open', 'waiting')", held.instance.id, at,
    )
    await _end(tx, held, state, by_id, reason, at)


async def _end(tx: Tx, held: Held, state: str, by_id: int | None, reason: str, at: datetime) -> None:
    await tx.execute(
        "UPDATE processes.instance SET state = $2, ended_at = $3, ended_by = $4, reason = $5 WHERE id = $1",
        held.instance.id, state, at, by_id, reason,
    )


def line(held: Held, did: str, **facts: Any) -> dict[str, Any]:
    """A line of the timeline about this process."""
    return {"what": "process", "did": did, "process": held.design.name, "instance": held.instance.id, **facts}


async def emit(tx: Tx, held: Held, what: str, before: Sequence[Task]) -> None:
    """Tell the lists of everybody who has, had or gets work in it."""
    open_now = [task for task in held.tasks if task.state in ("open", "waiting")]
    parties = sorted({task.party for task in (*before, *open_now) if task.party})
    people = sorted({
        person for task in (*before, *open_now) for person in (task.claimed_by, *task.raised_to) if person is not None
    })
    await tx.emit(ProcessMoved(
        about_id=held.instance.ticket_id, instance_id=held.instance.id, process=held.edition.key, what=what, parties=parties,
        person_ids=people,
    ))


def first(step: Step) -> Next:
    """For moves where nothing has to be decided."""
    return step.next[0]


async def party_name(reader: Reader, party: str) -> Text | None:
    """What a party is called."""
    return (await names_of(reader)).get(party)
