"""Taking a player's verdict."""

from datetime import datetime
from typing import LiteralString

from playerdesk import tickets
from playerdesk.kernel import Tx, now
from playerdesk.surveys import rules
from playerdesk.surveys.events import TicketRated
from playerdesk.surveys.queries import Rating, rating_of

_KEEP: LiteralString = """
    INSERT INTO surveys.rating (ticket_id, score, reasons, comment, rated_person_id, at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (ticket_id) DO UPDATE SET
        score = excluded.score, reasons = excluded.reasons, comment = excluded.comment, changed_at = excluded.at
"""


async def rate(
    tx: Tx, ticket_id: int, score: int, reasons: list[str], comment: str, at: datetime | None = None
) -> Rating:
    """Rate a solved ticket, or change the rating within a day. Whose ticket it is, the channel has checked."""
    at = at or now()
    wrong = rules.check_verdict(score, reasons, comment)
    if wrong is not None:
        raise wrong
    ticket = await tickets.lock_one(tx, ticket_id)
    before = await rating_of(tx, ticket_id)
    wrong = rules.check_time(ticket.status, before and before.at, at)
    if wrong is not None:
        raise wrong
    comment = comment.strip()
    if before is not None and (before.score, before.reasons, before.comment) == (score, reasons, comment):
        return before
    rating = Rating(
        ticket_id, score, reasons, comment,
        # The first verdict settles whose work it is about, however the ticket travels later.
        before.rated_person_id if before else ticket.resolved_by or ticket.assignee_id,
        before.at if before else at, at if before else None,
    )
    await tx.execute(_KEEP, ticket_id, score, reasons, comment, rating.rated_person_id, at)
    await tickets.record_rating(tx, ticket_id, score, at)
    await tickets.add_changes(tx, [(ticket_id, {"what": "rated", "score": score, "from": before and before.score})], at)
    if score <= rules.LOW:
        await tickets.escalate(tx, [ticket_id], at)
    after = await tickets.lock_one(tx, ticket_id)
    await tx.emit(TicketRated(
        **tickets.facts(after, at), score=score, previous=before and before.score, reasons=reasons,
        person_id=rating.rated_person_id, first_at=rating.at,
    ))
    return rating
