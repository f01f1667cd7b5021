"""What segments can ask about a player: the columns of her portrait.

SQL pieces call the portrait `t`; `read` takes the same from a `Portrait`. The two are compared by a property test.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, LiteralString

import msgspec

from playerdesk.brands import brands
from playerdesk.kernel import Reader, Remembered, Text, now
from playerdesk.kernel.conditions import Asking, Field, Fields
from playerdesk.staff import people

_TIERS: dict[Any, LiteralString] = {"high": "'high'", "mid": "'mid'", "low": "'low'", "none": "'none'"}
_REALNAMES: dict[Any, LiteralString] = {"adult": "'adult'", "minor": "'minor'", "unverified": "'unverified'"}
_LANGUAGES: dict[Any, LiteralString] = {"zh": "'zh'", "en": "'en'"}


class Portrait(msgspec.Struct, frozen=True, rename="camel"):
    """A row of players.portrait, in the order of its columns."""

    player_id: int
    brands: list[str]
    tier: str
    language: str
    manager_id: int | None
    spent_7d: int
    spent_30d: int
    spent_90d: int
    spent_total: int
    last_purchase_at: datetime | None
    level: int | None
    characters: int
    servers: list[str]
    registered_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime | None
    last_login_at: datetime | None
    sessions_7d: int
    sessions_30d: int
    penalties: int
    penalties_90d: int
    realname: str | None
    age: int | None
    tickets_open: int
    tickets_7d: int
    tickets_30d: int
    tickets_total: int
    last_ticket_at: datetime | None
    rating_last: int | None
    rating_average: Decimal | None
    tags: list[str]


def _always(column: str, sql: LiteralString, kind: Any, zh: str, en: str, **more: Any) -> Field:
    name = column.removesuffix("_at")
    return Field(name=name, kind=kind, sql=sql, read=attrgetter(column), nullable=False, label=Text(zh, en), **more)


def _maybe(column: str, sql: LiteralString, kind: Any, zh: str, en: str, **more: Any) -> Field:
    name = column.removesuffix("_at").removesuffix("_id")
    return Field(name=name, kind=kind, sql=sql, read=attrgetter(column), label=Text(zh, en), **more)


_PLAIN = (
    _always("tier", "t.tier", "choice", "付费分层", "Tier", choices=_TIERS),
    _always("spent_30d", "t.spent_30d", "money", "近 30 天消费", "Spent in 30 days"),
    _always("spent_90d", "t.spent_90d", "money", "近 90 天消费", "Spent in 90 days"),
    _always("spent_7d", "t.spent_7d", "money", "近 7 天消费", "Spent in 7 days"),
    _always("spent_total", "t.spent_total", "money", "累计消费", "Spent altogether"),
    _maybe("last_purchase_at", "t.last_purchase_at", "time", "最近一次充值", "Last purchase"),
    _maybe("last_login_at", "t.last_login_at", "time", "最近一次登录游戏", "Last game session"),
    _always("sessions_7d", "t.sessions_7d", "number", "近 7 天登录次数", "Game sessions in 7 days"),
    _always("sessions_30d", "t.sessions_30d", "number", "近 30 天登录次数", "Game sessions in 30 days"),
    _maybe("last_seen_at", "t.last_seen_at", "time", "最近一次出现", "Last seen"),
    _always("first_seen_at", "t.first_seen_at", "time", "首次出现", "First seen"),
    _maybe("registered_at", "t.registered_at", "time", "注册时间", "Registered"),
    _maybe("level", "t.level", "number", "最高等级", "Highest level"),
    _always("characters", "t.characters", "number", "角色数", "Characters"),
    _maybe("manager_id", "t.manager_id", "person", "专属客服", "VIP manager"),
    _always("tickets_open", "t.tickets_open", "number", "未完成工单数", "Open tickets"),
    _always("tickets_7d", "t.tickets_7d", "number", "近 7 天工单数", "Tickets in 7 days"),
    _always("tickets_30d", "t.tickets_30d", "number", "近 30 天工单数", "Tickets in 30 days"),
    _always("tickets_total", "t.tickets_total", "number", "累计工单数", "Tickets altogether"),
    _maybe("last_ticket_at", "t.last_ticket_at", "time", "最近一次求助", "Last ticket"),
    _maybe("rating_last", "t.rating_last", "number", "最近一次评分", "Last rating"),
    _maybe("rating_average", "t.rating_average", "number", "平均评分", "Average rating"),
    _always("penalties", "t.penalties", "number", "生效中的处罚数", "Penalties in force"),
    _always("penalties_90d", "t.penalties_90d", "number", "近 90 天处罚数", "Penalties in 90 days"),
    _maybe("realname", "t.realname", "choice", "实名状态", "Real-name check", choices=_REALNAMES),
    _maybe("age", "t.age", "number", "实名年龄", "Age by real name"),
    _always("language", "t.language", "choice", "语言", "Language", choices=_LANGUAGES),
)

SPEND_FIELDS = frozenset({"spent_7d", "spent_30d", "spent_90d", "spent_total", "last_purchase"})
"""Asked about and shown only by who may read what players spend."""

NAMES: Mapping[str, Mapping[str, Text]] = {
    "tier": {"high": Text("大R", "High payer"), "mid": Text("中R", "Mid payer"), "low": Text("小R", "Low payer"),
             "none": Text("普通", "Free player")},
    "realname": {"adult": Text("成年", "Adult"), "minor": Text("未成年", "Minor"), "unverified": Text("未实名", "Not verified")},
    "language": {"zh": Text("中文", "Chinese"), "en": Text("英语", "English")},
}


def fields_with(brand_keys: Sequence[str], servers: Sequence[str], tags: Sequence[str]) -> Fields:
    """The fields, with what there is to choose from."""
    return Fields(
        _always("brands", "t.brands", "tags", "所玩游戏", "Games played", options=list(brand_keys)),
        *_PLAIN,
        _always("servers", "t.servers", "tags", "所在区服", "Servers", options=list(servers)),
        _always("tags", "t.tags", "tags", "手工标签", "Tags set by hand", options=list(tags)),
    )


_CHOICES: LiteralString = """
    SELECT array(SELECT key FROM brands.brand WHERE $1::text[] IS NULL OR key = ANY($1) ORDER BY id),
        array(SELECT b.key || '/' || s.key FROM brands.server s JOIN brands.brand b ON b.id = s.brand_id
              WHERE $1::text[] IS NULL OR b.key = ANY($1) ORDER BY b.id, s.key LIMIT 500),
        array(SELECT key FROM players.tag WHERE retired_at IS NULL ORDER BY key)
