"""The claim loop, once a second and whenever somebody or something becomes free."""

from playerdesk.kernel import Loop
from playerdesk.routing.actions import end_chats_of_deserted_queues, give_out

WAKING = frozenset({
    "TicketOpened", "TicketQueued", "TicketResolved", "TicketChanged", "TicketReopened", "ChatEnded",
    "MessagePosted", "PresenceChanged", "PersonChanged",
})
"""Events after which there may be work to give out or a hand to take it."""

LOOPS = (
    # Apart from the others: a player in line counts the seconds, whatever the readers of the event log catch up on.
    Loop("give out work", 1, give_out, punctual=True),
    Loop("end chats nobody can take", 2, end_chats_of_deserted_queues),
)
