"""催单: the player asks for attention; the agents see it, once an hour at most."""

from datetime import datetime, timedelta

from playerdesk.channels.game.events import TicketNudged
from playerdesk.kernel import Text, TooMany, Tx
from playerdesk.tickets import add_changes, escalate, facts, lock_one

EVERY = timedelta(hours=1)
TOO_SOON = Text(
    zh="我们已经收到你的催促，正在加紧处理，请一小时后再催。",
    en="We have your reminder and are on it. You can send another one in an hour.",
)


async def nudge(tx: Tx, ticket_id: int, at: datetime) -> None:
    """Write the nudge in the timeline; a third one puts the ticket on the team lead's list."""
    standing = await lock_one(tx, ticket_id)
    if standing.status in ("resolved", "closed"):
        return
    times = [row[0] for row in await tx.fetch(
        "SELECT created_at FROM tickets.message"
        " WHERE ticket_id = $1 AND kind = 'change' AND change ->> 'what' = 'nudged' ORDER BY seq DESC LIMIT 3",
        ticket_id,
    )]
    if times and at - times[0] < EVERY:
        wait = EVERY - (at - times[0])
        raise TooMany("nudged_already", TOO_SOON, extra={"retryAfterSeconds": round(wait.total_seconds())})
    await add_changes(tx, [(ticket_id, {"what": "nudged", "times": len(times) + 1})], at)
    if len(times) >= 2:
        await escalate(tx, [ticket_id], at)
    after = await lock_one(tx, ticket_id)
    await tx.emit(TicketNudged(**facts(after, at), times=len(times) + 1))
