"""A ticket on its way, with real people in a real database: each step with who, when and why, and the player told."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, Forbidden, NotFound, Rejected, now
from playerdesk.processes import start_process, stop_process
from playerdesk.processes.starting import Word, hear
from playerdesk.processes.tasks import Answer, claim, complete, hand_back
from playerdesk.tickets import detail, timeline
from tests.given import number
from tests.processes.given import at_steps, begun, body, by, does, end, published, state_of, step, task_at, text


def review(office):
    """Front records, middle decides, back office does it; the player hears where it stands."""
    return body(
        step("record", "decide", by=[by("department", office.front)], fields=[
            {"key": "amount", "kind": "number", "label": text("金额"), "required": True},
        ], stage=text("已登记")),
        step("decide", [
            {"to": "pay", "key": "adopt", "name": text("采纳")}, {"to": "no", "key": "reject", "name": text("不采纳")},
        ], by=[by("department", office.middle)], back=["record"], deadline={"minutes": 60}, stage=text("审核中"),
            tells={"zh": "您的申请正在审核。", "en": "Your request is being reviewed."}),
        step("pay", "yes", by=[by("department", office.back)]),
        end("yes", tells=text("已退款"), resolves=True), end("no"),
    )


async def test_it_goes_front_middle_back_and_the_player_hears_of_it(database, office):
    async with database.transaction() as tx:
        ticket, instance = await begun(tx, office, review(office))
        assert await at_steps(tx, instance) == ["record"]
        with pytest.raises(Forbidden):
            await does(tx, office, "mia", instance, "record", values={"amount": 3})
        with pytest.raises(Rejected):
            await does(tx, office, "fay", instance, "record", values={})
        await does(tx, office, "fay", instance, "record", values={"amount": 3})
        with pytest.raises(Rejected):
            await does(tx, office, "mia", instance, "decide")
        await does(tx, office, "mia", instance, "decide", choice="adopt", note="金额不大")
        await does(tx, office, "bea", instance, "pay")
        assert await state_of(tx, instance) == "done"
        shown, entries = await detail(tx, ticket), await timeline(tx, ticket)
    assert shown.status == "resolved"
    assert shown.stage == text("审核中")
    said = [entry.body for entry in entries if entry.number is not None and entry.kind == "change" and entry.body]
    assert said == ["您的申请正在审核。", "已退款"]
    did = [entry.change["did"] for entry in entries if (entry.change or {}).get("what") == "process"]
    assert did == ["started", "done", "done", "done", "ended"]


async def test_handed_back_with_a_reason_it_comes_again_with_what_was_filled_in(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, review(office))
        await does(tx, office, "fay", instance, "record", values={"amount": 3})
        task = await task_at(tx, instance, "decide")
        with pytest.raises(Rejected):
            await hand_back(tx, office.people["mia"], task, "pay", "why", "h1", now())
        with pytest.raises(Rejected):
            await hand_back(tx, office.people["mia"], task, "record", "  ", "h1", now())
        for _ in range(2):
            await hand_back(tx, office.people["mia"], task, "record", "缺截图", "h1", now())
        assert await at_steps(tx, instance) == ["record"]
        await does(tx, office, "fay", instance, "record", values={"amount": 4})
        await does(tx, office, "mo", instance, "decide", choice="reject")
        assert await state_of(tx, instance) == "done"


async def test_two_who_do_the_same_step_one_wins_and_the_same_one_twice_does_it_once(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, review(office))
        await does(tx, office, "fay", instance, "record", values={"amount": 3})
        task = await task_at(tx, instance, "decide")

    async def decides(who: str, key: str) -> str:
        try:
            async with database.transaction() as tx:
                await complete(tx, office.people[who], task, Answer(client_key=key, choice="adopt"), now())
        except Conflict as refusal:
            return refusal.code
        return "done"

    results = await asyncio.gather(*(decides(who, who) for who in ("mia", "mo", "mia", "mo")))
    assert sorted(results) == ["done", "done", "step_done", "step_done"]
    async with database.reading() as reader:
        assert await at_steps(reader, instance) == ["pay"]
        assert await at_steps(reader, instance, "done") == ["record", "decide"]


async def test_claimed_is_the_colleagues_until_it_is_taken_over(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, review(office))
        await does(tx, office, "fay", instance, "record", values={"amount": 3})
        task = await task_at(tx, instance, "decide")
        await claim(tx, office.people["mia"], task, now())
        with pytest.raises(Conflict):
            await claim(tx, office.people["mo"], task, now())
        with pytest.raises(Conflict):
            await does(tx, office, "mo", instance, "decide", choice="adopt")
        await claim(tx, office.people["mo"], task, now(), take_over=True)
        await does(tx, office, "mo", instance, "decide", choice="adopt")


async def test_it_begins_once_by_a_key_and_once_while_it_runs(database, office):
    async with database.transaction() as tx:
        key = await published(tx, review(office))
        ticket = await office.ticket(tx)
        first = await start_process(tx, ticket, key, None, "category")
        assert (await start_process(tx, ticket, key, None, "category")).again
        assert (await start_process(tx, ticket, key, None, "rule:1")).instance_id == first.instance_id
        await stop_process(tx, first.instance_id, office.people["chief"].id, "玩家撤回", now())
        assert await state_of(tx, first.instance_id) == "stopped"
        assert await at_steps(tx, first.instance_id) == []
        assert not (await start_process(tx, ticket, key, None, "rule:2")).again
        with pytest.raises(NotFound):
            await start_process(tx, ticket, "no-such", None, "x")


async def test_conditions_read_the_ticket_and_what_was_filled_in(database, office):
    drawn = body(
        step("record", "check", by=[by("department", office.front)], fields=[
            {"key": "amount", "kind": "number", "label": text("金额"), "required": True},
        ]),
        step("check", [
            {"to": "big", "when": {"all": [{"field": "answer.record.amount", "more": 100}, {"field": "tier", "is": "none"}]}},
            {"to": "end"},
        ], kind="decision"),
        step("big", "end", by=[by("role", "lead")]), end(),
    )
    async with database.transaction() as tx:
        for amount, steps in ((50, []), (101, ["big"])):
            _, instance = await begun(tx, office, drawn)
            await does(tx, office, "fay", instance, "record", values={"amount": amount})
            assert await at_steps(tx, instance) == steps


def parallel(office):
    front = [by("department", office.front)]
    return body(
        step("ask", "both", by=front),
        step("both", ["one", "two"], kind="split"),
        step("one", "meet", by=[by("department", office.middle)], back=["ask"]),
        step("two", "freeze", by=[by("department", office.back)]),
        step("freeze", "meet", kind="wait", wait={"signal": "frozen"}),
        step("meet", "tell", kind="join"), step("tell", "end", by=front), end(),
    )


async def test_branches_run_side_by_side_and_meet(database, office):
    async with database.transaction() as tx:
        ticket, instance = await begun(tx, office, parallel(office))
        await does(tx, office, "fay", instance, "ask")
        assert await at_steps(tx, instance) == ["one", "two"]
        await does(tx, office, "bea", instance, "two")
        await does(tx, office, "mia", instance, "one")
        assert await at_steps(tx, instance) == ["freeze", "meet"]
        word = Word("frozen", f"w{number()}")
        await hear(tx, ticket, word, None, now())
        await hear(tx, ticket, word, None, now())
        assert await at_steps(tx, instance) == ["tell"]
        with pytest.raises(NotFound):
            await hear(tx, ticket, Word("frozen", "another"), None, now())
        await does(tx, office, "fay", instance, "tell")
        assert await state_of(tx, instance) == "done"


async def test_handing_back_out_of_a_branch_drops_the_others(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, parallel(office))
        await does(tx, office, "fay", instance, "ask")
        task = await task_at(tx, instance, "one")
        await hand_back(tx, office.people["mia"], task, "ask", "信息不全", "h", now())
        assert await at_steps(tx, instance) == ["ask"]
        assert await at_steps(tx, instance, "dropped") == ["two"]
        await does(tx, office, "fay", instance, "ask")
        assert await at_steps(tx, instance) == ["one", "two"]


async def test_who_is_responsible_can_change_from_a_day_on(database, office):
    today = now().date()
    drawn = body(
        step("do", "end", by=[
            by("department", office.front), by("department", office.middle, str(today - timedelta(days=2))),
            by("department", office.back, str(today + timedelta(days=30))),
        ]), end(),
    )
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, drawn)
        party, ring = (await tx.fetch("SELECT party, ring_at FROM processes.task WHERE instance_id = $1", instance))[0]
    assert party == f"department:{office.middle}"
    assert ring is not None
