"""What is wrong with a process on this desk: who it names has to be there, and its conditions have to make sense."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from playerdesk.blueprints import Problem
from playerdesk.kernel import Reader, Refused, Text
from playerdesk.kernel.conditions import Fields, names, read
from playerdesk.processes.design import Design, Step
from playerdesk.processes.judging import fields_of
from playerdesk.processes.parties import names_of, people_of
from playerdesk.tickets import asking_by_itself

_KINDS = {
    "department": Text("部门", "department"), "queue": Text("队列", "queue"), "role": Text("角色", "role"),
    "person": Text("人员", "person"), "category": Text("问题分类", "category"), "brand": Text("游戏", "brand"),
}


async def unknown_names(reader: Reader, design: Design) -> list[Problem]:
    """People and keys in conditions that are not there, and departments, queues and roles where nobody is."""
    found: list[Problem] = []
    known = await names_of(reader)
    settled = await _is_settled(reader)
    fields = await fields_of(reader, design)
    asking = await asking_by_itself(reader)
    for n, step in enumerate(design.steps):
        found += [each async for each in _parties(reader, step, f"steps.{n}", known, settled=settled)]
        for m, way in enumerate(step.next):
            if way.when is not None:
                found += _condition(way.when, fields, f"steps.{n}.next.{m}.when", asking.named)
    return found


async def _is_settled(reader: Reader) -> bool:
    """Whether people work here already; on a desk that is just being set up an empty department is no mistake yet."""
    return bool(await reader.value(
        "SELECT EXISTS (SELECT FROM staff.person WHERE suspended_at IS NULL AND NOT 'admin' = ANY(roles))"
    ))


async def _parties(
    reader: Reader, step: Step, place: str, known: Mapping[str, Text], *, settled: bool
) -> AsyncIterator[Problem]:
    for n, party in enumerate(step.by):
        if party.kind == "assignee" or not party.key:
            continue
        if party.name not in known:
            if party.kind != "person":
                continue  # a document that is missing is said by whoever publishes (`Kind.mentions`)
            kind = _KINDS[party.kind]
            yield Problem(f"{place}.by.{n}", Text(f"没有{kind.zh}“{party.key}”。", f"There is no {kind.en} “{party.key}”."))
        elif not await people_of(reader, party.name):
            name = known[party.name]
            when_zh = f"从 {party.since} 起，" if party.since else ""
            when_en = f" from {party.since} on" if party.since else ""
            yield Problem(f"{place}.by.{n}", Text(
                f"{when_zh}没有人负责这一步：“{name.zh}”里没有在职人员。",
                f"Nobody is responsible{when_en}: there is nobody in “{name.en}”.",
            ), "error" if settled else "warning")


def _condition(tree: Any, fields: Fields, place: str, known: Mapping[tuple[str, str], Any]) -> list[Problem]:
    try:
        node = read(tree, fields)
    except Refused as refusal:
        where = str(refusal.extra.get("place") or "")
        return [Problem(f"{place}.{where}" if where else place, next(iter(refusal.fields.values()), refusal.message))]
    return [
        Problem(f"{place}.{where}" if where else place, Text(
            f"没有{_KINDS[name.kind].zh}“{name.key}”。", f"There is no {_KINDS[name.kind].en} “{name.key}”."
        ))
        for where, name in names(node) if (name.kind, name.key) not in known
    ]
