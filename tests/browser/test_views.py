"""Saved views and bulk changes, as people do them."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import expect

from .desk import Desk, wait_for
from .windows import Workspace

Agents = Callable[..., Workspace]
PLAYERS = ("sr-000005", "sr-000004", "sr-000003")


def test_a_filter_becomes_a_view_and_its_tickets_are_changed_and_changed_back(desk: Desk, agent: Agents) -> None:
    tickets = [desk.ask(account, f"视图测试{n}") for n, account in enumerate(PLAYERS)]
    zhao = agent("zhao")
    page = zhao.page
    page.goto(f"{desk.url}/tickets/open")
    for ticket in tickets:
        expect(page.get_by_test_id(f"row-{ticket}")).to_be_visible(timeout=15_000)
    page.keyboard.press("Shift+F")
    page.get_by_test_id("condition-field").select_option("subject")
    page.get_by_test_id("condition-operator").select_option("contains")
    page.get_by_test_id("condition-text").fill("视图测试")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("where-chip")).to_contain_text("视图测试")
    page.get_by_test_id("save-view").click()
    page.get_by_test_id("view-name").fill("我的新视图")
    expect(page.get_by_test_id("view-count")).to_contain_text("3", timeout=15_000)
    page.get_by_test_id("view-save").click()
    expect(page).to_have_url(re.compile(r"/tickets/view-\d+$"))
    number = page.url.rpartition("-")[2]
    expect(page.get_by_test_id(f"count-view-{number}")).to_have_text("3", timeout=15_000)
    expect(page.locator("[data-testid^=row-]")).to_have_count(3)

    # By keys: the first, and everything down to the last.
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.get_by_test_id("bulk-act").click()
    page.get_by_test_id("bulk-priority").select_option("0")
    page.get_by_test_id("bulk-look").click()
    expect(page.get_by_test_id("bulk-preview")).to_contain_text("3 / 3")
    page.get_by_test_id("bulk-run").click()
    expect(page.locator("[data-testid=bulk-progress][data-state=done]")).to_contain_text("3", timeout=20_000)
    priorities = "SELECT DISTINCT priority FROM tickets.ticket WHERE id = ANY (%s)"
    assert desk.sql(priorities, tickets) == [(0,)]
    page.get_by_test_id("bulk-undo").click()
    wait_for("it is undone", lambda: desk.sql(priorities, tickets) != [(0,)], 20)

    # Its condition is lost: it opens and says so.
    desk.sql("UPDATE tickets.view SET condition = %s WHERE id = %s",
             json.dumps({"all": [{"field": "field.gone", "is": "x"}, {"field": "subject", "contains": "视图测试"}]}), int(number))
    page.reload()
    expect(page.get_by_test_id("view-gone")).to_contain_text("field.gone", timeout=15_000)
    expect(page.locator("[data-testid^=row-]")).to_have_count(3)


def test_a_lead_takes_home_what_a_view_shows_and_an_agent_is_not_asked(desk: Desk, agent: Agents) -> None:
    inside, _ = desk.ask("sr-000005", "进文件的一张"), desk.ask("sr-000004", "另一张")
    list_of = "/tickets/open?" + urlencode({"where": json.dumps({"field": "subject", "contains": "进文件"})})
    zhao = agent("zhao").go(list_of)
    expect(zhao.test_id(f"row-{inside}")).to_be_visible(timeout=15_000)
    zhao.test_id("export-list").press("Enter")
    with zhao.page.expect_download() as waiting:
        zhao.test_id("export-start").press("Enter")
    expect(zhao.page.locator("[data-state=done]")).to_contain_text("已导出 1 行")
    text = waiting.value.path().read_text("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["单号", str(inside)]
    zhao.go(f"/tickets/open/{inside}")
    expect(zhao.test_id("send").first).to_be_visible()
    expect(zhao.test_id("export-list")).to_have_count(0)  # no room beside an open ticket
    zhao.go("/tickets/snoozed")
    expect(zhao.test_id("export-list")).to_be_visible()
    chen = agent("chen").go(list_of)
    expect(chen.test_id(f"row-{inside}")).to_be_visible(timeout=15_000)
    expect(chen.test_id("export-list")).to_have_count(0)


def test_a_macro_that_only_does_things_is_used_on_what_is_selected(desk: Desk, agent: Agents) -> None:
    tickets = [desk.ask(account, f"宏给多张{n}") for n, account in enumerate(PLAYERS)]
    lead = desk.colleague("zhao")
    common = {"share": "personal"}
    lead.call("POST", "/macros", common | {"title": "全部改为紧急", "body": "", "actions": [{"do": "priority", "to": 0}, {"do": "assign", "to": 0}]})
    lead.call("POST", "/macros", common | {"title": "全部问候", "body": "您好", "actions": [{"do": "priority", "to": 0}]})
    window = agent("zhao").go("/tickets/open?" + urlencode({"where": json.dumps({"field": "subject", "contains": "宏给多张"})}))
    page = window.page
    expect(page.locator("[data-testid^=row-]")).to_have_count(3, timeout=15_000)
    for key in ("j", "x", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(window.test_id("bulk-bar")).to_contain_text("2")
    page.keyboard.press("Control+k")
    window.test_id("palette-input").fill("全部")
    commands = page.locator("[data-testid^=command-bulk-macro]")
    expect(commands).to_have_count(1)  # what speaks to players is not offered for many
    commands.click()
    expect(window.test_id("bulk-preview")).to_contain_text("2 / 2")
    window.test_id("bulk-run").click()
    expect(page.locator("[data-testid=bulk-progress][data-state=done]")).to_contain_text("2", timeout=20_000)
    changed = desk.sql("SELECT count(*) FROM tickets.ticket WHERE id = ANY (%s) AND priority = 0 AND assignee_id = %s", tickets, lead.id)
    assert changed == [(2,)]
