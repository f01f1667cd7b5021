"""The steps of a ticket, ticked off; the usual ones of its category can be put in with one touch."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import NotFound, Reader, Rejected, Text, Tx
from playerdesk.tickets.craft.events import CraftChanged
from playerdesk.tickets.craft.practices import practice_of
from playerdesk.tickets.standing import facts, lock_one

LONGEST = 200
MOST = 50
EMPTY = Text(zh="请写下这一步要做什么（最多 200 字）。", en="Say what is to be done, in 200 characters at most.")
FULL = Text(zh="一张清单最多 50 项。", en="A checklist holds 50 steps at most.")
NO_STEP = Text(zh="这一步已经不在清单里，请刷新。", en="This step is no longer on the list. Please refresh.")


class Step(msgspec.Struct, frozen=True, rename="camel"):
    """One line of a checklist."""

    id: int
    position: int
    body: str
    done_at: datetime | None
    done_by: int | None
    client_key: str


_STEPS: LiteralString = """
    SELECT id, position, body, done_at, done_by, client_key FROM tickets.checklist_item
    WHERE ticket_id = $1 ORDER BY position, id
"""

_ADD: LiteralString = """
    INSERT INTO tickets.checklist_item (ticket_id, position, body, client_key)
    SELECT $1, $4 + n.place, n.body, n.client_key
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS n (body, client_key, place)
    ON CONFLICT (ticket_id, client_key) DO NOTHING
"""


async def steps_of(reader: Reader, ticket_id: int) -> list[Step]:
    """The checklist in its order."""
    return await reader.rows(Step, _STEPS, ticket_id)


async def add_steps(tx: Tx, ticket_id: int, bodies: Sequence[tuple[str, str]], at: datetime) -> None:
    """Steps (text, the screen's own key) at the end; with a key used before, nothing is added."""
    standing = await lock_one(tx, ticket_id)
    clean = [(" ".join(body.split()), key) for body, key in bodies]
    if any(not body or len(body) > LONGEST for body, _ in clean):
        raise Rejected("bad_step", EMPTY, fields={"body": EMPTY})
    known = await steps_of(tx, ticket_id)
    if len(known) + len(clean) > MOST:
        raise Rejected("too_many_steps", FULL, fields={"body": FULL})
    last = known[-1].position if known else 0
    if await tx.execute(_ADD, ticket_id, [body for body, _ in clean], [key for _, key in clean], last):
        await tx.emit(CraftChanged(**facts(standing, at), part="checklist"))


async def add_usual_steps(tx: Tx, ticket_id: int, at: datetime) -> None:
    """The steps of its category; put in once, whoever asks again."""
    standing = await lock_one(tx, ticket_id)
    usual = (await practice_of(tx, standing.category_id)).checklist
    await add_steps(tx, ticket_id, [(body, f"usual-{standing.category_id}-{n}") for n, body in enumerate(usual)], at)


async def change_step(
    tx: Tx, ticket_id: int, step_id: int, by_id: int, at: datetime, *,
    done: bool | None = None, body: str | None = None, before_id: int | None = None, last: bool = False,
) -> None:
    """Tick, reword or move: before another step, or to the end."""
    standing = await lock_one(tx, ticket_id)
    steps = await steps_of(tx, ticket_id)
    if step_id not in {step.id for step in steps}:
        raise NotFound("no_such_step", NO_STEP)
    if body is not None:
        body = " ".join(body.split())
        if not body or len(body) > LONGEST:
            raise Rejected("bad_step", EMPTY, fields={"body": EMPTY})
        await tx.execute("UPDATE tickets.checklist_item SET body = $2 WHERE id = $1", step_id, body)
    if done is not None:
        await tx.execute(
            "UPDATE tickets.checklist_item SET done_at = $2, done_by = $3 WHERE id = $1 AND (done_at IS NOT NULL) <> $4",
            step_id, at if done else None, by_id if done else None, done,
        )
    if last or before_id is not None:
        order = [step.id for step in steps if step.id != step_id]
        place = order.index(before_id) if before_id in order else len(order)
        order.insert(place, step_id)
        await tx.execute(
            "UPDATE tickets.checklist_item i SET position = n.place"
            " FROM unnest($2::bigint[]) WITH ORDINALITY AS n (id, place) WHERE i.id = n.id AND i.ticket_id = $1",
            ticket_id, order,
        )
    await tx.emit(CraftChanged(**facts(standing, at), part="checklist"))


async def drop_step(tx: Tx, ticket_id: int, step_id: int, at: datetime) -> None:
    """Take a step off the list; what is gone is gone."""
    standing = await lock_one(tx, ticket_id)
    if await tx.execute("DELETE FROM tickets.checklist_item WHERE id = $1 AND ticket_id = $2", step_id, ticket_id):
        await tx.emit(CraftChanged(**facts(standing, at), part="checklist"))
