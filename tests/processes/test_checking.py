"""What is wrong with a drawing is said at its place, before anybody publishes it."""

import msgspec
import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, Unfit
from playerdesk.kernel import Conflict
from playerdesk.processes.checking import problems_of
from playerdesk.processes.design import Design
from playerdesk.staff import structure
from tests.given import number
from tests.processes.given import body, by, end, published, step, text

ME = {"by": [by("role", "agent")]}
ADOPT = [{"to": "end", "key": "adopt", "name": text("采纳")}, {"to": "a", "key": "reject", "name": text("退")}]


def places(drawn):
    return {problem.place: problem.message.en for problem in problems_of(msgspec.convert(drawn, Design))}


def test_a_sound_process_has_no_problems():
    assert places(body(step("a", "b", **ME), step("b", ADOPT, **ME, back=["a"]), end())) == {}


WRONG = {
    "unreachable": (body(step("a", "end", **ME), step("b", "end", **ME), end()), "steps.1"),
    "dead end": (body(step("a", "b", **ME), step("b", **ME), end()), "steps.1.next"),
    "loop without exit": (body(step("a", ADOPT, **ME), step("end", "b", **ME), step("b", "end", **ME), end("z")), "steps.1.next"),
    "a loop nobody stops": (body(
        step("a", [{"to": "b", "when": {"field": "status", "is": "new"}}, {"to": "end"}], kind="decision"),
        step("b", [{"to": "a", "when": {"field": "status", "is": "new"}}, {"to": "end"}], kind="decision"), end(),
    ), "steps.0.next"),
    "nobody responsible": (body(step("a", "end"), end()), "steps.0.by"),
    "nobody until then": (body(step("a", "end", by=[by("role", "agent", "2026-12-01")]), end()), "steps.0.by"),
    "no such day": (body(step("a", "end", by=[by("role", "agent"), by("role", "lead", "soon")]), end()), "steps.0.by.1.since"),
    "no default": (body(step("a", [{"to": "end", "when": {"field": "status", "is": "new"}}], kind="decision"), end()), "steps.0.next"),
    "a way to nowhere": (body(step("a", "gone", **ME), end()), "steps.0.next.0.to"),
    "no start": (body(step("a", "end", **ME), end(), start="b"), "start"),
    "two of one key": (body(step("a", "end", **ME), step("a", "end", **ME), end()), "steps.0.key"),
    "split without join": (body(
        step("s", ["a", "b"], kind="split"), step("a", "end", **ME), step("b", "end", **ME), end()), "steps.0"),
    "join without split": (body(step("a", "j", **ME), step("j", "end", kind="join"), end()), "steps.1"),
    "a jump out of a branch": (body(
        step("s", ["a", "b"], kind="split"), step("a", ADOPT, **ME), step("b", "j", **ME), step("j", "end", kind="join"), end(),
    ), "steps.0"),
    "two joins of one split": (body(
        step("s", ["a", "b"], kind="split"), step("a", "j", **ME), step("b", "k", **ME), step("j", "end", kind="join"),
        step("k", "end", kind="join"), end(),
    ), "steps.4"),
    "a button without words": (body(step("a", [{"to": "end", "key": "ok"}], **ME), end()), "steps.0.next.0.name"),
    "a wait for nothing": (body(step("a", "end", kind="wait"), end()), "steps.0.wait"),
    "back to what comes later": (body(step("a", "b", **ME, back=["b"]), step("b", "end", **ME), end()), "steps.0.back.0"),
    "no deadline at all": (body(step("a", "end", **ME, deadline={"minutes": 0}), end()), "steps.0.deadline"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_at_its_place(name):
    drawn, place = WRONG[name]
    assert place in places(drawn)


async def test_names_that_do_not_exist_and_departments_without_people_are_refused(database, office):
    drawn = body(
        step("a", "b", by=[by("department", "no-such"), by("person", "nobody", "2030-01-01")], deadline={"minutes": 5, "calendar": "no"}),
        step("b", [{"to": "end", "when": {"field": "category", "is": {"key": "nope"}}}, {"to": "end"}],
             by=[by("department", office.front), by("department", "empty", "2031-01-01")]), end(),
    )
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO staff.department (key, name) VALUES ('empty', $1) ON CONFLICT DO NOTHING", text("空"))
        with pytest.raises(Unfit) as refused:
            await published(tx, drawn)
    found = {problem.place: problem.message.en for problem in refused.value.problems}
    assert set(found) == {"steps.0.by.0", "steps.0.by.1", "steps.0.deadline.calendar", "steps.1.next.0.when", "steps.1.by.1"}
    assert found["steps.1.by.1"] == "Nobody is responsible from 2031-01-01 on: there is nobody in “空”."


async def test_a_department_that_owns_steps_cannot_be_deleted_and_says_which(database, office):
    key = f"lonely-{number()}"
    async with database.transaction() as tx:
        number_of = await tx.value("INSERT INTO staff.department (key, name) VALUES ($1, $2) RETURNING id", key, text("后台"))
        person = office.people["bea"].id
        await tx.execute("UPDATE staff.person SET department_id = $2 WHERE id = $1", person, number_of)
        await published(tx, body(step("审核", "end", by=[by("department", key)]) | {"key": "check"}, end(), start="check"))
        await tx.execute("UPDATE staff.person SET department_id = NULL WHERE id = $1", person)
        admin = office.people["chief"]
        with pytest.raises(Conflict) as refused:
            await structure.remove(tx, admin, "department", number_of)
        assert "“审核” of process “process” (steps.0)" in refused.value.message.en
        with pytest.raises(Conflict):
            await KINDS["department"].retire(tx, Place("department", "", key))
