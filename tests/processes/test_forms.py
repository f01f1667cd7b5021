"""Forms of steps: every kind colleagues can fill in, files that stay, and waits that end on a day somebody filled in."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from playerdesk.kernel import Rejected, now
from playerdesk.kernel.files_links import use_key
from playerdesk.processes.checking import problems_of
from playerdesk.processes.design import Design
from playerdesk.processes.jobs import ring
from playerdesk.processes.papers import used_files
from playerdesk.processes.views import strip
from tests.given import number
from tests.processes.given import at_steps, begun, body, by, does, end, state_of, step, text

pytestmark = pytest.mark.anyio
OPTIONS = [{"key": "sword", "name": text("剑")}, {"key": "bow", "name": text("弓")}]
TREE = [{"key": "arms", "name": text("武器"), "options": OPTIONS}]


def field(key, kind, **more):
    return {"key": key, "kind": kind, "label": text(key), **more}


def every_kind():
    return [
        field("name", "text"), field("story", "longtext"), field("count", "number"), field("paid", "money"),
        field("one", "choice", options=OPTIONS), field("many", "choices", options=OPTIONS), field("leaf", "tree", options=TREE),
        field("day", "date"), field("at", "datetime"), field("server", "server"), field("role", "character"),
        field("order", "purchase"), field("match", "lookup", lookup="match"), field("papers", "file"), field("agreed", "consent"),
        field("why", "text", show={"field": "one", "is": "sword"}, need={"all": []}),
    ]


async def a_file(tx, owner):
    file_id = f"{number():032x}"
    await tx.execute(
        "INSERT INTO kernel.file (id, name, media_type, size, sha256, owner) VALUES ($1, '凭证.png', 'image/png', 3, '\\x00', $2)",
        file_id, owner,
    )
    return file_id


async def test_every_kind_can_be_asked_for_and_is_shown_to_all(database, office):
    use_key(b"for the tests of papers")
    async with database.transaction() as tx:
        drawn = body(step("ask", "end", by=[by("department", office.middle)], fields=every_kind()), end())
        ticket, instance = await begun(tx, office, drawn)
        mia = office.people["mia"]
        paper = await a_file(tx, f"staff:{mia.id}")
        values = {
            "name": "云中客", "story": "很长", "count": 3, "paid": 64800, "one": "sword", "many": ["bow", "sword"], "leaf": "bow",
            "day": "2026-12-01", "at": "2026-12-01T08:00:00Z", "server": "s1", "role": "s1/r1", "order": "o1", "match": "123",
            "papers": [paper], "agreed": True, "why": "丢了",
        }
        await does(tx, office, "mia", instance, "ask", values=values)
        assert await state_of(tx, instance) == "done"
        shown = {each.label.zh: each for each in (await strip(tx, ticket, office.brand_id)).instances[0].visits[0].filled}
        assert (shown["leaf"].shown.zh, shown["many"].shown.zh) == ("弓", "剑、弓")
        assert [(each["name"], each["url"].startswith(f"/files/{paper}")) for each in shown["papers"].files] == [("凭证.png", True)]
        assert await used_files(tx, [paper, "f" * 32]) == {paper}


async def test_conditions_and_files_are_checked_by_the_server(database, office):
    async with database.transaction() as tx:
        drawn = body(step("ask", "end", by=[by("department", office.middle)], fields=every_kind()), end())
        _, instance = await begun(tx, office, drawn)
        for values, named in (({"one": "sword"}, "why"), ({"one": "bow", "why": "x"}, "why"), ({"leaf": "arms"}, "leaf")):
            with pytest.raises(Rejected) as refused:
                await does(tx, office, "mia", instance, "ask", values=values)
            assert list(refused.value.fields) == [named]
        stranger = await a_file(tx, "player:7")
        with pytest.raises(Rejected, match="attachment_unknown"):
            await does(tx, office, "mia", instance, "ask", values={"papers": [stranger]})


def test_what_is_wrong_with_a_field_is_said_as_in_every_form():
    ask = step("ask", "end", by=[by("assignee")], fields=[
        field("leaf", "tree"), field("x", "text", pattern="(((", audience="player"), field("a", "lookup"),
    ])
    places = {each.place for each in problems_of(msgspec.convert(body(ask, end()), Design))}
    assert {"steps.0.fields.0.options", "steps.0.fields.1.pattern", "steps.0.fields.1.audience", "steps.0.fields.2.lookup"} <= places


def waiting(until, **wait):
    return body(
        step("ask", "wait", by=[by("assignee")], fields=[field("day", "date"), field("at", "datetime"), field("n", "number")]),
        step("wait", "end", kind="wait", wait={"until": until, **wait}), end(),
    )


@pytest.mark.parametrize("until", ["ask.n", "ask.gone", "wait.day", "nowhere.day"])
def test_a_wait_ends_only_at_a_date_that_an_earlier_step_asks_for(until):
    places = [each.place for each in problems_of(msgspec.convert(waiting(until), Design)) if each.severity == "error"]
    assert places == ["steps.1.wait"]


async def due_of(tx, instance):
    return await tx.value("SELECT due_at FROM processes.task WHERE instance_id = $1 AND step_key = 'wait'", instance)


@pytest.mark.parametrize(("until", "value", "wanted"), [
    ("ask.day", "2027-01-02", datetime(2027, 1, 1, 16, tzinfo=UTC)), ("ask.at", "2027-01-02T08:00:00Z", datetime(2027, 1, 2, 8, tzinfo=UTC)),
])
async def test_a_wait_ends_at_the_date_that_was_filled_in(database, office, until, value, wanted):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, waiting(until))
        await does(tx, office, "chief", instance, "ask", values={until.partition(".")[2]: value})
        assert await due_of(tx, instance) == wanted
        await tx.execute("UPDATE processes.task SET due_at = now() - interval '1 s', ring_at = now() - interval '1 s' WHERE instance_id = $1 AND state = 'waiting'", instance)
    await ring(database)
    async with database.reading() as reader:
        assert await state_of(reader, instance) == "done"


async def test_without_the_date_the_minutes_count_or_nothing_is_waited_for(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, waiting("ask.day", minutes=60))
        await does(tx, office, "chief", instance, "ask", values={})
        due = await due_of(tx, instance)
        assert timedelta(minutes=59) < due - now() <= timedelta(minutes=60)
        _, other = await begun(tx, office, waiting("ask.day"))
        await does(tx, office, "chief", other, "ask", values={})
        assert await at_steps(tx, other) == ["wait"]
    await ring(database)
    async with database.reading() as reader:
        assert await state_of(reader, other) == "done"
