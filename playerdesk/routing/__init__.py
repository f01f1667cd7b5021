"""Who answers: the VIP manager first, else the emptiest agent of the queue, first in line first.

Nobody is starved (the rank is waiting plus a bounded head start), doubled (assignment is
conditional) or lost (work returns to its place when its owner leaves).
"""

from playerdesk.routing.actions import give_out, pull_next, take_back
from playerdesk.routing.queries import on_duty_count
from playerdesk.routing.rules import Care, Hand, Match, Waiting, match

__all__ = [
    "Care", "Hand", "Match", "Waiting", "give_out", "match", "on_duty_count", "pull_next", "take_back",
]
