"""What a player does to a ticket from inside the game, beyond what tickets know themselves."""

from playerdesk.tickets import TicketEvent


class TicketNudged(TicketEvent, frozen=True, kw_only=True):
    """催单: she asks for attention, for the so-manieth time."""

    times: int
