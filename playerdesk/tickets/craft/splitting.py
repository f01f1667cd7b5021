"""A ticket of its own for what turned out to be another matter: from a message on.

The words stay where they were said, so that no number changes; the new ticket holds them too, and each says so.
"""

from datetime import datetime
from typing import LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Conflict, Refused, Rejected, Text, Tx
from playerdesk.tickets.craft.marks import by_hand, marks, note_changes
from playerdesk.tickets.handling import MERGED_AWAY
from playerdesk.tickets.opening import OpenTicket, open_tickets
from playerdesk.tickets.queries import Entry, detail, entries_at
from playerdesk.tickets.rules import preview_of
from playerdesk.tickets.standing import Line, Standing, Step, Written, append, lock_one, save

MOST_ENTRIES = 200
NOT_HERS = Text(
    zh="只能从玩家的一条消息开始拆分，请换一条。", en="A ticket is split off from a message of the player. Choose another one."
)

_AFTER: LiteralString = """
    SELECT seq FROM tickets.message
    WHERE ticket_id = $1 AND seq > $2 AND kind IN ('message', 'note') ORDER BY seq LIMIT $3
"""


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """From which message, whether with what follows it, and what the new ticket is about."""

    ticket_id: int
    seq: int
    with_following: bool
    client_key: str
    subject: str = ""
    category_id: int | None = None


async def split(tx: Tx, wish: Split, by_id: int, at: datetime) -> int:
    """The new ticket. Sent twice with the same key, it is made once."""
    origin = await lock_one(tx, wish.ticket_id)
    whole = await detail(tx, wish.ticket_id)
    assert whole is not None
    if (await marks(tx, [origin.id]))[origin.id].merged_into_id is not None:
        raise Conflict("merged_away", MERGED_AWAY)
    first, *rest = await _entries(tx, wish)
    (opened,) = await open_tickets(tx, [OpenTicket(
        brand_id=origin.brand_id, player_id=origin.player_id, channel=origin.channel, live=False,
        category_id=wish.category_id or origin.category_id, subject=wish.subject, body=first.body,
        attachments=first.attachments, client_key=f"split-{origin.id}-{wish.client_key}", language=whole.language,
        server_key=whole.server_key, server_name=whole.server_name, role_id=whole.role_id,
        character_name=whole.character_name,
    )], at)
    if isinstance(opened, Refused):
        raise opened
    if opened.again:
        return opened.ticket_id
    # Said when it was said, though the ticket and its clocks begin now.
    await tx.execute(
        "UPDATE tickets.message SET created_at = $2 WHERE ticket_id = $1 AND seq = 1", opened.ticket_id, first.created_at
    )
    await _copy(tx, opened.ticket_id, rest, at)
    await tx.execute(
        "INSERT INTO tickets.link (from_id, to_id, kind, by_id, at) VALUES ($1, $2, 'split_from', $3, $4)",
        opened.ticket_id, origin.id, by_id, at,
    )
    seqs = [first.seq, *(entry.seq for entry in rest)]
    await note_changes(tx, [
        (await lock_one(tx, origin.id), by_hand(by_id, {"what": "split_off", "to": opened.ticket_id, "seqs": seqs}, public=True)),
        (await lock_one(tx, opened.ticket_id), by_hand(by_id, {"what": "split_from", "from": origin.id}, public=True)),
    ], at, "links")
    return opened.ticket_id


async def _entries(tx: Tx, wish: Split) -> list[Entry]:
    seqs = [wish.seq]
    if wish.with_following:
        seqs += [row[0] for row in await tx.fetch(_AFTER, wish.ticket_id, wish.seq, MOST_ENTRIES)]
    entries = await entries_at(tx, [(wish.ticket_id, seq) for seq in seqs])
    if not entries or entries[0].seq != wish.seq or (entries[0].kind, entries[0].author) != ("message", "player"):
        raise Rejected("split_where", NOT_HERS, fields={"seq": NOT_HERS})
    return entries


async def _copy(tx: Tx, ticket_id: int, entries: list[Entry], at: datetime) -> None:
    before = await lock_one(tx, ticket_id)
    after, lines = before, list[Written]()
    for entry in entries:
        line = Line(
            kind=entry.kind, author=entry.author, author_id=entry.author_id, public=entry.number is not None,
            body=entry.body, attachments=entry.attachments,
        )
        after, written = append(after, line, entry.created_at)
        lines.append(written)
        if entry.kind == "message":
            after = _shows(after, entry)
    if lines:
        await save(tx, [Step(before, after, lines)], at)


def _shows(standing: Standing, entry: Entry) -> Standing:
    """The list shows the newest word; whoever wrote it, the matter waits for us."""
    return replace(
        standing, preview=preview_of(entry.body, len(entry.attachments)), last_author=entry.author,
        staff_unread=standing.staff_unread + (entry.author == "player"),
    )
