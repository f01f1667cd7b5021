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
        # While she writes the actions make room for the keyboard.
        expect(chen.test_id("thumb-bar")).to_be_hidden()
        chen.test_id("timeline").tap()
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


SMALL = """() => [...document.querySelectorAll('button, select, nav a, [role=option]')].filter(el => {
    const {width, height} = el.getBoundingClientRect();
    return el.checkVisibility({visibilityProperty: true}) && width > 2 && (width < 44 || height < 44) && !el.hasAttribute('data-inline') && !el.closest('table');
}).map(el => el.outerHTML.slice(0, 160))"""


def test_a_lead_on_call_resolves_and_assigns_with_the_thumb(desk: Desk, agent: Agents) -> None:
    ticket_id = desk.ask("sr-000005", "半夜登不上去")
    lead = agent("zhao", **TOUCH).go("/board")
    expect(lead.test_id("figure-opened")).to_be_visible()
    assert fits(lead.page)
    assert lead.page.evaluate(SMALL) == []
    lead.test_id("presence").tap()
    lead.test_id("presence-online").tap()
    expect(lead.page.locator("[data-state-chosen=online]")).to_be_visible()
    lead.go("/tickets/open")
    assert lead.page.evaluate(SMALL) == []
    lead.row(ticket_id).tap()
    thumb = lead.test_id("thumb-bar")
    expect(thumb).to_be_visible()
    box = thumb.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == pytest.approx(844, abs=2), "at the foot of the screen"
    assert lead.page.evaluate(SMALL) == []
    thumb.get_by_test_id("thumb-take").or_(thumb.get_by_test_id("thumb-assign")).first.tap()
    if lead.test_id(f"pick-assignee-{lead.id}").is_visible():
        lead.test_id(f"pick-assignee-{lead.id}").tap()
    expect(lead.test_id("assign")).to_contain_text("赵敏")
    lead.test_id("toggle-card").tap()
    expect(lead.test_id("player-card")).to_be_visible()
    lead.page.go_back()
    expect(lead.test_id("timeline")).to_be_visible()
    lead.test_id("resolve").tap()
    lead.test_id("resolve-solution").fill("重启后恢复")
    lead.test_id("resolve-submit").tap()
    expect(lead.test_id("resolve-dialog")).to_have_count(0)
    lead.page.go_back()
    expect(lead.test_id("list-scroller")).to_be_visible()
    expect(lead.row(ticket_id)).to_have_count(0)


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


def test_what_is_too_long_is_said_and_not_cut(desk: Desk, player: Players) -> None:
    game = player("sr-000004", alone=True, **TOUCH)
    game.fill_form("other", "长" * 10_000)
    expect(game.frame.get_by_role("alert")).to_contain_text("超出 5000 字")
    game.inside("form-submit").click()
    expect(game.inside("form-body")).to_have_value("长" * 10_000)
    game.inside("form-body").fill("短了")
    game.submit()
    game.inside("composer").fill("长" * 5_003)
    expect(game.inside("too-long")).to_contain_text("超出 3 字")
    expect(game.inside("send")).to_be_disabled()
    assert fits(game.page)
