"""What happens to the people who answer."""

from datetime import datetime

from playerdesk.kernel import Event


class PresenceChanged(Event, frozen=True):
    """Somebody came, went, or stopped answering; `reason`: chosen, signed_in, signed_out, vanished."""

    person_id: int
    state: str
    since: datetime
    state_before: str
    reason: str

    def topics(self) -> list[str]:
        """Everybody on staff sees it, and she herself on her other screens."""
        return ["staff", f"agent:{self.person_id}"]


class PreferencesChanged(Event, frozen=True):
    """Somebody chose something for herself; her other screens read it anew."""

    person_id: int
    revision: int

    def topics(self) -> list[str]:
        """Her own screens only."""
        return [f"agent:{self.person_id}"]


class PersonChanged(Event, frozen=True):
    """Somebody is new, has another name or place, was suspended or is back."""

    person_id: int

    def topics(self) -> list[str]:
        """Every screen has the names of colleagues."""
        return ["staff", f"agent:{self.person_id}"]


class QueueChanged(Event, frozen=True):
    """A queue was added, changed or taken out of use, or somebody joined it."""

    queue_id: int
    person_id: int | None = None

    def topics(self) -> list[str]:
        """Workspaces fetch their directory again."""
        return ["staff"]
