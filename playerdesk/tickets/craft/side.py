"""Asking aside: a thread under a ticket with colleagues or another department, which the player never sees.

It has tables of its own and emits an event that is no ticket event, so no stream, list or push made for players carries it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import NotFound, Reader, Rejected, Text, Tx, clean_text
from playerdesk.tickets.craft.events import SideSpoken
from playerdesk.tickets.craft.marks import by_hand, note_changes
from playerdesk.tickets.standing import lock_one

LONGEST = 5000
MOST_PEOPLE = 50
NOTHING_SAID = Text(zh="请先写点内容再发送（最多 5000 字）。", en="Please write something first (5,000 characters at most).")
NOBODY = Text(zh="请选择要问的同事或部门。", en="Choose whom to ask: colleagues, or a department.")
STRANGER = Text(zh="没有这位同事或部门，请重新选择。", en="There is no such colleague or department. Please choose another.")
NO_SIDE = Text(zh="没有找到这个内部会话。", en="There is no such side conversation.")


class SideMessage(msgspec.Struct, frozen=True, rename="camel"):
    """One word in a side conversation."""

    seq: int
    author_id: int
    body: str
    client_key: str
    at: datetime


class SideRow(msgspec.Struct, frozen=True, rename="camel"):
    """A side conversation in a list, as one person sees it."""

    id: int
    ticket_id: int
    ticket_subject: str
    subject: str
    opened_by: int
    opened_at: datetime
    queue_id: int | None
    last_seq: int
    last_at: datetime
    closed_at: datetime | None
    people: list[int]
    read_seq: int
    preview: str


class SideThread(msgspec.Struct, frozen=True):
    """One side conversation with what was said in it."""

    side: SideRow
    messages: list[SideMessage]


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A new side conversation: with whom, about what."""

    ticket_id: int
    subject: str
    body: str
    client_key: str
    people: Sequence[int] = ()
    queue_id: int | None = None


_ROW: LiteralString = """
    SELECT s.id, s.ticket_id, t.subject, s.subject, s.opened_by, s.opened_at, s.queue_id, s.last_seq, s.last_at,
        s.closed_at, array(SELECT person_id FROM tickets.side_member WHERE side_id = s.id ORDER BY person_id),
        coalesce(m.read_seq, 0),
        coalesce((SELECT left(body, 120) FROM tickets.side_message WHERE side_id = s.id AND seq = s.last_seq), '')
    FROM tickets.side s JOIN tickets.ticket t ON t.id = s.ticket_id
    LEFT JOIN tickets.side_member m ON m.side_id = s.id AND m.person_id = $1
"""

# Those she was asked into or has spoken in, and those put to a department she works in.
_MINE: LiteralString = f"""
    {_ROW} WHERE s.id IN (
        SELECT side_id FROM tickets.side_member WHERE person_id = $1
        UNION
        SELECT d.id FROM staff.queue_member q CROSS JOIN LATERAL (
            SELECT id FROM tickets.side WHERE queue_id = q.queue_id AND queue_id IS NOT NULL ORDER BY last_at DESC LIMIT 100
        ) AS d WHERE q.person_id = $1
    ) ORDER BY s.closed_at IS NOT NULL, s.last_at DESC, s.id DESC LIMIT 200
"""

_OPEN: LiteralString = """
    INSERT INTO tickets.side (ticket_id, subject, opened_by, opened_at, client_key, queue_id, last_at)
    VALUES ($1, $2, $3, $4, $5, $6, $4) ON CONFLICT (opened_by, client_key) DO NOTHING RETURNING id
"""

_SAY: LiteralString = """
    WITH side AS (
        UPDATE tickets.side SET last_seq = last_seq + 1, last_at = $4, closed_at = NULL, closed_by = NULL
        WHERE id = $1 RETURNING last_seq
    ), member AS (
        INSERT INTO tickets.side_member AS m (side_id, person_id, read_seq) SELECT $1, $2, last_seq FROM side
        ON CONFLICT (side_id, person_id) DO UPDATE SET read_seq = excluded.read_seq
    )
    INSERT INTO tickets.side_message (side_id, seq, author_id, body, client_key, at)
    SELECT $1, last_seq, $2, $3, $5, $4 FROM side RETURNING seq
"""

_PEOPLE: LiteralString = """
    SELECT person_id FROM tickets.side_member WHERE side_id = $1
    UNION
    SELECT q.person_id FROM tickets.side s JOIN staff.queue_member q ON q.queue_id = s.queue_id WHERE s.id = $1
"""


async def sides_of(reader: Reader, ticket_id: int, person_id: int) -> list[SideRow]:
    """The side conversations of a ticket, for somebody who may see the ticket."""
    return await reader.rows(SideRow, f"{_ROW} WHERE s.ticket_id = $2 ORDER BY s.id", person_id, ticket_id)


async def my_sides(reader: Reader, person_id: int) -> list[SideRow]:
    """Those she takes part in, open ones first."""
    return await reader.rows(SideRow, _MINE, person_id)


async def side_row(reader: Reader, side_id: int, person_id: int) -> SideRow | None:
    """One of them, as she sees it."""
    return await reader.row(SideRow, f"{_ROW} WHERE s.id = $2", person_id, side_id)


async def takes_part(reader: Reader, side_id: int, person_id: int) -> bool:
    """Whether she was asked, by name or with her department."""
    return person_id in await people_in(reader, side_id)


