"""The agents' routes for single tickets; thin: read the request, call the action, answer the row."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from playerdesk.kernel import Conflict, Database, NotFound, Refused, Rejected, Text, clean_text, now
from playerdesk.kernel.files import attachments_of
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.tickets import assignment, handling, queries
from playerdesk.tickets.craft.lessons import Lesson, check_lesson, resolve_with
from playerdesk.tickets.messages import NO_SUCH, Post
from playerdesk.tickets.queries import Entry, TicketRow
from playerdesk.tickets.rules import OPEN, OVER
from playerdesk.tickets.shown import shown
from playerdesk.tickets.standing import lock_one
from playerdesk.tickets.writers import Writers
from playerdesk.tickets.writing.mentions import check_mentions, named

Caller = Request[Any, Any, Any]


Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[!-~]+$")]
"""The screen's own id for what it sends, so that it can be sent twice."""


class Reply(msgspec.Struct, rename="camel"):
    """An answer to the player; `base_seq` is the newest message the agent had on screen."""

    body: str
    client_key: Key
    base_seq: int
    attachments: list[str] = []
    force: bool = False


class Note(msgspec.Struct, rename="camel"):
    """A word among colleagues."""

    body: str
    client_key: Key
    attachments: list[str] = []


class Seen(msgspec.Struct):
    seq: int


class Change(msgspec.Struct, rename="camel"):
    category_id: int | None = None
    priority: Literal[0, 1, 2, 3] | None = None
    status: Literal["open", "pending", "hold"] | None = None


class AssignTo(msgspec.Struct, rename="camel"):
    """To whom, or None for nobody; `expected_id` is who had it on the agent's screen."""

    person_id: int | None
    expected_id: int | msgspec.UnsetType | None = msgspec.UNSET


class HandOff(msgspec.Struct, rename="camel"):
    queue_id: int
    note: str = ""


class Resolve(msgspec.Struct, rename="camel"):
    """How it was solved and why it came about, and the last word to the player if any.

    `fields` are answers of the category's form that its practice wants and that were missing.
    """

    solution: str
    body: str = ""
    base_seq: int | None = None
    client_key: Key | None = None
    cause_id: int | None = None
    fields: dict[str, Any] = {}


NO_QUEUE = Text(zh="没有这个队列，请重新选择。", en="There is no such queue. Please choose another.")
NO_PERSON = Text(zh="没有这位同事，请重新选择。", en="There is no such colleague. Please choose another.")
NO_CATEGORY = Text(zh="没有这个分类，请重新选择。", en="There is no such category. Please choose another.")


def sees(agent: Any, row: TicketRow) -> bool:
    """Whether the ticket is within the agent's scope."""
    return agent.reaches(row.brand_id, row.assignee_id, row.queue_id)


async def visible(database: Database, agent: Any, ticket_id: int) -> TicketRow:
    """The row, if it is there and the agent may see it; the same refusal for both."""
    async with database.reading() as reader:
        row = await queries.row(reader, ticket_id)
    if row is None or not sees(agent, row):
        raise NotFound("no_such_ticket", NO_SUCH)
    return row


async def _written(database: Database, agent: Any, ticket_id: int, data: Reply | Note) -> Post:
    attachments: list[dict[str, Any]] = []
    if data.attachments:
        async with database.reading() as reader:
            attachments = await attachments_of(reader, data.attachments, f"staff:{agent.id}")
    return Post(
        ticket_id=ticket_id, author="staff", author_id=agent.id, body=clean_text(data.body), client_key=data.client_key,
        attachments=attachments,
    )


async def _row(database: Database, ticket_id: int) -> Response[TicketRow]:
    async with database.reading() as reader:
        return answer(await queries.row(reader, ticket_id))


@post("/agent/v1/tickets/{ticket_id:int}/replies", guards=[may("tickets.reply")], straight=True)
async def reply(
    request: Caller, database: NamedDependency[Database], writers: NamedDependency[Writers],
    ticket_id: FromPath[int], data: JSONBody[Reply],
) -> Response[Entry]:
    """Answer the player; 409 with what was missed when the conversation has moved on."""
    await visible(database, request.user, ticket_id)
    written = await _written(database, request.user, ticket_id, data)
    return await _say(database, writers, replace(written, base_seq=None if data.force else data.base_seq))


@post("/agent/v1/tickets/{ticket_id:int}/notes", guards=[may("tickets.reply")])
async def note(
    request: Caller, database: NamedDependency[Database], writers: NamedDependency[Writers],
    ticket_id: FromPath[int], data: JSONBody[Note],
) -> Response[Entry]:
    """A private note; the player never sees it."""
    row = await visible(database, request.user, ticket_id)
    written = await _written(database, request.user, ticket_id, data)
    if named(written.body):
        async with database.reading() as reader:
            await check_mentions(reader, row, written.body)
    return await _say(database, writers, replace(written, private=True))


async def with_missed(database: Database, refusal: Refused, ticket_id: int, base_seq: int | None) -> Refused:
    """A stale reply is refused together with what its writer has missed."""
    if refusal.code == "stale_reply":
        async with database.reading() as reader:
            missed = await queries.timeline(reader, ticket_id, base_seq or 0)
        refusal.extra = {**refusal.extra, "missed": [shown(each) for each in missed if each.number is not None]}
    return refusal


