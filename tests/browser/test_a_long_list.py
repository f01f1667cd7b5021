"""A list of 100,000 tickets: it scrolls as smoothly as one of fifty, and shows the right rows wherever it stands."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .crowded import crowd
from .desk import Desk
from .windows import Workspace

MANY = 100_000
FEWER = 10_000
ROW = 44
SMOOTH_MS = 34
"""Two frames of a screen of 60 Hz; a machine that others use too is compared with its own short list."""

TO_THE_END = """async ([row, many]) => {
    const list = document.querySelector('[data-testid=list-scroller]');
    for (const until = performance.now() + 200_000; list.scrollHeight < row * many && performance.now() < until;) {
        list.scrollTop = list.scrollHeight;
        await new Promise(requestAnimationFrame);
    }
    return Math.floor(list.scrollHeight / row);
}"""
RECORD = """() => { window.frames_ = []; let before = performance.now(), on = true; window.stopFrames = () => (on = false, window.frames_);
    requestAnimationFrame(function look(now) { window.frames_.push(now - before); before = now; if (on) requestAnimationFrame(look) }) }"""
SHOWN = """() => { const list = document.querySelector('[data-testid=list-scroller]'); const box = list.getBoundingClientRect();
    return [...list.querySelectorAll('[role=listitem]')].filter(el => { const at = el.getBoundingClientRect(); return at.bottom > box.top && at.top < box.bottom })
        .map(el => el.innerText) }"""


def numbers(page: Page) -> list[int]:
    return sorted(int(found[1]) for text in page.evaluate(SHOWN) if (found := re.search(r"批量工单 (\d+)", text)))


def p95(frames: list[float]) -> float:
    return sorted(frames)[int(len(frames) * 0.95)]


def wheel(page: Page, turns: int) -> float:
    """The 95th of a hundred frames while a wheel turns quickly, there and back."""
    page.mouse.move(800, 450)
    page.evaluate(RECORD)
    for turn in range(turns):
        page.mouse.wheel(0, 300 if turn < turns / 2 else -300)
        page.wait_for_timeout(8)
    return p95(page.evaluate("stopFrames()"))


def arrows(page: Page, turns: int) -> float:
    page.evaluate(RECORD)
    for _ in range(turns):
        page.keyboard.press("j")
    return p95(page.evaluate("stopFrames()"))


@pytest.fixture
def long_list(desk: Desk, agent: Callable[..., Workspace], request: pytest.FixtureRequest) -> Iterator[Workspace]:
    like = desk.ask("sr-000005", "像这样的还有很多")
    with crowd(desk, like, request.param):
        zhao = agent("zhao").go("/tickets/pending")
        expect(zhao.page.locator("[data-testid^=row-]").nth(5)).to_be_visible()
        yield zhao


@pytest.mark.parametrize("long_list", [MANY], indirect=True)
def test_it_scrolls_smoothly_by_wheel_and_by_keys(long_list: Workspace, record_property: Callable[[str, Any], None]) -> None:
    page = long_list.page
    short = {"wheel": wheel(page, 40), "keys": arrows(page, 40)}
    page.evaluate("document.querySelector('[data-testid=list-scroller]').scrollTop = 0")
    assert page.evaluate(TO_THE_END, [ROW, MANY]) == MANY

    for part in (0.5, 0.123, 0.999):
        page.evaluate("([top]) => document.querySelector('[data-testid=list-scroller]').scrollTop = top", [int(MANY * part) * ROW])
        page.wait_for_timeout(100)
        seen = numbers(page)
        # Beside one another, without a hole, as many as fit; the first is the one that belongs there.
        assert seen == list(range(seen[0], seen[0] + len(seen)))
        assert len(seen) >= 15
        assert abs(seen[0] - int(MANY * part)) <= 2
        assert page.locator("[data-testid=list-scroller] [role=listitem]").count() < 60

    page.evaluate("([top]) => document.querySelector('[data-testid=list-scroller]').scrollTop = top", [50_000 * ROW])
    found: dict[str, float] = {}
    for name, move in (("wheel", wheel), ("keys", arrows)):
        bound = max(SMOOTH_MS, short[name] * 1.5)
        # A machine that is busy with something else gets another try.
        for _ in range(3):
            found[name] = move(page, 60)
            if found[name] <= bound:
                break
        record_property(name, f"{found[name]:.1f} ms (short list {short[name]:.1f} ms)")
        print(f"p95 of a frame, {name}: {found[name]:.1f} ms; a short list: {short[name]:.1f} ms")
        assert found[name] <= bound, f"{name}: {found[name]:.1f} ms, the short list {short[name]:.1f} ms"


@pytest.mark.parametrize("long_list", [FEWER], indirect=True)
def test_what_moves_in_a_long_list_costs_no_frame(desk: Desk, long_list: Workspace) -> None:
    """Rows pushed into it while somebody reads it far down are in their place, and the screen does not stop."""
    page = long_list.page
    page.evaluate(TO_THE_END, [ROW, FEWER])
    page.evaluate("([top]) => document.querySelector('[data-testid=list-scroller]').scrollTop = top", [FEWER // 2 * ROW])
    page.wait_for_timeout(300)
    middle = numbers(page)[5]
    ticket = desk.sql("SELECT id FROM tickets.ticket WHERE client_key = %s", f"crowd-{middle}")[0][0]
    page.evaluate(RECORD)
    for priority in (1, 3) * 5:
        desk.colleague("zhao").call("PATCH", f"/tickets/{ticket}", {"priority": priority})
    desk.colleague("zhao").call("PATCH", f"/tickets/{ticket}", {"status": "hold"})
    expect(long_list.row(ticket)).to_have_count(0)
    frames = page.evaluate("stopFrames()")
    assert middle not in numbers(page)
    print(f"longest frame while rows move: {max(frames):.0f} ms, p95 {p95(frames):.0f} ms")
    assert p95(frames) <= 100
