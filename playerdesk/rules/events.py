"""What rules ask of those above and beside them."""

from typing import Any

from playerdesk.tickets import TicketEvent


class ProcessWanted(TicketEvent, frozen=True, kw_only=True):
    """A rule starts a process on this ticket; whoever runs processes listens."""

    process: str
    rule: dict[str, Any]

    def topics(self) -> list[str]:
        """Nobody's screen: what comes of it is told by the process."""
        return []


class RuleFired(TicketEvent, frozen=True, kw_only=True):
    """A rule has done something to the ticket; who looks at why fetches it again."""

    rule_key: str
    outcome: str

    def topics(self) -> list[str]:
        return [f"ticket:{self.ticket_id}"]
