"""A connection on which some things take their time."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route

from .windows import Workspace


class Held:
    """What a page says on its live line, or is answered, kept back until it is let go."""

    def __init__(self, window: Workspace) -> None:
        self.page = window.page
        self.said: list[Callable[[], None]] = []
        self.asked: list[Route] = []
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

    def question(self, path: str) -> None:
        """The first question to this path reaches the server late."""
        self.page.route(re.compile(path), lambda route: route.fallback() if self.asked else self.asked.append(route))

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
        for route in self.asked:
            route.continue_()
        for route, answer in self.answers:
            route.fulfill(response=answer)
