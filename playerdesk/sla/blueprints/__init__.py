"""Calendars and service levels as documents."""

from playerdesk.sla.blueprints.calendar import CalendarKind
from playerdesk.sla.blueprints.service_level import ServiceLevelKind

__all__ = ["CalendarKind", "ServiceLevelKind"]
