"""The agents' routes for writing: drafts, replies that can be undone, mentions, translation; thin."""

from typing import Any, Literal

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.audit import Trace, record
from playerdesk.kernel import Database, NotFound, Refused, clean_text, now
from playerdesk.kernel.files import attachments_of
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.tickets import queries
from playerdesk.tickets.http import Key, Reply, visible, with_missed
from playerdesk.tickets.messages import NO_SUCH
from playerdesk.tickets.plain import plain_text
from playerdesk.tickets.queries import Entry
from playerdesk.tickets.shown import shown
from playerdesk.tickets.writing import drafts, held, mentions
from playerdesk.tickets.writing.acts import Act
from playerdesk.tickets.writing.drafts import Draft, Kind
from playerdesk.tickets.writing.held import Held
from playerdesk.tickets.writing.mentions import Mention
from playerdesk.tickets.writing.translation import Translation, translator_of

Caller = Request[Any, Any, Any]


class Writing(msgspec.Struct, frozen=True, rename="camel"):
    """Everything somebody has begun, and what calls her."""

    drafts: list[Draft]
    held: list[Held]
    unread_mentions: int
    translates: bool


class KeepDraft(msgspec.Struct, rename="camel"):
    """A text as it is on this screen, written on top of `version`; empty: there is none any more."""

    body: str
    version: int = 0
    attachments: list[str] = []


class HoldReply(Reply, rename="camel"):
    """A reply, how long it may be undone, and the draft it has been."""

    seconds: int = 5
    draft_version: int = 0


class HeldAnswer(msgspec.Struct, frozen=True):
    """The held reply, or the entry when it was said already."""

    held: Held | None
    entry: Entry | None


class ReadMentions(msgspec.Struct, rename="camel"):
    """Those of one ticket; without, all."""

    ticket_id: int | None = None


class MentionList(msgspec.Struct, frozen=True):
    """Newest first, and the mark of the page after; None at the end."""

    mentions: list[Mention]
    next: int | None


class TranslateTo(msgspec.Struct):
    to: Literal["zh", "en"]


@get("/agent/v1/writing", guards=[may("tickets.reply")])
async def writing(request: Caller, database: NamedDependency[Database]) -> Response[Writing]:
    """One's drafts, held replies and unread mentions."""
    async with database.reading() as reader:
        return answer(Writing(
            await drafts.drafts_of(reader, request.user.id), await held.held_of(reader, request.user.id),
            await mentions.unread_mentions(reader, request.user), bool(request.app.state.settings.translate_url),
        ))


@put("/agent/v1/tickets/{ticket_id:int}/drafts/{kind:str}", guards=[may("tickets.reply")])
async def keep_draft(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], kind: FromPath[Kind],
    data: JSONBody[KeepDraft],
) -> Response[Draft] | Response[None]:
    """Keep a draft; 409 with the other text when another device was faster. 204: there is none now."""
    agent = request.user
    await visible(database, agent, ticket_id)
    async with database.transaction() as tx:
        files = await attachments_of(tx, data.attachments, f"staff:{agent.id}")
        # Not cleaned as messages are: the edges of what is being written are its writer's.
        body = data.body.replace("\0", "")
        kept = await drafts.keep_draft(tx, ticket_id, agent.id, kind, body, files, data.version, now())
    version = kept.version if kept else 0
    request.app.state.live.whisper(
        f"agent:{agent.id}", "draft", {"ticketId": ticket_id, "draftKind": kind, "version": version, "base": data.version}
    )
    return nothing() if kept is None else answer(kept)


@post("/agent/v1/tickets/{ticket_id:int}/held-replies", guards=[may("tickets.reply")], status_code=202)
async def hold_reply(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[HoldReply]
) -> Response[HeldAnswer]:
    """Answer the player in a few seconds, unless it is undone; checked like any reply, now and then."""
    agent = request.user
    await visible(database, agent, ticket_id)
    try:
        async with database.transaction() as tx:
            act = Act(
                ticket_id=ticket_id, person_id=agent.id, client_key=data.client_key, body=clean_text(data.body),
                attachments=await attachments_of(tx, data.attachments, f"staff:{agent.id}"),
                base_seq=None if data.force else data.base_seq,
            )
            kept = await held.hold(tx, act, data.seconds, now())
            await drafts.drop_draft(tx, ticket_id, agent.id, "reply", data.draft_version)
    except Refused as refusal:
        raise await with_missed(database, refusal, ticket_id, data.base_seq) from None
    async with database.reading() as reader:
        said = None if kept else await queries.entry_by_key(reader, ticket_id, data.client_key)
    return answer(HeldAnswer(kept, shown(said) if said else None), 202)


@post("/agent/v1/tickets/{ticket_id:int}/held-replies/{key:str}/undo", guards=[may("tickets.reply")], status_code=200)
async def undo_reply(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], key: FromPath[Key]
) -> Response[Held]:
    """Take back one's own held reply, or put away a stopped one; 409 when it has been said."""
    async with database.transaction() as tx:
        return answer(await held.undo(tx, ticket_id, request.user.id, key))


@post("/agent/v1/tickets/{ticket_id:int}/held-replies/{key:str}/now", guards=[may("tickets.reply")], status_code=204)
async def hurry_reply(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], key: FromPath[Key]
) -> Response[None]:
    """Do not wait any longer."""
    async with database.transaction() as tx:
        await held.hurry(tx, ticket_id, request.user.id, key, now())
    return nothing()


@get("/agent/v1/mentions", guards=[may("tickets.read")])
async def list_mentions(
    request: Caller, database: NamedDependency[Database], before: FromQuery[int | None] = None
) -> Response[MentionList]:
    """The notes that call one by name, newest first."""
    async with database.reading() as reader:
        found = await mentions.mentions_of(reader, request.user, before)
    return answer(MentionList(found, found[-1].id if len(found) == mentions.PAGE else None))


@post("/agent/v1/mentions/read", guards=[may("tickets.read")], status_code=204)
async def read_mentions(
    request: Caller, database: NamedDependency[Database], data: JSONBody[ReadMentions]
) -> Response[None]:
    """Seen."""
    async with database.transaction() as tx:
        await mentions.read_mentions(tx, request.user.id, data.ticket_id, now())
    return nothing()


@post(
    "/agent/v1/tickets/{ticket_id:int}/entries/{seq:int}/translation", guards=[may("tickets.read")], status_code=200
)
async def translate(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], seq: FromPath[int],
    data: JSONBody[TranslateTo],
) -> Response[Translation]:
    """A message in the reader's language. What leaves the desk for it is traced."""
    translator = translator_of(request.app.state.settings)
    row = await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        entry = await queries.entry(reader, ticket_id, seq)
    if entry is None or not entry.body:
        raise NotFound("no_such_ticket", NO_SUCH)
    async with database.transaction() as tx:
        await record(tx, Trace(
            actor_id=request.user.id, action="message.translated", kind="ticket", object_id=str(ticket_id),
            brand_id=row.brand_id, after={"seq": seq, "to": data.to},
        ))
    # No connection is held while somebody else's service thinks.
    return answer(await translator.translate(plain_text(entry.body), data.to))


ROUTES: list[Any] = [
    writing, keep_draft, hold_reply, undo_reply, hurry_reply, list_mentions, read_mentions, translate,
]
