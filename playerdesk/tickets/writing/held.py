"""Replies that were sent but can still be undone: rows with a time, said by the worker.

Sending is checked twice against what the player and colleagues have said: when it is pressed and when it is really
said. What came in between stops the reply; it goes back to its writer with what changed. A held reply is never held
over a target: it goes out a second before the ticket is due, so undo costs nobody a service level. What counts as
the time of the answer is when the player could read it.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, LiteralString

import msgspec
import structlog

from playerdesk.kernel import Conflict, Database, Event, NotFound, Reader, Refused, Rejected, Text, Tx, now
from playerdesk.kernel.database import CONNECTION_LOST
from playerdesk.kernel.files_links import linked
from playerdesk.tickets.messages import KEY_REUSED, NO_SUCH, STALE
from playerdesk.tickets.rules import check_text
from playerdesk.tickets.standing import lock_one
from playerdesk.tickets.writing.acts import Act, Action, past_own, perform

log = structlog.get_logger("held replies")

LONGEST_SECONDS = 15
LONGEST_LIVE_SECONDS = 3
"""In a live chat the player waits by the second."""

MARGIN = timedelta(seconds=1)

SAID = Text(zh="这条回复已经发出，无法撤回。", en="This reply has been sent and cannot be undone any more.")

State = Literal["waiting", "stopped", "undone"]


class ReplyHeld(Event, frozen=True):
    """A reply waits for its time, was stopped, or was undone. What it says is not told."""

    ticket_id: int
    person_id: int
    client_key: str
    state: State
    send_at: datetime
    stopped_code: str | None

    def topics(self) -> list[str]:
        return [f"agent:{self.person_id}", f"ticket:{self.ticket_id}"]


class Held(msgspec.Struct, frozen=True, rename="camel"):
    """A reply that is not said yet."""

    ticket_id: int
    person_id: int
    client_key: str
    body: str
    attachments: list[dict[str, Any]]
    base_seq: int | None
    actions: list[dict[str, Any]]
    pressed_at: datetime
    send_at: datetime
    state: State
    stopped_code: str | None


_COLUMNS: LiteralString = """
    ticket_id, person_id, client_key, body, attachments, base_seq, actions, pressed_at, send_at, state, stopped_code
