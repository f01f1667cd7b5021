"""Colleagues and teams called by name in a note: "[@林若曦](person:3)", "[@VIP 专席](queue:1)".

They are told in the transaction of the note, each once. Whoever could not open the ticket is not called: the writer
is told instead.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Event, Reader, Rejected, Text, Tx
from playerdesk.staff import Agent, agent_of, people_by_id, scope_of
from playerdesk.tickets.events import NoteAdded
from playerdesk.tickets.plain import plain_text
from playerdesk.tickets.queries import TicketRow
from playerdesk.tickets.sight import in_scope

MOST = 20
"""Names in one note. A whole shift is called by its queue."""

_NAMED = re.compile(r"\[@[^\]\n]{1,80}\]\((person|queue):(\d{1,18})\)")

PAGE = 50


class Mentioned(Event, frozen=True):
    """These people were called by name, by hand or through their queue."""

    ticket_id: int
    seq: int
    by_id: int | None
    person_ids: list[int]
    at: datetime

    def topics(self) -> list[str]:
        return [f"agent:{person_id}" for person_id in self.person_ids]


class Mention(msgspec.Struct, frozen=True, rename="camel"):
    """A note that calls somebody, as her list shows it."""

    id: int
    ticket_id: int
    seq: int
    by_id: int | None
    queue_id: int | None
    at: datetime
    read_at: datetime | None
    subject: str
    player_name: str
    text: str


_NOTES: LiteralString = """
    SELECT m.ticket_id, m.seq, m.author_id, m.body, m.created_at, t.brand_id
    FROM tickets.message m JOIN tickets.ticket t ON t.id = m.ticket_id
    WHERE (m.ticket_id, m.seq) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
      AND (m.body LIKE '%](person:%' OR m.body LIKE '%](queue:%')
"""

# By her own name first; nobody twice, nobody who wrote it herself or has no eyes for the brand.
_WRITE: LiteralString = """
    INSERT INTO tickets.mention (person_id, ticket_id, seq, by_id, queue_id, at)
    SELECT DISTINCT ON (n.ticket_id, n.seq, p.id) p.id, n.ticket_id, n.seq, n.by_id, n.queue_id, n.at
    FROM (
        SELECT a.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[],
            $7::bigint[]) AS a (ticket_id, seq, by_id, person_id, queue_id, at, brand_id)
        UNION ALL
        SELECT b.ticket_id, b.seq, b.by_id, q.person_id, b.queue_id, b.at, b.brand_id
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[],
            $7::bigint[]) AS b (ticket_id, seq, by_id, person_id, queue_id, at, brand_id)
        JOIN staff.queue_member q ON q.queue_id = b.queue_id
    ) AS n
    JOIN staff.person p ON p.id = n.person_id AND p.suspended_at IS NULL AND p.id IS DISTINCT FROM n.by_id
        AND (p.brand_ids = '{}' OR n.brand_id = ANY(p.brand_ids))
    ORDER BY n.ticket_id, n.seq, p.id, n.queue_id NULLS FIRST
    ON CONFLICT DO NOTHING
    RETURNING ticket_id, seq, by_id, person_id, at
