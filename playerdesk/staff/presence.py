"""Being there: what somebody chooses, what her screen proves, and the history of both."""

from collections.abc import Sequence
from datetime import timedelta
from typing import LiteralString

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
