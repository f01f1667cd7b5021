"""What happens to tickets on their way through a process."""

from playerdesk.kernel import Event


class ProcessMoved(Event, frozen=True):
    """A process began, went on, was handed back, escalated or ended.

    Not a ticket event: who has work in it need not be allowed to see the ticket, and nothing of it is the player's.
    """

    about_id: int
    """The ticket."""
    instance_id: int
    process: str
    what: str
    """started, done, handed_back, claimed, released, escalated, signalled, stopped, moved, ended"""
    parties: list[str]
    """Whose lists may look different now."""
    person_ids: list[int]

    def topics(self) -> list[str]:
        """Whoever has the ticket on screen, and every list of tasks."""
        return [f"ticket:{self.about_id}", "staff"]
