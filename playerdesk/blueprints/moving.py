"""Writing the whole desk out as text, and taking a text over: planned before, all of it or nothing, twice the same as once."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from playerdesk.blueprints.actions import Unfit, adopt, publish_body, retire
from playerdesk.blueprints.comparing import Difference, differences
from playerdesk.blueprints.kinds import Body, Kind, Kinds, Place, Problem, shape_problem
from playerdesk.blueprints.text import Document, write
from playerdesk.kernel import Refused, Tx

IMPORT_NOTE = "config import"


class Step(msgspec.Struct, frozen=True):
    """One document that a text would change."""

    place: Place
    what: Literal["add", "change", "retire"]
    differences: list[Difference]


class Misfit(msgspec.Struct, frozen=True):
    """A document that cannot be published, why, and the line it begins in."""

    place: Place
    problems: list[Problem]
    line: int


class Plan(msgspec.Struct, frozen=True):
    """What taking a text over does (or did): nothing when it is what the desk is already."""

    steps: list[Step]
    misfits: list[Misfit]
    same: int


class Misplanned(Exception):
    """Raised out of the transaction, which it undoes: something in the text does not fit, or it was only a plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the plan was not carried out")
        self.plan = plan


async def living_documents(tx: Tx, kinds: Kinds) -> dict[Place, Body]:
    """Everything that is true now, in the order in which it can be published."""
    await adopt(tx, kinds)
    found = [
        Document(Place(kind.name, each.brand_key, each.key), kind.normal(each.body), 0)
        for kind in kinds for each in sorted(await kind.living(tx), key=lambda one: (one.brand_key, one.key))
    ]
    return {each.place: each.body for each in _in_order(kinds, found)}


async def written(tx: Tx, kinds: Kinds) -> str:
    """The whole desk as text. People, players, tickets, keys and passwords are not in it."""
    return write((await living_documents(tx, kinds)).items())


async def take_over(
    tx: Tx, kinds: Kinds, documents: Sequence[Document], by_id: int | None, *, prune: bool = False, only_plan: bool = False
) -> Plan:
    """Make the desk what the text says; `Misplanned` (undoing the transaction) when a document does not fit.

    Each document is published and checked in the presence of those before it, so a plan finds exactly what an import
    would. What the text does not mention stays, unless `prune` retires it.
    """
    now_true = await living_documents(tx, kinds)
    steps: list[Step] = []
    misfits: list[Misfit] = []
    same = 0
    for document in _in_order(kinds, documents):
        kind = kinds[document.place.kind]
        try:
            body = kind.normal(document.body)
            before = now_true.get(document.place)
            if before == body:
                same += 1
                continue
            async with tx.attempt():
                await publish_body(tx, kinds, document.place, body, by_id, IMPORT_NOTE)
            steps.append(Step(document.place, "change" if before is not None else "add", differences(before or {}, body)))
        except msgspec.ValidationError as failure:
            misfits.append(Misfit(document.place, [shape_problem(failure)], document.line))
        except Unfit as unfit:
            misfits.append(Misfit(document.place, unfit.problems, document.line))
        except Refused as refused:
            misfits.append(Misfit(document.place, [Problem("", refused.message)], document.line))
    if prune:
        wanted = {document.place for document in documents}
        await _prune(tx, kinds, [place for place in now_true if place not in wanted], by_id, steps, misfits)
    plan = Plan(steps, misfits, same)
    if misfits or only_plan:
        raise Misplanned(plan)
    return plan


def _in_order(kinds: Kinds, documents: Sequence[Document]) -> list[Document]:
    """Kinds in their order; within a kind, such as categories below others, what is mentioned before what mentions it."""
    found: list[Document] = []
    for kind in kinds:
        found.extend(_mentioned_first(kind, [document for document in documents if document.place.kind == kind.name]))
    return found


def _mentioned_first(kind: Kind, documents: Sequence[Document]) -> list[Document]:
    left = {document.place: document for document in documents}
    placed: list[Document] = []

    def put(document: Document) -> None:
        if left.pop(document.place, None) is None:
            return
        try:
            mentions = kind.mentions(kind.normal(document.body))
        except msgspec.ValidationError:
            mentions = []
        for each in mentions:
            for brand_key in (document.place.brand_key, ""):
                above = left.get(Place(kind.name, brand_key, each.key)) if each.kind == kind.name else None
                if above is not None:
                    put(above)
        placed.append(document)

    for document in documents:
        put(document)
    return placed


async def _prune(
    tx: Tx, kinds: Kinds, places: Sequence[Place], by_id: int | None, steps: list[Step], misfits: list[Misfit]
) -> None:
    """Out of use, what mentions others before what is mentioned."""
    for place in reversed(places):
        try:
            async with tx.attempt():
                await retire(tx, kinds, place, None, by_id)
            steps.append(Step(place, "retire", []))
        except Refused as refused:
            misfits.append(Misfit(place, [Problem("", refused.message)], 0))
