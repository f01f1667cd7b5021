"""Changing many tickets at once: looked at before, done in pieces by the worker, taken back within ten minutes.

A bulk change is rows: which tickets, and what became of each. So it goes on after any death where it stopped, and what
each ticket was before is known when somebody wants it back.
"""

from playerdesk.tickets.bulk.actions import BULK, Bulk, bulk_of, cancel, start, undo
from playerdesk.tickets.bulk.previews import look_ahead
from playerdesk.tickets.bulk.rules import MOST, Changes, Preview

__all__ = ["BULK", "MOST", "Bulk", "Changes", "Preview", "bulk_of", "cancel", "look_ahead", "start", "undo"]
