"""When · if · then: what the desk does by itself when something happens to a ticket, or when too long nothing does.

Rules are documents (`blueprint`), compiled once (`book`), asked in the transaction of what happened (`engine`) or when
their time has come (`timing`), tried on last month's tickets before they are published (`trying`); each firing is in a log.
"""

from playerdesk.rules.engine import consider
from playerdesk.rules.events import ProcessWanted, RuleFired

__all__ = ["ProcessWanted", "RuleFired", "consider"]
