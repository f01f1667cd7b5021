"""Reading traces: newest first along an index, and how the chains stand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast

import msgspec

from playerdesk.kernel import Reader, Rejected, Text
from playerdesk.kernel.words import query_tokens

LARGEST_PAGE = 500


class TraceRow(msgspec.Struct, frozen=True, rename="camel"):
    """A trace as it is shown. `number` is None until it is sealed; hashes in hexadecimal."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    action: str
    kind: str
    object_id: str
    brand_id: int | None
    before: Any
    after: Any
    reason: str
    request_id: str
    ip: str
    book: str | None
    number: int | None
    prev_hash: str | None
    hash: str | None


class TraceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which traces; None does not narrow. `actor_ids` and `brand_ids` are what the reader may see.

    `people`: whose traces of no brand (signing in, exporting, being changed) she sees beside those of her brands.
    """

    actor_id: int | None = None
    actor_kind: str | None = None
    kind: str | None = None
    object_id: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    brand_id: int | None = None
    text: str = ""
    request_id: str | None = None
    brand_ids: Sequence[int] | None = None
    actor_ids: Sequence[int] | None = None
    people: Sequence[int] = ()


class TracePage(msgspec.Struct, frozen=True):
    """A page, and the mark of the next one."""

    rows: list[TraceRow]
    next: str | None


_ROW: LiteralString = """
    id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason, request_id, ip, book, number,
    encode(prev_hash, 'hex'), encode(hash, 'hex')
