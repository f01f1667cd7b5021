"""What the desk tells about a ticket by itself: lines in the timeline, and to the player where her matter stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Event, Text, Tx
from playerdesk.tickets.events import StageTold, TicketNoticed
from playerdesk.tickets.rules import preview_of
from playerdesk.tickets.standing import Line, Standing, Step, Written, append, facts, lock_one, save

_STAGE: LiteralString = "UPDATE tickets.ticket SET stage = $2 WHERE id = $1 AND stage IS DISTINCT FROM $2"
_LANGUAGE: LiteralString = "SELECT language FROM tickets.ticket WHERE id = $1"


class Notice(msgspec.Struct, frozen=True):
    """One line. With `tells` the player reads it, in her language; without it is for the desk only."""

    change: dict[str, Any]
    by_id: int | None = None
    tells: Text | None = None


async def tell(tx: Tx, ticket_id: int, notices: Sequence[Notice], at: datetime, stage: Text | None = None) -> None:
    """Write the lines and, when given, the stage the player is shown; all screens of both sides hear of it."""
    if stage is not None:
        await tx.execute(_STAGE, ticket_id, stage)
    before = await lock_one(tx, ticket_id)
    language = str(await tx.value(_LANGUAGE, ticket_id)) if any(each.tells for each in notices) else ""
    after, written = before, list[Written]()
    for notice in notices:
        after, one = _append(after, notice, language, at)
        written.append(one)
    if not written:
        return
    await save(tx, [Step(before, after, written)], at)
    await tx.emit(*(_event(after, one, at) for one in written))


def _append(standing: Standing, notice: Notice, language: str, at: datetime) -> tuple[Standing, Written]:
    author = "system" if notice.by_id is None or notice.tells else "staff"
    if notice.tells is None:
        return append(standing, Line(kind="change", author=author, author_id=notice.by_id, change=notice.change), at)
    body = notice.tells.pick(language) or notice.tells.zh or notice.tells.en
    after, written = append(
        standing, Line(kind="change", author=author, author_id=None, public=True, body=body, change=notice.change), at
    )
    # It is news to her, and no answer: nobody's clock stops, and who is writing to her is not held up.
    return replace(after, player_unread=after.player_unread + 1, preview=preview_of(body, 0)), written


def _event(standing: Standing, written: Written, at: datetime) -> Event:
    if written.number is None:
        return TicketNoticed(**facts(standing, at), seq=written.seq, by_id=written.line.author_id)
    return StageTold(**facts(standing, at), seq=written.seq, number=written.number)
