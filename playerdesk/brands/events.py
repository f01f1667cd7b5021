"""What happens to a brand."""

from playerdesk.kernel import Event


class BrandChanged(Event, frozen=True):
    """A brand, one of its servers, keys or its webhook was added or changed; `what` says which."""

    brand_id: int
    what: str

    def topics(self) -> list[str]:
        """Workspaces fetch their directory again."""
        return ["staff"]
