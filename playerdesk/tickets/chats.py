"""Stretches of live service: ending them, and the place of those who wait."""

from datetime import datetime, timedelta
from typing import LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Database, Reader, Tx, now
from playerdesk.tickets.events import ChatEnded
from playerdesk.tickets.standing import Line, Step, append, facts, lock, save

NOTICE = {"nobody_on_duty": "nobody_on_duty", "left": "chat_ended", "idle": "chat_ended", "resolved": "chat_ended"}


async def end_chats(tx: Tx, ticket_ids: list[int], reason: str, at: datetime) -> list[int]:
    """End the live stretch; the question stays as a ticket. Returns those that were live."""
    standings = {i: s for i, s in (await lock(tx, ticket_ids)).items() if s.live}
    if not standings:
        return []
    rows = await tx.fetch(
        "UPDATE tickets.session SET ended_at = $2, end_reason = $3"
        " WHERE ticket_id = ANY($1::bigint[]) AND ended_at IS NULL RETURNING ticket_id, id",
        list(standings), at, reason,
    )
    sessions = dict(tuple(row) for row in rows)
    steps: list[Step] = []
    events: list[ChatEnded] = []
    for before in standings.values():
        # Outside a chat nobody takes turns by the second: after our word it is the player's move.
        turn = "pending" if before.status == "open" and before.waiting_since is None else before.status
        after = replace(before, live=False, status=turn)
        line = Line(kind="change", author="system", public=True, change={"what": NOTICE[reason], "reason": reason})
        after, written = append(after, line, at)
        steps.append(Step(before, after, [written]))
        events.append(ChatEnded(
            **facts(after, at), session_id=sessions.get(before.id, 0), seq=written.seq, reason=reason
        ))
    await save(tx, steps, at)
    await tx.emit(*events)
    return list(standings)


SILENT = timedelta(minutes=10)
"""A player who has not answered for so long has put the phone away; the agent's hand is needed elsewhere."""

UNANSWERED = timedelta(hours=1)
"""A chat that has waited so long is no chat any more; as a ticket it keeps its place in line."""

_IDLE: LiteralString = """
    SELECT id FROM tickets.ticket
    WHERE live AND ((waiting_since IS NULL AND last_message_at < $1) OR (assignee_id IS NULL AND waiting_since < $2))
    ORDER BY id LIMIT 200
"""


async def end_idle_chats(database: Database) -> int:
    """Chats that have gone quiet become tickets; returns how many."""
    async with database.transaction() as tx:
        at = now()
        rows = await tx.fetch(_IDLE, at - SILENT, at - UNANSWERED)
        return len(await end_chats(tx, [row[0] for row in rows], "idle", at))


class Wait(msgspec.Struct, frozen=True):
    """A chat that waits: how many stand before it (capped at 1,000) and how its queue has moved."""

    queue_id: int | None
    brand_id: int
    ahead: int
    accepted_recently: int


_WAIT: LiteralString = """
    SELECT t.queue_id, t.brand_id,
        (SELECT count(*) FROM (
            SELECT 1 FROM tickets.ticket o
            WHERE o.queue_id IS NOT DISTINCT FROM t.queue_id AND o.assignee_id IS NULL
              AND o.status IN ('new', 'open') AND o.live AND (o.rank_at, o.id) < (t.rank_at, t.id)
            LIMIT 1000) AS before),
        (SELECT count(*) FROM tickets.session s
         WHERE s.accepted_at > $2::timestamptz - interval '15 minutes')
    FROM tickets.ticket t
    WHERE t.id = $1 AND t.live AND t.assignee_id IS NULL
"""


async def wait_of(reader: Reader, ticket_id: int, at: datetime) -> Wait | None:
    """Where this chat stands in line, or None when it does not wait."""
    return await reader.row(Wait, _WAIT, ticket_id, at)


def expected_seconds(ahead: int, accepted_recently: int, agents: int) -> int | None:
    """How long until the turn comes, from what the last 15 minutes have shown.

    None when nobody is on duty; a guess of two minutes a chat and agent until there is experience.
    """
    if agents == 0:
        return None
    a_minute = accepted_recently / 15 if accepted_recently >= 3 else agents / 2
    return round((ahead + 1) / max(a_minute, 0.05) * 60)
