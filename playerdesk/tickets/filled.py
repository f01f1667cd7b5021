"""What a ticket was filled with, in the words of the very form it was filled with; and correcting it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.brands import servers
from playerdesk.forms import Field, category_by_id, fill, form_version
from playerdesk.kernel import Reader, Rejected, Text, Tx
from playerdesk.players import Pick, characters_of, purchases_of
from playerdesk.tickets.events import TicketChanged
from playerdesk.tickets.standing import Line, Step, append, facts, lock_one, save

UNKNOWN = Text(
    zh="这张工单的表单里没有这一项，或不能在这里修改。", en="This ticket's form has no such field, or it is not changed here."
)
WRONG = Text(zh="有内容没有填好，请按提示修改。", en="Something is not right yet. Please mend what is marked.")
_READ_ONLY = ("file", "consent")
"""What only the player can give."""


class FieldAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """One field with what was filled in. `pick` is what a picked key stands for; None: nothing of hers has this key."""

    field: Field
    value: Any
    editable: bool
    pick: Pick | None = None


class FilledForm(msgspec.Struct, frozen=True, rename="camel"):
    """`version` 0: filled before there were versions. `newer`: the form has changed since."""

    key: str
    name: Text | None
    version: int
    newer: bool
    answers: list[FieldAnswer]


class _Asked(msgspec.Struct, frozen=True):
    brand_id: int
    player_id: int
    category_id: int | None
    form_version_id: int | None
    fields: dict[str, Any]


_TICKET: LiteralString = "SELECT brand_id, player_id, category_id, form_version_id, fields FROM tickets.ticket WHERE id = $1"


async def _definition(reader: Reader, asked: _Asked) -> tuple[list[Field], str, Text | None, int, bool]:
    """Its own version; after a change of category also what the new one's form asks besides."""
    own = None if asked.form_version_id is None else await form_version(reader, asked.form_version_id)
    category = None if asked.category_id is None else await category_by_id(reader, asked.category_id)
    version_id = category.form_version_id if category else None
    now = None if version_id is None else await form_version(reader, version_id)
    if own is None:
        return ([], "", None, 0, False) if now is None else (now.fields, now.key, now.name, 0, False)
    if now is None or now.form_id == own.form_id:
        return own.fields, own.key, own.name, own.number, now is not None and now.id != own.id
    known = {field.key for field in own.fields}
    return [*own.fields, *(field for field in now.fields if field.key not in known)], own.key, own.name, own.number, False


async def filled_form(reader: Reader, ticket_id: int) -> FilledForm:
    """Every field of its form, filled or not, as its version calls them; the caller has seen the ticket."""
    asked = await reader.row(_Asked, _TICKET, ticket_id)
    assert asked is not None
    fields, key, name, version, newer = await _definition(reader, asked)
    picks = await _picks(reader, asked, fields)
    return FilledForm(key, name, version, newer, [
        FieldAnswer(field, asked.fields.get(field.key), _editable(field), picks.get((field.kind, str(asked.fields.get(field.key)))))
        for field in fields
    ])


def _editable(field: Field) -> bool:
    return field.audience != "player" and field.kind not in _READ_ONLY


async def _picks(reader: Reader, asked: _Asked, fields: list[Field]) -> dict[tuple[str, str], Pick]:
    """What the picked keys stand for; only what is hers is found."""
    keys: dict[str, list[str]] = {}
    for field in fields:
        value = asked.fields.get(field.key)
        if field.kind in ("server", "character", "purchase") and isinstance(value, str):
            keys.setdefault(field.kind, []).append(value)
    found: dict[tuple[str, str], Pick] = {}
    if "server" in keys:
        found |= {("server", each.key): Pick(each.key, each.name) for each in await servers(reader, asked.brand_id)}
    for kind, read in (("character", characters_of), ("purchase", purchases_of)):
        if kind in keys:
            those = await read(reader, asked.player_id, asked.brand_id, keys[kind])
            found |= {(kind, each.key): each for each in those}
    return found


async def fill_in(tx: Tx, ticket_id: int, by_id: int | None, given: Mapping[str, Any], at: datetime) -> list[str]:
    """Fill in or correct fields of the ticket's form; None empties one. Returns the keys that changed.

    By a person (`by_id`) only what agents may change; the desk itself (None), such as a rule, may set every field.
    Refuses (422) with each field's own problem; what was filled before is not looked at again.
    """
    before = await lock_one(tx, ticket_id)
    asked = await tx.row(_Asked, _TICKET, ticket_id)
    assert asked is not None
    fields, *_ = await _definition(tx, asked)
    allowed = {field.key for field in fields if by_id is None or _editable(field)}
    wrong: dict[str, Text] = {key[:64]: UNKNOWN for key in given if key not in allowed}
    filled = fill(fields, {**{key: asked.fields[key] for key in asked.fields if key not in given}, **given}, at=at)
    wrong |= {key: filled.problems[key] for key in given if key in filled.problems and key not in wrong}
    if wrong:
        raise Rejected("fields_invalid", WRONG, fields=wrong)
    changed = {key: filled.clean.get(key) for key in given if filled.clean.get(key) != asked.fields.get(key)}
    if not changed:
        return []
    kept = {key: value for key, value in {**asked.fields, **changed}.items() if value is not None}
    line = Line(
        kind="change", author="system" if by_id is None else "staff", author_id=by_id,
        change={"what": "fields", "from": {key: asked.fields.get(key) for key in changed}, "to": changed},
    )
    after, written = append(replace(before), line, at)
    await tx.execute("UPDATE tickets.ticket SET fields = $2 WHERE id = $1", ticket_id, kept)
    await save(tx, [Step(before, after, [written])], at)
    await tx.emit(TicketChanged(
        **facts(after, at), seq=after.seq, by_id=by_id, status_before=before.status, what=["fields"]
    ))
    return sorted(changed)
