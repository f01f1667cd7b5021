"""What conditions can ask about a ticket: its columns, and the fields of the forms as `field.<key>`.

SQL pieces call the ticket `t`; `read` takes the same from a `Detail`. The two are compared by a property test.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, LiteralString

from playerdesk.brands import brands
from playerdesk.forms import Category, categories, leaves, merged_categories
from playerdesk.forms import Field as FormField
from playerdesk.kernel import Reader, Remembered, now
from playerdesk.kernel.conditions import Asking, Field, Fields
from playerdesk.staff import people, queues, team_of

STATUSES: dict[Any, LiteralString] = {
    "new": "'new'", "open": "'open'", "pending": "'pending'", "hold": "'hold'", "resolved": "'resolved'", "closed": "'closed'",
}
_TIERS: dict[Any, LiteralString] = {"high": "'high'", "mid": "'mid'", "low": "'low'", "none": "'none'"}
_PRIORITIES: dict[Any, LiteralString] = {0: "0", 1: "1", 2: "2", 3: "3"}
_AUTHORS: dict[Any, LiteralString] = {"player": "'player'", "staff": "'staff'", "system": "'system'"}
_DUE_KINDS: dict[Any, LiteralString] = {"first": "'first'", "next": "'next'", "resolution": "'resolution'"}


def _always(name: str, kind: Any, sql: LiteralString, column: str, **more: Any) -> Field:
    return Field(name=name, kind=kind, sql=sql, read=attrgetter(column), nullable=False, **more)


def _maybe(name: str, kind: Any, sql: LiteralString, column: str, **more: Any) -> Field:
    return Field(name=name, kind=kind, sql=sql, read=attrgetter(column), **more)


_FIXED = (
    _always("status", "choice", "t.status", "status", choices=STATUSES),
    _always("priority", "choice", "t.priority", "priority", choices=_PRIORITIES),
    _always("tier", "choice", "t.tier", "tier", choices=_TIERS),
    _maybe("assignee", "person", "t.assignee_id", "assignee_id"),
    _maybe("queue", "queue", "t.queue_id", "queue_id"),
    _maybe("category", "category", "t.category_id", "category_id"),
    _always("brand", "brand", "t.brand_id", "brand_id"),
    _always("channel", "word", "t.channel", "channel"),
    _always("live", "bool", "t.live", "live"),
    _always("language", "word", "t.language", "language"),
    _maybe("waiting_since", "time", "t.waiting_since", "waiting_since"),
    _maybe("due", "time", "t.due_at", "due_at"),
    _maybe("due_kind", "choice", "t.due_kind", "due_kind", choices=_DUE_KINDS),
    _always("breached", "bool", "t.breached", "breached"),
    Field(
        name="escalated", kind="bool", sql="(t.escalated_at IS NOT NULL)", nullable=False,
        read=lambda row: row.escalated_at is not None,
    ),
    Field(
        name="snoozed", kind="bool", sql="(t.snoozed_until IS NOT NULL)", nullable=False,
        read=lambda row: row.snoozed_until is not None,
    ),
    _always("created", "time", "t.created_at", "created_at"),
    _always("updated", "time", "t.updated_at", "updated_at"),
    _always("last_message", "time", "t.last_message_at", "last_message_at"),
    _always("last_author", "choice", "t.last_author", "last_author", choices=_AUTHORS),
    _maybe("assigned", "time", "t.assigned_at", "assigned_at"),
    _maybe("first_response", "time", "t.first_response_at", "first_response_at"),
    _maybe("resolved", "time", "t.resolved_at", "resolved_at"),
    _maybe("closed", "time", "t.closed_at", "closed_at"),
    _maybe("rating", "number", "t.rating", "rating"),
    _always("reopened", "number", "t.reopened", "reopened"),
    _always("unread", "number", "t.staff_unread", "staff_unread"),
    _always("subject", "text", "t.subject", "subject"),
    _always("preview", "text", "t.preview", "preview"),
    _maybe("solution", "text", "t.solution", "solution"),
    _always("player", "text", "t.player_name", "player_name"),
    _maybe("character", "text", "t.character_name", "character_name"),
    _maybe("server", "word", "t.server_key", "server_key"),
    _maybe("server_name", "text", "t.server_name", "server_name"),
    _always("tags", "tags", "t.tags", "tags"),
)

# A form is JSON that was checked when it was filled; a field may have had another kind then, so each value is looked at.
_TEXT: LiteralString = "(CASE WHEN jsonb_typeof(t.fields -> {key}) = 'string' THEN t.fields ->> {key} END)"
_NUMBER: LiteralString = "(CASE WHEN jsonb_typeof(t.fields -> {key}) = 'number' THEN (t.fields ->> {key})::numeric END)"
# Times are kept as UTC texts of one shape, so to the second they compare as texts; a cast could fail on an old value.
_TIME: LiteralString = (
    "(CASE WHEN (t.fields ->> {key}) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$'"
    """ THEN left(t.fields ->> {key}, 19) END) COLLATE "C\""""
)
# Several choices, or files: the texts of a list.
_LIST: LiteralString = (
    "(CASE WHEN jsonb_typeof(t.fields -> {key}) = 'array' THEN ARRAY("
    "SELECT e #>> '{}' FROM jsonb_array_elements(t.fields -> {key}) AS e WHERE jsonb_typeof(e) = 'string') END)"
)
_BOOL: LiteralString = "(CASE WHEN jsonb_typeof(t.fields -> {key}) = 'boolean' THEN (t.fields ->> {key})::boolean END)"
_TIME_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z")


