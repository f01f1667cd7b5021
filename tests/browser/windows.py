"""Two kinds of windows: an agent's workspace, and the demo game with the real widget in it."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import BrowserContext, Error, Frame, Locator, Page, expect

from .desk import Desk

SEEN_AT = """([name, selector, text]) => {
    window.seenAt ??= {};
    const look = () => {
        if (window.seenAt[name]) return;
        const found = [...document.querySelectorAll(selector)].find((each) => each.textContent.includes(text));
        if (found && found.getClientRects().length) window.seenAt[name] = Date.now();
    };
    new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
}"""


class Watch:
    """Notes, inside the page and to the millisecond, when something first appears."""

    def __init__(self, where: Page | Frame, name: str, selector: str, text: str = "") -> None:
        self._where, self._name = where, name
        where.evaluate(SEEN_AT, [name, selector, text])

    def at(self) -> float:
        found = self._where.wait_for_function("(name) => window.seenAt[name]", arg=self._name, timeout=15_000)
        return found.json_value()


def answered_at(page: Page, path: str, act: Callable[[], None]) -> tuple[Any, float]:
    """Does something that POSTs; its answer, and the page's clock when the answer began to arrive."""
    with page.expect_response(lambda got: got.request.method == "POST" and bool(re.search(path, got.url))) as waiting:
        act()
    answer = waiting.value
    assert answer.ok, answer.text()
    answer.finished()
    timing = answer.request.timing
    return answer.json(), timing["startTime"] + timing["responseStart"]


class Window:
    """A page and what is wanted of every page: nothing goes wrong unseen."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def test_id(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)


class Workspace(Window):
    """An agent at her screen."""

    def __init__(self, desk: Desk, context: BrowserContext, login: str) -> None:
        super().__init__(context)
        self.desk = desk
        answer = context.request.post(
            f"{desk.url}/agent/v1/sign-in", data={"login": login, "password": desk.passwords[login]}
        )
        assert answer.ok, answer.text()
        self.id: int = answer.json()["id"]
        # Tests about undo ask for it; for the others what is sent is sent.
        token = next(each["value"] for each in context.cookies() if each["name"] == "playerdesk_csrf")
        context.request.patch(
            f"{desk.url}/agent/v1/me/preferences", data={"undoSeconds": 0}, headers={"X-CSRF-Token": token}
        )

    def go(self, path: str = "/tickets/mine") -> "Workspace":
        with self.page.expect_event("websocket"):
            self.page.goto(self.desk.url + path)
        expect(self.page.locator("#main")).to_be_visible()
        return self

    def open(self, ticket_id: int, view: str = "mine") -> "Workspace":
        self.go(f"/tickets/{view}/{ticket_id}")
        expect(self.test_id("timeline").locator("[data-kind]").first).to_be_visible()
        return self

    def row(self, ticket_id: int) -> Locator:
        return self.test_id(f"row-{ticket_id}")

    def reply(self, text: str) -> None:
        self.test_id("composer-reply").fill(text)
        self.test_id("send").click()

    def messages(self) -> Locator:
        return self.test_id("timeline").locator("[data-kind=message]")

    def act_on(self, message: Locator, button: str) -> None:
        """Clicks what shows while the pointer is on the message; whatever still comes may push it away from below the pointer."""
        for _ in range(20):
            message.hover()
            with suppress(Error):
                message.get_by_test_id(button).click(timeout=500)
                return
        raise AssertionError(f"no {button} beside the message")

    def said(self, text: str) -> Locator:
        return self.test_id("timeline").get_by_text(text, exact=True)

    def be(self, state: str) -> None:
        self.test_id("presence").click()
        self.test_id(f"presence-{state}").click()
        expect(self.page.locator(f"[data-state-chosen={state}]")).to_be_visible()


class Game(Window):
    """A player in the demo game, or in the widget's page alone (`url`)."""

    def __init__(self, desk: Desk, context: BrowserContext, account: str, lang: str = "zh", *, alone: bool = False) -> None:
        super().__init__(context)
        if alone:
            self.page.goto(f"{desk.url}/widget/#token={desk.player_token(account)}&lang={lang}")
            self.frame: Frame = self.page.main_frame
        else:
            self.page.goto(f"{desk.game}/?account={account}&lang={lang}")
            self.page.wait_for_selector("iframe[title=PlayerDesk]", state="attached")
            inside = self.page.query_selector("iframe[title=PlayerDesk]")
            assert inside is not None
            frame = inside.content_frame()
            assert frame is not None
            self.frame = frame
        self.frame.wait_for_selector("[data-testid=home]", state="attached")

    def inside(self, name: str) -> Locator:
        return self.frame.get_by_test_id(name)

    def open_help(self) -> None:
        self.test_id("help-button").click()
        expect(self.inside("home")).to_be_visible()

    def fill_form(self, category: str, body: str, **fields: str) -> None:
        self.inside(f"problem-{category}").click()
        for name, value in fields.items():
            self.inside(f"form-field-{name}").fill(value)
        self.inside("form-body").fill(body)

    def submit(self) -> tuple[int, float]:
        """Sends the form; the ticket's number and when the desk answered."""
        ticket, at = answered_at(self.page, r"/player/v1/tickets$", self.inside("form-submit").click)
        expect(self.inside("composer")).to_be_visible()
        return ticket["id"], at

    def chat(self, body: str) -> int:
        self.inside("start-chat").click()
        self.inside("form-body").fill(body)
        return self.submit()[0]

    def write(self, text: str) -> None:
        self.inside("composer").fill(text)
        self.inside("send").click()

    def said(self, text: str) -> Locator:
        return self.frame.locator(".talk .bubble").get_by_text(text, exact=True)

    def bubbles(self) -> Locator:
        """What was said, without what is still on its way."""
        return self.frame.locator(".talk [data-testid^=message-]:not([data-testid=message-pending]) .bubble")

    def open_ticket(self, ticket_id: int) -> None:
        """From home, over the list of all tickets."""
        self.inside("all-tickets").click()
        self.inside(f"ticket-{ticket_id}").click()
