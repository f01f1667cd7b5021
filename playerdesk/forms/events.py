"""What happens to the forms."""

from playerdesk.kernel import Event


class CategoryDefined(Event, frozen=True):
    """A category was added, changed or retired."""

    category_id: int
    brand_id: int | None
    key: str

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
