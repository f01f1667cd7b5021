"""Closing with a lesson: the cause and the solution, what the category wants filled in, and a proposal for an article."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.forms import category_by_id, fill
from playerdesk.kernel import Conflict, NotFound, Reader, Rejected, Text, Tx, clean_text
from playerdesk.staff import Scope
from playerdesk.tickets.craft.events import CraftChanged
from playerdesk.tickets.craft.practices import NO_CAUSE, causes, practice_of
from playerdesk.tickets.handling import resolve
from playerdesk.tickets.sight import in_scope
from playerdesk.tickets.standing import facts, lock_one

LONGEST_SOLUTION = 2000
NO_SOLUTION = Text(
    zh="请写下解决办法（最多 2000 字），方便以后查看。",
    en="Please say how it was solved, for those who look later (2,000 characters at most).",
)
NEEDED_CAUSE = Text(zh="这个分类要求选择根本原因。", en="This category wants the root cause. Please choose one.")
NEEDED_FIELD = Text(zh="这个分类要求填写这一项后才能解决。", en="This category wants this filled in before a ticket is resolved.")
INCOMPLETE = Text(
    zh="还有必填内容没有填好，请按提示补充后再解决。", en="Something needed is still missing. Please complete it, then resolve."
)
NO_ARTICLE = Text(zh="请填写文章标题和内容。", en="Please give the article a title and a text.")
NO_PROPOSAL = Text(zh="没有找到这条提议。", en="There is no such proposal.")
DECIDED = Text(zh="另一位同事已经处理了这条提议。", en="A colleague has decided on this proposal already.")

State = Literal["proposed", "accepted", "declined"]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """What is said at the end. `fields` are answers of the category's form that were missing."""

    solution: str
    cause_id: int | None = None
    fields: Mapping[str, Any] = {}


class ArticleProposal(msgspec.Struct, frozen=True, rename="camel"):
    """A text for the knowledge base, as somebody proposes it from a ticket."""

    id: int
    ticket_id: int
    title: str
    body: str
    by_id: int
    at: datetime
    state: State
    decided_by: int | None
    decided_at: datetime | None
    reason: str


_PROPOSAL: LiteralString = """
    p.id, p.ticket_id, p.title, p.body, p.by_id, p.at, p.state, p.decided_by, p.decided_at, p.reason
"""

_PROPOSALS: LiteralString = f"""
    SELECT {_PROPOSAL} FROM tickets.proposal p JOIN tickets.ticket t ON t.id = p.ticket_id
    WHERE p.state = $1 AND p.id < $2 AND {in_scope("$3", "$4", "$5")}
    ORDER BY p.id DESC LIMIT $6
"""

_PROPOSE: LiteralString = """
    INSERT INTO tickets.proposal (ticket_id, title, body, by_id, at, client_key) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (ticket_id, client_key) DO NOTHING
"""

_FILLED: LiteralString = """
    SELECT id, array(SELECT key FROM jsonb_each_text(fields) WHERE coalesce(value, '') <> '')
    FROM tickets.ticket WHERE id = ANY($1::bigint[])
"""

_LEARN: LiteralString = """
    INSERT INTO tickets.lesson (ticket_id, cause_id, by_id, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (ticket_id) DO UPDATE SET cause_id = excluded.cause_id, by_id = excluded.by_id, at = excluded.at
"""


async def check_lesson(reader: Reader, ticket_id: int, category_id: int | None, lesson: Lesson) -> dict[str, Any]:
    """Refuses what the category does not let go; each missing thing is named. Returns the form's answers to keep."""
    practice = await practice_of(reader, category_id)
    problems: dict[str, Text] = {}
    if len(lesson.solution) > LONGEST_SOLUTION or (practice.solution and not lesson.solution):
        problems["solution"] = NO_SOLUTION
    if lesson.cause_id is None and practice.cause:
        problems["causeId"] = NEEDED_CAUSE
    elif lesson.cause_id is not None and lesson.cause_id not in {c.id for c in await causes(reader) if not c.retired}:
        problems["causeId"] = NO_CAUSE
    kept, wrong = await _filled(reader, ticket_id, category_id, practice.fields, lesson.fields)
    problems |= {f"fields.{key}": problem for key, problem in wrong.items()}
    if problems:
        only = next(iter(problems)) if len(problems) == 1 else None
        code = {"solution": "no_solution", "causeId": "no_cause"}.get(only or "", "lesson_incomplete")
        raise Rejected(code, problems[only] if only else INCOMPLETE, fields=problems)
    return kept