async def people_in(reader: Reader, side_id: int) -> list[int]:
    """Everybody who takes part, those of the department asked included."""
    return sorted(row[0] for row in await reader.fetch(_PEOPLE, side_id))


async def side_messages(reader: Reader, side_id: int, after: int = 0) -> list[SideMessage]:
    """What was said, oldest first."""
    return await reader.rows(
        SideMessage,
        "SELECT seq, author_id, body, client_key, at FROM tickets.side_message"
        " WHERE side_id = $1 AND seq > $2 ORDER BY seq LIMIT 500",
        side_id, after,
    )


async def open_side(tx: Tx, opening: Opening, by_id: int, at: datetime) -> int:
    """Ask aside; with the same key it is asked once. Returns its id."""
    people = sorted(set(opening.people) | {by_id})
    if people == [by_id] and opening.queue_id is None:
        raise Rejected("nobody_asked", NOBODY, fields={"people": NOBODY})
    await _check_people(tx, people, opening.queue_id)
    standing = await lock_one(tx, opening.ticket_id)
    subject = " ".join(opening.subject.split())[:200] or " ".join(opening.body.split())[:60]
    side_id = await tx.value(_OPEN, opening.ticket_id, subject, by_id, at, opening.client_key, opening.queue_id)
    if side_id is None:
        return await tx.value(
            "SELECT id FROM tickets.side WHERE opened_by = $1 AND client_key = $2", by_id, opening.client_key
        )
    await _join(tx, side_id, people)
    change = {"what": "side_opened", "subject": subject, "people": [p for p in people if p != by_id], "queue": opening.queue_id}
    await note_changes(tx, [(standing, by_hand(by_id, change))], at, "side")
    await say_aside(tx, side_id, by_id, opening.body, opening.client_key, at)
    return side_id


async def say_aside(tx: Tx, side_id: int, by_id: int, body: str, client_key: str, at: datetime) -> int:
    """Say something in it; what was closed is open again. Returns its number, the same for the same key."""
    body = clean_text(body)
    if not body or len(body) > LONGEST:
        raise Rejected("bad_text", NOTHING_SAID, fields={"body": NOTHING_SAID})
    row = await _locked(tx, side_id, by_id)
    before = await tx.value(
        "SELECT seq FROM tickets.side_message WHERE side_id = $1 AND author_id = $2 AND client_key = $3",
        side_id, by_id, client_key,
    )
    if before is not None:
        return before
    seq: int = await tx.value(_SAY, side_id, by_id, body, at, client_key)
    await _tell(tx, row, seq, by_id)
    return seq


async def ask_more(tx: Tx, side_id: int, by_id: int, people: Sequence[int]) -> None:
    """More colleagues take part from now on and see what was said before."""
    await _check_people(tx, sorted(set(people)), None)
    row = await _locked(tx, side_id, by_id)
    await _join(tx, side_id, people)
    await _tell(tx, row, row.last_seq, by_id)


async def read_aside(tx: Tx, side_id: int, person_id: int, seq: int) -> None:
    """She has read up to here. Only for those who take part: a lead who looks in stays out of the list."""
    await tx.execute(
        "INSERT INTO tickets.side_member AS m (side_id, person_id, read_seq)"
        " SELECT id, $2, least($3, last_seq) FROM tickets.side WHERE id = $1"
        " ON CONFLICT (side_id, person_id) DO UPDATE SET read_seq = greatest(m.read_seq, excluded.read_seq)",
        side_id, person_id, seq,
    )


async def close_side(tx: Tx, side_id: int, by_id: int, at: datetime, *, closed: bool) -> None:
    """The matter is settled, or not after all."""
    row = await _locked(tx, side_id, by_id)
    if (row.closed_at is not None) == closed:
        return
    await tx.execute(
        "UPDATE tickets.side SET closed_at = $2, closed_by = $3 WHERE id = $1",
        side_id, at if closed else None, by_id if closed else None,
    )
    what = "side_closed" if closed else "side_reopened"
    await note_changes(
        tx, [(await lock_one(tx, row.ticket_id), by_hand(by_id, {"what": what, "subject": row.subject}))], at, "side"
    )
    await _tell(tx, row, row.last_seq, by_id)


async def _locked(tx: Tx, side_id: int, person_id: int) -> SideRow:
    await tx.execute("SELECT FROM tickets.side WHERE id = $1 FOR UPDATE", side_id)
    row = await side_row(tx, side_id, person_id)
    if row is None:
        raise NotFound("no_such_side", NO_SIDE)
    return row


async def _check_people(tx: Tx, people: Sequence[int], queue_id: int | None) -> None:
    found: int = await tx.value(
        "SELECT count(*)::int FROM staff.person WHERE id = ANY($1::bigint[]) AND suspended_at IS NULL", list(people)
    )
    known = queue_id is None or await tx.value("SELECT true FROM staff.queue WHERE id = $1", queue_id)
    if found != len(people) or not known or len(people) > MOST_PEOPLE:
        raise Rejected("no_such_person", STRANGER, fields={"people": STRANGER})


async def _join(tx: Tx, side_id: int, people: Sequence[int]) -> None:
    await tx.execute(
        "INSERT INTO tickets.side_member (side_id, person_id) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING",
        side_id, list(people),
    )


async def _tell(tx: Tx, row: SideRow, seq: int, by_id: int) -> None:
    await tx.emit(SideSpoken(
        side_id=row.id, about_id=row.ticket_id, seq=seq, author_id=by_id, subject=row.subject,
        people=await people_in(tx, row.id),
    ))
