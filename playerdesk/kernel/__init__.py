"""What every package stands on: transactions, events, live streams, loops, files, words, settings.

The kernel knows no domain. It is the only package that speaks to the database driver.
"""

from playerdesk.kernel.cleaning import clean_line, clean_text
from playerdesk.kernel.clock import now
from playerdesk.kernel.database import Database, Reader, TooSlow, Tx, connect
from playerdesk.kernel.encoding import encode, encode_text
from playerdesk.kernel.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    Rejected,
    Text,
    TooLarge,
    TooMany,
    Unauthenticated,
)
from playerdesk.kernel.events import Event, Question, Reactions, Wiring
from playerdesk.kernel.lanes import Lane
from playerdesk.kernel.listeners import Listener, LiveEvent
from playerdesk.kernel.live import Live
from playerdesk.kernel.loops import Loop, drain, drain_due
from playerdesk.kernel.memory import Remembered
from playerdesk.kernel.snapshots import PastEvent, read_on
from playerdesk.kernel.used_tokens import PURGE_USED_TOKENS, use_once

__all__ = [
    "PURGE_USED_TOKENS", "Conflict", "Database", "Event", "Forbidden", "Lane", "Listener", "Live",
    "LiveEvent", "Loop", "NotFound", "PastEvent", "Question", "Reactions", "Reader", "Refused", "Rejected", "Remembered",
    "Text", "TooLarge", "TooMany", "TooSlow", "Tx", "Unauthenticated", "Wiring", "clean_line",
    "clean_text", "connect", "drain", "drain_due", "encode", "encode_text", "now", "read_on", "use_once",
]
