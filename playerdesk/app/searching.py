"""What a search or an export asks: words, a condition, and what the person who asks may see.

Searches have connections to themselves, so that no search, however slow, keeps a reply waiting.
"""

from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.app.listing import WholeList, whole
from playerdesk.brands import brands
from playerdesk.kernel import Database, Reader, Rejected, Text, connect
from playerdesk.kernel.conditions import fix, read, to_sql
from playerdesk.kernel.finding import Asked, understand
from playerdesk.players import search as player_search
from playerdesk.staff import Agent, Scope, scope_of
from playerdesk.tickets import Walk
from playerdesk.tickets.fields import asking_of, ticket_fields
from playerdesk.tickets.search import indexing
from playerdesk.tickets.search.windows import FIRST_ARGUMENT, Narrow

TIMEOUT_MS = 1500
"""A statement of a search is cut off then; the walk answers with what it has."""

NO_ZONE = Text(zh="没有这个时区。", en="There is no such time zone.")

FIGURES = {
    "search_lag_seconds": indexing.lag, "search_backfill_tickets": indexing.still_to_come,
    "player_search_lag_seconds": player_search.lag,
}
"""For the metrics: how far the indexes are behind."""

_OF_PLAYER: LiteralString = "t.player_id = $8"

_WITH_FILES: LiteralString = """
    EXISTS (SELECT FROM tickets.message f WHERE f.ticket_id = t.id AND f.attachments <> '[]')
"""


class Question(msgspec.Struct, kw_only=True):
    """What is looked for. `condition` is a tree of the condition language; `attachments`: only tickets that have some."""

    text: str = ""
    condition: dict[str, Any] | None = None
    attachments: bool = False
    player: int | None = None
    """Only this player's tickets."""
    whole_list: WholeList | None = msgspec.field(name="wholeList", default=None)
    """Only what this list shows."""
    zone: str = "Asia/Shanghai"
    """Whose days "today" and a date mean."""
    before: int | None = None


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """The same for the database."""

    words: Asked
    scope: Scope
    every_brand: list[int]
    narrow: Narrow
    narrowed: bool
    walk: Walk | None
    """The way through the list that was asked for, in its order; it takes no notice of the rest of the question."""


async def search_pool(dsn: str, size: int) -> Database:
    """The index is always the right way to a word, and a window's worth of entries fits into memory."""
    return await connect(
        dsn, size=size, statement_timeout_ms=TIMEOUT_MS, enable_seqscan="off", work_mem="32MB",
        application_name="playerdesk search",
    )


async def export_pool(dsn: str) -> Database:
    """Two at a time in each process; the first rows may take long to find."""
    return await connect(dsn, size=4, statement_timeout_ms=120_000, application_name="playerdesk export")


async def asked_by(reader: Reader, agent: Agent, question: Question) -> Understood:
    """The question as this person may ask it; `Rejected` when the condition makes no sense."""
    where: LiteralString = "true"
    args: list[Any] = []
    scope, walk = await scope_of(reader, agent), None
    if question.player is not None:
        where, args = _OF_PLAYER, [question.player]
    if question.whole_list is not None:
        asked = await whole(reader, agent, question.whole_list)
        scope, walk = asked.scope, asked.walk()
        fits, more = to_sql(walk.test, FIRST_ARGUMENT + len(args))
        where, args = f"{where} AND ({fits})", [*args, *more]
    if question.condition is not None:
        _check_zone(question.zone)
        tree = read(question.condition, await ticket_fields(reader))
        fits, more = to_sql(fix(tree, await asking_of(reader, agent.id, question.zone)), FIRST_ARGUMENT + len(args))
        where, args = f"{where} AND ({fits})", [*args, *more]
    if question.attachments:
        where = f"{where} AND {_WITH_FILES}"
    return Understood(
        words=understand(question.text), scope=scope,
        every_brand=[brand.id for brand in await brands(reader)], narrow=Narrow(where, args, few=question.player is not None),
        narrowed=question.attachments or any(
            each is not None for each in (question.condition, question.player, question.whole_list)
        ), walk=walk,
    )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise Rejected("no_such_zone", NO_ZONE, fields={"zone": NO_ZONE}) from None
