"""Open time: property tests, a brute-force minute counter, holidays and clock changes."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.sla.calendars import (
    ALL_DAY,
    ALWAYS,
    HOLIDAYS_KNOWN_UNTIL,
    Calendar,
    add_open_seconds,
    open_seconds_between,
    opens_in_a_year,
)

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Africa/Cairo", "America/Havana", "Pacific/Apia")
OFFICE = ((540, 720), (810, 1080))
WORKDAYS = [OFFICE] * 5 + [(), ()]


@st.composite
def hours(draw):
    marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw):
    week = [draw(hours()) for _ in range(7)]
    if not any(week):
        week[0] = OFFICE
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    exceptions = draw(st.dictionaries(days, hours(), max_size=5))
    return Calendar(
        draw(st.sampled_from(ZONES)), week, chinese_holidays=draw(st.booleans()), exceptions=exceptions
    )


instants = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-06-01"), timezones=st.just(UTC))
seconds = st.integers(0, 20 * 86400 * 10).map(lambda tenths: tenths / 10)


@settings(max_examples=300)
@given(calendars(), instants, seconds)
def test_what_is_added_is_what_lies_between(calendar, start, amount):
    assert open_seconds_between(calendar, start, add_open_seconds(calendar, start, amount)) == pytest.approx(amount, abs=1e-6)


@settings(max_examples=200)
@given(calendars(), instants, seconds, seconds)
def test_more_time_never_ends_earlier_and_parts_add_up(calendar, start, one, two):
    first = add_open_seconds(calendar, start, one)
    both = add_open_seconds(calendar, start, one + two)
    assert first <= both
    assert open_seconds_between(calendar, start, both) == pytest.approx(one + two, abs=1e-6)
    # Adding the second part to where the first ended may only differ while we are closed.
    assert open_seconds_between(calendar, both, add_open_seconds(calendar, first, two)) == pytest.approx(0, abs=2e-6)


@settings(max_examples=200)
@given(calendars(), st.lists(instants, min_size=3, max_size=3).map(sorted))
def test_the_time_between_is_the_sum_of_its_parts(calendar, moments):
    a, b, c = moments
    whole = open_seconds_between(calendar, a, c)
    assert whole == pytest.approx(open_seconds_between(calendar, a, b) + open_seconds_between(calendar, b, c), abs=1e-5)
    assert 0 <= whole <= (c - a).total_seconds()
    assert open_seconds_between(calendar, c, a) == (0 if a != c else whole)


@settings(max_examples=60)
@given(
    # Hours clear of the night, in which walls clocks are turned: there, a wall time means two instants or none.
    st.lists(hours().map(lambda day: tuple((a, b) for a, b in day if a >= 240)), min_size=7, max_size=7),
    st.sampled_from(("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu")),
    st.booleans(),
    st.datetimes(datetime.fromisoformat("2026-02-01"), datetime.fromisoformat("2026-11-20"), timezones=st.just(UTC)),
    st.integers(0, 5 * 1440),
)
def test_it_agrees_with_counting_every_minute(week, zone, chinese, start, minutes):
    calendar = Calendar(zone, week, chinese_holidays=chinese)
    start = start.replace(second=0, microsecond=0)
    counted = 0
    for minute in range(minutes):
        wall = (start + timedelta(minutes=minute)).astimezone(calendar.zone)
        of_day = wall.hour * 60 + wall.minute
        counted += any(a <= of_day < b for a, b in calendar.hours(wall.date()))
    assert open_seconds_between(calendar, start, start + timedelta(minutes=minutes)) == counted * 60


@given(instants, seconds)
def test_round_the_clock_is_plain_time(start, amount):
    slow = Calendar("Asia/Shanghai", [ALL_DAY] * 7, exceptions={date(2030, 1, 1): ()})
    assert Calendar("Europe/Berlin", [ALL_DAY] * 7).always
    assert not slow.always
    assert add_open_seconds(ALWAYS, start, amount) == start + timedelta(seconds=amount)
    assert add_open_seconds(slow, start, amount) == start + timedelta(seconds=amount)


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)])
def test_a_day_on_which_clocks_are_turned_has_the_hours_it_has(day, length):
    calendar = Calendar("America/New_York", [ALL_DAY] * 6 + [((0, 720), (720, 1440))])
    start = datetime(day.year, day.month, day.day, tzinfo=calendar.zone).astimezone(UTC)
    assert sum((b - a for a, b in calendar.openings(day)), timedelta()) == timedelta(hours=length)
    assert add_open_seconds(calendar, start, length * 3600) == start + timedelta(hours=length)


def test_a_day_that_a_zone_skipped_has_no_hours():
    # Samoa went from the 29th to the 31st of December 2011.
    calendar = Calendar("Pacific/Apia", [OFFICE] * 7)
    assert calendar.openings(date(2011, 12, 30)) == ()
    assert len(calendar.openings(date(2011, 12, 31))) == 2


def test_friday_evening_goes_on_on_monday_morning():
    calendar = Calendar("Asia/Shanghai", WORKDAYS)
    friday = datetime(2026, 11, 20, 17, 30, tzinfo=calendar.zone)
    assert add_open_seconds(calendar, friday, 3600) == datetime(2026, 11, 23, 9, 30, tzinfo=calendar.zone)
    assert add_open_seconds(calendar, friday, 1800) == datetime(2026, 11, 20, 18, 0, tzinfo=calendar.zone)


def test_chinese_days_off_are_closed_and_swapped_weekends_are_worked():
    vectors = json.loads((Path(__file__).parent / "holidays_cn.json").read_text())
    calendar = Calendar("Asia/Shanghai", WORKDAYS, chinese_holidays=True)
    days_off = [day for year in vectors["years"].values() for day in year["days_off"]]
    worked = [day for year in vectors["years"].values() for day in year["makeup_workdays"]]
    assert len(days_off) > 100
    assert len(worked) > 20
    assert [day for day in days_off if calendar.hours(date.fromisoformat(day))] == []
    assert [day for day in worked if calendar.hours(date.fromisoformat(day)) != OFFICE] == []


def test_beyond_the_published_holidays_plain_weekdays_count():
    calendar = Calendar("Asia/Shanghai", WORKDAYS, chinese_holidays=True)
    beyond = HOLIDAYS_KNOWN_UNTIL.year + 1
    first_week = [date(beyond, 10, day) for day in range(1, 8)]
    assert [bool(calendar.hours(day)) for day in first_week] == [day.weekday() < 5 for day in first_week]


def test_an_exception_wins_over_a_holiday():
    calendar = Calendar("Asia/Shanghai", WORKDAYS, chinese_holidays=True, exceptions={date(2026, 10, 1): ((600, 720),)})
    assert calendar.hours(date(2026, 10, 1)) == ((600, 720),)
    assert calendar.hours(date(2026, 10, 2)) == ()


def test_a_calendar_without_an_open_hour_is_recognised():
    today = date(2026, 11, 22)
    assert not opens_in_a_year(Calendar("UTC", [()] * 7), today)
    assert not opens_in_a_year(Calendar("UTC", [()] * 7, exceptions={date(2030, 1, 1): OFFICE}), today)
    assert opens_in_a_year(Calendar("UTC", [()] * 7, exceptions={date(2027, 1, 1): OFFICE}), today)
    with pytest.raises(ValueError, match="does not open"):
        add_open_seconds(Calendar("UTC", [()] * 7), datetime(2026, 1, 1, tzinfo=UTC), 1)
