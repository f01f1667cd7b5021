"""A bulk change from its preview to its end: started once, done piece by piece, cancelled, taken back."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
import structlog

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Database, Loop, NotFound, Reader, Refused, Rejected, Text, Tx, now
from playerdesk.kernel.database import CONNECTION_LOST
from playerdesk.staff import Agent, Scope
from playerdesk.tickets.bulk.applying import apply, restore
from playerdesk.tickets.bulk.previews import check, check_targets
from playerdesk.tickets.bulk.rules import MOST, PIECE, UNDO_WITHIN, WHY, Changes, Reason
from playerdesk.tickets.standing import lock, standings

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


# -- starting, cancelling, taking back


async def start(
    tx: Tx, agent: Agent, scope: Scope, ids: Sequence[int], changes: Changes, client_key: str
) -> Bulk:
    """Begin; sent twice, it is begun once. The worker does the rest."""
    check(agent, changes)
    await check_targets(tx, changes)
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
        try:
            while await _piece(database, bulk_id) and time.monotonic() < ends:
                _failures.pop(bulk_id, None)
        except CONNECTION_LOST:
            raise
        except Exception:
            log.exception("a piece of a bulk change failed", bulk=bulk_id)
            await _bear(database, bulk_id)


_TRIES = 3
"""How often a piece is tried before its tickets are reported as failed and the rest goes on."""

_failures: dict[int, int] = {}
"""How often in a row the next piece of a bulk change has failed in this process."""


async def _bear(database: Database, bulk_id: int) -> None:
    _failures[bulk_id] = _failures.get(bulk_id, 0) + 1
    if _failures[bulk_id] < _TRIES:
        return
    del _failures[bulk_id]
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE tickets.bulk_item SET outcome = 'skipped', why = 'failed' WHERE bulk_id = $1 AND place IN ("
            " SELECT place FROM tickets.bulk_item WHERE bulk_id = $1 AND outcome IS NULL ORDER BY place LIMIT $2)",
            bulk_id, PIECE,
        )


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
        # What fails is taken back whole, and the others of this piece are not touched by it.
        async with tx.attempt():
            if changes is not None:
                done = await apply(tx, ticket_id, person_id, changes)
            else:
                done = await restore(tx, ticket_id, person_id, before, after)
    except Refused as refusal:
        log.warning("a ticket of a bulk change was refused", ticket=ticket_id, why=refusal.code)
        done = "failed"
    except CONNECTION_LOST:
        raise
    except Exception:
        log.exception("a ticket of a bulk change failed", ticket=ticket_id)
        done = "failed"
    return ("skipped", done, None, None) if isinstance(done, str) else ("changed", None, *done)


BULK = Loop("bulk changes", 0.5, go_on)
