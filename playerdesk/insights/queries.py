"""Figures from the rollups, and the tickets behind each of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import LiteralString

import msgspec

from playerdesk.insights.rules import add_up, bucket, quantile
from playerdesk.kernel import Reader, Rejected, Text
from playerdesk.staff import Scope
from playerdesk.tickets import scope_sql

BAD_CURSOR = Text(zh="翻页标记无效，请刷新列表。", en="This page mark is not valid. Please refresh the list.")
NO_SUCH_METRIC = Text(zh="没有这个指标。", en="There is no such figure.")
WHICH_DAY = Text(zh="请指定日期或小时。", en="Please say which day or hour.")


class Figures(msgspec.Struct, frozen=True, rename="camel"):
    """What was done in some stretch of time."""

    opened: int
    first_responses: int
    first_response_average: float | None
    first_response_p90: float | None
    within: int
    within_percent: float | None
    resolved: int
    rated: int
    satisfaction: float | None
    reopened: int
    breached: int


class HourOfChannel(msgspec.Struct, frozen=True):
    """One metric of one channel in one hour."""

    hour: datetime
    channel: str
    metric: str
    n: int
    total: float
    within: int
    histogram: list[int]


async def hours_of(reader: Reader, brand_ids: Sequence[int], day: date) -> list[HourOfChannel]:
    """The rollup of a day, in each brand's own time zone."""
    return await reader.rows(
        HourOfChannel,
        "SELECT hour, value, metric, n, total, within, histogram FROM insights.hour"
        " WHERE dimension = 'channel' AND brand_id = ANY($1::bigint[]) AND day = $2 ORDER BY hour, value",
        list(brand_ids), day,
    )


# The facts of the day themselves, of those tickets only that her eyes reach: the same that a drill shows her.
_SCOPED: LiteralString = """
    SELECT f.hour, f.channel, f.metric, count(*), sum(f.measure), count(*) FILTER (WHERE f.met),
           array_agg(f.measure) FILTER (WHERE f.metric = 'first_response')
    FROM insights.fact f JOIN tickets.ticket t ON t.id = f.ticket_id
    WHERE f.brand_id = ANY($1::bigint[]) AND f.metric = ANY($2::text[]) AND f.day = $3 AND {scope}
    GROUP BY 1, 2, 3 ORDER BY 1, 2
"""


async def hours_within(reader: Reader, brand_ids: Sequence[int], day: date, scope: Scope) -> list[HourOfChannel]:
    """The same hours, counted over the tickets somebody of limited sight may see now."""
    where, args = scope_sql(scope, 4)
    sql: LiteralString = _SCOPED.replace("{scope}", where)
    found: list[HourOfChannel] = []
    for hour, channel, metric, n, total, within, waits in await reader.fetch(
        sql, list(brand_ids), sorted({name for name, _ in DRILLS.values()}), day, *args
    ):
        counted: list[int] = []
        for seconds in waits or ():
            counted = add_up((counted, [0] * bucket(seconds) + [1]))
        found.append(HourOfChannel(hour, channel, metric, n, total, within, counted))
    return found


def figures(rows: Iterable[HourOfChannel]) -> Figures:
    """Add up hours; averages and quantiles are taken of the sums, never of averages."""
    n: dict[str, int] = {}
    total: dict[str, float] = {}
    within = 0
    waits: list[list[int]] = []
    for row in rows:
        n[row.metric] = n.get(row.metric, 0) + row.n
        total[row.metric] = total.get(row.metric, 0.0) + row.total
        within += row.within
        if row.metric == "first_response":
            waits.append(row.histogram)
    return Figures(
        opened=n.get("opened", 0),
        first_responses=n.get("first_response", 0),
        first_response_average=_ratio(total.get("first_response", 0.0), n.get("first_response", 0)),
        first_response_p90=_rounded(quantile(add_up(waits), 0.9)),
        within=within,
        within_percent=_ratio(100.0 * within, n.get("first_clock", 0)),
        resolved=n.get("resolved", 0),
        rated=n.get("rated", 0),
        satisfaction=_ratio(total.get("rated", 0.0), n.get("rated", 0)),
        reopened=n.get("reopened", 0),
        breached=n.get("breached", 0),
    )


def _ratio(total: float, n: int) -> float | None:
    return round(total / n, 2) if n else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


# -- the tickets behind a figure

DRILLS: dict[str, tuple[str, bool | None]] = {
    "opened": ("opened", None),
    "first_response": ("first_response", None),
    "within": ("first_clock", True),
    "missed": ("first_clock", False),
    "resolved": ("resolved", None),
    "rated": ("rated", None),
    "reopened": ("reopened", None),
    "breached": ("breached", None),
}
"""What a person may ask to see, as (metric of the facts, in time or not)."""

LARGEST_PAGE = 200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# An hour belongs to one day of a brand, which lies within a day of the same date in UTC.
DRILL: LiteralString = """
    SELECT f.at, f.ticket_id
    FROM unnest($1::bigint[]) AS b (brand_id) CROSS JOIN LATERAL (
        SELECT at, ticket_id FROM insights.fact
        WHERE brand_id = b.brand_id AND metric = $2 AND day BETWEEN $3 AND $4
          AND ($5::boolean IS NULL OR met = $5) AND ($6::timestamptz IS NULL OR hour = $6)
          AND ($7::text IS NULL OR channel = $7) AND (at, ticket_id) < ($8, $9)
        ORDER BY at DESC, ticket_id DESC LIMIT $10
    ) AS f
    ORDER BY f.at DESC, f.ticket_id DESC LIMIT $10
"""


async def drill_page(
    reader: Reader, metric: str, brand_ids: Sequence[int], *, hour: datetime | None = None, day: date | None = None,
    channel: str | None = None, after: str | None = None, limit: int = 50,
) -> tuple[list[int], str | None]:
    """A page of the tickets a figure counts, newest first, and the mark of the next page."""
    if metric not in DRILLS:
        raise Rejected("no_such_metric", NO_SUCH_METRIC, fields={"metric": NO_SUCH_METRIC})
    limit = max(1, min(limit, LARGEST_PAGE))
    first, last = _days(hour, day)
    name, met = DRILLS[metric]
    at, ticket_id = (datetime.max.replace(tzinfo=UTC), 0) if after is None else _cursor(after)
    rows = await reader.fetch(
        DRILL, list(brand_ids), name, first, last, met, hour, channel, at, ticket_id, limit + 1
    )
    page = rows[:limit]
    more = len(rows) > limit
    return [row[1] for row in page], _mark(page[-1][0], page[-1][1]) if more else None


def _days(hour: datetime | None, day: date | None) -> tuple[date, date]:
    if day is not None:
        return day, day
    if hour is None:
        raise Rejected("which_day", WHICH_DAY, fields={"day": WHICH_DAY})
    utc = hour.astimezone(UTC).date()
    return utc - timedelta(days=1), utc + timedelta(days=1)


def _cursor(text: str) -> tuple[datetime, int]:
    try:
        micros, ticket_id = text.split(".")
        return _EPOCH + timedelta(microseconds=int(micros)), int(ticket_id)
    except (ValueError, OverflowError):
        raise Rejected("bad_cursor", BAD_CURSOR, fields={"after": BAD_CURSOR}) from None


def _mark(at: datetime, ticket_id: int) -> str:
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{ticket_id}"
