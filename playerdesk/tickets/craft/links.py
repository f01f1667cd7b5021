"""Tickets that have to do with each other: related, duplicate, cause, parent and children."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, LiteralString

import msgspec

from playerdesk.kernel import Conflict, Reader, Rejected, Text, Tx
from playerdesk.staff import Scope
from playerdesk.tickets.craft.marks import by_hand, note_changes
from playerdesk.tickets.queries import Status
from playerdesk.tickets.sight import in_scope
from playerdesk.tickets.standing import lock, lock_one

Kind = Literal["related", "duplicate_of", "caused_by", "child_of"]
ITSELF = Text(zh="工单不能和自己关联，请另选一张。", en="A ticket cannot be linked with itself. Choose another one.")
CIRCLE = Text(
    zh="这样会让父子工单绕成一圈，请先解除原来的父子关系。",
    en="That would make a ticket its own ancestor. Undo the other parent link first.",
)
HAS_PARENT = Text(
    zh="这张工单已经有父工单，请先解除原来的父子关系。", en="This ticket has a parent already. Undo that link first."
)


class Linked(msgspec.Struct, frozen=True, rename="camel"):
    """The other end of a link, as seen from here. `relation` reads "it is … of this one" for the two directions."""

    relation: Literal[
        "related", "duplicate_of", "duplicated_by", "caused_by", "causes", "parent", "child", "split_from", "split_off"
    ]
    id: int
    subject: str
    status: Status
    player_name: str
    assignee_id: int | None
    public_seq: int
    of_id: int
    """The ticket whose link it is: this one, or one merged into it."""


_LINKS: LiteralString = f"""
    SELECT CASE WHEN outward THEN CASE kind WHEN 'child_of' THEN 'parent' ELSE kind END
           ELSE CASE kind WHEN 'duplicate_of' THEN 'duplicated_by' WHEN 'caused_by' THEN 'causes' WHEN 'child_of' THEN 'child'
                     WHEN 'split_from' THEN 'split_off' ELSE kind END END,
           t.id, t.subject, t.status, t.player_name, t.assignee_id, t.public_seq, l.of_id
    FROM (
        SELECT kind, to_id AS other, from_id AS of_id, true AS outward, at FROM tickets.link WHERE from_id = ANY($1::bigint[])
        UNION ALL
        SELECT kind, from_id, to_id, false, at FROM tickets.link WHERE to_id = ANY($1::bigint[])
    ) AS l JOIN tickets.ticket t ON t.id = l.other
    WHERE {in_scope("$2", "$3", "$4")}
    ORDER BY l.at, t.id LIMIT 200
"""

_ANCESTORS: LiteralString = """
    WITH RECURSIVE up (id, depth) AS (
        SELECT to_id, 1 FROM tickets.link WHERE from_id = $1 AND kind = 'child_of'
        UNION ALL
        SELECT l.to_id, u.depth + 1 FROM up u JOIN tickets.link l ON l.from_id = u.id AND l.kind = 'child_of' WHERE u.depth < 1000
    )
    SELECT id FROM up
"""


async def links_of(reader: Reader, ticket_ids: Sequence[int], scope: Scope) -> list[Linked]:
    """What these tickets are linked with, as far as the reader's eyes reach."""
    return await reader.rows(Linked, _LINKS, list(ticket_ids), scope.brand_ids, scope.person_ids, scope.queue_ids)


async def link(tx: Tx, from_id: int, to_id: int, kind: Kind, by_id: int, at: datetime) -> None:
    """Say how two tickets have to do with each other; both timelines say so. Said again, nothing happens."""
    if from_id == to_id:
        raise Rejected("link_with_itself", ITSELF, fields={"toId": ITSELF})
    one, other = _stored(from_id, to_id, kind)
    standings = await lock(tx, [one, other])
    for each in (one, other):
        if each not in standings:
            await lock_one(tx, each)
    if kind == "child_of":
        # Two links that close a circle together must not be made at the same moment.
        await tx.execute("SELECT pg_advisory_xact_lock(hashtext('tickets.link'))")
        if one in {row[0] for row in await tx.fetch(_ANCESTORS, other)}:
            raise Conflict("link_circle", CIRCLE)
        parent = await tx.value("SELECT to_id FROM tickets.link WHERE from_id = $1 AND kind = 'child_of'", one)
        if parent not in (None, other):
            raise Conflict("has_parent", HAS_PARENT, extra={"parentId": parent})
    made = await tx.execute(
        "INSERT INTO tickets.link (from_id, to_id, kind, by_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        one, other, kind, by_id, at,
    )
    if made:
        await note_changes(tx, [
            (standings[one], by_hand(by_id, {"what": "linked", "kind": kind, "to": other})),
            (standings[other], by_hand(by_id, {"what": "linked", "kind": kind, "from": one})),
        ], at, "links")


async def unlink(tx: Tx, from_id: int, to_id: int, kind: Kind, by_id: int, at: datetime) -> None:
    """Take it back; what is not there needs no taking back."""
    one, other = _stored(from_id, to_id, kind)
    standings = await lock(tx, [one, other])
    gone = await tx.execute(
        "DELETE FROM tickets.link WHERE from_id = $1 AND to_id = $2 AND kind = $3", one, other, kind
    )
    if gone:
        await note_changes(tx, [
            (standings[one], by_hand(by_id, {"what": "unlinked", "kind": kind, "to": other})),
            (standings[other], by_hand(by_id, {"what": "unlinked", "kind": kind, "from": one})),
        ], at, "links")


def _stored(from_id: int, to_id: int, kind: Kind) -> tuple[int, int]:
    return (min(from_id, to_id), max(from_id, to_id)) if kind == "related" else (from_id, to_id)