"""

_HOLD: LiteralString = f"""
    INSERT INTO tickets.held_reply
        (ticket_id, person_id, client_key, body, attachments, base_seq, actions, pressed_at, send_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {_COLUMNS}
"""

_DUE: LiteralString = f"""
    SELECT {_COLUMNS} FROM tickets.held_reply WHERE state = 'waiting' AND send_at <= $1
    ORDER BY send_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""

_ONE: LiteralString = f"""
    SELECT {_COLUMNS} FROM tickets.held_reply WHERE ticket_id = $1 AND person_id = $2 AND client_key = $3
"""


async def held_of(reader: Reader, person_id: int) -> list[Held]:
    """What somebody has sent and could still undo, and what was stopped and waits for her."""
    found = await reader.rows(
        Held, f"SELECT {_COLUMNS} FROM tickets.held_reply WHERE person_id = $1 AND state <> 'undone' ORDER BY pressed_at",
        person_id,
    )
    return [shown(each) for each in found]


def shown(held: Held) -> Held:
    """With links for what is attached."""
    return msgspec.structs.replace(held, attachments=linked(held.attachments, "staff"))


async def hold(tx: Tx, act: Act, seconds: int, at: datetime) -> Held | None:
    """Keep a reply for a while before it is said; the same key again gives the same row, None once it was said."""
    wrong = check_text(act.body, len(act.attachments))
    if wrong is not None:
        raise Rejected("bad_text", wrong, fields={"body": wrong})
    standing = await lock_one(tx, act.ticket_id)
    known = await tx.row(Held, _ONE, act.ticket_id, act.person_id, act.client_key)
    if known is not None:
        if known.body != act.body:
            raise Conflict("key_reused", KEY_REUSED, fields={"clientKey": KEY_REUSED})
        return shown(known)
    if await _was_said(tx, act):
        return None
    act = await past_own(tx, act)
    if act.base_seq is not None and standing.public_seq > act.base_seq:
        raise Conflict("stale_reply", STALE, extra={"baseSeq": act.base_seq, "publicSeq": standing.public_seq})
    if standing.status == "closed":
        raise Conflict("ticket_closed", Text(
            zh="这张工单已关闭；请先重新打开再回复。", en="This ticket is closed. Reopen it before you reply."
        ))
    due_at: datetime | None = await tx.value("SELECT due_at FROM tickets.ticket WHERE id = $1", act.ticket_id)
    send_at = at + timedelta(seconds=min(seconds, LONGEST_LIVE_SECONDS if standing.live else LONGEST_SECONDS))
    if due_at is not None and at < due_at < send_at + MARGIN:
        send_at = max(at, due_at - MARGIN)
    held = await tx.row(
        Held, _HOLD, act.ticket_id, act.person_id, act.client_key, act.body, act.attachments, act.base_seq,
        [msgspec.to_builtins(action) for action in act.actions], at, send_at,
    )
    assert held is not None
    await tx.emit(_event(held))
    return shown(held)


async def _was_said(tx: Tx, act: Act) -> bool:
    return bool(await tx.value(
        "SELECT true FROM tickets.message WHERE ticket_id = $1 AND author = 'staff' AND client_key = $2",
        act.ticket_id, act.client_key,
    ))


def _event(held: Held) -> ReplyHeld:
    return ReplyHeld(
        ticket_id=held.ticket_id, person_id=held.person_id, client_key=held.client_key, state=held.state,
        send_at=held.send_at, stopped_code=held.stopped_code,
    )


async def undo(tx: Tx, ticket_id: int, person_id: int, client_key: str) -> Held:
    """Take it back, or put away one that was stopped. Refused once it has been said; again is fine."""
    held = await tx.row(
        Held,
        "UPDATE tickets.held_reply SET state = 'undone' WHERE ticket_id = $1 AND person_id = $2 AND client_key = $3"
        f" RETURNING {_COLUMNS}",
        ticket_id, person_id, client_key,
    )
    if held is None:
        said = await _was_said(tx, Act(ticket_id=ticket_id, person_id=person_id, client_key=client_key, body=""))
        raise Conflict("already_said", SAID) if said else NotFound("no_such_reply", NO_SUCH)
    await tx.emit(_event(held))
    return shown(held)


async def hurry(tx: Tx, ticket_id: int, person_id: int, client_key: str, at: datetime) -> None:
    """Say it now rather than later."""
    await tx.execute(
        "UPDATE tickets.held_reply SET send_at = $4"
        " WHERE ticket_id = $1 AND person_id = $2 AND client_key = $3 AND state = 'waiting'",
        ticket_id, person_id, client_key, at,
    )


async def release(database: Database) -> int:
    """Say everything whose time has come; returns how many. One transaction each: said and no longer held, or neither."""
    said = 0
    while (one := await _release_one(database)) is not None:
        said += one
    return said


async def _release_one(database: Database) -> int | None:
    held: Held | None = None
    try:
        async with database.transaction() as tx:
            held = await tx.row(Held, _DUE, now())
            if held is None:
                return None
            await perform(tx, _act(held), now())
            await tx.execute(
                "DELETE FROM tickets.held_reply WHERE ticket_id = $1 AND person_id = $2 AND client_key = $3",
                held.ticket_id, held.person_id, held.client_key,
            )
        return 1
    except Refused as refusal:
        assert held is not None
        await _stop(database, held, refusal.code)
    except CONNECTION_LOST:
        raise
    except Exception:
        if held is None:
            raise
        log.exception("a held reply could not be said", ticket=held.ticket_id)
        await _stop(database, held, "internal")
    return 0


def _act(held: Held) -> Act:
    return Act(
        ticket_id=held.ticket_id, person_id=held.person_id, client_key=held.client_key, body=held.body,
        attachments=held.attachments, base_seq=held.base_seq, actions=msgspec.convert(held.actions, list[Action]),
    )


async def _stop(database: Database, held: Held, code: str) -> None:
    """It goes back to its writer, and stays until she has seen it."""
    async with database.transaction() as tx:
        stopped = await tx.row(
            Held,
            "UPDATE tickets.held_reply SET state = 'stopped', stopped_code = $4"
            " WHERE ticket_id = $1 AND person_id = $2 AND client_key = $3 AND state = 'waiting'"
            f" RETURNING {_COLUMNS}",
            held.ticket_id, held.person_id, held.client_key, code,
        )
        if stopped is not None:
            await tx.emit(_event(stopped))


async def forget_undone(database: Database) -> None:
    """What was undone is remembered for a day only, for requests that come late."""
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM tickets.held_reply WHERE state = 'undone' AND pressed_at < $1", now() - timedelta(days=1)
        )