def _text_of(key: str) -> Callable[[Any], Any]:
    def read(row: Any) -> str | None:
        value = row.fields.get(key)
        return value if isinstance(value, str) else None

    return read


def _number_of(key: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Decimal | None:
        value = row.fields.get(key)
        return None if isinstance(value, bool) or not isinstance(value, int | float) else Decimal(str(value))

    return read


def _time_of(key: str) -> Callable[[Any], Any]:
    def read(row: Any) -> str | None:
        value = row.fields.get(key)
        return value[:19] if isinstance(value, str) and _TIME_SHAPE.fullmatch(value) else None

    return read


def _list_of(key: str) -> Callable[[Any], Any]:
    def read(row: Any) -> list[str] | None:
        value = row.fields.get(key)
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else None

    return read


def _bool_of(key: str) -> Callable[[Any], Any]:
    def read(row: Any) -> bool | None:
        value = row.fields.get(key)
        return value if isinstance(value, bool) else None

    return read


def _seconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _of_form(field: FormField) -> Field:
    name, key = f"field.{field.key}", field.key
    if field.kind in ("number", "money"):
        kind: Any = field.kind
        return Field(name=name, kind=kind, sql=_NUMBER, read=_number_of(key), argument=key, label=field.label)
    if field.kind == "datetime":
        return Field(
            name=name, kind="time", sql=_TIME, read=_time_of(key), argument=key, label=field.label, type="text", stored=_seconds
        )
    if field.kind in ("choices", "file"):
        return Field(name=name, kind="tags", sql=_LIST, read=_list_of(key), argument=key, label=field.label)
    if field.kind == "consent":
        return Field(name=name, kind="bool", sql=_BOOL, read=_bool_of(key), argument=key, label=field.label)
    options = [option.key for option in leaves(field.options)] if field.kind in ("choice", "tree") else None
    return Field(
        name=name, kind="choice" if options else "text", sql=_TEXT, read=_text_of(key), argument=key, options=options,
        label=field.label,
    )


def form_fields(known: Sequence[Category]) -> dict[str, Field]:
    """The fields of all forms by their name. Where two forms disagree about the kind of one, it is a text."""
    found: dict[str, Field] = {}
    for form in (each for category in known for each in category.fields):
        field = _of_form(form)
        other = found.get(field.name)
        if other is None:
            found[field.name] = field
        elif other.kind != field.kind:
            found[field.name] = Field(
                name=field.name, kind="text", sql=_TEXT, read=_text_of(form.key), argument=form.key, label=other.label
            )
        elif other.options is not None and field.options is not None:
            both = list(dict.fromkeys([*other.options, *field.options]))
            found[field.name] = Field(
                name=field.name, kind="choice", sql=_TEXT, read=other.read, argument=form.key, options=both, label=other.label
            )
    return found


async def ticket_fields(reader: Reader) -> Fields:
    """What can be asked about a ticket just now."""
    found = form_fields(await categories(reader))
    return Fields(*_FIXED, *found.values())


def subtrees(known: Sequence[Category], merged: Mapping[int, int] = {}) -> Mapping[int, Sequence[int]]:
    """Each category with all that stand below it, itself first; those that were merged mean each other."""
    children: dict[int | None, list[int]] = {}
    for category in known:
        children.setdefault(category.parent_id, []).append(category.id)

    def below(category_id: int, seen: frozenset[int]) -> list[int]:
        # A ring can be written into the table; it must not hang the desk.
        if category_id in seen:
            return []
        found = [below(child, seen | {category_id}) for child in children.get(category_id, ())]
        return [category_id, *(each for part in found for each in part)]

    for source, target in merged.items():
        children.setdefault(target, []).append(source)
    found = {category.id: below(category.id, frozenset()) for category in known}
    return found | {source: [source, *found[target]] for source, target in merged.items() if target in found}


_named: Remembered[str, dict[tuple[str, str], list[int]]] = Remembered(5.0)


async def named(reader: Reader) -> dict[tuple[str, str], list[int]]:
    """The numbers behind the keys that conditions may mention; remembered for a few seconds."""
    known_names = _named.get(reader, "all")
    if known_names is not None:
        return known_names
    found: dict[tuple[str, str], list[int]] = {}
    for kind, known in (
        ("category", await categories(reader)), ("queue", await queues(reader)), ("brand", await brands(reader)),
    ):
        for each in known:
            found.setdefault((kind, each.key), []).append(each.id)
    # A key that was merged away means the category it went into, which means the old one, too.
    for category in await categories(reader):
        for alias in category.aliases:
            found.setdefault(("category", alias), []).append(category.id)
    for person in await people(reader):
        found["person", person.login] = [person.id]
    return _named.put(reader, "all", found)


async def _below(reader: Reader) -> Mapping[int, Sequence[int]]:
    return subtrees(await categories(reader), await merged_categories(reader))


async def asking_of(reader: Reader, person_id: int, zone: str = "Asia/Shanghai") -> Asking:
    """What "me", "my team" (everybody in my queues) and "-3d" mean for this person now."""
    team = await team_of(reader, person_id)
    return Asking(
        now=now(), me=person_id, my_team=team.person_ids, my_queues=team.queue_ids, zone=zone,
        below=await _below(reader), named=await named(reader),
    )


async def asking_by_itself(reader: Reader, zone: str = "Asia/Shanghai") -> Asking:
    """What a document's condition means now, when no person asks: keys are known, "me" is nobody."""
    return Asking(now=now(), zone=zone, below=await _below(reader), named=await named(reader))
