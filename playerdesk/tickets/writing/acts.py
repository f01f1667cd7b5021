"""Saying something and doing something with it, as one: a macro, or a reply that was held back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from playerdesk.kernel import Refused, Rejected, Text, Tx
from playerdesk.tickets import assignment, handling
from playerdesk.tickets.craft.lessons import Lesson, resolve_with
from playerdesk.tickets.messages import Post, Posted, post_messages
from playerdesk.tickets.standing import lock_one

Doing = Literal["assign", "queue", "status", "priority", "category", "note", "resolve"]

NEEDS: dict[Doing, str] = {
    "assign": "tickets.assign", "queue": "tickets.reply", "status": "tickets.reply", "priority": "tickets.reply",
    "category": "tickets.reply", "note": "tickets.reply", "resolve": "tickets.resolve",
}
"""What somebody must be allowed to do for each."""

ORDER: tuple[Doing, ...] = ("note", "category", "priority", "assign", "queue", "status", "resolve")
"""The words to the player go out before any of them but the note; what ends the ticket comes last."""

GONE = Text(
    zh="这个宏用到的队列、同事或分类已经不在了，请先修改宏。",
    en="A queue, colleague or category of this macro is gone. Please change the macro first.",
)


class Action(msgspec.Struct, frozen=True):
    """One thing a macro does. `to`: a person (0: whoever uses it), queue, category, priority or status.

    `text`: the note or the solution.
    """

    do: Doing
    to: int | str | None = None
    text: str = ""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What to say (if anything) and to do. `base_seq` None: sent knowingly over newer messages."""

    ticket_id: int
    person_id: int
    client_key: str
    body: str
    attachments: list[dict[str, Any]] = []
    base_seq: int | None = None
    actions: list[Action] = []


async def past_own(tx: Tx, act: Act) -> Act:
    """One's own words are nothing one has missed: when nobody else spoke since, the act is up to date."""
    if act.base_seq is None:
        return act
    others, newest = (await tx.fetch(
        "SELECT bool_or(author <> 'staff' OR author_id IS DISTINCT FROM $3), max(seq) FROM tickets.message"
        " WHERE ticket_id = $1 AND seq > $2 AND number IS NOT NULL AND kind = 'message'",
        act.ticket_id, act.base_seq, act.person_id,
    ))[0]
    return act if others or newest is None else msgspec.structs.replace(act, base_seq=newest)


async def perform(tx: Tx, act: Act, at: datetime) -> Posted | None:
    """All of it or, by a refusal that is raised, nothing."""
    act = await past_own(tx, act)
    actions = sorted(act.actions, key=lambda action: ORDER.index(action.do))
    notes = [action for action in actions if action.do == "note"]
    posted: Posted | None = None
    for action in notes:
        await handling.add_note(tx, act.ticket_id, act.person_id, action.text, at)
    if act.body.strip() or act.attachments:
        (result,) = await post_messages(tx, [Post(
            ticket_id=act.ticket_id, author="staff", author_id=act.person_id, body=act.body, client_key=act.client_key,
            attachments=act.attachments, base_seq=act.base_seq,
        )], at)
        if isinstance(result, Refused):
            raise result
        posted = result
    for action in actions[len(notes):]:
        await _do(tx, act, action, at)
    return posted


async def _do(tx: Tx, act: Act, action: Action, at: datetime) -> None:
    match action.do:
        case "assign":
            person = int(action.to or 0) or act.person_id
            await _must(tx, await tx.value("SELECT suspended_at IS NULL FROM staff.person WHERE id = $1", person))
            holder = (await lock_one(tx, act.ticket_id)).assignee_id
            await assignment.assign(tx, act.ticket_id, person, act.person_id, holder, at)
        case "queue":
            await _must(tx, await tx.value("SELECT true FROM staff.queue WHERE id = $1", int(action.to or 0)))
            await assignment.put_in_queue(tx, [act.ticket_id], int(action.to or 0), "handed_off", at, act.person_id)
        case "status":
            await handling.change_ticket(tx, act.ticket_id, act.person_id, at, status=str(action.to))
        case "priority":
            await handling.change_ticket(tx, act.ticket_id, act.person_id, at, priority=int(action.to or 0))
        case "category":
            await _must(tx, await tx.value("SELECT true FROM forms.category WHERE id = $1", int(action.to or 0)))
            await handling.change_ticket(tx, act.ticket_id, act.person_id, at, category_id=int(action.to or 0))
        case "resolve":
            await resolve_with(tx, act.ticket_id, act.person_id, Lesson(solution=action.text), at)
        case "note":  # said already
            pass


async def _must(_: Tx, there: object) -> None:
    if not there:
        raise Rejected("macro_outdated", GONE)


def check_actions(actions: Sequence[Action]) -> Text | None:
    """What is wrong with these, or None: each thing once, each with a fitting value."""
    if len({action.do for action in actions}) < len(actions):
        return Text(zh="每种操作只能有一次。", en="Each action can be there once only.")
    for action in actions:
        if action.do == "status" and action.to not in ("open", "pending", "hold"):
            return Text(zh="请选择状态。", en="Choose a status.")
        if action.do == "priority" and action.to not in (0, 1, 2, 3):
            return Text(zh="请选择优先级。", en="Choose a priority.")
        if action.do in ("assign", "queue", "category") and not isinstance(action.to, int):
            return Text(zh="请选择同事、队列或分类。", en="Choose a colleague, queue or category.")
        if action.do in ("note", "resolve") and not 0 < len(action.text.strip()) <= 2000:
            return Text(zh="请填写备注或解决办法，最多 2000 字。", en="Write the note or solution, 2,000 characters at most.")
    doing = {action.do for action in actions}
    if {"status", "resolve"} <= doing or {"assign", "queue"} <= doing:
        return Text(zh="这些操作互相矛盾，请只留一个。", en="These actions contradict each other. Keep one of them.")
    return None
