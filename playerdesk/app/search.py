"""One box that finds everything: tickets by what was said in them, players, colleagues."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.params import JSONBody

from playerdesk.app.searching import Question, asked_by
from playerdesk.kernel import Reader, Rejected, Text, TooMany, TooSlow
from playerdesk.kernel.finding import LONGEST_QUERY
from playerdesk.kernel.http import answer, may
from playerdesk.players.search import PlayerHit, find_players
from playerdesk.staff import people
from playerdesk.staff.search import FoundPerson, find_people
from playerdesk.tickets import TicketRow, row
from playerdesk.tickets.search.results import FoundTicket, HitCount, count_hits, find_tickets

Caller = Request[Any, Any, Any]

PLAYERS, PEOPLE = 6, 6
WAIT_SECONDS = 3

TOO_LONG = Text(
    zh=f"搜索内容最多 {LONGEST_QUERY} 个字，请只保留关键词。",
    en=f"A search may have {LONGEST_QUERY} characters at most. Please keep the key words only.",
)
BUSY = Text(zh="正在进行的搜索太多，请稍后再试。", en="Too many searches are running. Please try again in a moment.")


class SearchAnswer(msgspec.Struct, frozen=True):
    """What was found. `understood` is false when there is nothing in the text to search for (only punctuation).

    `direct` is the ticket whose number was typed. `complete` is false when looking took too long: then `next` goes on.
    """

    understood: bool
    direct: TicketRow | None
    tickets: list[FoundTicket]
    next: int | None
    complete: bool
    players: list[PlayerHit]
    people: list[FoundPerson]


@post("/agent/v1/search", guards=[may("tickets.read")], status_code=200)
async def search(request: Caller, data: JSONBody[Question]) -> Response[SearchAnswer]:
    """Find. A POST, so that what is searched for stands in no access log."""
    if len(data.text) > LONGEST_QUERY:
        raise Rejected("query_too_long", TOO_LONG, fields={"text": TOO_LONG})
    async with searching(request) as reader:
        asked = await asked_by(reader, request.user, data)
        if not asked.words and not asked.narrowed:
            return answer(SearchAnswer(not data.text.strip(), None, [], None, True, [], []))
        found = await find_tickets(
            reader, asked.words, asked.scope, asked.every_brand, narrow=asked.narrow, before=data.before
        )
        first = data.before is None
        return answer(SearchAnswer(
            understood=bool(asked.words) or asked.narrowed, direct=await _direct(reader, asked, data) if first else None,
            tickets=found.tickets, next=found.next, complete=found.complete,
            players=await _players(reader, asked, data, request.user) if first else [],
            people=find_people(await people(reader), data.text, PEOPLE) if first and asked.words else [],
        ))


@post("/agent/v1/search/count", guards=[may("tickets.read")], status_code=200)
async def count(request: Caller, data: JSONBody[Question]) -> Response[HitCount]:
    """How many entries there are to find, up to a thousand; asked once the first page is shown."""
    if len(data.text) > LONGEST_QUERY:
        raise Rejected("query_too_long", TOO_LONG, fields={"text": TOO_LONG})
    async with searching(request) as reader:
        asked = await asked_by(reader, request.user, data)
        return answer(await count_hits(reader, asked.words, asked.scope, asked.every_brand, narrow=asked.narrow))


def searching(request: Caller) -> "_Patient":
    return _Patient(request.app.state.search_database)


class _Patient:
    """A reader from the pool of the searches, or a refusal when all of them stay taken."""

    def __init__(self, database: Any) -> None:
        self._database = database

    async def __aenter__(self) -> Reader:
        self._held = self._database.reading()
        reader: Reader = await self._held.__aenter__()
        try:
            await asyncio.wait_for(reader.value("SELECT 1"), WAIT_SECONDS)
        except TimeoutError:
            await self._held.__aexit__(None, None, None)
            raise TooMany("search_busy", BUSY, extra={"retryAfterSeconds": 1}) from None
        return reader

    async def __aexit__(self, *failure: object) -> None:
        await self._held.__aexit__(*failure)


async def _direct(reader: Reader, asked: Any, data: Question) -> TicketRow | None:
    number = data.text.strip().removeprefix("#")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    found = await row(reader, int(number))
    if found is None or not asked.scope.reaches(found.brand_id, found.assignee_id, found.queue_id):
        return None
    return found


async def _players(reader: Reader, asked: Any, data: Question, agent: Any) -> list[PlayerHit]:
    if not asked.words or "players.read" not in agent.permissions:
        return []
    every = set(asked.every_brand) <= set(asked.scope.brand_ids)
    try:
        return await find_players(
            reader, asked.words, data.text, permissions=agent.permissions,
            brand_ids=None if every else asked.scope.brand_ids, limit=PLAYERS,
        )
    except TooSlow:
        return []


ROUTES = [search, count]
