"""The same desk and the same widget on 390 by 844 points, in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE
from .desk import Desk
from .windows import Game, Workspace

Agents = Callable[..., Workspace]
Players = Callable[..., Game]
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("language", "card"), [("zh-CN", "玩家资料"), ("en", "Player card")])
def test_an_agent_works_on_a_phone(desk: Desk, agent: Agents, language: str, card: str) -> None:
    chen = agent("chen", **TOUCH)
    desk.colleague("chen").call("PATCH", "/me", {"locale": language})
    try:
        chen.go()
        ticket_id = desk.ask("sr-000005", "手机上看得清吗？" * 6)
        chen.row(ticket_id).tap()
        expect(chen.test_id("ticket-subject")).to_be_visible()
        expect(chen.test_id("list-scroller")).to_be_hidden()
        assert fits(chen.page)
        chen.test_id("composer-reply").fill("看得清")
        chen.test_id("send").tap()
        expect(chen.said("看得清")).to_be_visible()
        chen.test_id("toggle-card").tap()
        expect(chen.test_id("player-card")).to_contain_text(card)
        expect(chen.test_id("player-card")).to_contain_text("今天不加班")
        assert fits(chen.page)
        chen.test_id("card-back").tap()
        expect(chen.test_id("timeline")).to_be_visible()
        chen.test_id("back").tap()
        expect(chen.row(ticket_id)).to_be_visible()
        chen.test_id("menu").tap()
        chen.test_id("view-pending").tap()
        expect(chen.page).to_have_url(re.compile("/tickets/pending$"))
        expect(chen.test_id("view-pending")).to_be_hidden()
    finally:
        desk.colleague("chen").call("PATCH", "/me", {"locale": "zh-CN"})


@pytest.mark.parametrize(("lang", "title", "sent"), [("zh", "充值未到账", "已提交"), ("en", "Payment not received", "Submitted")])
def test_the_widget_alone_in_a_games_web_view(
    desk: Desk, agent: Agents, player: Players, lang: str, title: str, sent: str
) -> None:
    game = player("sr-000004", lang, alone=True, **TOUCH)
    assert "token" not in game.page.url  # where it could be copied or photographed
    expect(game.inside("problem-recharge")).to_have_text(title)
    game.fill_form("recharge", "648 元没到账", amount="648")
    ticket_id, _ = game.submit()
    expect(game.inside("stage")).to_contain_text(sent)
    assert fits(game.page)
    chen = agent("chen").go()
    chen.row(ticket_id).click()
    expect(chen.test_id("timeline")).to_contain_text("648")
    chen.reply("查到了，马上补发")
    expect(game.said("查到了，马上补发")).to_be_visible()
    game.page.go_back()
    expect(game.inside("home")).to_be_visible()
    game.page.reload()
    expect(game.inside(f"ticket-{ticket_id}")).to_be_visible()


def test_the_widget_without_a_token_says_what_to_do(desk: Desk, context: Callable[..., object]) -> None:
    page: Page = context(**TOUCH).new_page()  # type: ignore[attr-defined]
    page.goto(f"{desk.url}/widget/#lang=zh")
    expect(page.get_by_role("alert")).to_contain_text("请从游戏内打开客服")
    page.goto("about:blank")
    page.goto(f"{desk.url}/widget/#token=not.a.token&lang=en")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
