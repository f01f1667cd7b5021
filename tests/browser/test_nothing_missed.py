"""Between a fetch and the live line nothing is missed: neither before the line is heard on, nor while an answer is on its way."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .desk import Desk, wait_for
from .held import Held
from .test_player_card import ANGRY, push
from .windows import Workspace

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


def test_an_answer_older_than_a_draft_does_not_empty_it(desk, agent):
    ticket, other = desk.ask(ANGRY, "充值没到账"), desk.ask(ANGRY, "另一件事")
    window = agent("lin").go(f"/tickets/mine/{ticket}")
    held = Held(window)
    held.answer("/agent/v1/writing$")
    # Written on another device: this one asks for all drafts anew.
    desk.colleague("lin").call("PUT", f"/tickets/{other}/drafts/reply", {"body": "别处写的", "version": 0, "attachments": []})
    held.until(lambda: bool(held.answers))
    window.test_id("composer-reply").fill("正在写的回复")
    wait_for("the draft is kept", lambda: desk.sql("SELECT 1 FROM tickets.draft WHERE body = '正在写的回复'"))
    with window.page.expect_response(re.compile("/agent/v1/writing$")):
        held.let_go()
    window.page.wait_for_timeout(300)
    expect(window.test_id("composer-reply")).to_have_value("正在写的回复")


def test_a_step_is_ticked_while_it_is_still_being_added(desk, agent):
    ticket = desk.ask(ANGRY, "充值没到账")
    window = agent("lin").go(f"/tickets/mine/{ticket}")
    window.page.keyboard.press("c")
    window.test_id("step-body").fill("查流水")
    held = Held(window)
    held.question(f"/tickets/{ticket}/checklist$")
    window.page.keyboard.press("Enter")
    held.until(lambda: bool(held.asked))
    window.test_id("step-0").get_by_role("checkbox").check()
    held.let_go()
    wait_for("the step is done", lambda: desk.sql("SELECT 1 FROM tickets.checklist_item WHERE ticket_id = %s AND done_at IS NOT NULL", ticket))
    expect(window.test_id("work")).to_contain_text("1/1")


def test_what_is_read_meanwhile_does_not_take_back_a_tick(desk, agent):
    ticket = desk.ask(ANGRY, "充值没到账")
    desk.colleague("lin").call("POST", f"/tickets/{ticket}/checklist", {"body": "查流水", "clientKey": "step-one"})
    window = agent("lin").go(f"/tickets/mine/{ticket}")
    window.page.keyboard.press("c")
    box = window.test_id("step-0").get_by_role("checkbox")
    expect(box).not_to_be_checked()
    older, later = Held(window), Held(window)
    older.answer(f"/tickets/{ticket}/craft$")
    later.question(rf"/tickets/{ticket}/checklist/\d+$")
    desk.colleague("chen").call("PUT", f"/tickets/{ticket}/follow", {})
    older.until(lambda: bool(older.answers))
    box.check()
    later.until(lambda: bool(later.asked))
    with window.page.expect_response(re.compile(f"/tickets/{ticket}/craft$")):
        older.let_go()
    window.page.wait_for_timeout(300)
    expect(box).to_be_checked(timeout=1)
    later.let_go()
    wait_for("the step is done", lambda: desk.sql("SELECT 1 FROM tickets.checklist_item WHERE ticket_id = %s AND done_at IS NOT NULL", ticket))
    expect(box).to_be_checked()


def test_what_is_written_while_a_document_is_read_again_stays_and_nobody_was_faster(desk, agent):
    window = agent("admin")
    lines = []
    window.page.route_web_socket(re.compile("/agent/v1/live"), lambda line: (line.connect_to_server(), lines.append(line)))
    window.go("/settings/tags")
    window.test_id("blueprint-new").click()
    window.test_id("new-name").fill("断线重连")
    window.test_id("new-name-en").fill("reconnected")
    window.test_id("new-make").click()
    name = window.test_id("tag-editor").locator("input").first
    expect(window.test_id("draft-state")).to_contain_text("草稿")
    held = Held(window)
    held.answer("/agent/v1/blueprints/tag/-/reconnected$")
    # The line breaks and comes back: the document is read again, and its answer takes its time.
    lines[-1].close()
    held.until(lambda: bool(held.answers))
    name.fill("断线重连之后")
    with window.page.expect_response(re.compile("/blueprints/tag/-/reconnected$")):
        held.let_go()
    window.page.wait_for_timeout(300)
    expect(name).to_have_value("断线重连之后")
    wait_for("it is kept", lambda: desk.sql("SELECT 1 FROM blueprints.blueprint WHERE draft->'name'->>'zh' = '断线重连之后'"))
    expect(window.test_id("clash")).to_have_count(0)


def test_tags_that_become_known_do_not_empty_the_field_they_are_typed_into(desk, agent):
    window = agent("admin").go("/settings/rules")
    window.test_id("blueprint-new").click()
    window.test_id("new-name").fill("慢慢认识标签")
    window.test_id("new-name-en").fill("known tags")
    window.test_id("new-make").click()
    held = Held(window)
    held.answer("/agent/v1/tags$")
    window.test_id("add-act").select_option("tag")
    held.until(lambda: bool(held.answers))
    window.test_id("tags-add").fill("坐骑、急")
    with window.page.expect_response(re.compile("/agent/v1/tags$")):
        held.let_go()
    window.page.wait_for_timeout(300)
    expect(window.test_id("tags-add")).to_have_value("坐骑、急")
