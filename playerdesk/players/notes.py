"""Notes on a player: what the next colleague should know. What a note said before stays readable."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import NotFound, Reader, Rejected, Text, Tx, clean_text
from playerdesk.players.events import CardChanged
from playerdesk.players.membership import members_of

LONGEST = 2_000


class PlayerNote(msgspec.Struct, frozen=True, rename="camel"):
    """What colleagues want each other to know of a player; the pinned stand first."""

    id: int
    player_id: int
    author_id: int
    body: str
    pinned: bool
    created_at: datetime
    edited_at: datetime | None
    edited_by: int | None


class NoteEdit(msgspec.Struct, frozen=True, rename="camel"):
    """What a note said until somebody changed it."""

    body: str
    by_id: int
    at: datetime


_NOTE: LiteralString = "id, player_id, author_id, body, pinned, created_at, edited_at, edited_by"

_OF: LiteralString = f"""
    SELECT {_NOTE} FROM players.note WHERE player_id = ANY($1::bigint[]) AND removed_at IS NULL
    ORDER BY pinned DESC, id DESC LIMIT 100
"""

_ADD: LiteralString = f"""
    INSERT INTO players.note (player_id, author_id, body, pinned, client_key) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (author_id, client_key) DO NOTHING RETURNING {_NOTE}
"""

_LOCK: LiteralString = f"""
    SELECT {_NOTE} FROM players.note
    WHERE id = $1 AND player_id = ANY($2::bigint[]) AND removed_at IS NULL FOR UPDATE
"""

_CHANGE: LiteralString = f"""
    UPDATE players.note SET body = $2, pinned = $3, removed_at = CASE WHEN $5 THEN now() END,
        edited_at = CASE WHEN body = $2 THEN edited_at ELSE now() END,
        edited_by = CASE WHEN body = $2 THEN edited_by ELSE $4 END
    WHERE id = $1 RETURNING {_NOTE}
"""

NO_NOTE = Text(zh="没有这条备注，可能已被删除。", en="There is no such note; it may have been removed.")
NO_TEXT = Text(zh=f"请写下备注，最多 {LONGEST} 字。", en=f"Write something, at most {LONGEST} characters.")


async def notes_of(reader: Reader, person: Sequence[int]) -> list[PlayerNote]:
    """On all accounts of a person: pinned ones first, then the newest."""
    return await reader.rows(PlayerNote, _OF, list(person))


async def note_edits(reader: Reader, person: Sequence[int], note_id: int) -> list[NoteEdit]:
    """What the note said before, newest first."""
    return await reader.rows(
        NoteEdit,
        "SELECT e.body, e.by_id, e.at FROM players.note_edit e JOIN players.note n ON n.id = e.note_id"
        " WHERE n.id = $1 AND n.player_id = ANY($2::bigint[]) ORDER BY e.id DESC LIMIT 100",
        note_id, list(person),
    )


async def add_note(tx: Tx, player_id: int, author_id: int, body: str, client_key: str, *, pinned: bool) -> PlayerNote:
    """On the account the agent has in front of her; sent twice, kept once."""
    note = await tx.row(PlayerNote, _ADD, player_id, author_id, _checked(body), pinned, client_key)
    if note is None:
        again = await tx.row(
            PlayerNote, f"SELECT {_NOTE} FROM players.note WHERE author_id = $1 AND client_key = $2", author_id, client_key
        )
        assert again is not None
        return again
    await _tell(tx, player_id)
    await record(tx, Trace(
        actor_id=author_id, action="player_note.added", kind="player", object_id=str(player_id),
        after={"noteId": note.id, "body": note.body, "pinned": pinned},
    ))
    return note


async def change_note(
    tx: Tx, person: Sequence[int], note_id: int, by_id: int, *,
    body: str | None = None, pinned: bool | None = None, removed: bool = False,
) -> PlayerNote:
    """Reword, pin or remove; what it said before is kept."""
    before = await tx.row(PlayerNote, _LOCK, note_id, list(person))
    if before is None:
        raise NotFound("no_such_note", NO_NOTE)
    text = before.body if body is None else _checked(body)
    if text != before.body:
        await tx.execute(
            "INSERT INTO players.note_edit (note_id, body, by_id) VALUES ($1, $2, $3)", note_id, before.body, by_id
        )
    after = await tx.row(PlayerNote, _CHANGE, note_id, text, before.pinned if pinned is None else pinned, by_id, removed)
    assert after is not None
    await _tell(tx, before.player_id)
    await record(tx, Trace(
        actor_id=by_id, action="player_note.removed" if removed else "player_note.changed", kind="player",
        object_id=str(before.player_id), before={"noteId": note_id, "body": before.body, "pinned": before.pinned},
        after=None if removed else {"body": after.body, "pinned": after.pinned},
    ))
    return after


async def _tell(tx: Tx, player_id: int) -> None:
    await tx.emit(CardChanged(player_ids=await members_of(tx, [player_id])))


def _checked(body: str) -> str:
    text = clean_text(body).strip()
    if not 0 < len(text) <= LONGEST:
        raise Rejected("note_text", NO_TEXT, fields={"body": NO_TEXT})
    return text