"""


async def player_fields(reader: Reader, brand_keys: Sequence[str] | None = None) -> Fields:
    """What can be asked about a player just now; with keys: what is offered to somebody who works for these brands."""
    return fields_with(*(await reader.fetch(_CHOICES, brand_keys))[0])


async def names_of(reader: Reader, brand_keys: Sequence[str] | None = None) -> dict[str, dict[str, Text]]:
    """What the values of each field are called, where they have names."""
    known = [each for each in await brands(reader) if brand_keys is None or each.key in brand_keys]
    servers = await reader.fetch(
        "SELECT b.key || '/' || s.key, s.name FROM brands.server s JOIN brands.brand b ON b.id = s.brand_id"
        " WHERE $1::text[] IS NULL OR b.key = ANY($1) LIMIT 500", brand_keys,
    )
    tags = await reader.fetch("SELECT key, body -> 'name' FROM players.tag WHERE retired_at IS NULL")
    return {
        **{field: dict(names) for field, names in NAMES.items()},
        "brands": {each.key: each.name for each in known},
        "servers": {row[0]: Text(row[1], row[1]) for row in servers},
        "tags": {row[0]: Text(**row[1]) for row in tags},
    }


_named: Remembered[str, dict[tuple[str, str], list[int]]] = Remembered(5.0)


async def asking_about_players(reader: Reader, at: datetime | None = None) -> Asking:
    """What a segment's condition means now: people are known by their logins, nobody asks."""
    known = _named.get(reader, "all")
    if known is None:
        known = _named.put(reader, "all", {("person", each.login): [each.id] for each in await people(reader)})
    return Asking(now=at or now(), named=known)
