"""Being there: what somebody chooses, what her screen proves, and the history of both."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString

import msgspec

from playerdesk.kernel import Database, Rejected, Text, Tx
from playerdesk.staff.events import PresenceChanged
from playerdesk.staff.rules import GRACE, STATES

# Locked in order of id, so that two set-based changes never wait for each other crosswise.
_LOCK: LiteralString = """
    SELECT person_id FROM staff.presence WHERE person_id = ANY($1::bigint[]) ORDER BY person_id FOR UPDATE
"""

_CHANGE: LiteralString = """
    WITH before AS MATERIALIZED (
        SELECT person_id, state, since, clock_timestamp() AS at
        FROM staff.presence WHERE person_id = ANY($1::bigint[])
    ), closed AS (
        INSERT INTO staff.presence_interval (person_id, state, started_at, ended_at, reason)
        SELECT person_id, state, since, at, $3 FROM before WHERE state <> $2
    )
    UPDATE staff.presence AS p
    SET state = $2, since = CASE WHEN before.state = $2 THEN p.since ELSE before.at END,
        seen_at = CASE WHEN $3 = 'vanished' THEN p.seen_at ELSE before.at END
    FROM before WHERE p.person_id = before.person_id
    RETURNING p.person_id, p.since, before.state
"""

_SEEN: LiteralString = """
    UPDATE staff.presence SET seen_at = now() WHERE person_id = ANY($1::bigint[]) AND seen_at < now()
"""

_VANISHED: LiteralString = """
    SELECT person_id FROM staff.presence
    WHERE state <> 'offline' AND seen_at < now() - $1::interval
    ORDER BY person_id FOR UPDATE SKIP LOCKED
"""


async def set_presence(tx: Tx, person_id: int, state: str, reason: str = "chosen") -> None:
    """She is online, busy, on a break or offline from now on; the same state again only proves she is there."""
    await set_presence_of(tx, [person_id], state, reason)


async def set_presence_of(tx: Tx, person_ids: Sequence[int], state: str, reason: str = "chosen") -> None:
    """The same for many at once."""
    if state not in STATES:
        raise Rejected("state_unknown", Text(
            zh="状态只能是在线、忙碌、小休或离线。", en="Presence is online, busy, break or offline."
        ), fields={"state": Text(zh="请选择一个状态。", en="Choose one of the states.")})
    await tx.fetch(_LOCK, list(person_ids))
    records = await tx.fetch(_CHANGE, list(person_ids), state, reason)
    await tx.emit(*[
        PresenceChanged(person_id=person_id, state=state, since=since, state_before=before, reason=reason)
        for person_id, since, before in records
        if before != state
    ])


class History(msgspec.Struct, frozen=True):
    """Somebody was in a state from one moment until another, as a record from elsewhere tells."""

    person_id: int
    state: str
    started_at: datetime
    ended_at: datetime


_REMEMBER: LiteralString = """
    INSERT INTO staff.presence_interval (person_id, state, started_at, ended_at)
    SELECT h.person_id, h.state, h.started_at, h.ended_at
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS h (person_id, state, started_at, ended_at)
    JOIN staff.presence p ON p.person_id = h.person_id AND p.since >= h.ended_at
    WHERE NOT EXISTS (
        SELECT FROM staff.presence_interval i
        WHERE i.person_id = h.person_id AND i.started_at < h.ended_at AND i.ended_at > h.started_at
    )
"""


async def remember_presence(tx: Tx, past: Sequence[History]) -> int:
    """Take over what another record says of the time before; what is known here goes before it. How many were new."""
    return await tx.execute(
        _REMEMBER, [h.person_id for h in past], [h.state for h in past], [h.started_at for h in past],
        [h.ended_at for h in past],
    )


async def seen(database: Database, person_ids: Sequence[int]) -> None:
    """The screens of these people have just been heard; one statement for all of them."""
    if person_ids:
        async with database.transaction() as tx:
            await tx.fetch(_LOCK, sorted(set(person_ids)))
            await tx.execute(_SEEN, list(person_ids))


async def let_go(database: Database, grace: timedelta = GRACE) -> None:
    """Whoever has not been heard for too long is offline; her work goes back (`routing` reacts)."""
    async with database.transaction() as tx:
        vanished = [record[0] for record in await tx.fetch(_VANISHED, grace)]
        if vanished:
            await set_presence_of(tx, vanished, "offline", "vanished")
