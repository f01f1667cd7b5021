"""What happens to the forms."""

from playerdesk.kernel import Event


class CategoryDefined(Event, frozen=True):
    """A category was added, changed or retired.

    `moved`: it stands below another one now, or another was merged into it; what holds for a branch holds for others.
    """

    category_id: int
    brand_id: int | None
    key: str
    moved: bool = False

    def topics(self) -> list[str]:
        """Workspaces fetch their directory again."""
        return ["staff"]


class FormDefined(Event, frozen=True):
    """A form was added, changed or retired."""

    form_id: int
    brand_id: int | None
    key: str

    def topics(self) -> list[str]:
        """Workspaces fetch their directory again."""
        return ["staff"]
