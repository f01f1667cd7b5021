"""Between a fetch and the live line nothing is missed: neither before the line is heard on, nor while an answer is on its way."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from .desk import Desk
from .test_player_card import ANGRY, push
from .windows import Workspace


class Held:
    """What a page says on its live line, or is answered, kept back until it is let go."""

    def __init__(self, window: Workspace) -> None:
        self.page = window.page
        self.said: list[Callable[[], None]] = []
        self.answers: list[tuple[Route, Any]] = []
        self.heard: list[str] = []
        self.word = self.path = ""

    def line(self, word: str) -> None:
        """Subscriptions with this word reach the server late."""
        self.word = word

        def take(socket: Any) -> None:
            server = socket.connect_to_server()

            def from_page(text: str) -> None:
                # What is said after it waits with it: a line keeps its order.
                if self.word and (self.said or (self.word in text and '"subscribe"' in text)):
                    self.said.append(lambda: server.send(text))
                else:
                    server.send(text)

            def from_server(text: str) -> None:
                self.heard.append(text)
                socket.send(text)

            socket.on_message(from_page)
            server.on_message(from_server)

        self.page.route_web_socket(re.compile("/agent/v1/live"), take)

    def answer(self, path: str) -> None:
        """The first answer of this path is read from the server, and reaches the page late."""

        def take(route: Route) -> None:
            if self.answers:
                route.fallback()
            else:
                self.answers.append((route, route.fetch()))

        self.page.route(re.compile(path), take)

    def until(self, there: Callable[[], bool]) -> None:
        for _ in range(500):
            if there():
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("it never came")

    def let_go(self) -> None:
        self.word = ""
        for say in self.said:
            say()
        for route, answer in self.answers:
            route.fulfill(response=answer)


Happening = tuple[str, str, Callable[[], str], Callable[[], Any]]


@pytest.fixture
def happening(desk: Desk, agent: Callable[..., Workspace]) -> Callable[[str], tuple[Workspace, str, str, str, Callable[[], Any], Callable[[], Any]]]:
    """For each screen: where it is, its topic and address, what happens meanwhile, and how one sees it."""

    def make(what: str) -> tuple[Workspace, str, str, str, Callable[[], Any], Callable[[], Any]]:
        window = agent("lin")
        ticket = desk.ask(ANGRY, "充值没到账")
        if what == "card":
            mark = f"礼包 {time.monotonic_ns()}"
            record = {"type": "fields", "source": "missed", "recordId": ANGRY, "account": ANGRY, "version": time.monotonic_ns(),
                      "fields": [{"key": "gift", "label": "礼包", "value": mark, "group": "礼包"}]}
            return (window, f"/tickets/mine/{ticket}", "card:", r"/agent/v1/players/\d+\?", lambda: push(desk, record),
                    lambda: expect(window.page.locator("[data-field=gift]")).to_have_text(mark))
        if what == "ticket":
            return (window, f"/tickets/mine/{ticket}", f"ticket:{ticket}", rf"/agent/v1/tickets/{ticket}$",
                    lambda: desk.say(ANGRY, ticket, "还没有到"), lambda: expect(window.said("还没有到")).to_be_visible())
        newer: list[int] = []
        return (window, "/tickets/open", "brand:", r"/agent/v1/tickets\?view=open",
                lambda: newer.append(desk.ask("hc-000004", "刚刚来的")), lambda: expect(window.row(newer[0])).to_be_visible())

    return make


@pytest.mark.parametrize("what", ["card", "ticket", "list"])
def test_what_happens_before_the_line_is_heard_on_is_told_with_it(happening, what):
    window, address, topic, path, happen, seen = happening(what)
    held = Held(window)
    held.line(topic)
    with window.page.expect_response(re.compile(path)) as answered:
        window.page.goto(window.desk.url + address)
    answered.value.finished()
    held.until(lambda: bool(held.said))
    happen()
    window.page.wait_for_timeout(300)  # the desk has told everybody who listens by now
    held.let_go()
    seen()


@pytest.mark.parametrize("what", ["card", "ticket", "list"])
def test_what_happens_while_the_answer_is_on_its_way_is_not_overwritten_by_it(happening, what):
    window, address, _, path, happen, seen = happening(what)
    held = Held(window)
    held.line("")
    held.answer(path)
    window.page.goto(window.desk.url + address)
    held.until(lambda: bool(held.answers))
    window.page.wait_for_timeout(300)  # the line is open and heard on
    told = len(held.heard)
    happen()
    held.until(lambda: any(mark in text for text in held.heard[told:] for mark in ('"kind":"card"', '"kind":"entry"', "刚刚来的")))
    held.let_go()
    seen()


def test_the_palette_shows_what_a_ticket_can_do_once_the_ticket_is_there(desk, agent):
    ticket = desk.ask(ANGRY, "充值没到账")
    window = agent("lin")
    held = Held(window)
    held.answer(r"/assets/TicketPage-[\w-]+\.js$")
    window.page.goto(f"{desk.url}/tickets/mine/{ticket}")
    held.until(lambda: bool(held.answers))
    expect(window.page.locator("#main")).to_be_visible()
    window.page.keyboard.press("Control+k")
    expect(window.test_id("palette")).to_be_visible()
    expect(window.test_id("command-assign")).to_have_count(0)
    window.page.keyboard.press("ArrowDown")
    marked = window.test_id("palette").locator("[aria-selected=true]")
    before = marked.get_attribute("data-testid")
    held.let_go()
    expect(window.test_id("command-assign")).to_be_visible()
    assert marked.get_attribute("data-testid") == before, "what was marked stays marked"
    window.test_id("palette-input").fill("合并")
    window.test_id("command-merge").click()
    expect(window.page.get_by_role("dialog")).to_contain_text("合并")
