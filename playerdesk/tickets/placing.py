"""Places in line: what tiers and priorities are worth there, and what the desk itself changes of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from msgspec.structs import replace

from playerdesk.kernel import Tx
from playerdesk.tickets import rules
from playerdesk.tickets.events import TicketChanged
from playerdesk.tickets.standing import Line, Standing, Step, append, facts, lock, save

_PLACE: LiteralString = """
    UPDATE tickets.ticket t SET rank_at = n.rank_at
    FROM unnest($1::bigint[], $2::timestamptz[]) AS n (id, rank_at) WHERE t.id = n.id
"""


async def put_in_place(tx: Tx, standings: Sequence[Standing], weights: Mapping[str, int]) -> set[int]:
    """Where these (locked) tickets belong in line by these weights of the tiers; which of them moved. Silent."""
    moved: dict[int, datetime] = {}
    for standing in standings:
        place = rules.rank(replace(standing, head_starts=dict(weights)))
        if place != standing.rank_at:
            moved[standing.id] = place
    if moved:
        await tx.execute(_PLACE, list(moved), list(moved.values()))
        tx.unsaid.update(("ticket", ticket_id) for ticket_id in moved)
    return set(moved)


async def raise_priority(tx: Tx, ticket_ids: Sequence[int], at: datetime) -> list[int]:
    """One step more urgent, by the desk itself; those that cannot be more urgent are left alone."""
    steps: list[Step] = []
    for before in (await lock(tx, ticket_ids)).values():
        if before.status not in rules.OPEN or before.priority == 0:
            continue
        after = replace(before, priority=before.priority - 1)
        change = {"what": "priority", "from": before.priority, "to": after.priority}
        after, written = append(after, Line(kind="change", author="system", change=change), at)
        steps.append(Step(before, replace(after, rank_at=rules.rank(after)), [written]))
    await save(tx, steps, at)
    if steps:
        await tx.emit(*(
            TicketChanged(
                **facts(s.after, at), seq=s.after.seq, by_id=None, status_before=s.before.status, what=["priority"]
            )
            for s in steps
        ))
    return [step.after.id for step in steps]
