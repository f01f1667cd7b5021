"""Posting messages: the other hot command. A batch is folded in Python, ticket by ticket."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Conflict, Event, NotFound, Refused, Rejected, Text, Tx
from playerdesk.kernel.origin import origin
from playerdesk.tickets.events import MessagePosted, NoteAdded, TicketAssigned, TicketReopened
from playerdesk.tickets.opening import KEY_REUSED
from playerdesk.tickets.plain import plain_text
from playerdesk.tickets.queries import Entry
from playerdesk.tickets.recent import entry_of
from playerdesk.tickets.rules import check_text, player_said, preview_of, staff_said
from playerdesk.tickets.standing import Line, Standing, Step, Written, append, facts, lock, save

NO_SUCH = Text(zh="没有找到这张工单。", en="There is no such ticket.")
STALE = Text(
    zh="在你写回复时，工单有了新消息。请先看一看，再决定是否发送。",
    en="The ticket has moved on while you were writing. Have a look before you send.",
)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """Something to say. For staff, `base_seq` is the newest public message they had on screen."""

    ticket_id: int
    author: str
    author_id: int
    body: str
    client_key: str
    attachments: list[dict[str, Any]] = []
    private: bool = False
    base_seq: int | None = None
    reopen_days: int = 7
    origin: str = msgspec.field(default_factory=origin)


class Posted(msgspec.Struct, frozen=True):
    """Where it stands in the timeline; `again` when it had been sent before."""

    ticket_id: int
    seq: int
    number: int | None
    again: bool


# What she wrote into a ticket while it went on in another one was stored there. Sent again after they were parted,
# it is still the same message.
_SAID_BEFORE: LiteralString = """
    WITH RECURSIVE k AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (ticket_id, author, client_key)
    ), place (ticket_id, author, client_key, at) AS (
        SELECT ticket_id, author, client_key, ticket_id FROM k
        UNION
        SELECT p.ticket_id, p.author, p.client_key, g.target_id
        FROM place p JOIN tickets.merging g ON g.source_id = p.at WHERE p.author = 'player'
    )
    SELECT p.ticket_id, p.author, p.client_key, m.ticket_id, m.seq, m.number, m.body
    FROM place p JOIN tickets.message m ON m.ticket_id = p.at AND m.author = p.author AND m.client_key = p.client_key
    WHERE p.at = p.ticket_id OR m.author_id = (SELECT t.player_id FROM tickets.ticket t WHERE t.id = p.ticket_id)
