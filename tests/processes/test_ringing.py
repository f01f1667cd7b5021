"""What happens by itself: up the tree when nobody does it, on when a wait is over, to whoever is responsible from today on."""

import asyncio
from datetime import timedelta

from playerdesk.kernel import now
from playerdesk.processes.instances import hold_task
from playerdesk.processes.jobs import LOOPS, RING, rang, ring
from playerdesk.processes.lists import tasks_of
from playerdesk.processes.tasks import escalate
from playerdesk.sla import set_default_targets
from tests.processes.given import a_person, at_steps, begun, body, by, does, end, step, task_at


async def rings(tx, task_id, minutes):
    held, task = await hold_task(tx, task_id)
    at = now() + timedelta(minutes=minutes)
    if task.ring_at is not None and task.ring_at < at:
        await rang(tx, held, task, at)


async def raised(tx, task_id):
    return (await tx.fetch("SELECT level, raised_to, ring_at FROM processes.task WHERE id = $1", task_id))[0]


async def test_a_deadline_goes_up_the_tree_and_then_to_the_leads(database, office):
    people = office.people
    async with database.transaction() as tx:
        people["other"] = await a_person(tx, roles=("agent", "lead"))
        _, instance = await begun(tx, office, body(
            step("do", "end", by=[by("department", office.middle)], deadline={"minutes": 30}), end()))
        task = await task_at(tx, instance, "do")
        await rings(tx, task, 29)
        assert (await raised(tx, task))[0] == 0
        await rings(tx, task, 31)
        level, to, ring_at = await raised(tx, task)
        assert (level, list(to)) == (1, [people["chief"].id])
        assert ring_at is not None
        # Nobody is above the chief: past her it goes to the other leads.
        await rings(tx, task, 62)
        level, to, _ = await raised(tx, task)
        assert level == 2
        assert people["other"].id in to
        shown = await tasks_of(tx, people["other"], "mine")
        assert [each.level for each in shown.tasks if each.instance_id == instance] == [2]


async def test_what_is_claimed_goes_to_her_superior(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, body(
            step("do", "end", by=[by("department", office.middle)], deadline={"minutes": 30}), end()))
        task = await task_at(tx, instance, "do")
        await tx.execute("UPDATE processes.task SET claimed_by = $2 WHERE id = $1", task, office.people["mia"].id)
        await rings(tx, task, 31)
        assert list((await raised(tx, task))[1]) == [office.people["chief"].id]
        await does(tx, office, "chief", instance, "do")


async def test_by_hand_it_goes_up_with_a_reason(database, office):
    async with database.transaction() as tx:
        ticket, instance = await begun(tx, office, body(step("do", "end", by=[by("department", office.back)]), end()))
        task = await task_at(tx, instance, "do")
        await escalate(tx, office.people["bea"], task, "需要领导决定", now())
        reason = await tx.value(
            "SELECT change ->> 'reason' FROM tickets.message WHERE ticket_id = $1 AND change ->> 'did' = 'escalated'", ticket)
        assert reason == "需要领导决定"


async def test_a_wait_for_time_goes_on_by_itself_in_open_hours(database, office):
    async with database.transaction() as tx:
        await set_default_targets(tx)
        _, instance = await begun(tx, office, body(
            step("cool", "do", kind="wait", wait={"minutes": 60}),
            step("do", "end", by=[by("department", office.back)], deadline={"minutes": 120, "calendar": "office"}), end()))
        await rings(tx, await task_at(tx, instance, "cool"), 61)
        assert await at_steps(tx, instance) == ["do"]
        due = await tx.value("SELECT due_at FROM processes.task WHERE id = $1", await task_at(tx, instance, "do"))
        assert due is not None


async def test_from_a_day_on_open_work_goes_to_who_is_responsible_then(database, office):
    tomorrow = str((now() + timedelta(days=2)).date())
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, body(
            step("do", "end", by=[by("department", office.front), by("department", office.back, tomorrow)]), end()))
        task = await task_at(tx, instance, "do")
        await rings(tx, task, 60 * 24 * 3)
        assert await tx.value("SELECT party FROM processes.task WHERE id = $1", task) == f"department:{office.back}"


async def test_workers_share_the_ringing_and_nothing_rings_twice(database, office):
    async with database.transaction() as tx:
        made = [await begun(tx, office, body(
            step("do", "end", by=[by("department", office.middle)], deadline={"minutes": 30}), end())) for _ in range(5)]
        await tx.execute("UPDATE processes.task SET ring_at = now() - interval '1 second', due_at = now() - interval '1 second'"
                         " WHERE instance_id = ANY($1::bigint[])", [instance for _, instance in made])
    await asyncio.gather(*(ring(database) for _ in range(3)))
    async with database.reading() as reader:
        levels = await reader.fetch("SELECT level FROM processes.task WHERE instance_id = ANY($1::bigint[])",
                                    [instance for _, instance in made])
    assert [row[0] for row in levels] == [1] * 5


def test_the_loop_is_wired():
    assert LOOPS[0].run is ring
    assert "SKIP LOCKED" in RING
