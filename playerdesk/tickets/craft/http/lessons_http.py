"""Closing with a lesson: practices, causes, proposals."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.kernel import Database, NotFound, Rejected, now
from playerdesk.kernel.http import answer, may
from playerdesk.staff import scope_of
from playerdesk.tickets.craft import lessons, practices
from playerdesk.tickets.craft.lessons import NO_PROPOSAL, ArticleProposal, State
from playerdesk.tickets.craft.practices import Cause, Practice
from playerdesk.tickets.http import Key, visible

Caller = Request[Any, Any, Any]


class Handling(msgspec.Struct, frozen=True):
    """How tickets are worked: the practices somebody has set, and the causes."""

    practices: list[Practice]
    causes: list[Cause]


class NewCause(msgspec.Struct, rename="camel"):
    """A cause to add (no id) or to change."""

    client_key: Key
    name: dict[str, str]
    id: int | None = None
    parent_id: int | None = None
    retired: bool = False


class Article(msgspec.Struct, rename="camel"):
    """A text put forward for the knowledge base."""

    title: str
    body: str
    client_key: Key


class Decision(msgspec.Struct):
    """What becomes of a proposal; the text may be mended. `expected` is the state the decider had on screen."""

    state: State
    reason: str = ""
    title: str | None = None
    body: str | None = None
    expected: State | None = None


@get("/agent/v1/handling", guards=[may("tickets.read")])
async def handling(database: NamedDependency[Database]) -> Response[Handling]:
    """What is asked at the end of a ticket, and the causes to choose from."""
    async with database.reading() as reader:
        return answer(Handling(await practices.practices(reader), await practices.causes(reader)))


@put("/agent/v1/handling/practices/{category_id:int}", guards=[may("settings.manage")])
async def set_practice(
    request: Caller, database: NamedDependency[Database], category_id: FromPath[int], data: JSONBody[Practice]
) -> Response[Handling]:
    """Change how tickets of a category are worked."""
    async with database.transaction() as tx:
        practice = msgspec.structs.replace(data, category_id=category_id)
        await practices.set_practice(tx, practice, request.user.id)
    return await handling.fn(database)


@post("/agent/v1/handling/causes", guards=[may("settings.manage")], status_code=200)
async def set_cause(
    request: Caller, database: NamedDependency[Database], data: JSONBody[NewCause]
) -> Response[Handling]:
    """Add, rename or retire a cause."""
    async with database.transaction() as tx:
        await practices.set_cause(
            tx, request.user.id, cause_id=data.id, parent_id=data.parent_id, name=data.name, retired=data.retired,
            key=data.client_key,
        )
    return await handling.fn(database)


@post("/agent/v1/tickets/{ticket_id:int}/proposals", guards=[may("tickets.resolve")], status_code=200)
async def propose(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Article]
) -> Response[list[ArticleProposal]]:
    """Propose an article from this ticket."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await lessons.propose(tx, ticket_id, request.user.id, data.title, data.body, data.client_key, now())
    async with database.reading() as reader:
        return answer(await lessons.proposed_from(reader, ticket_id))


@get("/agent/v1/proposals", guards=[may("articles.decide")])
async def list_proposals(
    request: Caller, database: NamedDependency[Database], only: FromQuery[State] = "proposed",
    before: FromQuery[int | None] = None,
) -> Response[list[ArticleProposal]]:
    """Those in this state, newest first."""
    async with database.reading() as reader:
        return answer(await lessons.proposals(reader, only, await scope_of(reader, request.user), before))


@put("/agent/v1/proposals/{proposal_id:int}", guards=[may("articles.decide")])
async def decide(
    request: Caller, database: NamedDependency[Database], proposal_id: FromPath[int], data: JSONBody[Decision]
) -> Response[ArticleProposal]:
    """Accept, decline, or put it back."""
    if len(data.reason) > 500:
        raise Rejected("no_article", lessons.NO_ARTICLE, fields={"reason": lessons.NO_ARTICLE})
    async with database.reading() as reader:
        ticket_id = await reader.value("SELECT ticket_id FROM tickets.proposal WHERE id = $1", proposal_id)
    if ticket_id is None:
        raise NotFound("no_such_proposal", NO_PROPOSAL)
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await lessons.decide(
            tx, proposal_id, data.state, request.user.id, now(), reason=data.reason, title=data.title, body=data.body,
            expected=data.expected,
        )
    async with database.reading() as reader:
        found = await lessons.proposed_from(reader, ticket_id)
    return answer(next(each for each in found if each.id == proposal_id))


ROUTES = [handling, set_practice, set_cause, propose, list_proposals, decide]