"""

NO_SUCH_PAGE = Text(zh="这一页已不存在，请重新搜索。", en="There is no such page any more. Please search again.")
NO_WORDS = Text(zh="请输入至少一个字或单词。", en="Please type a character or a word.")


_CONDITIONS: dict[str, LiteralString] = {
    "actor_id": "actor_id = $::bigint",
    "actor_kind": "actor_kind = $::text",
    "kind": "kind = $::text",
    "object_id": "object_id = $::text",
    "action": "action = $::text",
    "request_id": "request_id = $::text",
    "since": "at >= $::timestamptz",
    "until": "at < $::timestamptz",
    "brand_id": "brand_id = $::bigint",
    "actor_ids": "actor_kind = 'staff' AND actor_id = ANY($::bigint[])",
    "words": "words IS NOT NULL AND words @> $::text[]",
    "mark": "(at, id) < ($::timestamptz, $::bigint)",
}


def statement(narrow: TraceFilter, after: str | None, limit: int) -> tuple[LiteralString, list[Any]]:
    """The page as SQL: only the conditions there are, so that each set of them has a plan of its own."""
    asked = {name: value for name, value in msgspec.structs.asdict(narrow).items() if name in _CONDITIONS}
    if narrow.actor_id is not None and narrow.actor_kind is None:
        asked["actor_kind"] = "staff"
    asked["words"] = _words(narrow.text) if narrow.text else None
    asked["mark"] = _mark(after) if after else None
    args: list[Any] = []
    where: list[str] = []
    for name, value in asked.items():
        if value is None:
            continue
        condition: str = _CONDITIONS[name]
        for each in value if isinstance(value, tuple) else (value,):
            args.append(each)
            condition = condition.replace("$:", f"${len(args)}:", 1)
        where.append(condition)
    args.append(limit + 1)
    rest = f" ORDER BY at DESC, id DESC LIMIT ${len(args)}::int"
    if narrow.brand_ids is None:
        sql = f"SELECT {_ROW} FROM audit.trace WHERE {' AND '.join(where) or 'true'}{rest}"
    else:
        # Brand by brand, each along its index: a small game's traces must not be looked for among a large one's.
        args.append(list(narrow.brand_ids))
        each_brand = f"SELECT * FROM audit.trace WHERE {' AND '.join([*where, 'brand_id = mine.brand'])}{rest}"
        found = f"SELECT found.* FROM unnest(${len(args)}::bigint[]) AS mine (brand) CROSS JOIN LATERAL ({each_brand}) AS found"
        if narrow.people:
            args.append(list(narrow.people))
            theirs = [*where, "brand_id IS NULL", "actor_kind = 'staff'", f"actor_id = ANY(${len(args)}::bigint[])"]
            found = f"{found} UNION ALL (SELECT * FROM audit.trace WHERE {' AND '.join(theirs)}{rest})"
        sql = f"SELECT {_ROW} FROM ({found}) AS found{rest}"
    return cast("LiteralString", sql), args  # put together from the literals above


def _words(text: str) -> list[str]:
    words = query_tokens(text)
    if not words:
        raise Rejected("no_words", NO_WORDS, fields={"text": NO_WORDS})
    return words


async def traces(reader: Reader, narrow: TraceFilter, after: str | None, limit: int) -> TracePage:
    """A page of at most `limit`, newest first."""
    limit = max(1, min(limit, LARGEST_PAGE))
    sql, args = statement(narrow, after, limit)
    found = await reader.rows(TraceRow, sql, *args)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = f"{int((last.at - _EPOCH) / _MICRO)}.{last.id}"
    return TracePage(found[:limit], following)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def _mark(text: str) -> tuple[datetime, int]:
    micros, _, number = text.partition(".")
    if not (micros.isdecimal() and number.isdecimal() and len(micros) < 18 and len(number) < 19):
        raise Rejected("no_such_page", NO_SUCH_PAGE, fields={"after": NO_SUCH_PAGE})
    return _EPOCH + int(micros) * _MICRO, int(number)


class Chain(msgspec.Struct, frozen=True, rename="camel"):
    """How a book stands: sealed up to `number`, kept from `first` on."""

    book: str
    first: int
    number: int
    hash: str
    sealed_at: datetime
    anchored: int
    anchored_at: datetime


class Verification(msgspec.Struct, frozen=True, rename="camel"):
    """A walk of the chains: under way until `finished_at`; `reports` as `verifying.Report`."""

    id: int
    asked_by: int | None
    asked_at: datetime
    done: int
    total: int
    finished_at: datetime | None
    reports: list[dict[str, Any]] | None


class ChainState(msgspec.Struct, frozen=True, rename="camel"):
    """The books, how many traces wait for their seal and since when, the last finished walk and the one under way."""

    books: list[Chain]
    waiting: int
    waiting_since: datetime | None
    verified: Verification | None
    under_way: Verification | None


_CHAINS: LiteralString = """
    SELECT name, base_number + 1, number, encode(hash, 'hex'), sealed_at, anchored, anchored_at FROM audit.book ORDER BY name
"""
_WALK: LiteralString = "SELECT id, asked_by, asked_at, done, total, finished_at, reports FROM audit.verification"


async def chain_state(reader: Reader) -> ChainState:
    """How the chains stand now."""
    books = await reader.rows(Chain, _CHAINS)
    (waiting,) = await reader.fetch("SELECT count(*), min(at) FROM audit.inbox")
    verified = await reader.row(
        Verification, f"{_WALK} WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1"
    )
    under_way = await reader.row(Verification, f"{_WALK} WHERE finished_at IS NULL ORDER BY id LIMIT 1")
    return ChainState(books, waiting[0], waiting[1], verified, under_way)


async def _broken(reader: Reader) -> float:
    """How many books the last walk found altered, for the figures."""
    return float(await reader.value(
        "SELECT count(*) FROM jsonb_array_elements((SELECT reports FROM audit.verification"
        " WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1)) r WHERE r ->> 'finding' IS NOT NULL"
    ))


async def _waiting(reader: Reader) -> float:
    """For how many seconds the oldest trace has waited for its seal; more than a few: no worker."""
    return float(await reader.value("SELECT coalesce(extract(epoch FROM now() - min(at)), 0)::float8 FROM audit.inbox"))


FIGURES = {"audit_broken": _broken, "audit_waiting": _waiting}
