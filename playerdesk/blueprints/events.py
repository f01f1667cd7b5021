"""What happens to the blueprints."""

from typing import Literal

from playerdesk.kernel import Event


class BlueprintChanged(Event, frozen=True):
    """Somebody has drafted, published or retired something; whoever has it open is told."""

    kind: str
    brand_key: str
    key: str
    what: Literal["draft", "published", "retired"]
    revision: int
    version: int
    by_id: int | None

    def topics(self) -> list[str]:
        """Every workspace: an open editor shows it, a list fetches again."""
        return ["staff"]
