"""A bulk change from its preview to its end: started once, done piece by piece, cancelled, taken back."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec
import structlog

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Database, Forbidden, Loop, NotFound, Reader, Refused, Rejected, Text, Tx, now
from playerdesk.kernel.http import NOT_YOURS
from playerdesk.staff import Agent, Scope
from playerdesk.tickets.bulk.applying import apply, restore
from playerdesk.tickets.bulk.rules import (
    MOST,
    PERMISSIONS,
    PIECE,
    UNDO_WITHIN,
    WHY,
    Changes,
    Preview,
    Reason,
    difference,
    given,
)
from playerdesk.tickets.standing import Standing, lock, standings

log = structlog.get_logger("bulk")
_SECONDS = 0.8
"""How long one round of the worker goes on with one bulk change before it looks at the others."""


class Bulk(msgspec.Struct, frozen=True, rename="camel"):
    """How far a bulk change is."""

    id: int
    state: Literal["running", "done", "cancelled"]
    total: int
    changed: int
    skipped: list[Reason]
    undo_of: int | None
    undone: bool
    undo_until: datetime | None


NO_SUCH = Text(zh="没有找到这次批量操作。", en="There is no such bulk change.")


# -- before


def check(agent: Agent, changes: Changes) -> None:
    """Something is asked for, and the person may do each of it."""
    asked = given(changes)
    if not asked:
        text = Text(zh="请至少选择一项修改。", en="Choose at least one change.")
        raise Rejected("nothing_to_change", text, fields={"changes": text})
    if isinstance(asked.get("solution"), str) and not asked["solution"].strip():
        text = Text(zh="请写下解决办法，方便以后查看。", en="Please say how it was solved, for those who look later.")
        raise Rejected("no_solution", text, fields={"solution": text})
    for name in asked:
        if PERMISSIONS[name] not in agent.permissions:
            raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": PERMISSIONS[name]})


async def _check_targets(reader: Reader, changes: Changes) -> None:
    asked = given(changes)
    for name, (sql, zh, en) in _TARGETS.items():
        if asked.get(name) is not None and not await reader.value(sql, asked[name]):
            text = Text(zh=zh, en=en)
            raise Rejected("no_such_target", text, fields={name: text})


_TARGETS: dict[str, tuple[LiteralString, str, str]] = {
    "assignee_id": (
        "SELECT true FROM staff.person WHERE id = $1 AND suspended_at IS NULL", "没有这位同事，请重新选择。",
        "There is no such colleague.",
    ),
    "queue_id": ("SELECT true FROM staff.queue WHERE id = $1", "没有这个队列，请重新选择。", "There is no such queue."),
    "category_id": (
        "SELECT true FROM forms.category WHERE id = $1 AND retired_at IS NULL", "没有这个分类，请重新选择。",
        "There is no such category.",
    ),
}


async def look_ahead(reader: Reader, agent: Agent, scope: Scope, ids: Sequence[int], changes: Changes) -> Preview:
    """What would change, what would not, and why."""
    check(agent, changes)
    await _check_targets(reader, changes)
    by_change: dict[str, int] = {}
    skipped: dict[str, list[int]] = {}
    known = await standings(reader, ids)
    for ticket_id in ids:
        found = _decide(known.get(ticket_id), scope, changes)
        if isinstance(found, str):
            skipped.setdefault(found, []).append(ticket_id)
        else:
            for name in found:
                by_change[name] = by_change.get(name, 0) + 1
    left = [Reason(code, WHY[code], len(those), those[:20]) for code, those in skipped.items()]
    return Preview(len(ids), len(ids) - sum(each.count for each in left), by_change, left)


def _decide(standing: Standing | None, scope: Scope, changes: Changes) -> dict[str, Any] | str:
    if standing is None or not scope.reaches(standing.brand_id, standing.assignee_id, standing.queue_id):
        return "hidden"
    return difference(standing, changes)


# -- starting, cancelling, taking back


async def start(
    tx: Tx, agent: Agent, scope: Scope, ids: Sequence[int], changes: Changes, client_key: str
) -> Bulk:
    """Begin; sent twice, it is begun once. The worker does the rest."""
    check(agent, changes)
    await _check_targets(tx, changes)
    if not 0 < len(ids) <= MOST:
        text = Text(zh=f"一次最多修改 {MOST} 张工单。", en=f"At most {MOST} tickets at once.")
        raise Rejected("too_many_tickets", text, fields={"ticketIds": text})
    bulk_id = await _begin(tx, agent.id, client_key, msgspec.to_builtins(changes), len(ids), None)
    if bulk_id is None:
        return await _by_key(tx, agent.id, client_key)
    visible = await standings(tx, ids)
    hidden = [
        (each := visible.get(ticket_id)) is None or not scope.reaches(each.brand_id, each.assignee_id, each.queue_id)
        for ticket_id in ids
    ]
    await tx.execute(
        "INSERT INTO tickets.bulk_item (bulk_id, place, ticket_id, outcome, why)"
        " SELECT $1, n, id, CASE WHEN hidden THEN 'skipped' END, CASE WHEN hidden THEN 'hidden' END"
        " FROM unnest($2::bigint[], $3::boolean[]) WITH ORDINALITY AS i (id, hidden, n)", bulk_id, list(ids), hidden,
    )
    await record(tx, Trace(
        actor_id=agent.id, action="bulk.started", kind="bulk", object_id=str(bulk_id),
        after={"changes": changes, "total": len(ids)},
    ))
    return await bulk_of(tx, agent.id, bulk_id)


async def _begin(
    tx: Tx, person_id: int, client_key: str, changes: Any, total: int, undo_of: int | None
) -> int | None:
    return await tx.value(
        "INSERT INTO tickets.bulk (person_id, client_key, changes, total, undo_of) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (person_id, client_key) DO NOTHING RETURNING id", person_id, client_key, changes, total, undo_of,
    )


async def _by_key(reader: Reader, person_id: int, client_key: str) -> Bulk:
    return await bulk_of(reader, person_id, await reader.value(
        "SELECT id FROM tickets.bulk WHERE person_id = $1 AND client_key = $2", person_id, client_key
    ))


async def bulk_of(reader: Reader, person_id: int, bulk_id: int) -> Bulk:
    """One of her bulk changes, as far as it is."""
    records = await reader.fetch(
        "SELECT b.state, b.total, b.undo_of, b.ended_at, EXISTS (SELECT FROM tickets.bulk u WHERE u.undo_of = b.id)"
        " FROM tickets.bulk b WHERE b.id = $1 AND b.person_id = $2", bulk_id, person_id,
    )
    if not records:
        raise NotFound("no_such_bulk", NO_SUCH)
    state, total, undo_of, ended_at, undone = records[0]
    counted = await reader.fetch(
        "SELECT outcome, why, count(*)::int, (array_agg(ticket_id ORDER BY place))[1:20] FROM tickets.bulk_item"
        " WHERE bulk_id = $1 AND outcome IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC", bulk_id,
    )
    until = None if ended_at is None or undone or undo_of is not None else ended_at + UNDO_WITHIN
    return Bulk(
        bulk_id, state, total, sum(row[2] for row in counted if row[0] == "changed"),
        [Reason(row[1], WHY.get(row[1], WHY["failed"]), row[2], row[3]) for row in counted if row[0] == "skipped"],
        undo_of, undone, until,
    )


async def cancel(tx: Tx, person_id: int, bulk_id: int) -> Bulk:
    """Stop where it is; what has been changed stays changed, and can be taken back."""
    await bulk_of(tx, person_id, bulk_id)
    await tx.execute(
        "UPDATE tickets.bulk SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state = 'running'", bulk_id, now()
    )
    return await bulk_of(tx, person_id, bulk_id)


async def undo(tx: Tx, agent: Agent, bulk_id: int, client_key: str) -> Bulk:
    """Give back what nobody has changed since; a bulk change of its own."""
    before = await bulk_of(tx, agent.id, bulk_id)
    if before.undone:
        return await bulk_of(tx, agent.id, await tx.value("SELECT id FROM tickets.bulk WHERE undo_of = $1", bulk_id))
    if before.state == "running":
        raise Conflict("still_running", Text(zh="还在执行，请先取消。", en="It is still running. Please cancel it first."))
    if before.undo_until is None or now() > before.undo_until:
        raise Conflict("too_late", Text(
            zh="超过 10 分钟，不能再撤销。", en="It is more than ten minutes ago and cannot be undone."
        ))
    undo_id = await _begin(tx, agent.id, client_key, {}, before.changed, bulk_id)
    if undo_id is None:
        return await _by_key(tx, agent.id, client_key)
    await tx.execute(
        "INSERT INTO tickets.bulk_item (bulk_id, place, ticket_id, before, after)"
        " SELECT $1, place, ticket_id, before, after FROM tickets.bulk_item WHERE bulk_id = $2 AND outcome = 'changed'",
        undo_id, bulk_id,
    )
    await record(tx, Trace(actor_id=agent.id, action="bulk.undone", kind="bulk", object_id=str(bulk_id)))
    return await bulk_of(tx, agent.id, undo_id)


# -- the worker's part


async def go_on(database: Database) -> None:
    """Do the next pieces of everything that runs."""
    async with database.reading() as reader:
        running = [row[0] for row in await reader.fetch("SELECT id FROM tickets.bulk WHERE state = 'running' ORDER BY id LIMIT 20")]
    for bulk_id in running:
        ends = time.monotonic() + _SECONDS
        while await _piece(database, bulk_id) and time.monotonic() < ends:
            pass


async def _piece(database: Database, bulk_id: int) -> bool:
    """One piece in one transaction: all of its tickets and what became of them. Whether there is more to do."""
    async with database.transaction() as tx:
        # Whoever else works at it goes on; a cancel waits for the piece.
        rows = await tx.fetch(
            "SELECT person_id, changes, undo_of FROM tickets.bulk WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED",
            bulk_id,
        )
        if not rows:
            return False
        person_id, raw, undo_of = rows[0]
        items = await tx.fetch(
            "SELECT place, ticket_id, before, after FROM tickets.bulk_item WHERE bulk_id = $1 AND outcome IS NULL"
            " ORDER BY place LIMIT $2", bulk_id, PIECE,
        )
        if not items:
            await tx.execute("UPDATE tickets.bulk SET state = 'done', ended_at = $2 WHERE id = $1", bulk_id, now())
            return False
        # All of them in the order of their numbers, so that two bulk changes never wait for each other in a circle.
        await lock(tx, [item[1] for item in items])
        outcomes: list[tuple[int, str, str | None, Any, Any]] = []
        changes = msgspec.convert(raw, Changes) if undo_of is None else None
        for place, ticket_id, before, after in items:
            outcomes.append((place, *await _one(tx, ticket_id, person_id, changes, before, after)))
        await tx.execute(
            "UPDATE tickets.bulk_item i SET outcome = n.outcome, why = n.why, before = n.before, after = n.after"
            " FROM unnest($2::int[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[]) AS n (place, outcome, why, before, after)"
            " WHERE i.bulk_id = $1 AND i.place = n.place", bulk_id, *(list(column) for column in zip(*outcomes, strict=True)),
        )
    return True


async def _one(
    tx: Tx, ticket_id: int, person_id: int, changes: Changes | None, before: Any, after: Any
) -> tuple[str, str | None, Any, Any]:
    try:
        if changes is not None:
            done = await apply(tx, ticket_id, person_id, changes)
        else:
            done = await restore(tx, ticket_id, person_id, before, after)
    except Refused as refusal:
        # Decided before anything was written, so the others of this piece are not touched by it.
        log.warning("a ticket of a bulk change was refused", ticket=ticket_id, why=refusal.code)
        done = "failed"
    return ("skipped", done, None, None) if isinstance(done, str) else ("changed", None, *done)


BULK = Loop("bulk changes", 0.5, go_on)
