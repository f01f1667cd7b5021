"""axe finds nothing, on any screen, in either language, light or dark."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from .conftest import Contexts
from .desk import HIGH_PAYER, Desk
from .windows import Game, Workspace

AXE = (Path(__file__).parents[2] / "clients/agent/node_modules/axe-core/axe.min.js").read_text()
FIND = """async () => {
    const {violations} = await axe.run(document, {resultTypes: ['violations'], iframes: false});
    return violations.flatMap(({id, help, nodes}) => nodes.map(node => `${id}: ${help}\\n    ${node.html.slice(0, 200)}\\n    ${
        (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`));
}"""
LOOKS = [(language, scheme) for language in ("zh-CN", "en") for scheme in ("light", "dark")]
each_look = pytest.mark.parametrize(("language", "scheme"), LOOKS, ids=[" ".join(look) for look in LOOKS])


class Findings(list[str]):
    """Collects over several screens, so that one run shows all."""

    def add(self, screen: str, where: Page | Frame) -> None:
        # Half-way through a transition a colour is not what it will be.
        # What has just been told to change begins to with the next picture, not before.
        where.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))")
        where.evaluate("Promise.all(document.getAnimations().filter(each => each.effect.getComputedTiming().endTime < 5000)"
                       ".map(each => each.finished.catch(() => 0)))")
        if not where.evaluate("'axe' in window"):
            where.evaluate(AXE + "; 0")
        self.extend(f"{screen}: {each}" for each in where.evaluate(FIND))


@pytest.fixture
def findings() -> Iterator[Findings]:
    found = Findings()
    yield found
    assert not found, "\n" + "\n".join(found)


@pytest.fixture
def populated(desk: Desk) -> dict[str, Any]:
    chen = desk.colleague("chen")
    chen.be("online")
    ticket_id = desk.ask("sr-000003", "充值没到账，订单号在这 https://example.com/a", "recharge", fields={"amount": 64800})
    chen.call("POST", f"/tickets/{ticket_id}/take")
    chen.call("POST", f"/tickets/{ticket_id}/notes", {"body": "等支付渠道回执", "attachments": [], "clientKey": f"n{ticket_id}"})
    chen.call("POST", f"/tickets/{ticket_id}/replies", {"body": "正在核实", "attachments": [], "baseSeq": 99, "clientKey": f"r{ticket_id}"})
    for account in ("sr-000004", "sr-000005"):
        desk.ask(account, "卡顿严重，团战掉线", "lag")
    return {"ticket": ticket_id}


@each_look
def test_the_workspace(
    desk: Desk, populated: dict[str, Any], agent: Callable[..., Workspace], context: Contexts, findings: Findings,
    language: str, scheme: str,
) -> None:
    page = context(locale=language, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(desk.url)
    expect(page.get_by_test_id("demo-lin")).to_be_visible()
    findings.add("sign-in", page)
    page.context.close()

    desk.colleague("zhao").call("PATCH", "/me", {"locale": language})
    lead = agent("zhao", locale=language, color_scheme=scheme, reduced_motion="reduce")
    try:
        lead.go("/tickets/open")
        expect(lead.row(populated["ticket"])).to_be_visible()
        findings.add("list", lead.page)
        lead.row(populated["ticket"]).click()
        expect(lead.messages().first).to_be_visible()
        expect(lead.test_id("player-card").locator("h2")).to_be_visible()
        findings.add("ticket", lead.page)
        lead.test_id("merge-player").click()
        expect(lead.test_id("merge-find")).to_be_visible()
        findings.add("merge dialog", lead.page)
        lead.page.keyboard.press("Escape")
        lead.test_id("open-player").click()
        expect(lead.test_id("player-page").locator("h2")).to_be_visible()
        findings.add("player page", lead.page)
        lead.page.go_back()
        expect(lead.messages().first).to_be_visible()
        lead.page.keyboard.press("e")
        expect(lead.test_id("resolve-solution")).to_be_visible()
        findings.add("resolve dialog", lead.page)
        lead.page.keyboard.press("Escape")
        lead.go("/search")
        lead.test_id("search-input").fill("0")
        findings.add("search: nothing found", lead.page)
        lead.page.keyboard.press("Control+k")
        lead.test_id("palette-input").fill("a")
        expect(lead.test_id("command-search-all")).to_be_visible()
        findings.add("palette", lead.page)
        lead.page.keyboard.press("Escape")
        lead.go(f"/search?q={populated['ticket']}&f=status:open")
        expect(lead.test_id("direct")).to_be_visible()
        findings.add("search", lead.page)
        lead.test_id("search-input").fill("status:")
        expect(lead.test_id("suggestions")).to_be_visible()
        findings.add("search suggestions", lead.page)
        lead.go("/board")
        expect(lead.test_id("figure-opened")).to_be_visible()
        findings.add("board", lead.page)
    finally:
        desk.colleague("zhao").call("PATCH", "/me", {"locale": "zh-CN"})


@each_look
def test_the_widget_and_the_demo_game(
    desk: Desk, player: Callable[..., Game], findings: Findings, language: str, scheme: str
) -> None:
    game = player(HIGH_PAYER, language[:2], locale=language, color_scheme=scheme, reduced_motion="reduce")
    findings.add("demo game", game.page)
    game.open_help()
    findings.add("widget home", game.frame)
    game.inside("problem-recharge").click()
    game.inside("form-submit").click()
    expect(game.frame.get_by_role("alert").first).to_be_visible()
    findings.add("widget form with problems", game.frame)
    game.inside("back").click()
    chen = desk.colleague("chen")
    chen.be("online")  # only now: nobody hears of her again, and looking at the screens above takes its time
    chat = game.chat("hello 你好")
    expect(game.inside("place")).to_have_attribute("data-state", "live")
    chen.call("POST", f"/tickets/{chat}/replies", {"body": "看这里 https://example.com", "attachments": [], "baseSeq": 99, "clientKey": f"c{chat}"})
    expect(game.frame.locator(".line.staff").first).to_be_visible()
    findings.add("widget chat", game.frame)
    chen.call("POST", f"/tickets/{chat}/resolve", {"solution": "好了"})
    game.inside("rate-4").click()
    findings.add("widget rating", game.frame)
    game.inside("back").click()
    game.inside("all-tickets").click()
    findings.add("widget tickets", game.frame)
