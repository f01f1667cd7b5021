"""What people do with a step: claim it, complete it, hand it back, pass it up. Each is one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from playerdesk.forms import check_fields, demand_required
from playerdesk.kernel import Conflict, Forbidden, Reader, Rejected, Text, Tx, clean_text
from playerdesk.processes import instances
from playerdesk.processes.design import Step, contexts
from playerdesk.processes.engine import dropped_by_handing_back
from playerdesk.processes.instances import Held, Move, Task, hold_task
from playerdesk.processes.judging import CHOSEN, judge, way_on
from playerdesk.processes.papers import keep_files
from playerdesk.processes.parties import above, heads, names_of, parties_of, people_of
from playerdesk.processes.starting import demand_reason, open_tasks
from playerdesk.staff import Agent
from playerdesk.tickets import Notice

LONGEST_NOTE = 2000
MOST_LEVELS = 5
RAISED_AGAIN_AFTER = timedelta(minutes=60)
"""For a step without a deadline of its own."""

NOT_YOURS = Text(zh="这一步由别的部门或同事负责。", en="Another department or colleague is responsible for this step.")
DONE_ALREADY = Text(zh="这一步刚刚已经办完了，请刷新查看。", en="This step has just been done. Please refresh.")
CLAIMED = Text(zh="这一步已被同事领取。", en="A colleague has claimed this step.")
NOT_BACK = Text(zh="这一步不能退回到那里。", en="This step cannot be handed back to there.")
NOBODY_ABOVE = Text(zh="上面没有人可以接手了。", en="There is nobody above to take it.")
WRONG = Text(zh="还有内容没有填好，请按提示修改。", en="Something is not filled in well; mend what is marked.")


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """How somebody completes a step: its form, which way on, and a word for colleagues."""

    client_key: str
    values: dict[str, Any] = {}
    choice: str | None = None
    note: str = ""


async def may_do(reader: Reader, agent: Agent, held: Held, task: Task) -> bool:
    """Whether a task is hers: of a party she belongs to, raised to her, or of the ticket she has. Leads may step in."""
    if agent.id == task.claimed_by or agent.id in task.raised_to:
        return True
    if not agent.serves(held.standing.brand_id):
        return False
    if task.party == "assignee:":
        hers = held.standing.assignee_id == agent.id or (
            held.standing.assignee_id is None and agent.reaches(held.standing.brand_id, None, held.standing.queue_id))
    else:
        hers = task.party in await parties_of(reader, agent.id)
    standing = held.standing
    return hers or (
        "processes.steer" in agent.permissions and agent.reaches(standing.brand_id, standing.assignee_id, standing.queue_id)
    )


async def _hold_hers(tx: Tx, agent: Agent, task_id: int) -> tuple[Held, Task, Step]:
    held, task = await hold_task(tx, task_id)
    if not await may_do(tx, agent, held, task):
        raise Forbidden("not_your_step", NOT_YOURS)
    return held, task, held.step(task.step_key)


def _demand_open(held: Held, task: Task) -> None:
    if task.state not in ("open", "waiting") or held.instance.state != "running":
        raise Conflict("step_done", DONE_ALREADY, extra={
            "doneBy": task.done_by, "doneAt": task.done_at, "state": task.state, "chosen": task.chosen,
        })


async def claim(tx: Tx, agent: Agent, task_id: int, at: datetime, *, take_over: bool = False) -> None:
    """Make it one's own; one of two wins. `take_over`: also from a colleague."""
    held, task, _ = await _hold_hers(tx, agent, task_id)
    _demand_open(held, task)
    if task.claimed_by == agent.id:
        return
    if task.claimed_by is not None and not take_over:
        raise Conflict("step_claimed", CLAIMED, extra={"claimedBy": task.claimed_by})
    await tx.execute("UPDATE processes.task SET claimed_by = $2, claimed_at = $3 WHERE id = $1", task.id, agent.id, at)
    await instances.emit(tx, held, "claimed", [task, replace(task, claimed_by=agent.id)])


async def release(tx: Tx, agent: Agent, task_id: int) -> None:
    """Give it back to its party."""
    held, task, _ = await _hold_hers(tx, agent, task_id)
    _demand_open(held, task)
    await tx.execute("UPDATE processes.task SET claimed_by = NULL, claimed_at = NULL WHERE id = $1", task.id)
    await instances.emit(tx, held, "released", [task])


async def complete(tx: Tx, agent: Agent, task_id: int, answer: Answer, at: datetime) -> None:
    """Do the step and go on. Two who do it: one wins, the other is told (409); the same one twice does it once."""
    held, task, step = await _hold_hers(tx, agent, task_id)
    if task.state == "done" and task.done_by == agent.id and task.done_key == answer.client_key:
        return
    _demand_open(held, task)
    if task.claimed_by not in (None, agent.id) and agent.id not in task.raised_to:
        raise Conflict("step_claimed", CLAIMED, extra={"claimedBy": task.claimed_by})
    values = _check(step, answer.values)
    await keep_files(tx, held.instance.id, step.fields, values, agent.id)
    note = clean_text(answer.note)[:LONGEST_NOTE]
    answers = {**held.instance.answers, step.key: {**values, **({CHOSEN: answer.choice} if answer.choice else {})}}
    decide = await judge(tx, held.design, held.instance.ticket_id, answers)
    way = way_on(step, answer.choice, decide)
    before = open_tasks(held)
    await tx.execute(
        "UPDATE processes.task SET state = 'done', ring_at = NULL, values = $2, chosen = $3, reason = $4, done_at = $5,"
        " done_by = $6, done_key = $7 WHERE id = $1",
        task.id, values, answer.choice, note, at, agent.id, answer.client_key,
    )
    await tx.execute("UPDATE processes.instance SET answers = $2 WHERE id = $1", held.instance.id, answers)
    held.instance = replace(held.instance, answers=answers)
    held.tasks = [replace(each, state="done") if each.id == task.id else each for each in held.tasks]
    notices = [Notice(instances.line(held, "done", step=step.name, way=way.name, note=note), agent.id)]
    await instances.enter(tx, held, Move(way.to, tuple(task.fork), decide, task.id, agent.id), notices, at)
    await instances.emit(tx, held, "done", before)


