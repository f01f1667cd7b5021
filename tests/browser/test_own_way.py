"""What somebody chooses for herself: kept on every device; keys of her own; sounds and notices that can be tamed; a way back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]
PLAYER = "sr-000005"
# Counts tones and notices instead of making them.
LISTEN = """
window.tones = 0; window.shown = [];
window.OscillatorNode = class { constructor() {} connect(to) { return to } start() { window.tones += 1 } stop() {} };
window.GainNode = class { constructor() { this.gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} } } connect(to) { return to } };
window.AudioContext = class { state = 'running'; currentTime = 0; destination = {}; resume() { return Promise.resolve() } };
window.Notification = class { static permission = 'granted'; static requestPermission() { return Promise.resolve('granted') }
    constructor(title, more) { window.shown.push(title + ' | ' + more.body) } close() {} };
"""


@pytest.fixture(autouse=True)
def as_before(desk: Desk) -> Iterator[None]:
    everything = dict.fromkeys(desk.colleague("chen").call("GET", "/me/preferences"), None)
    everything.pop("revision")
    yield
    desk.colleague("chen").call("PATCH", "/me/preferences", everything)


def test_what_is_chosen_holds_on_every_device_at_once(desk: Desk, agent: Agents) -> None:
    desk_screen, phone = agent("chen").go("/settings/preferences"), agent("chen").go("/settings/preferences")
    desk_screen.test_id("prefer-theme-dark").click()
    desk_screen.test_id("prefer-hours-12").click()
    desk_screen.test_id("prefer-zone").select_option("America/New_York")
    desk_screen.test_id("prefer-density-compact").click()
    for screen in (desk_screen, phone):
        expect(screen.page.locator("html")).to_have_class(re.compile("dark"))
        expect(screen.page.locator("html")).to_have_attribute("data-density", "compact")
        expect(screen.test_id("time-example")).to_contain_text(re.compile("[上下]午|凌晨|中午|晚上|早上|清晨"))
        expect(screen.test_id("time-example")).to_contain_text(re.compile("EST|EDT|GMT-[45]"))
    stored = desk.colleague("chen").call("GET", "/me/preferences")
    assert (stored["theme"], stored["hours"], stored["timeZone"], stored["density"]) == ("dark", "12", "America/New_York", "compact")
    phone.page.reload()
    expect(phone.page.locator("html")).to_have_class(re.compile("dark"))


def test_a_key_of_her_own_works_everywhere_it_is_named(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go("/settings/keys")
    keys = chen.page.keyboard
    chen.test_id("key-reply").focus()
    keys.press("Enter")
    keys.press("n")
    expect(chen.test_id("conflict-reply")).to_contain_text("写备注")
    keys.press("Enter")
    # A key of a composition is no choice.
    chen.page.evaluate("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'x', isComposing: true, bubbles: true}))")
    keys.press("d")  # a key nothing else has
    expect(chen.test_id("key-reply")).to_contain_text("d")
    expect(chen.test_id("conflict-reply")).to_have_count(0)

    ticket = desk.ask(PLAYER, "换个按键")
    chen.open(ticket, "open")
    keys.press("r")
    expect(chen.test_id("composer-reply")).not_to_be_focused()
    hands = chen.context.new_cdp_session(chen.page)
    hands.send("Input.imeSetComposition", {"text": "d", "selectionStart": 1, "selectionEnd": 1})
    expect(chen.test_id("composer-reply")).not_to_be_focused()
    keys.press("d")
    expect(chen.test_id("composer-reply")).to_be_focused()
    keys.press("Escape")
    keys.press("?")
    expect(chen.test_id("key-sheet").locator("div", has_text=re.compile("^回复")).first.locator("kbd")).to_have_text("d")
    chen.test_id("change-keys").click()
    chen.test_id("keys-reset").click()
    expect(chen.test_id("key-reply")).to_contain_text("r")


def test_of_two_windows_one_rings_and_what_is_off_is_silent(desk: Desk, agent: Agents) -> None:
    chen = agent("chen")
    chen.context.add_init_script(LISTEN)
    desk.colleague("chen").call("PATCH", "/me/preferences", {"notices": ["chat", "message"], "sounds": ["chat", "message"]})
    chen.go()
    second = chen.context.new_page()
    second.goto(f"{desk.url}/board-that-is-not")
    expect(second.locator("#main")).to_be_visible()
    second.wait_for_timeout(1500)
    desk.colleague("chen").be("online")
    pages = (chen.page, second)

    def tones() -> int:
        return sum(page.evaluate("window.tones") for page in pages)

    chat = desk.ask(PLAYER, "在吗", live=True)
    expect(chen.test_id(f"chat-tab-{chat}")).to_be_visible()
    chen.page.wait_for_timeout(1000)
    assert tones() == 2, "one tune of two tones, in one window"
    desk.say(PLAYER, chat, "有人吗")
    expect(chen.test_id(f"chat-tab-{chat}")).to_contain_text("有人吗")
    chen.page.wait_for_timeout(1000)
    assert tones() == 3
    desk.colleague("chen").call("PATCH", "/me/preferences", {"sounds": []})
    chen.page.wait_for_timeout(500)
    desk.say(PLAYER, chat, "喂")
    expect(chen.test_id(f"chat-tab-{chat}")).to_contain_text("喂")
    chen.page.wait_for_timeout(1000)
    assert tones() == 3
    assert "玩家有新消息" in (chen.page.evaluate("document.querySelector('[data-testid=spoken]').textContent")
                        + second.evaluate("document.querySelector('[data-testid=spoken]').textContent"))


def test_what_the_server_refuses_goes_back_and_says_why(desk: Desk, agent: Agents) -> None:
    ticket = desk.ask(PLAYER, "谁来处理")
    desk.colleague("chen").call("POST", f"/tickets/{ticket}/take")
    chen = agent("chen").open(ticket)
    refusal = {"status": 403, "json": {"error": {"code": "not_permitted", "message": "你没有这个权限，请找组长。"}}}
    for path in ("**/tickets/*/assign", "**/tickets/*", "**/me/presence", "**/me/preferences"):
        chen.page.route(path, lambda route: route.fulfill(**refusal) if route.request.method != "GET" else route.fallback())
    notice = chen.test_id("notice").filter(has_text="你没有这个权限").last
    for button, choice, before in (("assign", "pick-assignee-0", "陈晓雨"), ("status", "pick-status-hold", "处理中"), ("priority", "pick-priority-0", None)):
        was = before or chen.test_id(button).inner_text()
        chen.test_id(button).click()
        chen.test_id(choice).click()
        expect(notice).to_be_visible()
        expect(chen.test_id(button)).to_contain_text(was)
        notice.get_by_role("button").click()
    state = chen.test_id("presence").get_attribute("data-state-chosen")
    chen.test_id("presence").click()
    chen.test_id("presence-break").click()
    expect(notice).to_be_visible()
    expect(chen.test_id("presence")).to_have_attribute("data-state-chosen", str(state))
    chen.test_id("account").click()
    chen.test_id("theme-dark").click()
    expect(chen.page.locator("html")).to_have_class(re.compile("dark"))
    expect(chen.page.locator("html")).not_to_have_class(re.compile("dark"))
