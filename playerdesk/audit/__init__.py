"""Who did and saw what: every change of data and settings, every view and export of personal data."""

from playerdesk.audit.actions import Trace, record

__all__ = ["Trace", "record"]
