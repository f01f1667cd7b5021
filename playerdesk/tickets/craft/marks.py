"""The few facts of a ticket that only craft changes, read and written beside its standing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Reader, Tx
from playerdesk.tickets.craft.events import CraftChanged
from playerdesk.tickets.events import TicketEvent
from playerdesk.tickets.standing import Line, Standing, Step, Written, append, facts, save


class Marks(msgspec.Struct, frozen=True, rename="camel"):
    """Beside the standing: where it goes on, until when it sleeps, since when a lead looks at it."""

    id: int
    merged_into_id: int | None
    snoozed_until: datetime | None
    escalated_at: datetime | None


_READ: LiteralString = """
    SELECT id, merged_into_id, snoozed_until, escalated_at FROM tickets.ticket WHERE id = ANY($1::bigint[])
"""

_WRITE: LiteralString = """
    UPDATE tickets.ticket SET merged_into_id = $2, snoozed_until = $3, escalated_at = $4 WHERE id = $1
"""


async def marks(reader: Reader, ids: Sequence[int]) -> dict[int, Marks]:
    """The marks of these tickets, which the caller has locked."""
    return {row.id: row for row in await reader.rows(Marks, _READ, list(ids))}


async def put_marks(tx: Tx, row: Marks) -> None:
    """Write them."""
    await tx.execute(_WRITE, row.id, row.merged_into_id, row.snoozed_until, row.escalated_at)


def by_hand(by_id: int, change: dict[str, Any], *, public: bool = False) -> Line:
    """A line that says what somebody did."""
    return Line(kind="change", author="staff", author_id=by_id, public=public, change=change)


async def note_changes(
    tx: Tx, lines: Sequence[tuple[Standing, Line]], at: datetime, part: str, *events: TicketEvent
) -> list[Written]:
    """One line each in the timelines of locked tickets, and the word that this part of craft is different."""
    steps: list[Step] = []
    for before, line in lines:
        after, written = append(before, line, at)
        steps.append(Step(before, after, [written]))
    await save(tx, steps, at)
    told = [CraftChanged(**facts(step.after, at), part=part, seq=step.after.seq) for step in steps]
    await tx.emit(*events, *told)
    return [step.written[0] for step in steps]

