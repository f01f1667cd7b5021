"""The desk without a mouse: single keys outside inputs, none inside, none while an input method composes."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Contexts
from .desk import Desk
from .windows import Workspace

PLAYERS = ("sr-000005", "sr-000004", "sr-000003")
Agents = Callable[..., Workspace]


def test_a_whole_ticket_by_keys_alone(desk: Desk, context: Contexts) -> None:
    page = context().new_page()
    page.goto(f"{desk.url}/sign-in")
    expect(page.get_by_test_id("sign-in-login")).to_be_focused()
    keys = page.keyboard
    keys.type("chen")
    keys.press("Tab")
    keys.type(desk.passwords["chen"])
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/mine$"))

    first, second = desk.ask(PLAYERS[0], "第一个问题"), desk.ask(PLAYERS[1], "第二个问题")
    expect(page.get_by_test_id(f"row-{first}")).to_be_visible()
    expect(page.get_by_test_id(f"row-{second}")).to_be_visible()
    order = [int(each.get_attribute("data-testid")[4:]) for each in page.locator("[data-testid^=row-]").all()]
    keys.press("j")
    keys.press("j")
    keys.press("k")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(f"/tickets/mine/{order[0]}$"))
    keys.press("j")
    expect(page).to_have_url(re.compile(f"/tickets/mine/{order[1]}$"))
    expect(page.get_by_test_id("ticket-subject")).to_have_text({first: "第一个问题", second: "第二个问题"}[order[1]])

    keys.press("r")
    expect(page.get_by_test_id("composer-reply")).to_be_focused()
    keys.type("e 不是命令，是正文 j k ?")
    expect(page.get_by_test_id("resolve-dialog")).to_have_count(0)
    expect(page.get_by_test_id("key-sheet")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/tickets/mine/{order[1]}$"))
    keys.press("Control+Enter")
    expect(page.get_by_test_id("timeline").get_by_text("e 不是命令，是正文 j k ?", exact=True)).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_test_id("composer-reply")).not_to_be_focused()

    keys.press("n")
    expect(page.get_by_test_id("composer-note")).to_be_focused()
    keys.press("Escape")
    keys.press("e")
    expect(page.get_by_test_id("resolve-solution")).to_be_focused()
    keys.type("已说明")
    keys.press("Control+Enter")
    expect(page.get_by_test_id("resolve-dialog")).to_have_count(0)
    expect(page.get_by_test_id("reopen")).to_be_visible()
    keys.press("Escape")
    expect(page).to_have_url(re.compile("/tickets/mine/?$"))
    expect(page.get_by_test_id(f"row-{order[1]}")).to_have_count(0)

    keys.press("?")
    expect(page.get_by_test_id("key-sheet")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_test_id("key-sheet")).to_have_count(0)
    keys.press("g")
    keys.press("u")
    expect(page).to_have_url(re.compile("/tickets/unassigned$"))


def test_keys_leave_an_input_method_alone(desk: Desk, agent: Agents) -> None:
    chen = agent("chen")
    ticket_id = desk.ask(PLAYERS[2], "输入法测试")
    chen.open(ticket_id)
    # A key of a composition that began outside any input: what a browser then reports.
    for key in ("e", "?", "n"):
        chen.page.evaluate(
            "key => { document.body.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));"
            " document.body.dispatchEvent(new KeyboardEvent('keydown', {key, isComposing: true, bubbles: true})) }", key
        )
    expect(chen.test_id("resolve-dialog")).to_have_count(0)
    expect(chen.test_id("key-sheet")).to_have_count(0)
    expect(chen.test_id("mode-note")).to_have_attribute("aria-pressed", "false")

    box = chen.test_id("composer-reply")
    box.click()
    hands = chen.context.new_cdp_session(chen.page)
    hands.send("Input.imeSetComposition", {"text": "ni'hao", "selectionStart": 6, "selectionEnd": 6})
    expect(box).to_have_value("ni'hao")
    chen.page.keyboard.press("Control+Enter")
    expect(box).to_have_value("ni'hao")
    expect(chen.messages()).to_have_count(1)
    hands.send("Input.insertText", {"text": "你好"})
    expect(box).to_have_value("你好")
    chen.page.keyboard.press("Control+Enter")
    expect(chen.said("你好")).to_be_visible()
