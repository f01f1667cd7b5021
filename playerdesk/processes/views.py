"""A process on a screen: the strip on a ticket (who, when, why, what comes next), and one task to be done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.forms import Field, leaves
from playerdesk.kernel import NotFound, Reader, Text
from playerdesk.processes.design import Design, Step
from playerdesk.processes.editions import editions, in_force
from playerdesk.processes.instances import INSTANCE, NO_TASK, TASK, Instance, Task
from playerdesk.processes.judging import CHOSEN
from playerdesk.processes.lists import PartyView, party_view
from playerdesk.processes.papers import files_of
from playerdesk.processes.parties import names_of
from playerdesk.tickets import detail, timeline

LAST_SAID = 30


class Filled(msgspec.Struct, frozen=True):
    """What was filled in, with what it is called."""

    label: Text
    value: Any
    kind: str
    shown: Text | None = None
    """The names of the options that were chosen."""
    files: list[dict[str, Any]] = []
    """What was given, each with its name and a link."""


class Way(msgspec.Struct, frozen=True, rename="camel"):
    """A way on, and to which step."""

    key: str
    name: Text | None
    to: Text


class VisitView(msgspec.Struct, frozen=True, rename="camel"):
    """One visit of one step, over or under way."""

    task_id: int
    step_key: str
    name: Text
    kind: str
    state: str
    party: PartyView | None
    claimed_by: int | None
    raised_to: list[int]
    level: int
    due_at: datetime | None
    opened_at: datetime
    done_at: datetime | None
    done_by: int | None
    chosen: Text | None
    reason: str
    filled: list[Filled]
    next: list[Way]


class InstanceView(msgspec.Struct, frozen=True, rename="camel"):
    """One process on one ticket."""

    id: int
    key: str
    name: Text
    version: int
    state: str
    started_by: int | None
    started_at: datetime
    ended_at: datetime | None
    ended_by: int | None
    reason: str
    visits: list[VisitView]


class Startable(msgspec.Struct, frozen=True):
    """A process that can be begun here."""

    key: str
    name: Text
    about: Text | None


class Strip(msgspec.Struct, frozen=True):
    """Every process of a ticket, the newest first, and those that could be begun."""

    instances: list[InstanceView]
    startable: list[Startable]


class BackTo(msgspec.Struct, frozen=True):
    """A step it may be handed back to."""

    key: str
    name: Text


class Said(msgspec.Struct, frozen=True, rename="camel"):
    """A line of the conversation, for somebody who does a step and need not see the ticket itself."""

    author: str
    author_id: int | None
    body: str
    at: datetime


class TaskSheet(msgspec.Struct, frozen=True, rename="camel"):
    """Everything somebody needs to do one step."""

    instance: InstanceView
    visit: VisitView
    instruction: Text | None
    fields: list[Field]
    choices: list[Way]
    back: list[BackTo]
    values: dict[str, Any]
    """What was filled in here the last time, before it came back."""
    ticket_id: int
    subject: str
    player_name: str
    tier: str
    status: str
    brand_id: int
    category_id: int | None
    language: str
    form: dict[str, Any]
    said: list[Said]


_OF_TICKET: LiteralString = f"SELECT {INSTANCE} FROM processes.instance WHERE ticket_id = $1 ORDER BY id DESC LIMIT 20"
_TASKS: LiteralString = f"SELECT {TASK} FROM processes.task WHERE ticket_id = $1 ORDER BY id"


async def strip(reader: Reader, ticket_id: int, brand_id: int) -> Strip:
    """What the first line sees of what other departments do."""
    found = await _instances(reader, ticket_id)
    running = {each.key for each in found if each.state == "running"}
    return Strip(found, [
        Startable(each.key, each.design.name, each.design.about)
        for each in await in_force(reader, brand_id) if each.key not in running
    ])


async def _instances(reader: Reader, ticket_id: int) -> list[InstanceView]:
    known = await reader.rows(Instance, _OF_TICKET, ticket_id)
    if not known:
        return []
    tasks = await reader.rows(Task, _TASKS, ticket_id)
    designs = await editions(reader, {each.edition_id for each in known})
    names = await names_of(reader)
    files = await files_of(reader, [each.id for each in known])
    views: list[InstanceView] = []
    for each in known:
        edition = designs[each.edition_id]
        views.append(InstanceView(
            each.id, edition.key, edition.design.name, edition.version, each.state, each.started_by, each.started_at,
            each.ended_at, each.ended_by, each.reason,
            [_visit(edition.design, task, names, files) for task in tasks if task.instance_id == each.id],
        ))
    return views


def _visit(design: Design, task: Task, names: dict[str, Text], files: Mapping[str, Any]) -> VisitView:
    step = design.step(task.step_key) or Step(task.step_key, Text(task.step_key, task.step_key))
    way = step.way(task.chosen)
    return VisitView(
        task.id, step.key, step.name, task.kind, task.state, party_view(task.party, names), task.claimed_by, task.raised_to,
        task.level, task.due_at, task.opened_at, task.done_at, task.done_by, way.name if way else None, task.reason,
        _filled(step, task.values, files), ways(design, step) if task.state in ("open", "waiting") else [],
    )


def ways(design: Design, step: Step) -> list[Way]:
    """What comes next, as far as it is known."""
    found: list[Way] = []
    for each in step.next:
        to = design.step(each.to)
        if to is not None:
            found.append(Way(each.key, each.name, to.name))
    return found


def _filled(step: Step, values: dict[str, Any], files: Mapping[str, Any]) -> list[Filled]:
    found: list[Filled] = []
    for field in step.fields:
        if field.key not in values:
            continue
        value = values[field.key]
        chosen = [option.name for option in leaves(field.options) if option.key in (value if isinstance(value, list) else [value])]
        shown = Text("、".join(each.zh for each in chosen), ", ".join(each.en or each.zh for each in chosen)) if chosen else None
        papers = [files[each] for each in value if each in files] if field.kind == "file" else []
        found.append(Filled(field.label, value, field.kind, shown, papers))
    return found


async def sheet(reader: Reader, task_id: int) -> TaskSheet:
    """One task with its form, the way so far, and what the matter is about."""
    task = await reader.row(Task, f"SELECT {TASK} FROM processes.task WHERE id = $1", task_id)
    if task is None:
        raise NotFound("no_such_task", NO_TASK)
    views = await _instances(reader, task.ticket_id)
    instance = next(each for each in views if each.id == task.instance_id)
    row = await reader.row(Instance, f"SELECT {INSTANCE} FROM processes.instance WHERE id = $1", task.instance_id)
    assert row is not None
    design = (await editions(reader, {row.edition_id}))[row.edition_id].design
    step = design.step(task.step_key) or Step(task.step_key, Text(task.step_key, task.step_key))
    ticket = await detail(reader, task.ticket_id)
    assert ticket is not None
    entries = await timeline(reader, task.ticket_id)
    said = [
        Said(each.author, each.author_id, each.body, each.created_at)
        for each in entries if each.kind in ("message", "note") and each.body
    ]
    before = {key: value for key, value in row.answers.get(step.key, {}).items() if key != CHOSEN}
    return TaskSheet(
        instance, next(each for each in instance.visits if each.task_id == task.id), step.instruction, step.fields,
        [way for way in ways(design, step) if way.key], [
            BackTo(key, target.name) for key in step.back if (target := design.step(key)) is not None
        ], before, ticket.id, ticket.subject, ticket.player_name, ticket.tier, ticket.status, ticket.brand_id, ticket.category_id,
        ticket.language, ticket.fields, said[-LAST_SAID:],
    )
