"""What players need looked at again and again."""

from playerdesk.kernel import Loop
from playerdesk.players import search
from playerdesk.players.managers import find_managers_for_the_waiting
from playerdesk.players.segments import members
from playerdesk.players.spend import recount_stale

LOOPS = (
    # Each minute the few who are due, instead of everybody at midnight.
    Loop("recount spend", 60, recount_stale),
    Loop("find VIP managers", 60, find_managers_for_the_waiting),
    *search.LOOPS,
    members.LOOP,
)
