"""The claim loop, once a second and whenever somebody or something becomes free."""

from playerdesk.kernel import Loop
from playerdesk.routing.actions import give_out

WAKING = frozenset({
    "TicketOpened", "TicketQueued", "TicketResolved", "TicketChanged", "TicketReopened", "ChatEnded",
    "MessagePosted", "PresenceChanged", "PersonChanged",
})
"""Events after which there may be work to give out or a hand to take it."""

LOOPS = (Loop("give out work", 1, give_out),)
