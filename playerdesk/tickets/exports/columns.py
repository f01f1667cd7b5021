"""What a column of an export is called and where it comes from."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.brands import brands
from playerdesk.forms import Category, categories
from playerdesk.kernel import Reader, Rejected, Text
from playerdesk.players import mask_value
from playerdesk.staff import people_by_id, queues
from playerdesk.tickets.fields import form_fields

Cell = str | int | float | None

MOST_FIELDS = 40


class Column(msgspec.Struct, frozen=True):
    """One column. `names`: which dictionary turns its number into a name; `pii`: the kind of personal data it holds."""

    title: Text
    sql: LiteralString
    names: str = ""
    pii: str = ""


def _of_player(kind: LiteralString) -> LiteralString:
    return (
        "(SELECT string_agg(i.value, ' ' ORDER BY i.id) FROM players.identity i"
        f" WHERE i.player_id = t.player_id AND i.kind = '{kind}')"
    )


COLUMNS: dict[str, Column] = {
    "id": Column(Text("单号", "Ticket"), "t.id"),
    "brand": Column(Text("游戏", "Brand"), "t.brand_id", "brand"),
    "subject": Column(Text("主题", "Subject"), "t.subject"),
    "status": Column(Text("状态", "Status"), "t.status", "status"),
    "priority": Column(Text("优先级", "Priority"), "t.priority", "priority"),
    "tier": Column(Text("玩家等级", "Tier"), "t.tier", "tier"),
    "channel": Column(Text("渠道", "Channel"), "t.channel"),
    "category": Column(Text("分类", "Category"), "t.category_id", "category"),
    "queue": Column(Text("队列", "Queue"), "t.queue_id", "queue"),
    "assignee": Column(Text("负责人", "Assignee"), "t.assignee_id", "person"),
    "player": Column(Text("玩家", "Player"), "t.player_name"),
    "character": Column(Text("角色", "Character"), "t.character_name"),
    "server": Column(Text("区服", "Server"), "t.server_name"),
    "account": Column(Text("游戏账号", "Account"), _of_player("game_account")),
    "phone": Column(Text("手机号", "Phone"), _of_player("phone"), pii="phone"),
    "email": Column(Text("邮箱", "E-mail"), _of_player("email"), pii="email"),
    "created": Column(Text("创建时间", "Created"), "t.created_at"),
    "first_response": Column(Text("首响时间", "First response"), "t.first_response_at"),
    "resolved": Column(Text("解决时间", "Resolved"), "t.resolved_at"),
    "solution": Column(Text("解决方案", "Solution"), "t.solution"),
    "rating": Column(Text("评分", "Rating"), "t.rating"),
    "reopened": Column(Text("重新打开次数", "Reopened"), "t.reopened"),
    "preview": Column(Text("最后一条消息", "Last message"), "t.preview"),
}

_VALUES: dict[str, dict[Any, Text]] = {
    "status": {
        "new": Text("新建", "New"), "open": Text("处理中", "Open"), "pending": Text("等待玩家", "Waiting for player"),
        "hold": Text("挂起", "On hold"), "resolved": Text("已解决", "Resolved"), "closed": Text("已关闭", "Closed"),
    },
    "priority": {0: Text("紧急", "Urgent"), 1: Text("高", "High"), 2: Text("普通", "Normal"), 3: Text("低", "Low")},
    "tier": {
        "high": Text("大R", "High payer"), "mid": Text("中R", "Mid payer"), "low": Text("小R", "Low payer"),
        "none": Text("普通", "Free"),
    },
}

_NO_COLUMN = Text(zh="没有这一列。", en="There is no such column.")
_NO_COLUMNS = Text(zh="请至少选择一列。", en="Choose at least one column.")


class Sheet(msgspec.Struct, frozen=True):
    """The columns that were asked for, ready to turn records into cells."""

    keys: Sequence[str]
    titles: list[str]
    sql: LiteralString
    """Their expressions, after t.id, with places from `$n` on for `args`."""
    names: Mapping[str, Mapping[Any, str]]
    columns: Sequence[Column | None]
    zone: ZoneInfo
    permissions: Collection[str]

    def cells(self, record: Any) -> list[Cell]:
        """One row; record[0] is the ticket, record[1] its form."""
        fields: dict[str, Any] = record[1] or {}
        row: list[Cell] = []
        for place, (key, column) in enumerate(zip(self.keys, self.columns, strict=True), 2):
            value = record[place] if column is not None else fields.get(key.removeprefix("field."))
            row.append(self._cell(column, value))
        return row

    def _cell(self, column: Column | None, value: Any) -> Cell:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")
        if column is not None and column.names:
            return self.names[column.names].get(value, str(value))
        if column is not None and column.pii:
            return " ".join(mask_value(column.pii, each, self.permissions) for each in str(value).split(" "))
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


async def sheet_of(
    reader: Reader, keys: Sequence[str], language: str, zone: str, permissions: Collection[str]
) -> Sheet:
    """These columns in this order; `field.<key>` is a field of a form."""
    known = await categories(reader)
    forms = form_fields(known)
    for key in keys:
        if key not in COLUMNS and key not in forms:
            raise Rejected("no_such_column", _NO_COLUMN, fields={"columns": _NO_COLUMN})
    if not keys or len(set(keys)) != len(keys) or len(keys) > len(COLUMNS) + MOST_FIELDS:
        raise Rejected("no_columns", _NO_COLUMNS, fields={"columns": _NO_COLUMNS})
    columns = [COLUMNS.get(key) for key in keys]
    sql: LiteralString = "t.id, t.fields"
    for column in columns:
        sql += ", " + (column.sql if column is not None else "NULL")
    labels = {key: field.label.pick(language) if field.label else key for key, field in forms.items()}
    titles = [column.title.pick(language) if column is not None else labels[key] for key, column in zip(keys, columns, strict=True)]
    return Sheet(keys, titles, sql, await _names(reader, language, known), columns, ZoneInfo(zone), permissions)


async def _names(reader: Reader, language: str, known: Sequence[Category]) -> dict[str, dict[Any, str]]:
    """What a number or a key in a cell is called, by what kind of thing it is."""
    people: list[int] = [row[0] for row in await reader.fetch("SELECT id FROM staff.person")]
    return {
        **{kind: {value: text.pick(language) for value, text in texts.items()} for kind, texts in _VALUES.items()},
        "brand": {brand.id: brand.name.pick(language) for brand in await brands(reader)},
        "category": {category.id: category.name.pick(language) for category in known},
        "queue": {queue.id: queue.name.pick(language) for queue in await queues(reader)},
        "person": {person.id: person.name for person in (await people_by_id(reader, people)).values()},
    }
