"""Processes as documents."""

from typing import Any, ClassVar

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published, asked_about, body_of
from playerdesk.brands import brand_by_key
from playerdesk.kernel import NotFound, Reader, Text, Tx
from playerdesk.processes import editions
from playerdesk.processes.checking import problems_of
from playerdesk.processes.design import Design
from playerdesk.processes.names import unknown_names

NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")


class Processes(Kind):
    """Steps across departments."""

    name: ClassVar[str] = "process"
    label: ClassVar[Text] = Text("流程", "Process")
    after: ClassVar[tuple[str, ...]] = ("department", "queue", "role", "calendar", "brand")

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        """Defaults left out."""
        return body_of(msgspec.convert(body, Design))

    def mentions(self, body: dict[str, Any]) -> list[Mention]:
        """Who is responsible, and by whose hours; people are no documents and are looked up in `check`."""
        design = msgspec.convert(body, Design)
        hours = [
            Mention("calendar", step.deadline.calendar, f"steps.{n}.deadline.calendar")
            for n, step in enumerate(design.steps) if step.deadline is not None and step.deadline.calendar
        ]
        return hours + [
            Mention(party.kind, party.key, f"steps.{n}.by.{m}")
            for n, step in enumerate(design.steps) for m, party in enumerate(step.by)
            if party.kind in ("department", "queue", "role") and party.key
        ] + [
            each for n, step in enumerate(design.steps) for m, way in enumerate(step.next) if way.when is not None
            for each in asked_about(way.when, f"steps.{n}.next.{m}.when")
        ]

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        """How it hangs together, and whether everything it names is there."""
        design = msgspec.convert(asked.body, Design)
        found = problems_of(design)
        return [*found, *await unknown_names(reader, design)]

    async def apply(self, tx: Tx, published: Published) -> None:
        """A new version in force; tickets under way stay on theirs until somebody moves them."""
        brand_id = await _brand_id(tx, published.place)
        await editions.publish_edition(tx, brand_id, published.place.key, published.version, published.body)

    async def retire(self, tx: Tx, place: Place) -> None:
        """It cannot be started any more; what is under way goes on to its end."""
        await editions.retire_process(tx, await _brand_id(tx, place), place.key)

    async def living(self, reader: Reader) -> list[Living]:
        """Every process that can be started."""
        return [Living(*each) for each in await editions.living(reader)]


async def _brand_id(reader: Reader, place: Place) -> int | None:
    if not place.brand_key:
        return None
    brand = await brand_by_key(reader, place.brand_key)
    if brand is None:
        raise NotFound("no_such_brand", NO_BRAND)
    return brand.id
