"""What happens to steps by itself: a deadline passes, a wait is over, somebody else becomes responsible."""

from datetime import datetime
from typing import LiteralString

import structlog
from msgspec.structs import replace

from playerdesk.kernel import Database, Loop, Refused, Tx, now
from playerdesk.processes import instances
from playerdesk.processes.instances import Held, Task, hold_task
from playerdesk.processes.starting import Word, go_on
from playerdesk.processes.tasks import raise_task
from playerdesk.tickets import Notice

log = structlog.get_logger("processes")

AT_ONCE = 50

# Asked every second: the first entry of the index, whatever $1 is.
ANYTHING: LiteralString = """
    SELECT (SELECT ring_at FROM processes.task WHERE ring_at IS NOT NULL ORDER BY ring_at LIMIT 1) < $1
"""
# The ticket is locked with its step, as everybody else does; what is being worked on at this moment comes a second later.
RING: LiteralString = """
    SELECT k.id FROM processes.task k JOIN tickets.ticket t ON t.id = k.ticket_id
    WHERE k.ring_at < $1 AND NOT k.id = ANY($2::bigint[]) ORDER BY k.ring_at LIMIT 1 FOR UPDATE OF t, k SKIP LOCKED
"""
_PUT_OFF: LiteralString = "UPDATE processes.task SET ring_at = now() + interval '5 minutes' WHERE id = $1"


async def ring(database: Database) -> int:
    """Everything that is due by now, each in a transaction of its own; how many that were."""
    at, seen = now(), list[int]()
    async with database.reading() as reader:
        if not await reader.value(ANYTHING, at):
            return 0
    while len(seen) < AT_ONCE:
        task_id = await _ring_one(database, at, seen)
        if task_id is None:
            break
        seen.append(task_id)
    return len(seen)


async def _ring_one(database: Database, at: datetime, seen: list[int]) -> int | None:
    task_id: int | None = None
    try:
        async with database.transaction() as tx:
            task_id = await tx.value(RING, at, seen)
            if task_id is not None:
                held, task = await hold_task(tx, task_id)
                await rang(tx, held, task, at)
    except Exception as failure:
        if task_id is None:
            raise
        # One that cannot go on must not hold up the others; it is looked at again in a while.
        log.warning("a step did not go on", task=task_id, error=repr(failure), refused=isinstance(failure, Refused))
        async with database.transaction() as tx:
            await tx.execute(_PUT_OFF, task_id)
    return task_id


async def rang(tx: Tx, held: Held, task: Task, at: datetime) -> None:
    """What a step whose time has come does next."""
    if task.state not in ("open", "waiting") or held.instance.state != "running":
        await tx.execute("UPDATE processes.task SET ring_at = NULL WHERE id = $1", task.id)
        return
    step = held.step(task.step_key)
    if step.kind == "wait" and step.wait and step.wait.ends and task.due_at and task.due_at <= at:
        await go_on(tx, held, task, Word("", f"time-{task.id}"), None, at)
        return
    party, _, ring_at = await instances.responsible(tx, step, held.standing.brand_id, at, held.instance.answers)
    if party != task.party:
        await _pass_on(tx, held, task, party, at)
        return
    if task.due_at is not None and task.due_at > at and ring_at is not None and ring_at > at:
        # Nothing is late: it was looked at for somebody who became responsible meanwhile.
        await tx.execute("UPDATE processes.task SET ring_at = least($2, due_at) WHERE id = $1", task.id, ring_at)
        return
    await raise_task(tx, held, task, None, "late" if task.due_at and task.due_at <= at else "nobody", at)


async def _pass_on(tx: Tx, held: Held, task: Task, party: str, at: datetime) -> None:
    """From today on somebody else is responsible; the deadline stays."""
    step = held.step(task.step_key)
    _, _, ring_at = await instances.responsible(tx, step, held.standing.brand_id, at, held.instance.answers)
    rings = [each for each in (task.due_at if step.escalate else None, ring_at) if each is not None]
    await tx.execute(
        "UPDATE processes.task SET party = $2, claimed_by = NULL, claimed_at = NULL, ring_at = $3 WHERE id = $1",
        task.id, party, min(rings, default=None),
    )
    moved = replace(task, party=party, claimed_by=None)
    held.tasks = [moved if each.id == task.id else each for each in held.tasks]
    change = instances.line(held, "passed_on", step=step.name, party=(await instances.party_name(tx, party)))
    await instances.tell(tx, held.instance.ticket_id, [Notice(change)], at)
    await instances.emit(tx, held, "moved", [task, moved])


LOOPS = (Loop("processes.ring", 1.0, ring),)
