"""What is done to tickets as a whole: merge, split, link, follow, snooze."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.forms import category_by_id
from playerdesk.kernel import Database, Rejected, Text, now
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.staff import scope_of
from playerdesk.tickets import queries
from playerdesk.tickets.craft import follows, links, merging, snoozing, splitting
from playerdesk.tickets.craft.overview import Craft, craft_of
from playerdesk.tickets.craft.phrases import moment
from playerdesk.tickets.http import NO_CATEGORY, Key, visible
from playerdesk.tickets.queries import TicketRow

Caller = Request[Any, Any, Any]
NO_ZONE = Text(zh="没有这个时区，例如可填 Asia/Shanghai。", en="There is no such time zone; Asia/Shanghai is one.")


class Merge(msgspec.Struct, rename="camel"):
    """Which tickets go on in this one."""

    source_ids: list[int]


class SplitOff(msgspec.Struct, rename="camel"):
    """From which message on; `with_following`: what was said after it too."""

    seq: int
    client_key: Key
    with_following: bool = False
    subject: str = ""
    category_id: int | None = None


class Link(msgspec.Struct, rename="camel"):
    """`kind` reads "this ticket is … the other": child_of, duplicate_of, caused_by; related is mutual."""

    to_id: int
    kind: links.Kind


class Snooze(msgspec.Struct):
    """Until when; None wakes it."""

    until: datetime | None


class Phrase(msgspec.Struct, frozen=True):
    """What a phrase means, as a moment; None when it is not understood or over."""

    until: datetime | None


class SeenUpTo(msgspec.Struct):
    seq: int


async def row_of(database: Database, ticket_id: int) -> Response[TicketRow]:
    async with database.reading() as reader:
        return answer(await queries.row(reader, ticket_id))


@get("/agent/v1/tickets/{ticket_id:int}/craft", guards=[may("tickets.read")])
async def craft(request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]) -> Response[Craft]:
    """What stands beside the conversation: merged tickets, links, followers, checklist, time, side conversations."""
    await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        return answer(await craft_of(reader, ticket_id, request.user.id, await scope_of(reader, request.user)))


@post("/agent/v1/tickets/{ticket_id:int}/merge", guards=[may("tickets.merge")], status_code=200)
async def merge(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Merge]
) -> Response[TicketRow]:
    """The given tickets of the same player go on in this one. Sent twice, it is done once."""
    for each in (ticket_id, *data.source_ids[: merging.MOST_SOURCES]):
        await visible(database, request.user, each)
    async with database.transaction() as tx:
        await merging.merge(tx, ticket_id, data.source_ids, request.user.id, now())
    return await row_of(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/unmerge", guards=[may("tickets.merge")], status_code=200)
async def unmerge(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[TicketRow]:
    """The ticket stands for itself again, where it stood before it was merged."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await merging.unmerge(tx, ticket_id, request.user.id, now())
    return await row_of(database, ticket_id)


@post("/agent/v1/tickets/{ticket_id:int}/split", guards=[may("tickets.merge")])
async def split(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[SplitOff]
) -> Response[TicketRow]:
    """A new ticket of the same player from one of her messages on; both say so."""
    await visible(database, request.user, ticket_id)
    wish = splitting.Split(
        ticket_id=ticket_id, seq=data.seq, with_following=data.with_following, client_key=data.client_key,
        subject=" ".join(data.subject.split())[:200], category_id=data.category_id,
    )
    async with database.transaction() as tx:
        if data.category_id is not None and await category_by_id(tx, data.category_id) is None:
            raise Rejected("no_such_category", NO_CATEGORY, fields={"categoryId": NO_CATEGORY})
        new_id = await splitting.split(tx, wish, request.user.id, now())
    return await row_of(database, new_id)


@post("/agent/v1/tickets/{ticket_id:int}/links", guards=[may("tickets.reply")], status_code=200)
async def link(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Link]
) -> Response[Craft]:
    """Link with another ticket that one may see."""
    await visible(database, request.user, ticket_id)
    await visible(database, request.user, data.to_id)
    async with database.transaction() as tx:
        await links.link(tx, ticket_id, data.to_id, data.kind, request.user.id, now())
    return await craft.fn(request, database, ticket_id)


@delete("/agent/v1/tickets/{ticket_id:int}/links/{kind:str}/{to_id:int}", guards=[may("tickets.reply")], status_code=200)
async def unlink(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], kind: FromPath[links.Kind],
    to_id: FromPath[int],
) -> Response[Craft]:
    """Take a link back, in the direction it was made."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await links.unlink(tx, ticket_id, to_id, kind, request.user.id, now())
    return await craft.fn(request, database, ticket_id)


@put("/agent/v1/tickets/{ticket_id:int}/follow", guards=[may("tickets.read")], status_code=204)
async def follow(request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]) -> Response[None]:
    """Be told what happens to it."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        await follows.follow(tx, ticket_id, request.user.id, now())
    return nothing()


@delete("/agent/v1/tickets/{ticket_id:int}/follow", guards=[may("tickets.read")], status_code=204)
async def unfollow(request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]) -> Response[None]:
    """No longer; allowed also when the ticket is out of sight by now."""
    async with database.transaction() as tx:
        await follows.unfollow(tx, ticket_id, request.user.id, now())
    return nothing()


@post("/agent/v1/tickets/{ticket_id:int}/follow/seen", guards=[may("tickets.read")], status_code=204)
async def seen(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[SeenUpTo]
) -> Response[None]:
    """What she has seen of a ticket she follows is no news any more."""
    async with database.transaction() as tx:
        await follows.seen(tx, ticket_id, request.user.id, data.seq)
    return nothing()


@get("/agent/v1/followed", guards=[may("tickets.read")])
async def followed(request: Caller, database: NamedDependency[Database]) -> Response[list[follows.Followed]]:
    """The tickets one follows, what moved last first."""
    async with database.reading() as reader:
        return answer(await follows.followed(reader, request.user.id, await scope_of(reader, request.user)))


@get("/agent/v1/moments", guards=[may("tickets.read")])
async def read_phrase(phrase: FromQuery[str], zone: FromQuery[str] = "Asia/Shanghai") -> Response[Phrase]:
    """The moment a phrase means in this time zone, to be shown before it is confirmed."""
    try:
        time_zone = ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise Rejected("no_such_zone", NO_ZONE, fields={"zone": NO_ZONE}) from None
    return answer(Phrase(moment(phrase[:80], now(), time_zone)))


@post("/agent/v1/tickets/{ticket_id:int}/snooze", guards=[may("tickets.reply")], status_code=200)
async def snooze(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Snooze]
) -> Response[TicketRow]:
    """Asleep until then; None wakes it."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        if data.until is None:
            await snoozing.wake(tx, [ticket_id], request.user.id, now())
        else:
            await snoozing.snooze(tx, ticket_id, data.until, request.user.id, now())
    return await row_of(database, ticket_id)


ROUTES = [
    craft, merge, unmerge, split, link, unlink, follow, unfollow, seen, followed, read_phrase, snooze,
]