async def _say(database: Database, writers: Writers, post_it: Post) -> Response[Entry]:
    try:
        posted = await writers.post(post_it)
    except Refused as refusal:
        raise await with_missed(database, refusal, post_it.ticket_id, post_it.base_seq) from None
    async with database.reading() as reader:
        entry = await queries.entry(reader, post_it.ticket_id, posted.seq)
    assert entry is not None
    return answer(shown(entry), 200 if posted.again else 201)


@post("/agent/v1/tickets/{ticket_id:int}/read", status_code=204, guards=[may("tickets.read")])
async def read(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Seen]
) -> Response[None]:
    """The agent has seen the timeline up to `seq`; only the owner's eyes count as read by the desk."""
    row = await visible(database, request.user, ticket_id)
    if row.assignee_id == request.user.id:
        async with database.transaction() as tx:
            number = await tx.value(
                "SELECT coalesce(max(number), 0) FROM tickets.message WHERE ticket_id = $1 AND seq <= $2",
                ticket_id, data.seq,
            )
            await handling.mark_read(tx, ticket_id, "staff", number, now())
    return nothing()


@patch("/agent/v1/tickets/{ticket_id:int}", guards=[may("tickets.reply")])
async def change(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Change]
) -> Response[TicketRow]:
    """Category, priority, status."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        if data.category_id is not None and not await tx.value(
            "SELECT true FROM forms.category WHERE id = $1", data.category_id
        ):
            raise Rejected("no_such_category", NO_CATEGORY, fields={"categoryId": NO_CATEGORY})
        await handling.change_ticket(
            tx, ticket_id, request.user.id, now(),
            category_id=data.category_id, priority=data.priority, status=data.status,
        )
    return await _row(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/assign", guards=[may("tickets.assign")], status_code=200)
async def assign_ticket(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[AssignTo]
) -> Response[TicketRow]:
    """Give it to a colleague, or to nobody."""
    row = await visible(database, request.user, ticket_id)
    expected = row.assignee_id if data.expected_id is msgspec.UNSET else data.expected_id
    async with database.transaction() as tx:
        if data.person_id is None:
            await assignment.put_in_queue(tx, [ticket_id], None, "by_hand", now(), request.user.id)
        elif not await tx.value(
            "SELECT true FROM staff.person WHERE id = $1 AND suspended_at IS NULL", data.person_id
        ):
            raise Rejected("no_such_person", NO_PERSON, fields={"personId": NO_PERSON})
        else:
            await assignment.assign(tx, ticket_id, data.person_id, request.user.id, expected, now())
    return await _row(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/take", guards=[may("tickets.reply")], status_code=200)
async def take(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[TicketRow]:
    """Take it oneself; refused when somebody else has it meanwhile."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await assignment.assign(tx, ticket_id, request.user.id, request.user.id, None, now())
    return await _row(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/hand-off", guards=[may("tickets.reply")], status_code=200)
async def hand_off(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[HandOff]
) -> Response[TicketRow]:
    """To another queue, with a word for those who take over; both or neither."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        if not await tx.value("SELECT true FROM staff.queue WHERE id = $1", data.queue_id):
            raise Rejected("no_such_queue", NO_QUEUE, fields={"queueId": NO_QUEUE})
        if (await lock_one(tx, ticket_id)).status not in OPEN:
            raise Conflict("ticket_over", OVER)
        at = now()
        if word := clean_text(data.note):
            await handling.add_note(tx, ticket_id, request.user.id, word, at)
        await assignment.put_in_queue(tx, [ticket_id], data.queue_id, "handed_off", at, request.user.id)
    return await _row(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/resolve", guards=[may("tickets.resolve")], status_code=200)
async def resolve(
    request: Caller, database: NamedDependency[Database], writers: NamedDependency[Writers],
    ticket_id: FromPath[int], data: JSONBody[Resolve],
) -> Response[TicketRow]:
    """Solved; the last word, if there is one, goes out first and is guarded like any reply."""
    row = await visible(database, request.user, ticket_id)
    lesson = Lesson(solution=clean_text(data.solution), cause_id=data.cause_id, fields=data.fields)
    async with database.reading() as reader:
        await check_lesson(reader, ticket_id, row.category_id, lesson)
    if body := clean_text(data.body):
        key = data.client_key or f"resolve-{ticket_id}-{data.base_seq}"
        await _say(database, writers, Post(
            ticket_id=ticket_id, author="staff", author_id=request.user.id, body=body, client_key=key,
            base_seq=data.base_seq,
        ))
    async with database.transaction() as tx:
        await resolve_with(tx, ticket_id, request.user.id, lesson, now())
    return await _row(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/reopen", guards=[may("tickets.resolve")], status_code=200)
async def reopen(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[TicketRow]:
    """Open it again; staff may do so at any time, also when it is closed."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await handling.reopen(tx, ticket_id, "staff", request.user.id, now())
    return await _row(database, ticket_id)


ROUTES = [reply, note, read, change, assign_ticket, take, hand_off, resolve, reopen]
