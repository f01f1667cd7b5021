"""Who did and saw what: every change of data and settings, every view and export of personal data.

Whoever changes something records a trace in the same transaction; the worker seals the traces into two hash
chains (`changes`, `views`), so that whatever is altered, taken out or put in afterwards shows.
"""

from playerdesk.audit.actions import Trace, record
from playerdesk.audit.queries import FIGURES, ChainState, TraceFilter, TracePage, TraceRow, chain_state, traces
from playerdesk.audit.sightings import Sightings

__all__ = [
    "FIGURES", "ChainState", "Sightings", "Trace", "TraceFilter", "TracePage", "TraceRow", "chain_state", "record", "traces",
]
