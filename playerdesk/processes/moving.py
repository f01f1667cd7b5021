"""Tickets under way are moved to the version in force: deliberately, with a look at where each step goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import NotFound, Reader, Rejected, Text, Tx
from playerdesk.processes import instances
from playerdesk.processes.design import Design, contexts
from playerdesk.processes.editions import NO_PROCESS, Edition, edition
from playerdesk.processes.instances import Held, responsible
from playerdesk.processes.starting import open_tasks
from playerdesk.tickets import Notice

AT_ONCE = 200
UNMAPPED = Text(zh="还有步骤没有对应到新版本。", en="Some steps have no place in the new version yet.")

_PROCESS: LiteralString = """
    SELECT p.edition_id FROM processes.process p LEFT JOIN brands.brand b ON b.id = p.brand_id
    WHERE coalesce(b.key, '') = $1 AND p.key = $2 AND p.edition_id IS NOT NULL
"""
_RUNNING: LiteralString = """
    SELECT e.id, e.version, count(*) FROM processes.instance i JOIN processes.edition e ON e.id = i.edition_id
    WHERE e.process_id = $1 AND i.state = 'running' GROUP BY e.id, e.version ORDER BY e.version DESC
"""
_STANDING_AT: LiteralString = """
    SELECT k.step_key, count(*) FROM processes.task k JOIN processes.instance i ON i.id = k.instance_id
    WHERE i.edition_id = $1 AND i.state = 'running' AND k.state IN ('open', 'waiting') GROUP BY 1 ORDER BY 1
"""


class Running(msgspec.Struct, frozen=True, rename="camel"):
    """How many tickets are under way on a version."""

    version: int
    instances: int


class StepPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Where the tickets at a step would go; `to` None: somebody has to say, among `options`."""

    step: str
    name: Text
    tasks: int
    to: str | None
    options: list[str]


class MovePreview(msgspec.Struct, frozen=True, rename="camel"):
    """What moving the tickets of one version to the one in force would do."""

    from_version: int
    to_version: int
    running: list[Running]
    steps: list[StepPlace]


async def running(reader: Reader, brand_key: str, key: str) -> tuple[Edition, list[tuple[int, Running]]]:
    """The version in force, and how many tickets are under way on each."""
    edition_id = await reader.value(_PROCESS, brand_key, key)
    if edition_id is None:
        raise NotFound("no_such_process", NO_PROCESS)
    current = await edition(reader, edition_id)
    rows = await reader.fetch(_RUNNING, current.process_id)
    return current, [(row[0], Running(row[1], row[2])) for row in rows]


async def preview(reader: Reader, brand_key: str, key: str, version: int) -> MovePreview:
    """Where each step of an older version that tickets stand at would go."""
    current, known = await running(reader, brand_key, key)
    old_id = next((each for each, one in known if one.version == version), None)
    if old_id is None or version == current.version:
        return MovePreview(version, current.version, [one for _, one in known], [])
    old = (await edition(reader, old_id)).design
    steps: list[StepPlace] = []
    for step_key, tasks in await reader.fetch(_STANDING_AT, old_id):
        step, options = old.step(step_key), fitting(old, current.design, step_key)
        name = step.name if step else Text(step_key, step_key)
        steps.append(StepPlace(step_key, name, tasks, step_key if step_key in options else None, options))
    return MovePreview(version, current.version, [one for _, one in known], steps)


def fitting(old: Design, new: Design, key: str) -> list[str]:
    """Steps of the new version at which something that stands at an old step can stand: same kind, in the same splits."""
    before = old.step(key)
    if before is None:
        return []
    around, known = contexts(old).get(key, ()), contexts(new)
    same = ("task", "wait") if before.kind in ("task", "wait") else (before.kind,)
    sizes = all(_ways(old, each) == _ways(new, each) for each in around)
    return [step.key for step in new.steps if sizes and step.kind in same and known.get(step.key) == around]


def _ways(design: Design, key: str) -> int | None:
    step = design.step(key)
    return len(step.next) if step else None


async def move(
    tx: Tx, place: tuple[str, str], version: int, mapping: Mapping[str, str], by_id: int, at: datetime, most: int = AT_ONCE
) -> int:
    """Move a piece of the tickets, whole or not at all; how many are left on that version."""
    brand_key, key = place
    found = await preview(tx, brand_key, key, version)
    where = {each.step: mapping.get(each.step) or each.to for each in found.steps}
    wrong = {each.step: UNMAPPED for each in found.steps if where[each.step] not in each.options}
    if wrong:
        raise Rejected("steps_unmapped", UNMAPPED, fields=wrong)
    current, known = await running(tx, brand_key, key)
    old_id = next((each for each, one in known if one.version == version), None)
    if old_id is None or version == current.version:
        return 0
    ids = [row[0] for row in await tx.fetch(
        "SELECT id FROM processes.instance WHERE edition_id = $1 AND state = 'running' ORDER BY ticket_id LIMIT $2",
        old_id, most,
    )]
    moved = 0
    for instance_id in ids:
        held = await instances.hold(tx, instance_id)
        if held.instance.state == "running" and held.instance.edition_id == old_id:
            await _move_one(tx, held, current, where, by_id, at)
            moved += 1
    await record(tx, Trace(
        actor_id=by_id, action="process.moved", kind="process", object_id=f"{brand_key}/{key}" if brand_key else key,
        before={"version": version}, after={"version": current.version, "steps": where, "tickets": moved},
    ))
    left: int = await tx.value(
        "SELECT count(*) FROM processes.instance WHERE edition_id = $1 AND state = 'running'", old_id
    )
    return left


async def _move_one(
    tx: Tx, held: Held, current: Edition, where: Mapping[str, str | None], by_id: int, at: datetime
) -> None:
    before = open_tasks(held)
    await tx.execute("UPDATE processes.instance SET edition_id = $2 WHERE id = $1", held.instance.id, current.id)
    moved = Held(held.standing, held.instance, current, held.tasks)
    for task in before:
        target = where.get(task.step_key) or task.step_key
        step = moved.step(target)
        if step.kind == "join":
            await tx.execute("UPDATE processes.task SET step_key = $2 WHERE id = $1", task.id, target)
            continue
        party, due_at, ring_at = await responsible(tx, step, held.standing.brand_id, at, held.instance.answers)
        same = target == task.step_key and party == task.party
        # Who is at the same step for the same people keeps what is claimed and the deadline that runs.
        await tx.execute(
            "UPDATE processes.task SET step_key = $2, kind = $3, state = CASE WHEN $3 = 'wait' THEN 'waiting' ELSE 'open' END,"
            " party = $4, due_at = CASE WHEN $8 THEN due_at ELSE $5 END, ring_at = CASE WHEN $8 THEN ring_at ELSE $6 END,"
            " signal = $7, claimed_by = CASE WHEN $8 THEN claimed_by END WHERE id = $1",
            task.id, target, step.kind, party, due_at, ring_at, (step.wait.signal or None) if step.wait else None, same,
        )
    notice = Notice(instances.line(moved, "moved", version=current.version), by_id)
    await instances.tell(tx, held.instance.ticket_id, [notice], at)
    after = (await instances.hold(tx, held.instance.id)).tasks
    moved.tasks = after
    await instances.emit(tx, moved, "moved", before)
