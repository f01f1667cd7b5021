"""Doors: who finds a channel open, what she is told, and that nothing that runs is cut off."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from playerdesk.channels.blueprint import Doors, problems_of
from playerdesk.channels.doors import Door, door_for, is_open, judge, opens_next
from playerdesk.kernel import Text
from playerdesk.sla import Calendar

OFFICE = Calendar("Asia/Shanghai", [((540, 1080),)] * 5 + [(), ()])
MONDAY_NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)


def door(**more):
    return Door(**{"brand_id": None, "channel": "chat", "tier": None, "open": True, "calendar_key": None, "most_waiting": None, "instead": None, **more})


def test_the_most_specific_row_decides():
    general, tier, own = door(), door(tier="low", open=False), door(brand_id=7)
    assert door_for([general, tier, own], 8, "chat", "low") is tier
    assert door_for([general, tier, own], 7, "chat", "low") is own
    assert door_for([general, tier], 8, "chat", "high") is general
    assert door_for([general], 8, "game", "high") is None


def test_closed_says_what_to_do_instead():
    shut = judge(door(open=False), None, 0, MONDAY_NOON)
    assert (shut.reason, shut.instead) == ("closed", "game")
    assert "留言" in shut.text.zh
    own = judge(door(open=False, instead=Text("请发邮件", "Write a mail")), None, 0, MONDAY_NOON)
    assert own.text.zh == "请发邮件"
    assert judge(None, None, 0, MONDAY_NOON) is None


@pytest.mark.parametrize(("at", "opens"), [
    (MONDAY_NOON, None), (MONDAY_NOON + timedelta(hours=8), datetime(2026, 11, 17, 1, tzinfo=UTC)),
    (MONDAY_NOON + timedelta(days=5), datetime(2026, 11, 23, 1, tzinfo=UTC)),
    (datetime(2026, 11, 16, 1, tzinfo=UTC), None), (datetime(2026, 11, 16, 10, tzinfo=UTC), datetime(2026, 11, 17, 1, tzinfo=UTC)),
])
def test_out_of_hours_it_says_when_it_opens(at, opens):
    shut = judge(door(calendar_key="office"), OFFICE, 0, at)
    assert (shut and shut.opens_at) == opens
    assert is_open(OFFICE, at) == (shut is None)
    assert opens is None or opens_next(OFFICE, at) == opens


def test_the_line_is_limited():
    assert judge(door(most_waiting=3), None, 2, MONDAY_NOON) is None
    assert judge(door(most_waiting=3), None, 3, MONDAY_NOON).reason == "full"


def test_what_is_wrong_is_said_at_its_place():
    body = msgspec.convert({"doors": [
        {"channel": "phone"}, {"channel": "chat", "tier": "whale"}, {"channel": "chat", "calendar": "lunar"},
        {"channel": "game", "mostWaiting": 3}, {"channel": "chat", "mostWaiting": 0, "tier": "low", "open": False},
        {"channel": "game", "tier": "low", "open": False},
    ]}, Doors)
    found = {each.place: each.severity for each in problems_of(body, {"office"})}
    assert found == {
        "doors.0.channel": "error", "doors.1.tier": "error", "doors.2.calendar": "error", "doors.3.mostWaiting": "error",
        "doors.4.mostWaiting": "error", "doors.5.open": "warning",
    }
