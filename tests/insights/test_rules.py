"""Histograms are right within five per cent; days and hours are the brand's own."""

import math
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.insights.rules import add_up, bucket, facts_of, middle, quantile
from playerdesk.kernel import PastEvent

durations = st.floats(0.1, 15_000_000)


def histogram_of(values):
    counts = [0] * (max(map(bucket, values), default=-1) + 1)
    for value in values:
        counts[bucket(value)] += 1
    return counts


@given(durations)
def test_a_bucket_stands_for_what_is_in_it_within_five_per_cent(seconds):
    if bucket(seconds) > 0:
        assert abs(middle(bucket(seconds)) - seconds) / seconds <= 0.05


@given(durations, durations)
def test_longer_never_stands_in_a_smaller_bucket(one, two):
    assert bucket(min(one, two)) <= bucket(max(one, two))


@given(st.lists(st.floats(0.11, 15_000_000), min_size=1, max_size=300), st.sampled_from((0.01, 0.5, 0.9, 0.99, 1.0)))
def test_a_quantile_is_within_five_per_cent_of_the_real_one(values, part):
    real = sorted(values)[max(1, math.ceil(part * len(values) - 1e-9)) - 1]
    estimate = quantile(histogram_of(values), part)
    assert abs(estimate - real) / real <= 0.05


@given(st.lists(durations, max_size=50), st.lists(durations, max_size=50))
def test_histograms_add_up_to_the_histogram_of_everything(one, two):
    assert add_up([histogram_of(one), histogram_of(two)]) == histogram_of(one + two)


def test_nothing_has_no_quantile_and_at_once_is_zero():
    assert quantile([], 0.9) is None
    assert quantile([0, 0], 0.5) is None
    assert quantile(histogram_of([0.0, 0.05]), 0.9) == 0
    assert bucket(10**12) == 200


@pytest.mark.parametrize(("zone", "at", "day", "hour"), [
    ("Asia/Shanghai", "2026-11-22T15:59:59.5Z", date(2026, 11, 22), "2026-11-22T15:00:00"),
    ("Asia/Shanghai", "2026-11-22T16:00:00Z", date(2026, 11, 23), "2026-11-22T16:00:00"),
    ("Asia/Kathmandu", "2026-11-22T18:20:00Z", date(2026, 11, 23), "2026-11-22T18:15:00"),
    ("America/New_York", "2026-11-01T06:30:00Z", date(2026, 11, 1), "2026-11-01T06:00:00"),
    ("America/New_York", "2026-11-01T05:30:00Z", date(2026, 11, 1), "2026-11-01T05:00:00"),
])
def test_the_hour_and_day_are_those_of_the_brand(zone, at, day, hour):
    data = {
        "ticketId": 1, "brandId": 1, "channel": "chat", "tier": "none", "queueId": None, "assigneeId": None, "at": at,
    }
    (fact,) = facts_of([PastEvent(1, datetime.now(UTC), "TicketOpened", data)], {1: ZoneInfo(zone)}, pytest.fail)
    assert (fact.day, fact.hour.replace(tzinfo=None).isoformat()) == (day, hour)


def test_an_event_that_cannot_be_read_does_not_stop_the_rest():
    whole = {
        "ticketId": 1, "brandId": 1, "channel": "chat", "tier": "none", "queueId": None, "assigneeId": None,
        "at": "2026-11-22T15:59:59Z",
    }
    odd = []
    log = [
        PastEvent(1, datetime.now(UTC), "TicketOpened", {"from": "the future"}),
        PastEvent(2, datetime.now(UTC), "TicketOpened", {**whole, "at": "yesterday"}),
        PastEvent(3, datetime.now(UTC), "TicketOpened", whole),
    ]
    (fact,) = facts_of(log, {}, odd.append)
    assert (fact.ticket_id, [event.position for event in odd]) == (1, [1, 2])
