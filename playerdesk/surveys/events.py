"""What the player thinks of it."""

from datetime import datetime

from playerdesk.tickets import PublicTicketEvent


class TicketRated(PublicTicketEvent, frozen=True, kw_only=True):
    """Her verdict; `previous` is the score she changed, `person_id` whose work it was."""

    score: int
    previous: int | None
    reasons: list[str]
    person_id: int | None
    first_at: datetime
    """When she rated it for the first time."""
