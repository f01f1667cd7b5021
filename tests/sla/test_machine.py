"""One clock: pauses and closed hours never count, verdicts are final."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.sla import machine
from playerdesk.sla.calendars import ALWAYS, Calendar, open_seconds_between
from playerdesk.sla.machine import Plan

OFFICE = Calendar("Asia/Shanghai", [((540, 720), (810, 1080))] * 5 + [(), ()])
NIGHTS = Calendar("America/New_York", [((0, 180), (1320, 1440))] * 7)
CALENDARS = {1: ALWAYS, 2: OFFICE, 3: NIGHTS}
MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)


def book(calendar_id):
    return CALENDARS[calendar_id]


plans = st.builds(
    Plan,
    target_seconds=st.integers(1, 5 * 86400),
    warn_fraction=st.floats(0.05, 0.95),
    calendar_id=st.sampled_from(sorted(CALENDARS)),
)
starts = st.integers(0, 14 * 86400).map(lambda s: MONDAY + timedelta(seconds=s))
turns = st.lists(st.integers(0, 2 * 86400), max_size=8)


def play(plan, start, waits):
    """Alternate pause and resume after these waits, the worker looking at every turn; and what really ran."""
    calendar = book(plan.calendar_id)
    clock, at, ran, running = machine.start(1, "first", plan, start, book), start, 0.0, True
    for wait in waits:
        before, at = at, at + timedelta(seconds=wait)
        ran += open_seconds_between(calendar, before, at) if running else 0
        clock = machine.ring(machine.ring(clock, at), at)
        clock = machine.pause(clock, at) if running else machine.resume(clock, at, book)
        running = not running
    return clock, at, ran


@settings(max_examples=400)
@given(plans, starts, turns)
def test_only_open_time_in_which_it_ran_is_used(plan, start, waits):
    clock, at, ran = play(plan, start, waits)
    assert machine.used_seconds(clock, at, book) == pytest.approx(ran, abs=1e-3)


@settings(max_examples=400)
@given(plans, starts, turns)
def test_an_answer_is_in_time_exactly_when_the_time_used_is_within_the_target(plan, start, waits):
    clock, at, ran = play(plan, start, waits)
    stopped = machine.stop(clock, at, book)
    assert stopped.took_seconds == pytest.approx(ran, abs=1e-3)
    if abs(ran - plan.target_seconds) > 1e-3:
        assert stopped.met == (ran < plan.target_seconds)
    assert stopped.clock.over
    assert stopped.clock.ring_at is None


@settings(max_examples=300)
@given(plans, starts, st.floats(0, 0.999), st.integers(0, 10 * 86400))
def test_the_due_time_moves_by_the_pause_and_not_a_second_more(plan, start, part, pause):
    calendar = book(plan.calendar_id)
    clock = machine.start(1, "first", plan, start, book)
    paused_at = start + (clock.due_at - start) * part
    resumed_at = paused_at + timedelta(seconds=pause)
    after = machine.resume(machine.pause(clock, paused_at), resumed_at, book)
    moved = open_seconds_between(calendar, clock.due_at, after.due_at)
    assert moved == pytest.approx(open_seconds_between(calendar, paused_at, resumed_at), abs=1e-5)
    assert after.due_at >= clock.due_at
    assert after.ring_at in (after.warn_at, after.due_at)
    if calendar is ALWAYS:
        assert after.due_at - clock.due_at == resumed_at - paused_at


@settings(max_examples=300)
@given(plans, starts, turns, turns)
def test_met_and_breached_are_final_for_the_round(plan, start, waits, later):
    clock, at, _ = play(plan, start, waits)
    ended = machine.stop(clock, at, book).clock
    for wait in later:
        at += timedelta(seconds=wait)
        for change in (
            lambda c, at=at: machine.pause(c, at), lambda c, at=at: machine.resume(c, at, book),
            lambda c, at=at: machine.ring(c, at), lambda c, at=at: machine.void(c, at),
            lambda c, at=at: machine.replan(c, Plan(1, 0.5, 1), at, book),
        ):
            assert change(ended) == ended
    breached, at = machine.breach(machine.start(1, "first", plan, start, book)), start
    for wait in later:
        at += timedelta(seconds=wait)
        breached = machine.resume(machine.pause(breached, at), at, book)
        assert breached.state == "breached"
        assert machine.replan(breached, Plan(10**6, 0.5, 1), at, book) == breached


@settings(max_examples=400)
@given(plans, plans, starts, turns)
def test_another_target_applies_as_if_it_had_from_the_start(plan, other, start, waits):
    """Re-planned is the same as fresh under the new plan with the same pauses; what is late already stays late."""
    clock, at, _ = play(plan, start, waits)
    after = machine.replan(clock, other, at, book)
    if clock.state not in ("running", "paused") or (clock.paused_at or at) > clock.due_at:
        assert after == clock
        return
    fresh = machine.start(1, "first", other, start, book)
    for since, until in machine.pairs(clock.pauses):
        fresh = machine.resume(machine.pause(fresh, since), until, book)
    if clock.paused_at:
        fresh = machine.pause(fresh, clock.paused_at)
    assert (after.due_at, after.warn_at, after.state, after.pauses) == (fresh.due_at, fresh.warn_at, fresh.state, fresh.pauses)
    assert after.ring_at in {None, after.warn_at, after.due_at}
    assert machine.replan(after, other, at, book) == after, "planning twice changes nothing"
    back = machine.replan(after, plan, at, book)
    if after.state == clock.state and at <= after.due_at:
        assert (back.due_at, back.state) == (clock.due_at, clock.state), "taken back, it is as before"


@settings(max_examples=200)
@given(plans, plans, starts, turns)
def test_pauses_that_are_not_known_leave_the_time_used(plan, other, start, waits):
    clock, at, _ = play(plan, start, waits)
    clock = msgspec.structs.replace(clock, pauses=None)
    moment = clock.paused_at or at
    if clock.state not in ("running", "paused") or moment > clock.due_at:
        return
    after = machine.replan(clock, other, at, book)
    used = machine.used_seconds(clock, at, book)
    left = open_seconds_between(book(other.calendar_id), moment, after.due_at)
    assert left == pytest.approx(max(0, other.target_seconds - used), abs=1e-3)
    assert after.warn_at <= after.due_at


def test_a_clock_that_pauses_hundreds_of_times_is_planned_by_the_time_used():
    clock, at = machine.start(1, "resolution", Plan(10**6, 0.5, 1), MONDAY, book), MONDAY
    for _ in range(machine.MOST_PAUSES):
        clock = machine.resume(machine.pause(clock, at), at := at + timedelta(seconds=10), book)
    assert clock.pauses is None
    assert machine.used_seconds(clock, at, book) == pytest.approx(0)


def test_it_warns_first_then_breaches():
    clock = machine.start(1, "first", Plan(30, 0.5, 1), MONDAY, book)
    assert clock.ring_at == MONDAY + timedelta(seconds=15)
    assert machine.ring(clock, MONDAY + timedelta(seconds=14)) == clock
    warned = machine.ring(clock, MONDAY + timedelta(seconds=16))
    assert (warned.state, warned.ring_at) == ("running", MONDAY + timedelta(seconds=30))
    assert machine.ring(warned, MONDAY + timedelta(seconds=31)).state == "breached"


def test_a_clock_warned_before_a_pause_does_not_warn_again():
    clock = machine.start(1, "first", Plan(100, 0.5, 1), MONDAY, book)
    paused = machine.pause(clock, MONDAY + timedelta(seconds=60))
    assert paused.ring_at is None
    resumed = machine.resume(paused, MONDAY + timedelta(seconds=1000), book)
    assert resumed.ring_at == resumed.due_at == MONDAY + timedelta(seconds=1040)


def test_a_question_nobody_answers_any_more_is_void_unless_it_is_late():
    clock = machine.start(1, "first", Plan(100, 0.5, 1), MONDAY, book)
    assert machine.void(clock, MONDAY + timedelta(seconds=99)).state == "void"
    assert machine.void(clock, MONDAY + timedelta(seconds=101)).state == "breached"
