"""A process begins, is stopped, or hears from outside."""

from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, NotFound, Rejected, Text, Tx, clean_line, now
from playerdesk.processes import instances
from playerdesk.processes.editions import current
from playerdesk.processes.instances import INSTANCE, Held, Instance, Move, Task
from playerdesk.processes.judging import CHOSEN, judge, way_on
from playerdesk.tickets import Notice, goes_on_in, lock_one

LONGEST_REASON = 500
REASON_NEEDED = Text(zh="请写明原因。", en="Say why.")
NOBODY_WAITS = Text(zh="这张工单现在没有步骤在等这个信号。", en="No step of this ticket waits for this signal just now.")

_START: LiteralString = f"""
    INSERT INTO processes.instance (ticket_id, process_id, edition_id, client_key, started_by, started_at)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING {INSTANCE}
"""
_BEFORE: LiteralString = f"""
    SELECT {INSTANCE} FROM processes.instance
    WHERE ticket_id = $1 AND (client_key = $2 OR (process_id = $3 AND state = 'running')) ORDER BY client_key <> $2 LIMIT 1
"""


class Started(msgspec.Struct, frozen=True, rename="camel"):
    """The instance; `again`: it had begun before, by this key or because the same process is under way here."""

    instance_id: int
    again: bool


async def start_process(
    tx: Tx, ticket_id: int, key: str, by_id: int | None, client_key: str, at: datetime | None = None
) -> Started:
    """Begin a process on a ticket. With a key used before, or while the same process runs here, nothing new begins.

    `NotFound` when the ticket's brand has no such process in force. For categories and rules as for people.
    """
    at = at or now()
    standing = await lock_one(tx, ticket_id)
    edition = await current(tx, standing.brand_id, key)
    before = await tx.row(Instance, _BEFORE, ticket_id, client_key, edition.process_id)
    if before is not None:
        return Started(before.id, again=True)
    instance = await tx.row(Instance, _START, ticket_id, edition.process_id, edition.id, client_key, by_id, at)
    assert instance is not None
    held = Held(standing, instance, edition, [])
    decide = await judge(tx, edition.design, ticket_id, {})
    notices = [Notice(instances.line(held, "started"), by_id)]
    await instances.enter(tx, held, Move(edition.design.start, (), decide, None, by_id), notices, at)
    await instances.emit(tx, held, "started", [])
    return Started(instance.id, again=False)


async def stop_process(tx: Tx, instance_id: int, by_id: int, reason: str, at: datetime) -> None:
    """Give it up, with the reason in the timeline; sent twice it is stopped once."""
    held = await instances.hold(tx, instance_id)
    if held.instance.state == "stopped":
        return
    if held.instance.state != "running":
        raise Conflict("process_over", instances.OVER)
    reason = demand_reason(reason)
    before = open_tasks(held)
    await instances.end(tx, held, "stopped", by_id, reason, at)
    held.tasks = []
    await instances.tell(tx, held.instance.ticket_id, [Notice(instances.line(held, "stopped", reason=reason), by_id)], at)
    await record(tx, Trace(
        actor_id=by_id, action="process.stopped", kind="ticket", object_id=str(held.instance.ticket_id), reason=reason,
        before={"process": held.edition.key, "steps": [task.step_key for task in before]},
    ))
    await instances.emit(tx, held, "stopped", before)


class Word(msgspec.Struct, frozen=True):
    """What the outside says: which signal, and with it which way on and which values."""

    signal: str
    client_key: str
    outcome: str | None = None
    values: dict[str, Any] = {}


async def hear(tx: Tx, ticket_id: int, word: Word, by_id: int | None, at: datetime) -> None:
    """A word from outside ends the waits for it on this ticket. Sent twice with its key, it is heard once."""
    await lock_one(tx, ticket_id)
    known = await tx.fetch(
        "SELECT id, state, done_key FROM processes.task WHERE ticket_id = $1 AND signal = $2", ticket_id, word.signal
    )
    waiting = [row[0] for row in known if row[1] == "waiting"]
    if not waiting:
        if any(row[2] == word.client_key for row in known):
            return
        # The game knows the ticket its player wrote; the matter may go on in another one.
        further = await goes_on_in(tx, ticket_id)
        if further is None:
            raise NotFound("nobody_waits", NOBODY_WAITS)
        await hear(tx, further, word, by_id, at)
    for task_id in waiting:
        held, task = await instances.hold_task(tx, task_id)
        if task.state == "waiting":
            await go_on(tx, held, task, word, by_id, at)


async def go_on(tx: Tx, held: Held, task: Task, word: Word, by_id: int | None, at: datetime) -> None:
    """A wait is over."""
    step = held.step(task.step_key)
    answers = {**held.instance.answers, task.step_key: {**word.values, **({CHOSEN: word.outcome} if word.outcome else {})}}
    decide = await judge(tx, held.design, held.instance.ticket_id, answers)
    way = way_on(step, word.outcome, decide)
    before = open_tasks(held)
    await tx.execute(
        "UPDATE processes.task SET state = 'done', ring_at = NULL, done_at = $2, done_by = $3, done_key = $4, chosen = $5,"
        " values = $6 WHERE id = $1", task.id, at, by_id, word.client_key, word.outcome, word.values,
    )
    await tx.execute("UPDATE processes.instance SET answers = $2 WHERE id = $1", held.instance.id, answers)
    held.instance = msgspec.structs.replace(held.instance, answers=answers)
    held.tasks = [msgspec.structs.replace(each, state="done") if each.id == task.id else each for each in held.tasks]
    notices = [Notice(instances.line(held, "heard" if word.signal else "waited", step=step.name, way=way.name), by_id)]
    await instances.enter(tx, held, Move(way.to, tuple(task.fork), decide, task.id, by_id), notices, at)
    await instances.emit(tx, held, "signalled", before)


def open_tasks(held: Held) -> list[Task]:
    """What somebody or something is still to do in it."""
    return [task for task in held.tasks if task.state in ("open", "waiting")]


def demand_reason(reason: str) -> str:
    """A reason that says something."""
    reason = clean_line(reason)[:LONGEST_REASON]
    if not reason:
        raise Rejected("reason_needed", REASON_NEEDED, fields={"reason": REASON_NEEDED})
    return reason
