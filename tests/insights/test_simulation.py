"""The simulation against theory: M/M/c, order by weights, nobody lost, the same answer each time."""

import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.insights.simulation.erlang import agents_needed, mean_wait, waits_at_all, within
from playerdesk.insights.simulation.outcome import Question, answer
from playerdesk.insights.simulation.queueing import Arrival, simulate

WEIGHTS = {"high": 3600.0, "mid": 900.0, "low": 120.0}


def poisson(per_hour, work, count, seed, tiers=("none",)):
    dice, at, found = random.Random(seed), 0.0, []
    for _ in range(count):
        at += dice.expovariate(per_hour / 3600)
        found.append(Arrival(at, dice.choice(tiers), dice.expovariate(1 / work), 60.0))
    return found


@pytest.mark.parametrize(("agents", "load"), [(1, 0.7), (3, 0.8), (10, 0.85)])
def test_first_come_first_served_waits_as_theory_says(agents, load):
    work = 300.0
    per_hour = load * agents * 3600 / work
    served = simulate(poisson(per_hour, work, 150_000, seed=7), [(0.0, agents)], {})
    waits = [each.waited for each in served]
    assert statistics.fmean(waits) == pytest.approx(mean_wait(per_hour, work, agents), rel=0.1)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(waits_at_all(load * agents, agents), rel=0.06)
    assert sum(wait <= 60 for wait in waits) / len(waits) == pytest.approx(within(per_hour, work, agents, 60), rel=0.05)


def test_known_values_of_erlang_c():
    assert waits_at_all(0.5, 1) == pytest.approx(0.5)
    assert waits_at_all(8, 10) == pytest.approx(0.4092, abs=1e-4)
    assert waits_at_all(5, 5) == 1.0
    assert agents_needed(100, 180, 20, 0.8) == 8
    assert agents_needed(0, 180, 20, 0.8) == 0


def test_weights_shorten_the_waiting_of_high_payers_at_the_cost_of_the_others():
    came = poisson(34, 300.0, 20_000, 3, tiers=("high", "none", "none", "none"))
    question = Question(came, [(0.0, 3)], WEIGHTS, [34.0] * 24)
    outcome = answer(question)
    draft, plain = ({each.tier: each for each in side} for side in (outcome.draft, outcome.first_come))
    assert draft["high"].median < plain["high"].median / 2
    assert draft["high"].within > plain["high"].within
    assert draft["none"].median >= plain["none"].median
    assert [each.arrivals for each in outcome.draft] == [each.arrivals for each in outcome.first_come]
    assert answer(question) == outcome, "the same each time"


arrivals = st.lists(
    st.tuples(st.floats(0, 5000), st.sampled_from(["high", "mid", "low", "none"]), st.floats(1, 600)), max_size=60,
).map(lambda found: [Arrival(at, tier, work, 60.0) for at, tier, work in sorted(found)])
shifts = st.lists(st.tuples(st.floats(0, 6000), st.integers(0, 4)), max_size=6)


@settings(max_examples=300)
@given(arrivals, shifts, st.integers(1, 4))
def test_nobody_is_lost_or_served_twice_and_no_work_is_made(came, changes, last):
    """The sum of all waiting weighted by nothing changes hands only: the same people are served whatever the order."""
    shape = [*changes, (7000.0, last)]
    for weights in ({}, WEIGHTS):
        served = simulate(came, shape, weights)
        assert len(served) == len(came)
        assert all(each.waited is not None and each.waited >= 0 for each in served), "somebody is there in the end"
        begun = sorted(arrival.at + each.waited for arrival, each in zip(came, served, strict=True))
        for start in begun:
            running = sum(
                arrival.at + each.waited <= start + 1e-6 and start + 1e-6 < arrival.at + each.waited + arrival.work
                for arrival, each in zip(came, served, strict=True)
            )
            assert running <= max(hands for _, hands in shape)


@settings(max_examples=200)
@given(arrivals)
def test_without_weights_nobody_is_overtaken(came):
    served = simulate(came, [(0.0, 2)], {})
    begun = [arrival.at + each.waited for arrival, each in zip(came, served, strict=True)]
    assert begun == sorted(begun)


def test_whoever_nobody_ever_comes_for_is_counted_as_unserved():
    served = simulate([Arrival(0.0, "none", 60, 60)], [(0.0, 0)], {})
    assert [each.waited for each in served] == [None]
