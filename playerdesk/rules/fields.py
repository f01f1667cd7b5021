"""What the condition of a rule can ask about: everything about a ticket, and the text that was just said."""

from typing import Any

import msgspec

from playerdesk.kernel import Reader, Text
from playerdesk.kernel.conditions import Field, Fields
from playerdesk.tickets import Detail, ticket_fields

SAID = Field(
    name="said", kind="text", sql="t.preview", read=lambda row: row.said, nullable=False,
    label=Text("这条消息的内容", "Text of the message"),
)
"""Only known to rules that a message sets off; a rule of time must not ask for it."""


class Case(Detail, frozen=True, rename="camel"):
    """A ticket as a rule sees it."""

    said: str = ""


def case(detail: Detail, said: str = "") -> Case:
    """The ticket with what was said."""
    make: Any = Case
    return make(*msgspec.structs.astuple(detail), said)


async def rule_fields(reader: Reader) -> Fields:
    """What can be asked just now."""
    known = await ticket_fields(reader)
    return Fields(*known.fixed.values(), SAID)


def shown(value: Any) -> Any:
    """A value as a log keeps it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value[:200] if isinstance(value, str) else value
    return [shown(each) for each in value] if isinstance(value, list | tuple) else str(value)
