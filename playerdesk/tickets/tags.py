"""Tags: words on a ticket by which people and rules find and sort it. Simple, set-based, each change in the timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from playerdesk.kernel import Reader, Rejected, Text, Tx, clean_line
from playerdesk.tickets.events import TicketChanged
from playerdesk.tickets.standing import Line, Step, append, facts, lock_one, save

MOST_TAGS = 30
LONGEST_TAG = 40

TOO_MANY = Text(zh=f"一张工单最多 {MOST_TAGS} 个标签。", en=f"A ticket has {MOST_TAGS} tags at most.")
BAD_TAG = Text(zh=f"标签为 1 到 {LONGEST_TAG} 个字。", en=f"A tag has 1 to {LONGEST_TAG} characters.")

_REMEMBER: LiteralString = """
    INSERT INTO tickets.tag (name) SELECT DISTINCT unnest($1::text[])
    ON CONFLICT (name) DO UPDATE SET used_at = now() WHERE tickets.tag.used_at < now() - interval '1 day'
"""


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Each once, without blanks around it."""
    cleaned = [clean_line(tag) for tag in tags]
    if any(not 0 < len(tag) <= LONGEST_TAG for tag in cleaned):
        raise Rejected("bad_tag", BAD_TAG, fields={"tags": BAD_TAG})
    return list(dict.fromkeys(cleaned))


async def remember_tags(tx: Tx, tags: Sequence[str]) -> None:
    """Offered to whoever tags next."""
    if tags:
        await tx.execute(_REMEMBER, sorted(set(tags)))


async def known_tags(reader: Reader, most: int = 500) -> list[str]:
    """The tags in use, the newest first."""
    return [row[0] for row in await reader.fetch("SELECT name FROM tickets.tag ORDER BY used_at DESC, name LIMIT $1", most)]


async def tag_ticket(tx: Tx, ticket_id: int, add: Sequence[str], remove: Sequence[str], by_id: int, at: datetime) -> list[str]:
    """Put tags on a ticket and take others off; what it has then. Sent twice, it is as sent once."""
    before = await lock_one(tx, ticket_id)
    had: list[str] = await tx.value("SELECT tags FROM tickets.ticket WHERE id = $1", ticket_id)
    off = set(remove)
    kept = [tag for tag in had if tag not in off]
    tags = [*kept, *(tag for tag in clean_tags(add) if tag not in kept)]
    if len(tags) > MOST_TAGS:
        raise Rejected("too_many_tags", TOO_MANY, fields={"tags": TOO_MANY})
    if tags == had:
        return had
    line = Line(kind="change", author="staff", author_id=by_id, change={"what": "tags", "from": had, "to": tags})
    after, written = append(before, line, at)
    await save(tx, [Step(before, after, [written])], at)
    await tx.execute("UPDATE tickets.ticket SET tags = $2 WHERE id = $1", ticket_id, tags)
    await remember_tags(tx, [tag for tag in tags if tag not in had])
    await tx.emit(TicketChanged(
        **facts(after, at), seq=written.seq, by_id=by_id, status_before=before.status, what=["tags"]
    ))
    return tags
