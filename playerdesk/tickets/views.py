"""The lists agents work from. Each view is an index walked from a cursor, never a sort."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast

import msgspec

from playerdesk.kernel import Reader, Rejected, Text
from playerdesk.staff import Scope
from playerdesk.tickets.encoded import encoded_rows
from playerdesk.tickets.queries import TicketRow

BAD_CURSOR = Text(zh="翻页标记无效，请刷新列表。", en="This page mark is not valid. Please refresh the list.")
NO_SUCH_VIEW = Text(zh="没有这个列表。", en="There is no such list.")
LARGEST_PAGE = 500
_LARGEST_ID = (1 << 63) - 1


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """Rows, each a `TicketRow` as JSON, and the mark of the page after them; None at the end."""

    rows: list[msgspec.Raw]
    next: str | None

    @property
    def typed(self) -> list[TicketRow]:
        """The rows as what they are once decoded, for answers that say their shape."""
        return cast("list[TicketRow]", self.rows)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What narrows a view; brands always does, for staff see their own brands only."""

    brand_ids: Sequence[int]
    person_id: int
    queue_id: int | None = None
    channel: str | None = None
    tier: str | None = None
    player_id: int | None = None
    scope: Scope | None = None
    """What else narrows it: whose tickets these eyes reach."""


class _View(msgspec.Struct, frozen=True):
    """Where it looks, by what it is ordered, whose it is, and whether the newest come first."""

    where: LiteralString
    order: LiteralString
    subject: str | None = None
    newest_first: bool = False


_OPEN: LiteralString = "status IN ('new', 'open', 'pending', 'hold')"
_IN_HAND: LiteralString = f"assignee_id = $2 AND assignee_id IS NOT NULL AND {_OPEN}"
_WAITING: LiteralString = "assignee_id IS NULL AND status IN ('new', 'open')"

VIEWS: dict[str, _View] = {
    "mine": _View(_IN_HAND, "rank_at", "person"),
    # Somebody's work as a lead looks at it, and the two halves of it that her load counts.
    "person": _View(_IN_HAND, "rank_at", "person"),
    "person-chats": _View(f"{_IN_HAND} AND live", "rank_at", "person"),
    "person-tickets": _View(f"{_IN_HAND} AND NOT live AND status IN ('new', 'open')", "rank_at", "person"),
    "queue": _View(f"queue_id = $2 AND {_WAITING}", "rank_at", "queue"),
    "player": _View("player_id = $2", "id", "player", newest_first=True),
    "unassigned": _View(_WAITING, "rank_at"),
    "open": _View(_OPEN, "rank_at"),
    "pending": _View("status IN ('pending', 'hold')", "rank_at"),
    # What sleeps, in the order of waking.
    "snoozed": _View("snoozed_until IS NOT NULL", "snoozed_until"),
    # What is late, and what was solved to the player's displeasure, until it is closed.
    "escalated": _View(f"escalated_at IS NOT NULL AND ({_OPEN} OR (status = 'resolved' AND rating <= 2))", "escalated_at"),
    "resolved": _View("resolved_at IS NOT NULL", "resolved_at", newest_first=True),
    "recent": _View("true", "created_at", newest_first=True),
}

# Placeholders are literal text too, so that no string of a caller can ever be part of a statement.
_PLACES: tuple[LiteralString, ...] = ("$0", "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9")
_COLUMNS: dict[str, LiteralString] = {"channel": "channel", "tier": "tier"}


def _cursor(text: str) -> tuple[datetime, int]:
    try:
        micros, ticket_id = text.split(".")
        return _EPOCH + timedelta(microseconds=int(micros)), min(int(ticket_id), _LARGEST_ID)
    except (ValueError, OverflowError):
        raise Rejected("bad_cursor", BAD_CURSOR, fields={"after": BAD_CURSOR}) from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _mark(at: datetime, ticket_id: int) -> str:
    # Whole microseconds: a float of seconds would skip or repeat a row.
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{ticket_id}"


def statement(view: str, narrow: Filter, after: str | None, limit: int) -> tuple[LiteralString, list[Any]]:
    """The statement of one page and its arguments. Brands are walked one by one and merged.

    So each is an index range and none is sorted as a whole.
    """
    shape = VIEWS.get(view)
    if shape is None:
        raise Rejected("no_such_view", NO_SUCH_VIEW, fields={"view": NO_SUCH_VIEW})
    subjects = {"person": narrow.person_id, "queue": narrow.queue_id, "player": narrow.player_id}
    args: list[Any] = [list(narrow.brand_ids), limit]
    where: LiteralString = shape.where
    if shape.subject is not None:
        args[1:] = [subjects[shape.subject] or 0, limit]
    size = _PLACES[len(args)]
    for column, value in (("channel", narrow.channel), ("tier", narrow.tier)):
        if value is not None:
            args.append(value)
            where += f" AND {_COLUMNS[column]} = {_PLACES[len(args)]}"
    direction: LiteralString = "DESC" if shape.newest_first else "ASC"
    order: LiteralString = "id DESC" if shape.order == "id" else f"{shape.order} {direction}, id {direction}"
    if narrow.scope is not None and narrow.scope.person_ids is not None:
        args += [list(narrow.scope.person_ids), list(narrow.scope.queue_ids or ())]
        people, lines = _PLACES[len(args) - 1], _PLACES[len(args)]
        where += f" AND (assignee_id = ANY({people}::bigint[]) OR (assignee_id IS NULL AND queue_id = ANY({lines}::bigint[])))"
    if after is not None:
        where += _beyond(shape, _cursor(after), args)
    place: LiteralString = "created_at" if shape.order == "id" else shape.order
    if shape.subject is not None:
        sql: LiteralString = (
            f"SELECT id, xmin, {place} FROM tickets.ticket WHERE {where} AND brand_id = ANY($1::bigint[])"
            f" ORDER BY {order} LIMIT {size}"
        )
        return sql, args
    return (
        f"SELECT id, version, {place} FROM unnest($1::bigint[]) AS b (b) CROSS JOIN LATERAL ("
        f" SELECT id, xmin AS version, {place} FROM tickets.ticket WHERE brand_id = b AND {where} ORDER BY {order} LIMIT {size}"
        f") AS t ORDER BY {order} LIMIT {size}"
    ), args


def _beyond(shape: _View, mark: tuple[datetime, int], args: list[Any]) -> LiteralString:
    if shape.order == "id":
        args.append(mark[1])
        return f" AND id < {_PLACES[len(args)]}"
    args.extend(mark)
    sign: LiteralString = "<" if shape.newest_first else ">"
    at, row_id = _PLACES[len(args) - 1], _PLACES[len(args)]
    return f" AND ({shape.order}, id) {sign} ({at}::timestamptz, {row_id}::bigint)"


async def page(reader: Reader, view: str, narrow: Filter, after: str | None, limit: int) -> Page:
    """One page of a view. `after` is the `next` of the page before."""
    limit = max(1, min(limit, LARGEST_PAGE))
    sql, args = statement(view, narrow, after, limit)
    found = await reader.fetch(sql, *args)
    rows = await encoded_rows(reader, [(record[0], record[1]) for record in found])
    return Page(rows, _mark(found[-1][2], found[-1][0]) if len(found) == limit else None)
