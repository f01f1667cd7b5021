"""Live chat: waiting, being answered, writing at once, losing the line, and nobody there."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Locator, expect

from demogame.picture import screenshot

from .desk import Desk, wait_for
from .windows import Game, Workspace

FREE_PLAYER, OTHER_PLAYER, PAYER = "sr-000005", "sr-000004", "sr-000002"
Agents = Callable[..., Workspace]
Players = Callable[..., Game]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "截图.png"
    path.write_bytes(screenshot(Random(1), "PAYMENT", "Order is missing"))
    return path


def is_painted(image: Locator) -> bool:
    return image.evaluate("image => image.complete && image.naturalWidth > 0")


def seconds_left(window: Workspace, ticket_id: int) -> int:
    ring = window.row(ticket_id).get_by_test_id("countdown").inner_text()
    found = re.search(r"(\d+):(\d\d)", ring)
    assert found, ring
    return int(found[1]) * 60 + int(found[2])


def test_a_chat_waits_with_its_place_and_is_then_answered(desk: Desk, agent: Agents, player: Players) -> None:
    chen = agent("chen").go()
    chen.be("busy")  # on duty, but nothing is pushed to her
    first, second = player(FREE_PLAYER), player(OTHER_PLAYER)
    for each in (first, second):
        each.open_help()
    expect(first.inside("start-chat")).to_contain_text("在线客服")
    chat = first.chat("在吗？想问一下活动")
    expect(first.inside("place")).to_contain_text("您排在第 1 位")
    later = second.chat("我也有问题")
    expect(second.inside("place")).to_contain_text("您排在第 1 位")  # she pays, if only a little
    expect(first.inside("place")).to_contain_text("您排在第 2 位")
    expect(first.inside("place")).to_contain_text(re.compile(r"预计等待 \d+ 分钟"))

    chen.be("online")
    expect(chen.row(chat)).to_be_visible()
    expect(chen.row(later)).to_be_visible()
    for each in (first, second):
        expect(each.inside("place")).to_have_attribute("data-state", "live")
    expect(first.inside("place")).to_contain_text("陈晓雨")

    chen.row(chat).click()
    chen.reply("在的，请讲")
    expect(first.said("在的，请讲")).to_be_visible()


@pytest.mark.parametrize(("account", "promised"), [(FREE_PLAYER, 30), (PAYER, 15)])
def test_the_ring_of_a_chat_counts_from_its_target(
    desk: Desk, agent: Agents, player: Players, account: str, promised: int
) -> None:
    chen, game = agent("chen").go(), player(account)
    game.open_help()
    chat = game.chat("现在能帮我看看吗")
    expect(chen.row(chat)).to_be_visible()
    ring = chen.row(chat).get_by_test_id("countdown")
    expect(ring).to_contain_text("首次响应")
    assert promised - 10 <= seconds_left(chen, chat) <= promised


def test_a_chat_shows_typing_reading_and_pictures_on_both_sides(
    desk: Desk, agent: Agents, player: Players, picture: Path
) -> None:
    chen, game = agent("chen").go(), player(FREE_PLAYER)
    game.open_help()
    chat = game.chat("你好，我的订单少了钻石")
    chen.row(chat).click()
    expect(chen.said("你好，我的订单少了钻石")).to_be_visible()
    expect(game.inside("seen")).to_have_text("已读")

    chen.test_id("composer-reply").press_sequentially("您好，请稍等")
    expect(game.inside("typing")).to_be_visible()
    chen.test_id("send").click()
    expect(game.said("您好，请稍等")).to_be_visible()
    expect(game.inside("typing")).to_be_hidden()
    expect(chen.test_id("seen")).to_be_visible()

    game.inside("composer").press_sequentially("好的")
    expect(chen.test_id("player-typing")).to_be_visible()
    game.inside("attach").set_input_files(picture)
    expect(game.inside("picture").get_by_role("progressbar")).to_have_count(0)
    game.inside("send").click()
    expect(chen.said("好的")).to_be_visible()
    expect(chen.test_id("player-typing")).to_be_hidden()
    thumbnail = chen.test_id("thumbnail").locator("img")
    expect(thumbnail).to_be_visible()
    wait_for("the agent sees the picture", lambda: is_painted(thumbnail))
    chen.test_id("thumbnail").click()
    expect(chen.test_id("lightbox").locator("img")).to_be_visible()
    chen.page.keyboard.press("Escape")

    chen.test_id("attach").set_input_files(picture)
    expect(chen.test_id("attached")).to_be_visible()
    chen.reply("订单在这张图里")
    expect(game.said("订单在这张图里")).to_be_visible()
    shown = game.frame.locator(".line.staff .picture img")
    expect(shown).to_be_visible()
    wait_for("the player sees the picture", lambda: is_painted(shown))


def test_what_both_write_while_the_player_is_cut_off_arrives_once_and_in_order(
    desk: Desk, agent: Agents, player: Players
) -> None:
    chen, game = agent("chen").go(), player(FREE_PLAYER)
    game.open_help()
    chat = game.chat("第一句")
    chen.row(chat).click()
    chen.reply("请说")
    expect(game.said("请说")).to_be_visible()

    game.context.set_offline(True)
    mine, hers = ["断网一", "断网二", "断网三"], ["还在吗", "我等您"]
    for text in mine:
        game.write(text)
    expect(game.inside("message-pending")).to_have_count(3)
    for text in hers:
        chen.reply(text)
        expect(chen.said(text)).to_be_visible()
    expect(chen.test_id("pending")).to_have_count(0)
    game.context.set_offline(False)

    expect(game.inside("message-pending")).to_have_count(0)
    wanted = ["第一句", "请说", *hers, *mine]
    expect(game.bubbles()).to_have_text(wanted)
    expect(chen.said("断网三")).to_be_visible()
    assert [line.strip() for line in chen.messages().locator("p.whitespace-pre-wrap").all_inner_texts()] == wanted
    written = desk.sql("SELECT body FROM tickets.message WHERE ticket_id = %s AND kind = 'message' ORDER BY seq", chat)
    assert [row[0] for row in written] == wanted


def test_a_chat_becomes_a_ticket_when_nobody_is_on_duty(desk: Desk, player: Players) -> None:
    desk.colleague("chen").be("busy")
    game = player(FREE_PLAYER)
    game.open_help()
    game.inside("start-chat").click()
    game.inside("form-body").fill("有人吗")
    desk.colleague("chen").be("offline")
    game.inside("form-submit").click()
    expect(game.frame.locator("[data-notice=nobody_on_duty]")).to_contain_text("问题已转为工单")
    expect(game.inside("stage")).to_be_visible()

    late = player(OTHER_PLAYER)
    late.open_help()
    expect(late.inside("start-chat")).to_contain_text("没有客服值班")
