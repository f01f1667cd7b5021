"""What craft brings about, beyond what happens to any ticket."""

from playerdesk.kernel import Event
from playerdesk.tickets.events import PublicTicketEvent, TicketEvent


class TicketMerged(PublicTicketEvent, frozen=True):
    """The ticket goes on in another one; it stays, closed, with its own timeline."""

    seq: int
    merging_id: int
    target_id: int
    by_id: int
    status_before: str


class TicketUnmerged(PublicTicketEvent, frozen=True):
    """It stands for itself again, where it stood before."""

    seq: int
    merging_id: int
    target_id: int
    by_id: int


class CraftChanged(TicketEvent, frozen=True):
    """Something beside the timeline is different: `part` is links, follows, checklist, effort, lesson or merging."""

    part: str
    seq: int = 0
    """The line in the timeline that says so; 0 when there is none."""


class SideSpoken(Event, frozen=True):
    """Something happened in a side conversation. Not a ticket event, so that no stream of the player's carries it."""

    side_id: int
    about_id: int
    """The ticket it is about; not called ticket_id, for who takes part need not be allowed to see the ticket."""
    seq: int
    author_id: int
    subject: str
    people: list[int]

    def topics(self) -> list[str]:
        """Those who take part, and whoever has the ticket on screen."""
        return [f"ticket:{self.about_id}", *(f"agent:{person}" for person in self.people)]
