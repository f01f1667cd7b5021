"""The panes of the desk are as wide as each agent wants them: by hand, by keys, and the same the next day."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

WATCH = """window.moved = []; new PerformanceObserver((list) => list.getEntries().forEach((entry) => entry.sources.forEach(({node, previousRect, currentRect}) => {
    const box = node?.nodeType === 1 ? node : node?.parentElement;
    if (previousRect.x !== currentRect.x) moved.push(box?.closest('[data-testid]')?.dataset.testid);
}))).observe({type: 'layout-shift', buffered: true});"""


def width(pane: Locator) -> float:
    box = pane.bounding_box()
    assert box
    return round(box["width"])


@pytest.fixture
def opened(desk: Any, agent: Any) -> Any:
    return agent("lin").open(desk.ask("sr-000004", "充值没到账"), "open")


def test_panes_are_widened_by_hand_and_by_keys_and_stay_so(desk, opened):
    window, page = opened, opened.page
    panes = {"list": page.locator("#list-pane"), "card": window.test_id("player-card")}
    expect(panes["card"]).to_be_visible()
    assert {name: width(pane) for name, pane in panes.items()} == {"list": 300, "card": 312}
    for name, by in (("list", 60), ("card", -60)):
        edge = window.test_id(f"edge-{name}")
        box = edge.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + 300
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + by, y, steps=4)
        page.mouse.up()
    assert {name: width(pane) for name, pane in panes.items()} == {"list": 360, "card": 372}
    edge = window.test_id("edge-list")
    edge.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", "440")
    with page.expect_response(lambda got: "/me/preferences" in got.url and got.request.method == "PATCH" and got.ok):
        page.keyboard.press("ArrowLeft")
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", "424")
    assert (width(panes["list"]), width(panes["card"])) == (424, 372), "another device knows it, too"
    edge.focus()
    page.keyboard.press("End")
    assert width(panes["list"]) == int(edge.get_attribute("aria-valuemax") or 0) <= 1440 * 0.36
    page.keyboard.press("Home")
    assert width(panes["list"]) == int(edge.get_attribute("aria-valuemin") or 0)
    page.keyboard.press("Enter")
    assert width(panes["list"]) == 300
    window.test_id("edge-card").dblclick()
    assert width(panes["card"]) == 312


def test_a_ticket_opens_at_its_place_and_what_comes_later_pushes_nothing_aside(desk, agent):
    ticket = desk.ask("sr-000004", "充值没到账")
    window = agent("lin")
    window.context.add_init_script(WATCH)
    window.go(f"/tickets/open/{ticket}")
    expect(window.test_id("player-card").locator("h2")).to_be_visible()
    window.page.wait_for_timeout(500)
    moved = window.page.evaluate("moved")
    assert not {"edge-card", "resolve", "send", "timeline"} & set(moved), moved
