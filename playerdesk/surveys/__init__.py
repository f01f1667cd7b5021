"""The player's verdict: one to five stars with reasons, once a ticket, changeable for a day.

Two stars or fewer put the ticket on the team lead's list, so that somebody looks into it.
"""

from playerdesk.surveys.actions import rate
from playerdesk.surveys.events import TicketRated
from playerdesk.surveys.queries import Rating, Satisfaction, rating_of, satisfaction_of, verdicts_of
from playerdesk.surveys.rules import REASONS, Reason

__all__ = [
    "REASONS", "Rating", "Reason", "Satisfaction", "TicketRated", "rate", "rating_of",
    "satisfaction_of", "verdicts_of",
]
