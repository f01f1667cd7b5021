"""When a phrase means, in the agent's own zone, in Chinese and English; what is not understood is not guessed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.tickets.craft.phrases import moment

SHANGHAI, BERLIN, NEW_YORK = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"))
SPAN = (datetime(2024, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 -- what the strategy wants
FRIDAY_NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""In Shanghai."""


def meant(phrase, at=FRIDAY_NOON, zone=SHANGHAI):
    found = moment(phrase, at, zone)
    return found and found.astimezone(zone).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(("phrase", "expected"), [
    ("明天上午", "11-21 09:00"), ("下周一9点", "11-23 09:00"), ("下周一 9 点", "11-23 09:00"), ("3小时后", "11-20 15:00"),
    ("in 2 hours", "11-20 14:00"), ("tomorrow 9am", "11-21 09:00"), ("next monday", "11-23 09:00"),
    ("半小时后", "11-20 12:30"), ("一个半小时后", "11-20 13:30"), ("十五分钟后", "11-20 12:15"), ("两天后", "11-22 12:00"),
    ("三天后上午9点", "11-23 09:00"), ("in 3 days at 9am", "11-23 09:00"), ("今晚八点", "11-20 20:00"), ("今晚", "11-20 20:00"),
    ("晚上12点", "11-21 00:00"), ("明早", "11-21 09:00"), ("后天下午3点半", "11-22 15:30"), ("大后天", "11-23 09:00"),
    ("周五下午", "11-20 14:00"), ("周五上午", "11-27 09:00"), ("星期三下午2点", "11-25 14:00"), ("礼拜天", "11-22 09:00"),
    ("下周三", "11-25 09:00"), ("下个星期三", "11-25 09:00"), ("下下周三", "12-02 09:00"), ("周末", "11-21 09:00"),
    ("下周末", "11-28 09:00"), ("下个月", "12-01 09:00"), ("月底", "11-30 09:00"), ("25号", "11-25 09:00"), ("5号", "12-05 09:00"),
    ("下月3号", "12-03 09:00"), ("12月1日下午两点", "12-01 14:00"), ("2026-12-01", "12-01 09:00"), ("12-01 15:00", "12-01 15:00"),
    ("9:30", "11-21 09:30"), ("21：00", "11-20 21:00"), ("十点一刻", "11-21 10:15"), ("明天凌晨2点", "11-21 02:00"),
    ("in half an hour", "11-20 12:30"), ("in an hour", "11-20 13:00"), ("30m", "11-20 12:30"), ("2h", "11-20 14:00"),
    ("friday 3pm", "11-20 15:00"), ("next friday", "11-27 09:00"), ("tonight", "11-20 20:00"), ("end of day", "11-20 18:00"),
    ("next week", "11-23 09:00"), ("next month", "12-01 09:00"), ("dec 1", "12-01 09:00"), ("1 dec at 10:00", "12-01 10:00"),
    ("tomorrow at noon", "11-21 12:00"), ("tomorrow 12am", "11-21 00:00"), ("Tomorrow Morning", "11-21 09:00"),
    ("day after tomorrow", "11-22 09:00"), ("今天", "11-20 18:00"), ("1月5日", "01-05 09:00"),
])
def test_a_phrase_means_a_moment(phrase, expected):
    assert meant(phrase) == expected


@pytest.mark.parametrize("phrase", [
    "", "  ", "abc", "昨天", "明天明天", "25点", "9:75", "in 0 minutes", "今天上午", "明天 9", "2月30日", "99999999天后", "13pm",
    "上午15点", "明天3小时后", "下周八", "in two hours please", "2020-01-01", "十十点", "-3小时后", "9" * 500,
])
def test_what_is_not_understood_or_over_is_not_guessed(phrase):
    assert moment(phrase, FRIDAY_NOON, SHANGHAI) is None


NUMERALS = "一两三四五六七八九"


@given(
    hour=st.integers(0, 23), minute=st.integers(0, 59), day=st.integers(1, 3),
    at=st.datetimes(*SPAN), zone=st.sampled_from([SHANGHAI, BERLIN, NEW_YORK]),
)
def test_a_day_and_a_clock_time_are_read_on_the_wall_of_the_reader(hour, minute, day, at, zone):
    at = at.replace(tzinfo=UTC)
    here = at.astimezone(zone).date() + timedelta(days=day)
    wanted = datetime.combine(here, time(hour, minute), zone).astimezone(UTC)
    word = {1: "明天", 2: "后天", 3: "大后天"}[day]
    assert moment(f"{word}{hour}点{minute}分", at, zone) == wanted
    assert moment(f"{word} {hour}:{minute:02}", at, zone) == wanted
    if day < 3:
        assert moment(f"{ {1: 'tomorrow', 2: 'day after tomorrow'}[day]} at {hour}:{minute:02}", at, zone) == wanted


@given(
    n=st.integers(1, 9), minutes=st.booleans(), at=st.datetimes(*SPAN),
    zone=st.sampled_from([SHANGHAI, BERLIN, NEW_YORK]),
)
def test_hours_and_minutes_are_elapsed_time_whatever_the_clocks_do(n, minutes, at, zone):
    at = at.replace(tzinfo=UTC)
    wanted = at + timedelta(minutes=n) if minutes else at + timedelta(hours=n)
    zh, en = ("分钟", "minutes") if minutes else ("小时", "hours")
    for phrase in (f"{n}{zh}后", f"{NUMERALS[n - 1]}{'' if minutes else '个'}{zh}以后", f"in {n} {en}"):
        assert moment(phrase, at, zone) == wanted


@given(text=st.text(alphabet="明后天今下周一二五日点半上午晚小时后个月号 0123456789:-/inhourstomwrdayapxe", max_size=14))
def test_whatever_is_typed_it_is_a_moment_to_come_or_nothing(text):
    found = moment(text, FRIDAY_NOON, SHANGHAI)
    assert found is None or found > FRIDAY_NOON


@given(weekday=st.integers(0, 6), at=st.datetimes(*SPAN))
def test_next_monday_is_within_a_week_and_the_chinese_next_monday_in_the_next_week(weekday, at):
    at = at.replace(tzinfo=UTC)
    here = at.astimezone(SHANGHAI).date()
    name = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[weekday]
    coming = moment(f"next {name}", at, SHANGHAI)
    assert coming is not None
    day = coming.astimezone(SHANGHAI).date()
    assert day.weekday() == weekday
    assert 0 < (day - here).days <= 7
    chinese = moment(f"下周{'一二三四五六日'[weekday]}", at, SHANGHAI)
    assert chinese is not None
    monday = here - timedelta(days=here.weekday()) + timedelta(days=7)
    assert chinese.astimezone(SHANGHAI).date() == monday + timedelta(days=weekday)


def test_a_change_to_summer_time_moves_the_instant_and_not_the_clock_on_the_wall():
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    sunday, monday = moment("tomorrow 9am", saturday, BERLIN), moment("monday 9am", saturday, BERLIN)
    assert sunday == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert monday == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    assert moment("today 18:00", saturday, BERLIN) == datetime(2026, 3, 28, 17, 0, tzinfo=UTC)


def test_a_time_that_the_change_skips_or_doubles_is_still_one_moment():
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert moment("明天凌晨2点半", saturday, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "03:30 by the new clock"
    autumn = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert moment("tomorrow 2:30", autumn, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the first of the two"
