"""What somebody is writing: one text per ticket, person and kind; the newest wins only from the newest version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel import Conflict, Reader, Rejected, Text, Tx
from playerdesk.kernel.files_links import linked

Kind = Literal["reply", "note"]

LONGEST = 20_000
"""Longer than anything that may be sent: what was pasted is kept until it has been cut."""

ELSEWHERE = Text(
    zh="这段草稿在另一台设备上改过了。你写的还在，请选择保留哪一份。",
    en="This draft was changed on another device. What you wrote is still here; choose which one to keep.",
)
TOO_LONG = Text(zh="草稿太长，请删减或存成文件附上。", en="The draft is too long. Shorten it, or attach it as a file.")


class Draft(msgspec.Struct, frozen=True, rename="camel"):
    """A text being written. `version` is 0 where there is none."""

    ticket_id: int
    kind: Kind
    version: int
    body: str
    attachments: list[dict[str, Any]]
    updated_at: datetime


_COLUMNS: LiteralString = "ticket_id, kind, version, body, attachments, updated_at"

_INSERT: LiteralString = f"""
    INSERT INTO tickets.draft (ticket_id, person_id, kind, body, attachments, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING RETURNING {_COLUMNS}
"""

_UPDATE: LiteralString = f"""
    UPDATE tickets.draft SET body = $4, attachments = $5, updated_at = $6, version = nextval('tickets.draft_version')
    WHERE ticket_id = $1 AND person_id = $2 AND kind = $3 AND version = $7 RETURNING {_COLUMNS}
"""


async def drafts_of(reader: Reader, person_id: int) -> list[Draft]:
    """Everything somebody has begun, with links for what is attached."""
    found = await reader.rows(
        Draft, f"SELECT {_COLUMNS} FROM tickets.draft WHERE person_id = $1 ORDER BY updated_at DESC LIMIT 500", person_id
    )
    return [_shown(draft) for draft in found]


async def draft(reader: Reader, ticket_id: int, person_id: int, kind: str) -> Draft | None:
    """One of them."""
    found = await reader.row(
        Draft, f"SELECT {_COLUMNS} FROM tickets.draft WHERE ticket_id = $1 AND person_id = $2 AND kind = $3",
        ticket_id, person_id, kind,
    )
    return found and _shown(found)


def _shown(found: Draft) -> Draft:
    return msgspec.structs.replace(found, attachments=linked(found.attachments, "staff"))


async def keep_draft(
    tx: Tx, ticket_id: int, person_id: int, kind: str, body: str, attachments: Sequence[dict[str, Any]],
    base: int, at: datetime,
) -> Draft | None:
    """Keep what is written on top of version `base` (0: the first); None when it is empty and gone.

    Refused with the other text when another device was faster. The same text again is no conflict.
    """
    if len(body) > LONGEST:
        raise Rejected("draft_too_long", TOO_LONG, fields={"body": TOO_LONG})
    if not body.strip() and not attachments:
        await tx.execute(
            "DELETE FROM tickets.draft WHERE ticket_id = $1 AND person_id = $2 AND kind = $3 AND version = $4",
            ticket_id, person_id, kind, base,
        )
        left = await draft(tx, ticket_id, person_id, kind)
        if left is not None:
            raise Conflict("draft_elsewhere", ELSEWHERE, extra={"draft": left})
        return None
    args = (ticket_id, person_id, kind, body, list(attachments), at)
    kept = await (tx.row(Draft, _UPDATE, *args, base) if base else tx.row(Draft, _INSERT, *args))
    if kept is not None:
        return _shown(kept)
    other = await draft(tx, ticket_id, person_id, kind)
    if other is not None and other.body == body and [a["id"] for a in other.attachments] == [a["id"] for a in attachments]:
        return other
    raise Conflict("draft_elsewhere", ELSEWHERE, extra={"draft": other})


async def drop_draft(tx: Tx, ticket_id: int, person_id: int, kind: str, version: int) -> None:
    """What was said is no draft any more, unless it was written on meanwhile."""
    await tx.execute(
        "DELETE FROM tickets.draft WHERE ticket_id = $1 AND person_id = $2 AND kind = $3 AND version = $4",
        ticket_id, person_id, kind, version,
    )
