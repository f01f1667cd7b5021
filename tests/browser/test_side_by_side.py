"""Live chats side by side: a ring each, the keyboard between them, one notice for all that are late."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]
PLAYERS = ("sr-000005", "sr-000004", "sr-000003")
WIDE = {"width": 1800, "height": 900}


def three_chats(desk: Desk, chen: Workspace) -> list[int]:
    desk.colleague("chen").be("online")
    chats = [desk.ask(account, f"第 {at} 个会话", live=True) for at, account in enumerate(PLAYERS, 1)]
    for chat in chats:
        expect(chen.test_id(f"chat-tab-{chat}")).to_be_visible()
    return chats


def wait_since(desk: Desk, chat: int, seconds: float) -> None:
    """The player of this chat has been waiting for so long, of the 30 s she was promised."""
    desk.sql(
        "UPDATE tickets.ticket SET waiting_since = now() - %s * interval '1 second', due_kind = 'first',"
        " due_at = now() + (30 - %s) * interval '1 second', warn_at = NULL, breached = %s WHERE id = %s",
        seconds, seconds, seconds > 30, chat,
    )


def test_each_chat_has_a_ring_that_tells_its_time_by_shape_and_number(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go()
    chats = three_chats(desk, chen)
    for chat, waited in zip(chats, (3, 17, 26), strict=True):
        wait_since(desk, chat, waited)
    chen.go()
    rings = {chat: chen.test_id(f"chat-tab-{chat}").get_by_test_id("chat-ring") for chat in chats}
    stages = [rings[chat].get_attribute("data-stage") for chat in chats]
    assert stages[0] in {"calm", "soon"}, stages
    assert stages[2] in {"urgent", "late"}, stages
    seen = set(stages)
    for stage in ("soon", "urgent", "late"):
        expect(rings[chats[1]]).to_have_attribute("data-stage", stage, timeout=20_000)
        seen.add(stage)
    assert {"soon", "urgent", "late"} <= seen
    expect(rings[chats[1]]).to_contain_text(re.compile(r"\d"))


def test_the_keyboard_goes_from_chat_to_chat_and_what_is_written_stays(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go()
    first, second, third = three_chats(desk, chen)
    keys = chen.page.keyboard
    keys.press("1")
    expect(chen.page).to_have_url(re.compile(f"/chats/{first}$"))
    expect(chen.test_id(f"column-{first}").get_by_test_id("timeline")).to_contain_text("第 1 个会话")
    keys.press("r")
    composer = chen.test_id(f"column-{first}").get_by_test_id("composer-reply")
    expect(composer).to_be_focused()
    keys.type("写了一半")
    keys.press("Escape")
    keys.press("]")
    expect(chen.page).to_have_url(re.compile(f"/chats/{second}$"))
    # Two columns on this screen: both conversations stay.
    expect(chen.test_id(f"column-{first}")).to_be_visible()
    expect(chen.test_id(f"column-{second}")).to_have_attribute("data-active", "true")
    keys.press("3")
    expect(chen.test_id(f"column-{third}").get_by_test_id("timeline")).to_contain_text("第 3 个会话")
    keys.press("[")
    keys.press("[")
    expect(chen.page).to_have_url(re.compile(f"/chats/{first}$"))
    expect(composer).to_have_text("写了一半") if composer.get_attribute("contenteditable") else expect(composer).to_have_value("写了一半")
    keys.press("]")
    # A fast `r` belongs to the chat that is coming.
    keys.press("r")
    expect(chen.test_id(f"column-{second}").get_by_test_id("composer-reply")).to_be_focused()

    desk.say(PLAYERS[2], third, "还在吗？")
    expect(chen.test_id(f"chat-tab-{third}")).to_contain_text("还在吗？")
    chen.page.set_viewport_size(WIDE)
    for chat in (first, second, third):
        expect(chen.test_id(f"column-{chat}")).to_be_visible()


def test_three_late_chats_are_one_notice_that_leads_to_the_oldest_and_goes_at_zero(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go()
    chats = three_chats(desk, chen)
    for chat, waited in zip(chats, (40, 400, 100), strict=True):
        wait_since(desk, chat, waited)
    chen.go()
    notice = chen.test_id("late-notice")
    expect(notice).to_contain_text("3 个工单已超时")
    expect(chen.row(chats[1])).to_have_class(re.compile("late-3"))
    expect(chen.row(chats[0])).to_have_class(re.compile("late-1"))
    for chat, left in ((chats[1], 2), (chats[2], 1), (chats[0], 0)):
        chen.page.keyboard.press("l")
        expect(chen.page).to_have_url(re.compile(f"/{chat}$"))
        desk.colleague("chen").call("POST", f"/tickets/{chat}/replies", {"body": "来了", "attachments": [], "baseSeq": 99, "clientKey": f"l{chat}"})
        if left:
            expect(notice).to_contain_text(f"{left} 个工单已超时")
    expect(notice).to_have_count(0)
