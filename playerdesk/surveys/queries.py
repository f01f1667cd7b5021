"""Verdicts as they are read."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from playerdesk.kernel import Reader


class Rating(msgspec.Struct, frozen=True, rename="camel"):
    """One verdict, and whose work it is about."""

    ticket_id: int
    score: int
    reasons: list[str]
    comment: str
    rated_person_id: int | None
    at: datetime
    changed_at: datetime | None


class Satisfaction(msgspec.Struct, frozen=True, rename="camel"):
    """What a player thinks of us on the whole."""

    average: float | None
    ratings: int


async def rating_of(reader: Reader, ticket_id: int) -> Rating | None:
    """The verdict on this ticket."""
    return await reader.row(
        Rating,
        "SELECT ticket_id, score, reasons, comment, rated_person_id, at, changed_at"
        " FROM surveys.rating WHERE ticket_id = $1",
        ticket_id,
    )


async def satisfaction_of(reader: Reader, player_ids: Sequence[int]) -> Satisfaction:
    """Over all tickets of a person, who has these accounts."""
    found = await reader.row(
        Satisfaction,
        "SELECT avg(r.score)::float8, count(*) FROM surveys.rating r"
        " JOIN tickets.ticket t ON t.id = r.ticket_id WHERE t.player_id = ANY($1::bigint[])",
        list(player_ids),
    )
    return found or Satisfaction(None, 0)


async def verdicts_of(
    reader: Reader, player_ids: Sequence[int], brand_ids: Sequence[int], before: int | None, limit: int
) -> list[Rating]:
    """A person's verdicts, those of newer tickets first; `before`: of older tickets than this."""
    return await reader.rows(
        Rating,
        "SELECT r.ticket_id, r.score, r.reasons, r.comment, r.rated_person_id, r.at, r.changed_at"
        " FROM tickets.ticket t JOIN surveys.rating r ON r.ticket_id = t.id"
        " WHERE t.player_id = ANY($1::bigint[]) AND t.brand_id = ANY($2::bigint[])"
        " AND ($3::bigint IS NULL OR t.id < $3) ORDER BY t.id DESC LIMIT $4",
        list(player_ids), list(brand_ids), before, limit,
    )