"""


def named(body: str) -> list[tuple[str, int]]:
    """Who is called: ("person" | "queue", id), each once, in order."""
    return list(dict.fromkeys((kind, int(number)) for kind, number in _NAMED.findall(body)))


async def check_mentions(reader: Reader, row: TicketRow, body: str) -> None:
    """Refuse too many names, and names of people who could not open this ticket."""
    called = named(body)
    if not called:
        return
    if len(called) > MOST:
        many = Text(
            zh=f"一条备注最多提到 {MOST} 位同事或小组，这里有 {len(called)} 个。可以改为提到他们的小组。",
            en=f"A note can mention {MOST} people or teams at most; here are {len(called)}. Mention their team instead.",
        )
        raise Rejected("too_many_mentions", many, fields={"body": many}, extra={"most": MOST})
    wanted = [number for kind, number in called if kind == "person"]
    people = await people_by_id(reader, wanted)
    blind = [people[number].name if number in people else f"#{number}" for number in wanted
             if not _sees(await agent_of(reader, number), row)]
    if blind:
        cannot = Text(
            zh=f"{'、'.join(blind)} 看不到这张工单，请先转给能看到的同事，或去掉这个提及。",
            en=f"{', '.join(blind)} cannot see this ticket. Take the mention out, or ask somebody who can.",
        )
        raise Rejected("mention_blind", cannot, fields={"body": cannot}, extra={"names": blind})


def _sees(agent: Agent | None, row: TicketRow) -> bool:
    return (
        agent is not None and "tickets.read" in agent.permissions
        and agent.reaches(row.brand_id, row.assignee_id, row.queue_id)
    )


async def write_mentions(tx: Tx, events: Sequence[NoteAdded]) -> None:
    """Tell those whom these notes call; one look at the notes, and one statement for all who are called."""
    notes = await tx.fetch(_NOTES, [event.ticket_id for event in events], [event.seq for event in events])
    calls = [
        (note[0], note[1], note[2], number if kind == "person" else None, number if kind == "queue" else None, note[4], note[5])
        for note in notes for kind, number in named(note[3])[:MOST]
    ]
    if not calls:
        return
    written = await tx.fetch(_WRITE, *[list(column) for column in zip(*calls, strict=True)])
    told: dict[tuple[int, int], list[Any]] = {}
    for row in written:
        told.setdefault((row[0], row[1]), []).append(row)
    await tx.emit(*(
        Mentioned(ticket_id=ticket_id, seq=seq, by_id=rows[0][2], person_ids=sorted(row[3] for row in rows), at=rows[0][4])
        for (ticket_id, seq), rows in sorted(told.items())
    ))


# A team's mention may have reached somebody whose eyes do not: it is there for her once the ticket is.
_SEEN: LiteralString = in_scope("$2", "$3", "$4")


async def mentions_of(reader: Reader, agent: Agent, before: int | None = None) -> list[Mention]:
    """The notes that call somebody, newest first."""
    scope = await scope_of(reader, agent)
    found = await reader.rows(
        Mention,
        "SELECT n.id, n.ticket_id, n.seq, n.by_id, n.queue_id, n.at, n.read_at, t.subject, t.player_name, m.body"
        " FROM tickets.mention n JOIN tickets.ticket t ON t.id = n.ticket_id"
        " JOIN tickets.message m ON m.ticket_id = n.ticket_id AND m.seq = n.seq"
        f" WHERE n.person_id = $1 AND {_SEEN} AND n.id < $5 ORDER BY n.id DESC LIMIT $6",
        agent.id, scope.brand_ids, scope.person_ids, scope.queue_ids, before or (1 << 62), PAGE,
    )
    return [msgspec.structs.replace(each, text=plain_text(each.text)[:400]) for each in found]


async def unread_mentions(reader: Reader, agent: Agent) -> int:
    """How many she has not looked at; 100 stands for more."""
    scope = await scope_of(reader, agent)
    return await reader.value(
        "SELECT count(*)::int FROM (SELECT FROM tickets.mention n JOIN tickets.ticket t ON t.id = n.ticket_id"
        f" WHERE n.person_id = $1 AND n.read_at IS NULL AND {_SEEN} LIMIT 100) AS n",
        agent.id, scope.brand_ids, scope.person_ids, scope.queue_ids,
    )


async def read_mentions(tx: Tx, person_id: int, ticket_id: int | None, at: datetime) -> int:
    """She has seen those of one ticket, or all; how many were new."""
    return await tx.execute(
        "UPDATE tickets.mention SET read_at = $3 WHERE person_id = $1 AND read_at IS NULL"
        " AND ($2::bigint IS NULL OR ticket_id = $2)",
        person_id, ticket_id, at,
    )
