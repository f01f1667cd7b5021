"""The audit log on the screen: from a ticket to what happened there, searched, verified, taken away as a file."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import expect

from .desk import Desk
from .windows import Workspace


def test_a_lead_finds_out_what_happened_to_a_ticket(desk: Desk, agent: Callable[..., Workspace]) -> None:
    chen = desk.colleague("chen")
    chen.be("online")
    ticket = desk.ask("sr-000003", "充值没到账", "recharge", fields={"amount": 64800})
    chen.call("POST", f"/tickets/{ticket}/take")
    chen.call("PATCH", f"/tickets/{ticket}", {"priority": 0})
    lead = agent("zhao").open(ticket, "open")
    lead.test_id("happened").click()
    expect(lead.page.get_by_test_id("chain-verdict")).to_be_visible()
    changed = lead.page.locator("[data-action='ticket.changed']").first
    expect(changed).to_contain_text("陈晓雨", timeout=15_000)
    changed.locator("button").first.click()
    detail = changed.get_by_test_id("trace-detail")
    expect(detail.locator("del")).to_have_text("高")
    expect(detail.locator("ins").filter(has_text="紧急")).to_be_visible()
    # Everything on this page is about this ticket.
    expect(lead.page.locator("[data-action='ticket.opened']")).to_have_count(1)


def test_the_log_is_searched_verified_and_exported(desk: Desk, agent: Callable[..., Workspace]) -> None:
    lead = agent("zhao").go("/settings/audit")
    page = lead.page
    expect(page.locator("[data-action='person.signed_in']").first).to_be_visible()
    page.get_by_role("button", name="操作", exact=True).click()
    page.get_by_test_id("audit-action-person.signed_in").click()
    expect(page).to_have_url(re.compile("action=person.signed_in"))
    expect(page.get_by_test_id("trace").first).to_be_visible()
    assert set(page.get_by_test_id("trace").evaluate_all("all => all.map(each => each.dataset.action)")) == {"person.signed_in"}
    with page.expect_download() as waiting:
        lead.test_id("export-jsonl").click()
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["action"] for line in lines} == {"person.signed_in"}
    page.get_by_test_id("audit-text").fill("没有这样的字")
    expect(lead.test_id("no-traces")).to_be_visible()
    lead.test_id("verify").click()
    expect(lead.test_id("chain-verified")).to_be_visible(timeout=20_000)
    expect(lead.test_id("chain-verdict")).to_contain_text("完整")


def test_who_may_not_read_it_does_not_see_it(desk: Desk, agent: Callable[..., Workspace]) -> None:
    ticket = desk.ask("sr-000003", "充值没到账", "recharge", fields={"amount": 64800})
    wang = agent("chen").open(ticket, "open")
    expect(wang.test_id("ticket-subject")).to_be_visible()
    expect(wang.test_id("happened")).to_have_count(0)
    wang.page.goto(desk.url + "/settings/audit")
    expect(wang.page).not_to_have_url(desk.url + "/settings/audit")
