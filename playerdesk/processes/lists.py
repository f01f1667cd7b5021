"""The lists of tasks: what is one's own to do, what one has done, and for leads everything that is under way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel import Reader, Text, now
from playerdesk.processes.editions import editions
from playerdesk.processes.parties import names_of, parties_of
from playerdesk.staff import Agent, scope_of, team_of

Box = Literal["open", "mine", "all", "done"]
MOST = 200


class PartyView(msgspec.Struct, frozen=True, rename="camel"):
    """Who is responsible, as people call it."""

    kind: str
    key: str
    name: Text


class TaskRow(msgspec.Struct, frozen=True, rename="camel"):
    """A task in a list; nothing more has to be looked up to show it."""

    id: int
    instance_id: int
    ticket_id: int
    process: Text
    step: Text
    kind: str
    state: str
    party: PartyView | None
    claimed_by: int | None
    raised_to: list[int]
    level: int
    due_at: datetime | None
    opened_at: datetime
    done_at: datetime | None
    done_by: int | None
    handed_back: str | None
    """Why it came back to this step, if it did."""
    brand_id: int
    subject: str
    player_name: str
    tier: str
    priority: int
    ticket_status: str


class TaskList(msgspec.Struct, frozen=True, rename="camel"):
    """Tasks, the most urgent first; `parties` are those whose work is hers, for the filter."""

    tasks: list[TaskRow]
    total: int
    late: int
    parties: list[PartyView]
    server_time: datetime


# Each way in which work is somebody's is one walk along an index, cut off where the page ends. $1 parties, $2 who, $3 her
# queues, $4 brands.
HERS: LiteralString = """
    SELECT k.id FROM unnest($1::text[]) AS p (party) CROSS JOIN LATERAL (
        SELECT t.id FROM processes.task t WHERE t.party = p.party AND t.state = 'open'
        ORDER BY coalesce(t.due_at, 'infinity'), t.id LIMIT 400
    ) AS k
    UNION (SELECT id FROM processes.task WHERE claimed_by = $2 AND state = 'open' LIMIT 400)
    UNION (SELECT id FROM processes.task WHERE raised_to @> ARRAY[$2::bigint] AND state = 'open' AND level > 0 LIMIT 400)
    UNION (SELECT k.id FROM processes.task k JOIN tickets.ticket t ON t.id = k.ticket_id
           WHERE k.party = 'assignee:' AND k.state = 'open'
             AND (t.assignee_id = $2 OR (t.assignee_id IS NULL AND t.queue_id = ANY($3::bigint[]))) LIMIT 400)
"""
_ROW: LiteralString = """
    k.id, k.instance_id, k.ticket_id, i.edition_id, k.step_key, k.kind, k.state, k.party, k.claimed_by, k.raised_to, k.level,
    k.due_at, k.opened_at, k.done_at, k.done_by,
    (SELECT b.reason FROM processes.task b WHERE b.id = k.came_from AND b.state = 'handed_back'),
    t.brand_id, t.subject, t.player_name, t.tier, t.priority, t.status
"""
_FROM: LiteralString = """
    FROM processes.task k JOIN processes.instance i ON i.id = k.instance_id JOIN tickets.ticket t ON t.id = k.ticket_id
"""
OPEN: LiteralString = f"""
    WITH hers AS ({HERS})
    SELECT {_ROW} {_FROM}
    WHERE k.id IN (SELECT id FROM hers) AND (cardinality($4::bigint[]) = 0 OR t.brand_id = ANY($4::bigint[]))
      AND ($5::text = '' OR k.party = $5)
    ORDER BY coalesce(k.due_at, 'infinity'), k.id
"""
DONE: LiteralString = f"""
    SELECT {_ROW} {_FROM} WHERE k.done_by = $1 ORDER BY k.done_at DESC LIMIT 200
"""
# Everything under way in the part of the desk somebody sees.
ALL: LiteralString = f"""
    SELECT {_ROW} {_FROM}
    WHERE k.state IN ('open', 'waiting') AND k.kind <> 'join' AND t.brand_id = ANY($1::bigint[])
      AND ($2::bigint[] IS NULL OR t.assignee_id = ANY($2::bigint[])
           OR (t.assignee_id IS NULL AND t.queue_id = ANY($3::bigint[])))
      AND ($4::text = '' OR k.party = $4)
    ORDER BY coalesce(k.due_at, 'infinity'), k.id LIMIT 201
"""
COUNT: LiteralString = f"""
    WITH hers AS ({HERS})
    SELECT count(*), count(*) FILTER (WHERE k.due_at < now()) FROM processes.task k JOIN tickets.ticket t ON t.id = k.ticket_id
    WHERE k.id IN (SELECT id FROM hers) AND (cardinality($4::bigint[]) = 0 OR t.brand_id = ANY($4::bigint[]))
"""


async def tasks_of(reader: Reader, agent: Agent, box: Box, party: str = "") -> TaskList:
    """One of the lists."""
    hers = await parties_of(reader, agent.id)
    names = await names_of(reader)
    if box == "done":
        records = await reader.fetch(DONE, agent.id)
    elif box == "all":
        scope = await scope_of(reader, agent)
        records = await reader.fetch(ALL, scope.brand_ids, scope.person_ids, scope.queue_ids or [], party)
    else:
        records = await reader.fetch(OPEN, *await _asked(reader, agent, hers), party)
        if box == "mine":
            records = [each for each in records if each[8] == agent.id or agent.id in each[9]]
    at = now()
    rows = await shaped(reader, records[:MOST], names)
    late = sum(each[11] is not None and each[11] < at and each[6] == "open" for each in records)
    parties = [view for each in hers if (view := party_view(each, names)) is not None]
    return TaskList(rows, len(records), late, parties, at)


class TaskCount(msgspec.Struct, frozen=True):
    """How much is hers to do, and how much of it is late."""

    open: int
    late: int


async def count_of(reader: Reader, agent: Agent) -> TaskCount:
    """For the number beside the page's name."""
    records = await reader.fetch(COUNT, *await _asked(reader, agent, await parties_of(reader, agent.id)))
    return TaskCount(records[0][0], records[0][1])


async def _asked(reader: Reader, agent: Agent, hers: Sequence[str]) -> list[Any]:
    team = await team_of(reader, agent.id)
    return [list(hers), agent.id, team.queue_ids, list(agent.brand_ids)]


def party_view(party: str, names: dict[str, Text]) -> PartyView | None:
    """A party as people call it; one that has vanished keeps its key."""
    kind, _, key = party.partition(":")
    return PartyView(kind, key, names.get(party) or Text(key, key)) if kind else None


async def shaped(reader: Reader, records: Sequence[Any], names: dict[str, Text]) -> list[TaskRow]:
    """Records of `_ROW` with the names of their process and step."""
    known = await editions(reader, {each[3] for each in records})
    rows: list[TaskRow] = []
    for each in records:
        design = known[each[3]].design
        step = design.step(each[4])
        rows.append(TaskRow(
            each[0], each[1], each[2], design.name, step.name if step else Text(each[4], each[4]), each[5], each[6],
            party_view(each[7], names), *each[8:],
        ))
    return rows
