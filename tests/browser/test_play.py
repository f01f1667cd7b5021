"""A queue of ten tickets is worked to zero by keys alone."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]
COUNT_MICE = """() => { window.mice = 0; for (const kind of ['pointerdown', 'mousedown', 'mousemove', 'mouseup', 'touchstart', 'wheel'])
    window.addEventListener(kind, () => { window.mice += 1 }, true) }"""


def test_ten_tickets_to_zero_without_a_mouse(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    tickets = [desk.ask(f"sr-{3 + at % 3:06d}", f"第 {at} 个问题") for at in range(10)]
    for ticket in tickets:
        desk.colleague("chen").call("POST", f"/tickets/{ticket}/take")
    chen = agent("chen").go()
    chen.page.evaluate(COUNT_MICE)
    for ticket in tickets:
        expect(chen.row(ticket)).to_be_visible()
    keys = chen.page.keyboard
    keys.press("Shift+P")
    left = chen.test_id("play-left")
    expect(left).to_have_text("还剩 10 个")
    expect(chen.page).to_have_url(re.compile(r"/tickets/mine/\d+$"))

    keys.press("Shift+J")
    expect(left).to_have_text("还剩 9 个")
    skipped = 1
    for done in range(9):
        at = chen.page.url
        if done == 0:  # an answer is enough to go on
            keys.press("r")
            keys.type("已经处理好了")
            keys.press("Control+Enter")
        else:
            keys.press("e")
            expect(chen.test_id("resolve-solution")).to_be_focused()
            keys.type("已说明")
            keys.press("Control+Enter")
        if done < 8:
            expect(left).to_have_text(f"还剩 {8 - done} 个")
            expect(chen.page).not_to_have_url(at)
    expect(chen.test_id("play")).to_have_count(0)
    expect(chen.test_id("notice").first).to_contain_text("处理了 9 个，跳过 1 个")

    # What was skipped and what was only answered: the ordinary way.
    for _ in range(1 + skipped):
        keys.press("j")
        keys.press("Enter")
        expect(chen.test_id("ticket-subject")).to_be_visible()
        keys.press("e")
        expect(chen.test_id("resolve-solution")).to_be_focused()
        keys.type("已说明")
        keys.press("Control+Enter")
        expect(chen.test_id("resolve-dialog")).to_have_count(0)
        keys.press("Escape")
        expect(chen.page).to_have_url(re.compile("/tickets/mine/?$"))
    expect(chen.page.locator("[data-testid^=row-]")).to_have_count(0)
    assert chen.page.evaluate("window.mice") == 0
    assert desk.sql("SELECT count(*) FROM tickets.ticket WHERE id = ANY(%s) AND status = 'resolved'", tickets)[0][0] == 10


def test_a_fast_r_after_j_answers_the_ticket_that_j_opened(desk: Desk, agent: Agents) -> None:
    first, second = desk.ask("sr-000005", "先问的"), desk.ask("sr-000004", "后问的")
    for ticket in (first, second):
        desk.colleague("chen").call("POST", f"/tickets/{ticket}/take")
    chen = agent("chen").go()
    for ticket in (first, second):
        expect(chen.row(ticket)).to_be_visible()
    order = [int(each.get_attribute("data-testid")[4:]) for each in chen.page.locator("[data-testid^=row-]").all()]
    chen.open(order[0])
    for key in "jr":  # in one breath, before the page has turned
        chen.page.evaluate("key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))", key)
    expect(chen.page).to_have_url(re.compile(f"/{order[1]}$"))
    expect(chen.test_id("composer-reply")).to_be_focused()
