"""Every page the router knows, as it knows it: axe finds nothing, no text is missing, one heading, in both languages, light and dark."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .desk import Desk
from .test_accessibility import Findings, findings, populated  # noqa: F401 -- fixtures
from .windows import Workspace

WORDS = Path(__file__).parents[2] / "clients/agent/src/words/zh-CN"
ROUTES = """() => document.querySelector('#app').__vue_app__.config.globalProperties.$router.getRoutes()
    .filter(route => !route.redirect && route.components && Object.keys(route.components).length && !route.children.some(one => one.path === ''))
    .map(route => route.path)"""
GO = """async path => { const router = document.querySelector('#app').__vue_app__.config.globalProperties.$router;
    await router.push(path); return router.currentRoute.value.fullPath }"""
TEXTS = """() => [document.title, document.body.innerText, ...[...document.querySelectorAll('[aria-label],[title],[placeholder]')]
    .flatMap(el => ['aria-label', 'title', 'placeholder'].map(name => el.getAttribute(name) ?? ''))].join('\\n')"""
SAMPLES = {"view": "open"}
"""What stands for a parameter of an address. An `id` is the ticket, wherever it is asked for."""
MORE = ("/settings/processes/-/refund_review",)
"""Pages that show something else once something is chosen on them."""


def namespaces() -> set[str]:
    """The first words of all keys: `views` of `views.title`."""
    found = {path.stem for path in WORDS.glob("*.ts")} - {"desk", "pages", "index"}
    for name in ("desk", "pages"):
        found |= set(re.findall(r"^  (\w+): \{", (WORDS / f"{name}.ts").read_text(), re.MULTILINE))
    return found


def raw_keys(text: str) -> list[str]:
    return re.findall(rf"(?<![\w./@-])(?:{'|'.join(sorted(namespaces()))})\.[a-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*(?![\w/@-])", text)


def addresses(patterns: list[str], ticket: int) -> list[str]:
    """`/tickets/:view/:id(\\d+)?` becomes the list and the ticket in it."""
    found: set[str] = set()
    for pattern in patterns:
        if pattern == "/sign-in" or "*" in pattern:
            continue
        for with_optional in (True, False):
            path = pattern
            for whole, name, optional in re.findall(r"(/:(\w+)(?:\([^)]*\))?(\?)?)", pattern):
                value = str(ticket) if name == "id" else SAMPLES.get(name)
                if optional and not (with_optional and value):
                    path = path.replace(whole, "")
                    continue
                assert value, f"{pattern}: say in SAMPLES what stands for :{name}"
                path = path.replace(whole, f"/{value}")
            found.add(path or "/")
    return sorted(found)


def test_the_walk_knows_a_raw_key_when_it_sees_one() -> None:
    assert raw_keys("nav.settings 设置 board.title") == ["nav.settings", "board.title"]
    assert raw_keys("see https://desk.example/nav.html or a@chats.example") == []
    assert addresses(["/tickets/:view/:id(\\d+)?", "/board"], 7) == ["/board", "/tickets/open", "/tickets/open/7"]


def in_both_lights(admin: Workspace, address: str, findings: Findings) -> None:  # noqa: F811
    """The page as it stands in the light it is in, and in the other; it stays in that one."""
    html = admin.page.locator("html")
    for turn in range(2):
        dark = "dark" in (html.get_attribute("class") or "").split()
        findings.add(f"{address}, {'dark' if dark else 'light'}", admin.page)
        if not turn:
            admin.page.emulate_media(color_scheme="light" if dark else "dark", reduced_motion="reduce")
            (expect(html).not_to_have_class if dark else expect(html).to_have_class)(re.compile(r"(^|\s)dark(\s|$)"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page(
    desk: Desk, populated: dict[str, Any], agent: Callable[..., Workspace], findings: Findings, language: str,  # noqa: F811
) -> None:
    desk.colleague("admin").call("PATCH", "/me", {"locale": language})
    admin = agent("admin", locale=language, reduced_motion="reduce")
    try:
        admin.go("/tickets/open")
        expect(admin.row(populated["ticket"])).to_be_visible()
        visited: list[str] = []
        for address in [*addresses(admin.page.evaluate(ROUTES), populated["ticket"]), *MORE, "/nowhere"]:
            arrived = admin.page.evaluate(GO, address)
            visited.append(arrived)
            expect(admin.page.locator("#main h1").first).to_be_attached()
            expect(admin.page.locator("#main [aria-busy=true]")).to_have_count(0)
            in_both_lights(admin, address, findings)
            text = admin.page.evaluate(TEXTS)
            # What is not to be translated is a name on purpose, such as a permission's.
            names = admin.page.evaluate("() => [...document.querySelectorAll('[translate=no]')].map(el => el.innerText)")
            findings.extend(f"{address}: no text for {key}" for key in dict.fromkeys(raw_keys(text)) if key not in names)
            headings = admin.page.locator("#main h1:visible, #main h1.sr-only").count()
            if headings != 1:
                findings.append(f"{address}: {headings} main headings")
        assert {"/board", "/settings/preferences", f"/tickets/open/{populated['ticket']}"} <= set(visited)
    finally:
        desk.colleague("admin").call("PATCH", "/me", {"locale": "zh-CN"})


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_new_page_is_read_out_and_reading_goes_on_there(desk: Desk, agent: Callable[..., Workspace], size: tuple[int, int]) -> None:
    chen = agent("chen", viewport={"width": size[0], "height": size[1]}).go()
    chen.page.keyboard.press("g")
    chen.page.keyboard.press("s")
    expect(chen.test_id("settings-nav").or_(chen.test_id("preferences")).first).to_be_visible()
    expect(chen.page.locator("#main")).to_be_focused()
    expect(chen.test_id("spoken")).to_contain_text(re.compile("设置|偏好"))
    chen.page.keyboard.press("Shift+Tab")
    assert chen.page.evaluate("!document.getElementById('main').contains(document.activeElement)")
