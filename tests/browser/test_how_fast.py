"""How fast the workspace answers a hand: opening a ticket, and writing while fifty chats go on."""

import os
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Page, expect

from .crowded import crowd
from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]
# The aims, held when this file runs alone. In the whole suite another worker has the second of two cores: twice that.
ROOM = 2 if "PYTEST_XDIST_WORKER" in os.environ else 1
WARM_MS, COLD_MS = 100 * ROOM, 300 * ROOM
CHATS = 50

# From the event's own time to the moment after the frame that shows its effect has been painted.
PAINTED = "requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0) })"
WATCH_OPENING = f"""() => {{
    window.opened = new Promise((resolve) => addEventListener('click', (click) => {{
        performance.mark('open', {{ startTime: click.timeStamp }});
        const list = location.href;
        const look = () => {{
            if (location.href === list || !document.querySelector('[data-testid=timeline] [data-kind=message]')) return requestAnimationFrame(look);
            const done = () => resolve(performance.measure('ticket painted', 'open').duration);
            {PAINTED}
        }};
        requestAnimationFrame(look);
    }}, {{ capture: true, once: true }}));
}}"""
WATCH_TYPING = f"""() => {{ window.typed = []; addEventListener('keydown', (key) => {{
    const done = () => typed.push(performance.now() - key.timeStamp);
    {PAINTED}
}}, true) }}"""


def p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


def opening(window: Workspace, ticket: int) -> float:
    window.page.evaluate(WATCH_OPENING)
    window.row(ticket).click()
    return window.page.evaluate("opened")


def test_a_ticket_opens_in_the_blink_of_an_eye(desk: Desk, agent: Agents) -> None:
    tickets = [desk.ask("sr-000005", f"打开要快 {n}") for n in range(6)]
    found: dict[str, list[float]] = {"cold": [], "first": [], "again": []}
    # A machine that others use too gets more than one try.
    for _ in range(4):
        # A browser that has never been here, and nothing of the ticket read yet.
        chen = agent("chen").go("/tickets/open")
        expect(chen.row(tickets[0])).to_be_visible()
        found["cold"].append(opening(chen, tickets[0]))
        chen.page.wait_for_timeout(500)
        found["first"] += [opening(chen, ticket) for ticket in tickets[1:]]
        found["again"] += [opening(chen, ticket) for ticket in tickets[1:]]
        if min(found["cold"]) <= COLD_MS and min(found["first"]) <= COLD_MS and statistics.median(found["again"]) <= WARM_MS:
            break
    print("opening a ticket, click to painted:", {
        name: f"median {statistics.median(taken):.0f} ms, best {min(taken):.0f} ms" for name, taken in found.items()})
    assert min(found["cold"]) <= COLD_MS
    assert min(found["first"]) <= COLD_MS
    assert min(found["again"]) <= WARM_MS


@contextmanager
def news(desk: Desk, tickets: list[int]) -> Iterator[None]:
    """Meanwhile a colleague changes one chat after the other: each is a frame on this agent's screen."""
    over = threading.Event()
    client = httpx.Client(base_url=f"{desk.url}/agent/v1", timeout=10)
    client.post("/sign-in", json={"login": "zhao", "password": desk.passwords["zhao"]}).raise_for_status()
    client.headers["X-CSRF-Token"] = client.cookies["playerdesk_csrf"]

    def change() -> None:
        for turn in range(10_000):
            if over.wait(0.04):
                return
            client.patch(f"/tickets/{tickets[turn % len(tickets)]}", json={"priority": 1 + turn // len(tickets) % 3}).raise_for_status()

    working = threading.Thread(target=change)
    working.start()
    try:
        yield
    finally:
        over.set()
        working.join()
        client.close()


def typing(page: Page, letters: int = 60) -> list[float]:
    page.locator("[data-active=true] [data-testid=composer-reply]").click()
    page.evaluate(WATCH_TYPING)
    page.keyboard.type("a" * letters, delay=25)
    taken: list[float] = page.evaluate("new Promise((done) => setTimeout(() => done(typed), 200))")
    assert len(taken) == letters
    return taken


@pytest.mark.parametrize("others", [CHATS - 1])
def test_writing_does_not_feel_fifty_chats(desk: Desk, agent: Agents, others: int) -> None:
    desk.colleague("chen").be("online")
    chat = desk.ask("sr-000005", "只有一个会话", live=True)
    chen = agent("chen").go(f"/chats/{chat}")
    expect(chen.messages().first).to_be_visible()
    alone = typing(chen.page)
    with crowd(desk, chat, others, chats=True) as tickets:
        chen.go(f"/chats/{chat}")
        expect(chen.page.locator("[data-testid^=chat-tab-]")).to_have_count(CHATS)
        expect(chen.test_id(f"column-{chat}").get_by_test_id("timeline").locator("[data-kind=message]").first).to_be_visible()
        for _ in range(3):
            with news(desk, tickets):
                crowded = typing(chen.page)
            if p95(crowded) <= max(34, p95(alone) * 1.5):
                break
    print(f"a letter, key to painted: median {statistics.median(alone):.0f} ms, p95 {p95(alone):.0f} ms with one chat;"
          f" median {statistics.median(crowded):.0f} ms, p95 {p95(crowded):.0f} ms with {CHATS} that move")
    assert p95(crowded) <= max(34, p95(alone) * 1.5)
