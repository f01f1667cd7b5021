"""A desk and a browser for this folder; windows for each test, closed and checked after it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.conftest import a_database

from .desk import Desk
from .windows import Game, Workspace

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str | None:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("PLAYERDESK_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)


# The scope is the folder and not the session: a running playwright owns its thread's event loop.
@pytest.fixture(scope="package")
def running_desk() -> Iterator[Desk]:
    # Not pytest's own folder: each run of pytest closes that to the user of the database again.
    folder = Path(tempfile.mkdtemp(prefix="pd-", dir=Path(os.environ["PLAYERDESK_TEST_FOLDER"]).parent))
    with ExitStack() as given:
        # Its own PostgreSQL, as `make run` has it, or the real one this run is about.
        server = os.environ.get("PLAYERDESK_TEST_DATABASE_URL")
        desk = Desk(folder, **({"PLAYERDESK_DATABASE_URL": given.enter_context(a_database(server, "template0"))} if server else {}))
        try:
            desk.start()
            yield desk
        finally:
            desk.stop()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    found = chromium()
    assert found, "No Chromium: run bin/bootstrap browser"
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desk(running_desk: Desk) -> Desk:
    running_desk.clear()
    return running_desk


class Contexts(Protocol):
    def __call__(self, **options: Any) -> BrowserContext: ...


@pytest.fixture
def context(browser: Browser) -> Iterator[Contexts]:
    """Makes windows of their own cookies; zh-CN on a desktop unless said otherwise."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        chosen = {"viewport": DESKTOP, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "color_scheme": "light"}
        made.append(browser.new_context(**{**chosen, **options}))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def agent(desk: Desk, context: Contexts) -> Iterator[Callable[..., Workspace]]:
    """`agent("lin")`: signed in, not yet on a page."""
    windows: list[Workspace] = []

    def make(login: str, **options: Any) -> Workspace:
        windows.append(Workspace(desk, context(**options), login))
        return windows[-1]

    yield make
    assert [problem for window in windows for problem in window.problems] == []


@pytest.fixture
def player(desk: Desk, context: Contexts) -> Iterator[Callable[..., Game]]:
    """`player("sr-000001")`: in the game, help still closed."""
    windows: list[Game] = []

    def make(account: str, lang: str = "zh", *, alone: bool = False, **options: Any) -> Game:
        windows.append(Game(desk, context(**options), account, lang, alone=alone))
        return windows[-1]

    yield make
    assert [problem for window in windows for problem in window.problems] == []