async def _filled(
    reader: Reader, ticket_id: int, category_id: int | None, needed: Sequence[str], given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Of the form's answers that are given now: those to keep, and what is wrong with the others or lacking."""
    category = await category_by_id(reader, category_id) if category_id is not None and (needed or given) else None
    if category is None:
        return {}, {}
    before: dict[str, Any] = await reader.value("SELECT fields FROM tickets.ticket WHERE id = $1", ticket_id)
    # What was filled in before decides with it which fields are asked at all.
    filled = fill(category.fields, {**before, **given})
    kept = {key: filled.clean[key] for key in given if key in filled.clean}
    wrong = {key: filled.problems[key] for key in given if key in filled.problems}
    lacks = [key for key in needed if key in filled.shown and key not in kept and before.get(key) in (None, "")]
    return kept, {**dict.fromkeys(lacks, NEEDED_FIELD), **wrong}


async def lacking(reader: Reader, tickets: Mapping[int, int | None], lesson: Lesson) -> set[int]:
    """Which of these tickets (and their categories) `check_lesson` would refuse; a few statements for any number."""
    wanted = {each: await practice_of(reader, each) for each in dict.fromkeys(tickets.values())}
    found = {
        ticket_id for ticket_id, category_id in tickets.items()
        if (wanted[category_id].cause and lesson.cause_id is None) or (wanted[category_id].solution and not lesson.solution)
    }
    asked = [each for each, category_id in tickets.items() if each not in found and wanted[category_id].fields]
    for ticket_id, filled in await reader.fetch(_FILLED, asked) if asked else ():
        if not set(wanted[tickets[ticket_id]].fields) <= {*filled, *lesson.fields}:
            found.add(ticket_id)
    return found


async def resolve_with(tx: Tx, ticket_id: int, by_id: int, lesson: Lesson, at: datetime) -> None:
    """Resolved, with what was learnt; all of it or nothing."""
    standing = await lock_one(tx, ticket_id)
    kept = await check_lesson(tx, ticket_id, standing.category_id, lesson)
    if kept:
        await tx.execute("UPDATE tickets.ticket SET fields = fields || $2 WHERE id = $1", ticket_id, kept)
    if lesson.cause_id is not None:
        await tx.execute(_LEARN, ticket_id, lesson.cause_id, by_id, at)
    await resolve(tx, ticket_id, by_id, lesson.solution, at)
    if lesson.cause_id is not None:
        await _tell(tx, ticket_id, at)


async def _tell(tx: Tx, ticket_id: int, at: datetime) -> None:
    await tx.emit(CraftChanged(**facts(await lock_one(tx, ticket_id), at), part="lesson"))


async def cause_of(reader: Reader, ticket_id: int) -> int | None:
    """The cause somebody has named."""
    return await reader.value("SELECT cause_id FROM tickets.lesson WHERE ticket_id = $1", ticket_id)


async def propose(tx: Tx, ticket_id: int, by_id: int, title: str, body: str, client_key: str, at: datetime) -> None:
    """Put a text forward for the knowledge base; with the same key it is put forward once."""
    title, body = " ".join(title.split()), clean_text(body)
    if not title or not body or len(title) > 200 or len(body) > 20_000:
        raise Rejected("no_article", NO_ARTICLE, fields={"title": NO_ARTICLE})
    if await tx.execute(_PROPOSE, ticket_id, title, body, by_id, at, client_key):
        await _tell(tx, ticket_id, at)


async def proposals(
    reader: Reader, state: State, scope: Scope, before: int | None = None, limit: int = 100
) -> list[ArticleProposal]:
    """One page of those in this state, newest first; the next begins before the last one's id."""
    return await reader.rows(
        ArticleProposal, _PROPOSALS, state, before or (1 << 62), scope.brand_ids, scope.person_ids, scope.queue_ids, limit
    )


async def proposed_from(reader: Reader, ticket_id: int) -> list[ArticleProposal]:
    """What was proposed from this ticket."""
    return await reader.rows(
        ArticleProposal, f"SELECT {_PROPOSAL} FROM tickets.proposal p WHERE p.ticket_id = $1 ORDER BY p.id", ticket_id
    )


async def decide(
    tx: Tx, proposal_id: int, state: State, by_id: int, at: datetime, *, reason: str = "", title: str | None = None,
    body: str | None = None, expected: State | None = None,
) -> None:
    """Accept or decline, or put it back to be decided; the text may be mended on the way."""
    before = await tx.row(
        ArticleProposal, f"SELECT {_PROPOSAL} FROM tickets.proposal p WHERE p.id = $1 FOR UPDATE", proposal_id
    )
    if before is None:
        raise NotFound("no_such_proposal", NO_PROPOSAL)
    if expected is not None and before.state not in (expected, state):
        raise Conflict("decided_already", DECIDED, extra={"state": before.state})
    title = before.title if title is None else " ".join(title.split())
    body = before.body if body is None else clean_text(body)
    if not title or not body or len(title) > 200 or len(body) > 20_000:
        raise Rejected("no_article", NO_ARTICLE, fields={"title": NO_ARTICLE})
    undecided = state == "proposed"
    after: dict[str, Any] = {"state": state, "title": title, "body": body, "reason": reason[:500]}
    await tx.execute(
        "UPDATE tickets.proposal SET state = $2, title = $3, body = $4, reason = $5, decided_by = $6, decided_at = $7"
        " WHERE id = $1",
        proposal_id, state, title, body, after["reason"], None if undecided else by_id, None if undecided else at,
    )
    await record(tx, Trace(
        actor_id=by_id, action="proposal.decided", kind="proposal", object_id=str(proposal_id), before=before, after=after,
        reason=after["reason"],
    ))
    await _tell(tx, before.ticket_id, at)
