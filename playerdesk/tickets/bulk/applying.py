"""One ticket of a bulk change, and its way back; by the same commands a person uses, so that everybody reacts as ever."""

from typing import Any

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Event, Rejected, Tx, now
from playerdesk.tickets import rules
from playerdesk.tickets.assignment import Assignment, assign_many, put_in_queue
from playerdesk.tickets.bulk.rules import KEPT, Changes, difference
from playerdesk.tickets.craft.lessons import Lesson, check_lesson, resolve_with
from playerdesk.tickets.events import TicketChanged, TicketReopened
from playerdesk.tickets.handling import change_ticket
from playerdesk.tickets.standing import Line, Standing, Step, Written, append, facts, lock_one, save

Done = tuple[dict[str, Any], dict[str, Any]]


def _kept(standing: Standing) -> dict[str, Any]:
    return msgspec.to_builtins({name: getattr(standing, name) for name in KEPT})


async def apply(tx: Tx, ticket_id: int, person_id: int, changes: Changes) -> Done | str:
    """Change one ticket; what it was and is now, or the code of why it was left alone."""
    before, at = await lock_one(tx, ticket_id), now()
    found = difference(before, changes)
    if isinstance(found, str):
        return found
    lesson = Lesson(solution=found["solution"].strip()) if "solution" in found else None
    if lesson is not None:
        # Before anything is written; with the category it will have.
        try:
            await check_lesson(tx, ticket_id, found.get("category_id", before.category_id), lesson)
        except Rejected:
            return "lesson"
    await change_ticket(
        tx, ticket_id, person_id, at, category_id=found.get("category_id"), priority=found.get("priority"),
        status=found.get("status"),
    )
    if "queue_id" in found or found.get("assignee_id", 0) is None:
        await put_in_queue(tx, [ticket_id], found.get("queue_id"), "bulk", at, person_id)
    if found.get("assignee_id"):
        await assign_many(tx, [Assignment(ticket_id, found["assignee_id"], "bulk", person_id, if_unassigned=False)], at)
    if lesson is not None:
        await resolve_with(tx, ticket_id, person_id, lesson, at)
    return _kept(before), _kept(await lock_one(tx, ticket_id))


async def restore(tx: Tx, ticket_id: int, person_id: int, before: dict[str, Any], after: dict[str, Any]) -> Done | str:
    """Give a ticket back what it was, as far as nobody has changed it since."""
    standing, at = await lock_one(tx, ticket_id), now()
    is_now = _kept(standing)
    touched = [name for name in KEPT if before[name] != after[name] and name not in ("waiting_since", "resolved_at", "resolved_by")]
    if any(is_now[name] != after[name] for name in touched):
        return "changed_since"
    if {"assignee_id", "queue_id"} & set(touched):
        await _give_back(tx, standing, before, person_id)
        standing = await lock_one(tx, ticket_id)
    old = msgspec.convert({**msgspec.to_builtins(standing), **_camel({name: before[name] for name in touched})}, Standing)
    reopened = standing.status not in rules.OPEN and old.status in rules.OPEN
    if reopened or "status" in touched:
        times = {name: before[name] for name in ("waiting_since", "resolved_at", "resolved_by")}
        old = msgspec.convert({**msgspec.to_builtins(old), **_camel(times)}, Standing)
    what = [name for name in touched if name not in ("assignee_id", "queue_id")]
    if not what:
        return is_now, _kept(standing)
    old, written = _lines(standing, replace(old, rank_at=rules.rank(old)), what, person_id)
    await save(tx, [Step(standing, old, written)], at)
    event: Event = (
        TicketReopened(**facts(old, at), seq=old.seq, by="undo", status_before=standing.status)
        if reopened
        else TicketChanged(
            **facts(old, at), seq=old.seq, by_id=person_id, status_before=standing.status,
            what=[_SAID.get(name, name) for name in what],
        )
    )
    await tx.emit(event)
    return is_now, _kept(old)


async def _give_back(tx: Tx, standing: Standing, before: dict[str, Any], person_id: int) -> None:
    if standing.status not in rules.OPEN:
        # It was resolved as well: whose it was is written with the rest, for it can be given to nobody now.
        moved = replace(standing, assignee_id=before["assignee_id"], queue_id=before["queue_id"])
        await save(tx, [Step(standing, moved, [])], now())
        return
    if before["queue_id"] != standing.queue_id or before["assignee_id"] is None:
        await put_in_queue(tx, [standing.id], before["queue_id"], "undone", now(), person_id)
    if before["assignee_id"] is not None:
        wish = Assignment(standing.id, before["assignee_id"], "undone", person_id, if_unassigned=False)
        await assign_many(tx, [wish], now())


_SAID = {"category_id": "category", "solution": "resolved"}


def _lines(standing: Standing, old: Standing, what: list[str], person_id: int) -> tuple[Standing, list[Written]]:
    written: list[Written] = []
    for name in what:
        if name == "solution":
            continue
        change = {"what": _SAID.get(name, name), "from": getattr(standing, name), "to": getattr(old, name), "reason": "undone"}
        line = Line(kind="change", author="staff", author_id=person_id, change=change)
        old, one = append(old, line, now())
        written.append(one)
    return old, written


def _camel(values: dict[str, Any]) -> dict[str, Any]:
    """By the names a struct has outside."""
    heads = dict(zip(Standing.__struct_fields__, Standing.__struct_encode_fields__, strict=True))
    return {heads[name]: value for name, value in values.items()}
