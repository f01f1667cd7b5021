"""Making, changing, retiring and using macros; every change is traced."""

from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Forbidden, NotFound, Rejected, Text, Tx, clean_line, clean_text
from playerdesk.kernel.http import NOT_YOURS
from playerdesk.tickets.macros.queries import Language, Macro, Share, usable_macro
from playerdesk.tickets.rules import TEXT_LENGTH
from playerdesk.tickets.writing.acts import Action, check_actions

NO_MACRO = Text(zh="没有这个宏，或者你不能使用它。", en="There is no such macro, or it is not yours to use.")
UNTITLED = Text(zh="请填写名称，最多 80 字。", en="Give it a name of 80 characters at most.")
EMPTY = Text(zh="请填写内容或添加操作。", en="Write a text or add an action.")
LONG = Text(zh="内容太长，最多 5000 字。", en="That is too long; 5,000 characters at most.")
NO_TEAM = Text(zh="请选择给哪个小组使用。", en="Choose the team it is for.")
CHANGED = Text(
    zh="这个宏刚被别人改过，请看一看再保存。", en="Somebody has just changed this macro. Have a look before you save."
)


class Wanted(msgspec.Struct, rename="camel"):
    """A macro as somebody wants it. `version`: the one she changed."""

    title: str
    share: Share
    shortcut: str = ""
    queue_id: int | None = None
    brand_id: int | None = None
    language: Language | None = None
    body: str = ""
    actions: list[Action] = []
    version: int = 0


_ADD: LiteralString = """
    INSERT INTO tickets.macro (title, shortcut, share, owner_id, queue_id, brand_id, language, body, actions, updated_at)
    VALUES ($1, $2, $3, $10, $4, $5, $6, $7, $8, $9) RETURNING id
"""

_CHANGE: LiteralString = """
    UPDATE tickets.macro SET title = $1, shortcut = $2, share = $3, queue_id = $4, brand_id = $5, language = $6,
        body = $7, actions = $8, updated_at = $9, version = version + 1
    WHERE id = $10 AND version = $11
"""


async def add_macro(tx: Tx, agent: Any, wanted: Wanted, at: datetime) -> int:
    """A new one; its id."""
    _check(agent, wanted)
    macro_id: int = await tx.value(_ADD, *_values(wanted, at), agent.id)
    await _trace(tx, agent.id, "macro.added", macro_id, None, wanted)
    return macro_id


async def change_macro(tx: Tx, agent: Any, macro_id: int, wanted: Wanted, at: datetime) -> None:
    """Change it; refused when somebody else has meanwhile."""
    before = await _kept_by(tx, agent, macro_id)
    _check(agent, wanted)
    if not await tx.execute(_CHANGE, *_values(wanted, at), macro_id, wanted.version):
        raise Conflict("macro_changed", CHANGED, extra={"version": before.version})
    await _trace(tx, agent.id, "macro.changed", macro_id, before, wanted)


async def retire_macro(tx: Tx, agent: Any, macro_id: int, at: datetime) -> None:
    """Nobody can use it any more; what it has done stays."""
    before = await _kept_by(tx, agent, macro_id)
    await tx.execute("UPDATE tickets.macro SET archived_at = $2 WHERE id = $1 AND archived_at IS NULL", macro_id, at)
    await _trace(tx, agent.id, "macro.retired", macro_id, before, None)


async def note_use(tx: Tx, macro_id: int, person_id: int, ticket_id: int, client_key: str, at: datetime) -> bool:
    """Count a use; False when this very use has been counted before."""
    return bool(await tx.execute(
        "INSERT INTO tickets.macro_use (person_id, client_key, macro_id, ticket_id, at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        person_id, client_key, macro_id, ticket_id, at,
    ))


async def _kept_by(tx: Tx, agent: Any, macro_id: int) -> Macro:
    shares = "macros.share" in agent.permissions
    found = await usable_macro(tx, macro_id, agent.id, agent.brand_ids, shares=shares)
    if found is None or (found.share == "personal" and found.owner_id != agent.id):
        raise NotFound("no_such_macro", NO_MACRO)
    if found.share != "personal" and not shares:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": "macros.share"})
    return found


def _check(agent: Any, wanted: Wanted) -> None:
    if wanted.share != "personal" and "macros.share" not in agent.permissions:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": "macros.share"})
    if not 0 < len(clean_line(wanted.title)) <= 80 or len(wanted.shortcut) > 40:
        raise Rejected("bad_macro", UNTITLED, fields={"title": UNTITLED})
    if len(wanted.body) > TEXT_LENGTH:
        raise Rejected("bad_macro", LONG, fields={"body": LONG})
    if not wanted.body.strip() and not wanted.actions:
        raise Rejected("bad_macro", EMPTY, fields={"body": EMPTY})
    if wanted.share == "team" and wanted.queue_id is None:
        raise Rejected("bad_macro", NO_TEAM, fields={"queueId": NO_TEAM})
    if (wrong := check_actions(wanted.actions)) is not None:
        raise Rejected("bad_macro", wrong, fields={"actions": wrong})


def _values(wanted: Wanted, at: datetime) -> tuple[object, ...]:
    return (
        clean_line(wanted.title), clean_line(wanted.shortcut).lower(), wanted.share,
        wanted.queue_id if wanted.share == "team" else None, wanted.brand_id, wanted.language, clean_text(wanted.body),
        [msgspec.to_builtins(action) for action in wanted.actions], at,
    )


async def _trace(
    tx: Tx, person_id: int, action: str, macro_id: int, before: Macro | None, after: Wanted | None
) -> None:
    await record(tx, Trace(
        actor_id=person_id, action=action, kind="macro", object_id=str(macro_id),
        before=before and msgspec.to_builtins(before), after=after and msgspec.to_builtins(after),
    ))
