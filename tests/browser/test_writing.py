"""Writing at the desk: undo, guards against what was not read, drafts on two devices, names, snippets and macros."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .desk import Desk, wait_for
from .windows import Game, Workspace

Agents = Callable[..., Workspace]
Players = Callable[..., Game]
FREE_PLAYER = "sr-000005"


def undo_seconds(desk: Desk, who: Workspace, seconds: int) -> None:
    token = next(each["value"] for each in who.context.cookies() if each["name"] == "playerdesk_csrf")
    who.context.request.patch(
        f"{desk.url}/agent/v1/me/preferences", data={"undoSeconds": seconds}, headers={"X-CSRF-Token": token}
    )


def spoken(desk: Desk, ticket_id: int) -> list[str]:
    rows = desk.sql("SELECT body FROM tickets.message WHERE ticket_id = %s AND kind = 'message' ORDER BY seq", ticket_id)
    return [row[0] for row in rows]


def held(who: Workspace) -> Locator:
    return who.page.locator("[data-testid=pending][data-state=held]")


def test_a_reply_can_be_undone_and_the_player_never_hears_of_it(desk: Desk, agent: Agents, player: Players) -> None:
    chen, game = agent("chen"), player(FREE_PLAYER)
    undo_seconds(desk, chen, 5)
    game.open_help()
    game.fill_form("other", "活动奖励没发")
    chen.go()
    ticket_id, _ = game.submit()
    chen.row(ticket_id).click()
    chen.reply("**请稍等**")
    expect(held(chen)).to_be_visible()
    assert spoken(desk, ticket_id) == ["活动奖励没发"]
    chen.page.keyboard.press("Escape")
    chen.page.keyboard.press("u")
    expect(chen.test_id("composer-reply")).to_have_value("**请稍等**")
    expect(held(chen)).to_have_count(0)
    time.sleep(5.5)
    assert spoken(desk, ticket_id) == ["活动奖励没发"]

    # Left alone it goes out by itself, also when the browser is gone; marks are for the desk's eyes only.
    chen.test_id("send").click()
    expect(held(chen)).to_be_visible()
    chen.page.goto("about:blank")
    expect(game.said("请稍等")).to_be_visible(timeout=15_000)
    assert spoken(desk, ticket_id) == ["活动奖励没发", "**请稍等**"]
    chen.open(ticket_id)
    expect(chen.test_id("timeline").locator("strong", has_text="请稍等")).to_be_visible()
    expect(chen.test_id("composer-reply")).to_have_value("")
    undo_seconds(desk, chen, 0)


def test_what_the_player_or_a_colleague_says_meanwhile_stops_a_held_reply(
    desk: Desk, agent: Agents, player: Players
) -> None:
    chen, he, game = agent("chen"), agent("he"), player(FREE_PLAYER)
    undo_seconds(desk, chen, 15)
    game.open_help()
    game.fill_form("other", "皮肤没到")
    chen.go()
    ticket_id, _ = game.submit()
    chen.row(ticket_id).click()
    chen.reply("请提供订单号")
    expect(held(chen)).to_be_visible()
    he.open(ticket_id)
    game.write("找到了，不用了")
    expect(chen.said("找到了，不用了")).to_be_visible()
    chen.test_id("send-now").click()
    guard = chen.test_id("stale-guard")
    expect(guard).to_contain_text("找到了，不用了")
    expect(chen.test_id("composer-reply")).to_have_value("请提供订单号")
    chen.test_id("stale-edit").click()
    chen.reply("好的，祝您游戏愉快")
    expect(held(chen)).to_be_visible()
    # A colleague who looks at the ticket sees that an answer is on its way, and answers all the same.
    expect(he.test_id("company")).to_contain_text("陈晓雨 的回复即将发出")
    he.reply("同事先回了")
    expect(chen.said("同事先回了")).to_be_visible()
    chen.test_id("send-now").click()
    expect(guard).to_contain_text("何佳宁")
    expect(guard).to_contain_text("同事先回了")
    chen.test_id("stale-send").click()
    expect(game.said("好的，祝您游戏愉快")).to_be_visible()
    assert spoken(desk, ticket_id) == ["皮肤没到", "找到了，不用了", "同事先回了", "好的，祝您游戏愉快"]
    undo_seconds(desk, chen, 0)


def test_a_draft_follows_to_another_device_and_two_devices_do_not_overwrite_each_other(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    ticket_id = desk.ask(FREE_PLAYER, "背包打不开")
    office = agent("chen").open(ticket_id)
    office.test_id("composer-reply").fill("在办公室写的")
    wait_for("the draft is kept", lambda: desk.sql("SELECT 1 FROM tickets.draft WHERE body = '在办公室写的'"))
    home = agent("chen").go()
    expect(home.row(ticket_id)).to_contain_text("草稿")
    home.open(ticket_id)
    expect(home.test_id("composer-reply")).to_have_value("在办公室写的")
    home.test_id("composer-reply").fill("在家里接着写")
    expect(office.test_id("composer-reply")).to_have_value("在家里接着写")

    # Both write without hearing each other: whoever was slower is told and keeps her words.
    home.context.set_offline(True)
    home.test_id("composer-reply").fill("家里这份")
    office.test_id("composer-reply").fill("办公室这份")
    wait_for("the office's is kept", lambda: desk.sql("SELECT 1 FROM tickets.draft WHERE body = '办公室这份'"))
    home.context.set_offline(False)
    expect(home.test_id("draft-rival")).to_contain_text("办公室这份", timeout=20_000)
    expect(home.test_id("composer-reply")).to_have_value("家里这份")
    home.test_id("rival-mine").click()
    expect(office.test_id("composer-reply")).to_have_value("家里这份")
    office.page.reload()
    expect(office.test_id("composer-reply")).to_have_value("家里这份")
    office.test_id("send").click()
    expect(office.said("家里这份")).to_be_visible()
    expect(home.test_id("composer-reply")).to_have_value("")
    wait_for("no draft is left", lambda: not desk.sql("SELECT 1 FROM tickets.draft WHERE ticket_id = %s", ticket_id))


def test_a_colleague_called_by_name_hears_of_it(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    chen, wang = agent("chen"), agent("wang").go()
    ticket_id = desk.ask(FREE_PLAYER, "名字显示错了")
    chen.open(ticket_id)
    chen.page.keyboard.press("n")
    chen.test_id("composer-note").press_sequentially("请 @王思")
    expect(chen.test_id("completion")).to_contain_text("王思远")
    chen.page.keyboard.press("Enter")
    chen.page.keyboard.type("看一下 :鼓掌")
    chen.page.keyboard.press("Enter")
    expect(chen.test_id("composer-note")).to_have_value("请 @王思远 看一下 👏")
    chen.page.keyboard.press("Control+Enter")
    expect(chen.test_id("timeline").locator("mark")).to_have_text("@王思远")
    expect(wang.test_id("count-mentions")).to_have_text("1")
    wang.test_id("view-mentions").click()
    expect(wang.test_id(f"mention-{ticket_id}")).to_contain_text("请 @王思远 看一下")
    wang.test_id(f"mention-{ticket_id}").click()
    expect(wang.test_id("timeline").locator("mark")).to_be_visible()
    expect(wang.test_id("count-mentions")).to_have_count(0)


def test_snippets_and_macros_by_keyboard(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    ticket_id = desk.ask(FREE_PLAYER, "有个建议")
    chen = agent("chen").open(ticket_id)
    keys = chen.page.keyboard
    keys.press("r")
    keys.type("/nh")
    expect(chen.test_id("completion-preview")).to_contain_text("我是客服 陈晓雨")
    keys.press("Enter")
    expect(chen.test_id("composer-reply")).to_have_value(re.compile("我是客服 陈晓雨，很高兴为您服务。$"))
    keys.press("Control+z")
    expect(chen.test_id("composer-reply")).to_have_value("/nh")
    chen.test_id("composer-reply").fill("")
    keys.press("Escape")
    keys.press("m")
    expect(chen.test_id("macro-palette").get_by_role("combobox")).to_be_focused()
    keys.type("建议")
    expect(chen.test_id("macro-preview")).to_contain_text("优先级改为「低」")
    expect(chen.test_id("macro-text")).to_have_value(re.compile("云境传说"))
    keys.press("Enter")
    expect(chen.test_id("macro-palette")).to_have_count(0)
    expect(chen.test_id("timeline")).to_contain_text("感谢您对《云境传说》的建议")
    expect(chen.test_id("timeline")).to_contain_text("优先级")
    assert desk.sql("SELECT priority FROM tickets.ticket WHERE id = %s", ticket_id) == [(3,)]
    assert desk.sql("SELECT count(*) FROM tickets.macro_use WHERE ticket_id = %s", ticket_id) == [(2,)]


def test_whoever_takes_a_macro_back_is_told_that_its_actions_were_not_done(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    ticket_id = desk.ask(FREE_PLAYER, "还有个建议")
    chen = agent("chen")
    undo_seconds(desk, chen, 15)
    chen.open(ticket_id)
    chen.page.keyboard.press("m")
    chen.page.keyboard.type("建议")
    expect(chen.test_id("macro-text")).to_have_value(re.compile("云境传说"))
    chen.page.keyboard.press("Enter")
    chen.test_id("undo-send").click()
    expect(chen.page.get_by_text(re.compile("宏的 [1-9] 项操作没有执行"))).to_be_visible()
    expect(chen.test_id("composer-reply")).to_have_value(re.compile("云境传说"))
    assert desk.sql("SELECT priority FROM tickets.ticket WHERE id = %s", ticket_id) != [(3,)]
    undo_seconds(desk, chen, 0)
