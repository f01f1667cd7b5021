"""Which way a ticket takes where conditions decide: ticket fields, and what was filled in and chosen on the way."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from playerdesk.forms import Field as FormField
from playerdesk.forms import leaves
from playerdesk.kernel import Rejected, Text, Tx
from playerdesk.kernel.conditions import Field, Fields, fix, matches, read_what_is_left
from playerdesk.processes.design import Design, Next, Step
from playerdesk.tickets import asking_by_itself, detail, ticket_fields

Answers = Mapping[str, Mapping[str, Any]]
"""By step what was filled in; what was chosen stands under an empty name."""

CHOSEN = ""
NOT_A_WAY = Text(zh="请选择其中一个去向。", en="Choose one of the ways on.")


class Known:
    """A ticket as it stands, with the answers given on the way; conditions read both."""

    def __init__(self, ticket: Any, answers: Answers) -> None:
        self._ticket = ticket
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ticket, name)


def _answer(step: str, key: str) -> Callable[[Any], Any]:
    def read(row: Known) -> Any:
        return row.answers.get(step, {}).get(key)

    return read


def _text(step: str, key: str) -> Callable[[Any], Any]:
    def read(row: Known) -> Any:
        value = row.answers.get(step, {}).get(key)
        return value if isinstance(value, str) else None

    return read


def _number(step: str, key: str) -> Callable[[Any], Any]:
    def read(row: Known) -> Any:
        value = row.answers.get(step, {}).get(key)
        return None if isinstance(value, bool) or not isinstance(value, int | float) else Decimal(str(value))

    return read


def _list(step: str, key: str) -> Callable[[Any], Any]:
    def read(row: Known) -> Any:
        value = row.answers.get(step, {}).get(key)
        return value if isinstance(value, list) else None

    return read


def _ticked(step: str, key: str) -> Callable[[Any], Any]:
    def read(row: Known) -> Any:
        return row.answers.get(step, {}).get(key) is True

    return read


def _time(step: str, key: str) -> Callable[[Any], Any]:
    def read(row: Known) -> Any:
        value = row.answers.get(step, {}).get(key)
        try:
            if not isinstance(value, str):
                return None
            at = datetime.fromisoformat(value)
            # A day without a zone is one of China's, as in every form.
            return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo("Asia/Shanghai"))).astimezone(UTC)
        except ValueError:
            return None

    return read


def _field(step: str, form: FormField) -> Field:
    name = f"answer.{step}.{form.key}"
    # These are asked in Python only, so there is no place of theirs in SQL.
    if form.kind in ("number", "money"):
        return Field(name=name, kind="money" if form.kind == "money" else "number", sql="NULL::numeric",
                     read=_number(step, form.key), label=form.label)
    if form.kind in ("date", "datetime"):
        return Field(name=name, kind="time", sql="NULL::timestamptz", read=_time(step, form.key), label=form.label)
    if form.kind in ("choices", "file"):
        keys = [option.key for option in leaves(form.options)] or None
        return Field(name=name, kind="tags", sql="NULL::text[]", read=_list(step, form.key), options=keys, label=form.label)
    if form.kind == "consent":
        return Field(name=name, kind="bool", sql="false", read=_ticked(step, form.key), nullable=False, label=form.label)
    options = [option.key for option in leaves(form.options)] if form.kind in ("choice", "tree") else None
    return Field(
        name=name, kind="choice" if options else "text", sql="NULL::text", read=_text(step, form.key), options=options,
        label=form.label,
    )


def own_fields(design: Design) -> dict[str, Field]:
    """What conditions of this process can ask beyond the ticket: `answer.<step>.<field>` and `chosen.<step>`."""
    found: dict[str, Field] = {}
    for step in design.steps:
        for form in step.fields:
            field = _field(step.key, form)
            found[field.name] = field
        buttons = [each.key for each in step.next if each.key]
        if buttons:
            found[f"chosen.{step.key}"] = Field(
                name=f"chosen.{step.key}", kind="choice", sql="NULL::text", read=_answer(step.key, CHOSEN), options=buttons,
                label=step.name,
            )
    return found


async def fields_of(reader: Any, design: Design) -> Fields:
    """Everything a condition in this process can ask about."""
    tickets = await ticket_fields(reader)
    return Fields(*tickets.fixed.values(), *own_fields(design).values())


async def judge(tx: Tx, design: Design, ticket_id: int, answers: Answers) -> Callable[[Step], Next]:
    """Decides where a step leads, for this ticket as it stands now."""
    if not any(each.when for step in design.steps for each in step.next):
        return _first
    fields = await fields_of(tx, design)
    asking = await asking_by_itself(tx)
    known = Known(await detail(tx, ticket_id), answers)

    def decide(step: Step) -> Next:
        for way in step.next:
            if way.when is None:
                return way
            # What no longer makes sense (a field is gone) is left out, as in a stored view.
            node, gone = read_what_is_left(way.when, fields)
            if not gone and matches(fix(node, asking))(known):
                return way
        return step.next[-1]

    return decide


def _first(step: Step) -> Next:
    return step.next[0]


def way_on(step: Step, chosen: str | None, decide: Callable[[Step], Next]) -> Next:
    """Where a step leads that somebody has done."""
    if not step.chosen:
        return decide(step)
    way = step.way(chosen)
    if way is None:
        raise Rejected("choose_a_way", NOT_A_WAY, fields={"choice": NOT_A_WAY})
    return way