def _check(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    demand_required(step.fields, given)
    clean, zh = check_fields(step.fields, given, "zh")
    if zh:
        _, en = check_fields(step.fields, given, "en")
        raise Rejected("step_form", WRONG, fields={key: Text(zh[key], en.get(key, zh[key])) for key in zh})
    return clean


async def hand_back(tx: Tx, agent: Agent, task_id: int, to: str, reason: str, client_key: str, at: datetime) -> None:
    """Back to an earlier step, with the reason; parallel branches it leaves behind are dropped."""
    held, task, step = await _hold_hers(tx, agent, task_id)
    if task.state == "handed_back" and task.done_key == client_key:
        return
    _demand_open(held, task)
    if to not in step.back:
        raise Rejected("not_back_there", NOT_BACK, fields={"to": NOT_BACK})
    reason = demand_reason(reason)
    before = open_tasks(held)
    depth = len(contexts(held.design).get(to, ()))
    visits = instances.visits_of(held.tasks)
    leaving = next(each for each in visits if each.id == task.id)
    dropped = dropped_by_handing_back(visits, leaving, depth)
    await tx.execute(
        "UPDATE processes.task SET state = CASE WHEN id = $1 THEN 'handed_back' ELSE 'dropped' END, ring_at = NULL,"
        " reason = CASE WHEN id = $1 THEN $3 ELSE reason END, done_at = $4, done_by = $5, done_key = $6"
        " WHERE id = $1 OR id = ANY($2::bigint[])", task.id, dropped, reason, at, agent.id, client_key,
    )
    held.tasks = [
        replace(each, state="handed_back") if each.id == task.id else replace(each, state="dropped") if each.id in dropped else each
        for each in held.tasks
    ]
    facts = {"step": step.name, "to": held.step(to).name, "reason": reason}
    notices = [Notice(instances.line(held, "handed_back", **facts), agent.id)]
    move = Move(to, tuple(task.fork[:depth]), instances.first, task.id, agent.id)
    await instances.enter(tx, held, move, notices, at)
    await instances.emit(tx, held, "handed_back", before)


async def escalate(tx: Tx, agent: Agent, task_id: int, reason: str, at: datetime) -> None:
    """Pass it up by hand."""
    held, task, _ = await _hold_hers(tx, agent, task_id)
    _demand_open(held, task)
    if not await raise_task(tx, held, task, agent.id, demand_reason(reason), at):
        raise Conflict("nobody_above", NOBODY_ABOVE)


async def raise_task(tx: Tx, held: Held, task: Task, by_id: int | None, reason: str, at: datetime) -> bool:
    """One level up the tree: the superiors of whoever has it now; the party keeps it in its list. False: nobody is above."""
    step = held.step(task.step_key)
    to = await _above(tx, held, task) if task.level < MOST_LEVELS else []
    again = timedelta(minutes=step.deadline.minutes) if step.deadline else RAISED_AGAIN_AFTER
    ring = at + again if to and task.level + 1 < MOST_LEVELS and step.escalate and by_id is None else None
    if not to:
        await tx.execute("UPDATE processes.task SET ring_at = NULL WHERE id = $1", task.id)
        return False
    await tx.execute(
        "UPDATE processes.task SET level = level + 1, raised_to = $2, ring_at = CASE WHEN $4 THEN ring_at ELSE $3 END"
        " WHERE id = $1",
        task.id, to, ring, by_id is not None,
    )
    names = await names_of(tx)
    change = instances.line(
        held, "escalated", step=step.name, party=names.get(task.party), people=to, level=task.level + 1, reason=reason
    )
    await instances.tell(tx, held.instance.ticket_id, [Notice(change, by_id)], at)
    raised = replace(task, level=task.level + 1, raised_to=to)
    held.tasks = [raised if each.id == task.id else each for each in held.tasks]
    await instances.emit(tx, held, "escalated", [task, raised])
    return True


async def _above(tx: Tx, held: Held, task: Task) -> list[int]:
    if task.raised_to or task.claimed_by:
        return await above(tx, task.party, task.raised_to or [task.claimed_by or 0], held.standing.brand_id)
    people = await _people(tx, held, task)
    return await heads(tx, people) or await above(tx, task.party, people, held.standing.brand_id)


async def _people(tx: Tx, held: Held, task: Task) -> list[int]:
    if task.party == "assignee:":
        return [held.standing.assignee_id] if held.standing.assignee_id else []
    return await people_of(tx, task.party)
