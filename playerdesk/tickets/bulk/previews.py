"""Looked at before it is begun: may she, is there what it names, and what would change of which ticket."""

from collections.abc import Sequence
from typing import Any, LiteralString

from playerdesk.kernel import Forbidden, Reader, Rejected, Text
from playerdesk.kernel.http import NOT_YOURS
from playerdesk.staff import Agent, Scope
from playerdesk.tickets.bulk.rules import PERMISSIONS, WHY, Changes, Preview, Reason, difference, given
from playerdesk.tickets.craft.lessons import Lesson, lacking
from playerdesk.tickets.standing import Standing, standings


def check(agent: Agent, changes: Changes) -> None:
    """Something is asked for, and the person may do each of it."""
    asked = given(changes)
    if not asked:
        text = Text(zh="请至少选择一项修改。", en="Choose at least one change.")
        raise Rejected("nothing_to_change", text, fields={"changes": text})
    if isinstance(asked.get("solution"), str) and not asked["solution"].strip():
        text = Text(zh="请写下解决办法，方便以后查看。", en="Please say how it was solved, for those who look later.")
        raise Rejected("no_solution", text, fields={"solution": text})
    for name in asked:
        if PERMISSIONS[name] not in agent.permissions:
            raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": PERMISSIONS[name]})


async def check_targets(reader: Reader, changes: Changes) -> None:
    asked = given(changes)
    for name, (sql, zh, en) in _TARGETS.items():
        if asked.get(name) is not None and not await reader.value(sql, asked[name]):
            text = Text(zh=zh, en=en)
            raise Rejected("no_such_target", text, fields={name: text})


_TARGETS: dict[str, tuple[LiteralString, str, str]] = {
    "assignee_id": (
        "SELECT true FROM staff.person WHERE id = $1 AND suspended_at IS NULL", "没有这位同事，请重新选择。",
        "There is no such colleague.",
    ),
    "queue_id": ("SELECT true FROM staff.queue WHERE id = $1", "没有这个队列，请重新选择。", "There is no such queue."),
    "category_id": (
        "SELECT true FROM forms.category WHERE id = $1 AND retired_at IS NULL", "没有这个分类，请重新选择。",
        "There is no such category.",
    ),
}


async def look_ahead(reader: Reader, agent: Agent, scope: Scope, ids: Sequence[int], changes: Changes) -> Preview:
    """What would change, what would not, and why."""
    check(agent, changes)
    await check_targets(reader, changes)
    by_change: dict[str, int] = {}
    skipped: dict[str, list[int]] = {}
    known = await standings(reader, ids)
    decided = {ticket_id: _decide(known.get(ticket_id), scope, changes) for ticket_id in ids}
    unlearnt = await _unlearnt(reader, known, decided)
    for ticket_id, found in decided.items():
        found = "lesson" if ticket_id in unlearnt else found  # noqa: PLW2901
        if isinstance(found, str):
            skipped.setdefault(found, []).append(ticket_id)
        else:
            for name in found:
                by_change[name] = by_change.get(name, 0) + 1
    left = [Reason(code, WHY[code], len(those), those[:20]) for code, those in skipped.items()]
    return Preview(len(ids), len(ids) - sum(each.count for each in left), by_change, left)


def _decide(standing: Standing | None, scope: Scope, changes: Changes) -> dict[str, Any] | str:
    if standing is None or not scope.reaches(standing.brand_id, standing.assignee_id, standing.queue_id):
        return "hidden"
    return difference(standing, changes)


async def _unlearnt(reader: Reader, known: dict[int, Standing], decided: dict[int, Any]) -> set[int]:
    """Which of those to be resolved need more than a solution."""
    solved = {each: found for each, found in decided.items() if isinstance(found, dict) and "solution" in found}
    if not solved:
        return set()
    of = {each: found.get("category_id", known[each].category_id) for each, found in solved.items()}
    return await lacking(reader, of, Lesson(solution=next(iter(solved.values()))["solution"].strip()))
