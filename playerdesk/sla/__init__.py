"""Service levels: how fast a player is answered, by which calendar, and what happens when we are late.

Three clocks a ticket (first answer, next answer, solution) follow what `tickets` says. `calendars` and
`machine` are pure; `rules` decides, `reactions` applies it to a batch of events at once, `jobs` rings.
"""

from playerdesk.sla.actions import define_calendar, set_default_targets, set_target
from playerdesk.sla.calendars import HOLIDAYS_KNOWN_UNTIL, Calendar, add_open_seconds, open_seconds_between
from playerdesk.sla.events import ClockBreached, ClockEvent, ClockStopped, ClockWarned
from playerdesk.sla.explaining import Explanation, explain
from playerdesk.sla.jobs import ring
from playerdesk.sla.queries import Breach, ClockView, breaches, calendars_by_key, clocks
from playerdesk.sla.replanning import ReplanMoved, replans
from playerdesk.sla.rules import Target

__all__ = [
    "HOLIDAYS_KNOWN_UNTIL", "Breach", "Calendar", "ClockBreached", "ClockEvent", "ClockStopped", "ClockView",
    "ClockWarned", "Explanation", "ReplanMoved", "Target", "add_open_seconds", "breaches", "calendars_by_key", "clocks",
    "define_calendar", "explain", "open_seconds_between", "replans", "ring", "set_default_targets",
    "set_target",
]