"""


class _Fold:
    """One ticket while the batch goes over it."""

    def __init__(self, standing: Standing) -> None:
        self.before = standing
        self.now = standing
        self.written: list[Written] = []
        self.events: list[Event] = []

    def say(self, post: Post, at: datetime) -> Posted | Refused:
        wrong = check_text(post.body, len(post.attachments))
        if wrong is not None:
            return Rejected("bad_text", wrong, fields={"body": wrong})
        if post.private:
            return self._note(post, at)
        if post.author == "player":
            return self._player(post, at)
        return self._staff(post, at)

    def _append(self, post: Post, at: datetime) -> Written:
        line = Line(
            kind="note" if post.private else "message", author=post.author, author_id=post.author_id,
            public=not post.private, body=post.body, attachments=post.attachments, client_key=post.client_key,
        )
        self.now, written = append(self.now, line, at)
        self.written.append(written)
        return written

    def _change(self, line: Line, at: datetime) -> Written:
        self.now, written = append(self.now, line, at)
        self.written.append(written)
        return written

    def _note(self, post: Post, at: datetime) -> Posted:
        written = self._append(post, at)
        self.events.append(NoteAdded(**facts(self.now, at), origin=post.origin, seq=written.seq, author_id=post.author_id))
        return Posted(post.ticket_id, written.seq, None, again=False)

    def _player(self, post: Post, at: datetime) -> Posted | Refused:
        before = self.now
        if before.player_id != post.author_id:
            return NotFound("no_such_ticket", NO_SUCH)
        until = before.resolved_at and before.resolved_at + timedelta(days=post.reopen_days)
        after = player_said(before, at, preview_of(post.body, len(post.attachments)), until)
        if isinstance(after, Refused):
            return after
        self.now = after
        if after.reopened > before.reopened:
            line = self._change(
                Line(kind="change", author="system", public=True, change={"what": "reopened", "by": "player"}), at
            )
            self.events.append(TicketReopened(
                **facts(self.now, at), origin=post.origin, seq=line.seq, by="player", status_before=before.status
            ))
        return self._posted(post, before, at, waited=None)

    def _staff(self, post: Post, at: datetime) -> Posted | Refused:
        before = self.now
        if post.base_seq is not None and before.public_seq > post.base_seq:
            return Conflict("stale_reply", STALE, extra={"baseSeq": post.base_seq, "publicSeq": before.public_seq})
        after = staff_said(before, post.author_id, at, preview_of(plain_text(post.body), len(post.attachments)))
        if isinstance(after, Refused):
            return after
        self.now = after
        waited = (at - (before.waiting_since or at)).total_seconds()
        if before.assignee_id is None:
            change = {"what": "assigned", "from": None, "to": post.author_id, "reason": "answered"}
            line = self._change(Line(kind="change", author="staff", author_id=post.author_id, change=change), at)
            self.events.append(TicketAssigned(
                **facts(self.now, at), origin=post.origin, seq=line.seq, from_id=None, by_id=post.author_id, reason="answered",
                waited_seconds=waited,
            ))
        return self._posted(post, before, at, waited=waited if before.waiting_since else None)

    def _posted(self, post: Post, before: Standing, at: datetime, waited: float | None) -> Posted:
        written = self._append(post, at)
        self.events.append(MessagePosted(
            **facts(self.now, at), origin=post.origin, seq=written.seq, number=written.number or 0, author=post.author,
            author_id=post.author_id, status_before=before.status,
            first_response=post.author == "staff" and before.first_response_at is None,
            waited_seconds=waited,
        ))
        return Posted(post.ticket_id, written.seq, written.number, again=False)


async def post_messages(tx: Tx, posts: Sequence[Post], at: datetime) -> list[Posted | Refused]:
    """Post a batch, in order; each item gets its place, the place it had before, or a refusal."""
    return (await post_and_tell(tx, posts, at))[0]


async def post_and_tell(
    tx: Tx, posts: Sequence[Post], at: datetime
) -> tuple[list[Posted | Refused], dict[tuple[int, int], Entry]]:
    """The same, with the entries as they are now stored, by ticket and seq."""
    folds = {ticket_id: _Fold(standing) for ticket_id, standing in (
        await lock(tx, [post.ticket_id for post in posts])
    ).items()}
    said: dict[tuple[int, str, str], tuple[Posted, str]] = {
        (row[0], row[1], row[2]): (Posted(row[3], row[4], row[5], again=True), row[6])
        for row in await tx.fetch(
            _SAID_BEFORE, [p.ticket_id for p in posts], [p.author for p in posts], [p.client_key for p in posts]
        )
    }

    def say(post: Post) -> Posted | Refused:
        fold = folds.get(post.ticket_id)
        key = (post.ticket_id, post.author, post.client_key)
        if fold is None or (post.author == "player" and fold.now.player_id != post.author_id):
            return NotFound("no_such_ticket", NO_SUCH)
        if key in said:
            before, body = said[key]
            return before if body == post.body else Conflict("key_reused", KEY_REUSED, fields={"clientKey": KEY_REUSED})
        result = fold.say(post, at)
        if isinstance(result, Posted):
            said[key] = (msgspec.structs.replace(result, again=True), post.body)
        return result

    results = [say(post) for post in posts]
    touched = [fold for _, fold in sorted(folds.items()) if fold.written]
    ids = await save(tx, [Step(fold.before, fold.now, fold.written) for fold in touched], at)
    events = [event for fold in touched for event in fold.events]
    if events:
        await tx.emit(*events)
    lines = [written for fold in touched for written in fold.written]
    return results, {(w.ticket_id, w.seq): entry_of(w, ids[w.ticket_id, w.seq]) for w in lines}
