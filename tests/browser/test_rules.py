"""A manager who never sees code writes a rule, tries it, publishes it, sees it fire, takes it back."""

import re

import pytest
from playwright.sync_api import expect

from .desk import HIGH_PAYER


@pytest.fixture(autouse=True)
def no_rules_left(desk):
    """The rules of these tests are gone for the tests that follow."""
    yield
    desk.sql("UPDATE rules.rule SET retired = true WHERE key LIKE 'mount%%'")


def write_rule(manager, name, english, word):
    manager.go("/settings/rules")
    manager.test_id("blueprint-new").click()
    manager.test_id("new-name").fill(name)
    manager.test_id("new-name-en").fill(english)
    manager.test_id("new-make").click()
    editor = manager.test_id("rule-editor")
    expect(editor).to_be_visible()
    manager.test_id("add-condition").click()
    manager.test_id("condition-field").select_option("said")
    manager.test_id("condition-operator").select_option("contains")
    manager.test_id("condition-text").fill(word)
    manager.test_id("condition-text").press("Tab")
    manager.test_id("act-to-priority").select_option("0")
    manager.test_id("add-act").select_option("tag")
    manager.test_id("tags-add").fill("坐骑、急")
    manager.test_id("tags-add").press("Tab")
    expect(manager.test_id("draft-state")).to_have_text("草稿已保存")


def publish(manager, note=""):
    manager.test_id("publish").click()
    manager.test_id("publish-note").fill(note)
    manager.test_id("publish-sure").click()
    expect(manager.test_id("draft-state")).to_contain_text("已发布")


def test_a_rule_is_written_tried_published_fires_and_is_taken_back(desk, agent):
    before = desk.ask(HIGH_PAYER, "我的坐骑飞走了")
    manager = agent("admin")
    write_rule(manager, "坐骑问题优先", "mount first", "坐骑")
    expect(manager.test_id("rule-sentence")).to_contain_text("如果 这条消息的内容 包含 坐骑")
    manager.test_id("tab-try").click()
    manager.test_id("dry-run-go").click()
    expect(manager.test_id("dry-run-tickets")).to_have_text(re.compile(r"[1-9]"))
    expect(manager.test_id("dry-run-sample")).to_contain_text(f"#{before}")
    publish(manager, "坐骑活动期间")
    ticket = desk.ask(HIGH_PAYER, "坐骑又不见了")
    lin = agent("admin").open(ticket, "open")
    expect(lin.test_id("tags")).to_contain_text("坐骑")
    expect(lin.test_id("timeline")).to_contain_text("规则「坐骑问题优先」 把优先级改为「紧急」")
    lin.test_id("rule-why").click()
    expect(lin.test_id("firing-done")).to_contain_text("坐骑又不见了")
    expect(lin.test_id("firing-done")).to_contain_text("标签 +")
    manager.test_id("tab-log").click()
    expect(manager.test_id("firings")).to_contain_text(f"#{ticket}")
    # Another version, and one click back.
    manager.test_id("tab-rule").click()
    manager.test_id("act-to-priority").select_option("3")
    publish(manager)
    assert desk.sql("SELECT version, body -> 'then' -> 0 ->> 'to' FROM rules.rule WHERE key = 'mount-first'") == [(2, "3")]
    manager.test_id("versions-button").click()
    manager.test_id("version-1").click()
    expect(manager.test_id("side-by-side")).to_contain_text("动作 1")
    manager.test_id("take-back").click()
    expect(manager.test_id("draft-state")).to_contain_text("已发布 v3")
    assert desk.sql("SELECT version, body -> 'then' -> 0 ->> 'to' FROM rules.rule WHERE key = 'mount-first'") == [(3, "0")]
    manager.test_id("switch-mount-first").uncheck()
    expect(manager.test_id("rule-sentence")).to_contain_text("已关闭")
    quiet = desk.ask(HIGH_PAYER, "坐骑第三次不见了")
    assert desk.sql("SELECT count(*) FROM rules.firing WHERE ticket_id = %s", quiet) == [(0,)]


def test_undo_problems_at_their_place_and_a_colleague_who_was_faster(desk, agent):
    manager = agent("admin")
    write_rule(manager, "坐骑二", "mount two", "坐骑")
    manager.test_id("add-act").select_option("reply")
    manager.test_id("problems-button").click()
    expect(manager.test_id("problems")).to_contain_text("请填写内容")
    manager.test_id("problems").get_by_role("button").first.click()
    expect(manager.test_id("act-text-reply")).to_be_focused()
    expect(manager.test_id("problem-at-then.2")).to_contain_text("请填写内容")
    manager.test_id("publish").click()
    expect(manager.test_id("publish-dialog")).to_be_hidden()
    manager.page.keyboard.press("Control+z")
    expect(manager.test_id("act-reply")).to_be_hidden()
    manager.page.keyboard.press("Control+Shift+z")
    expect(manager.test_id("act-reply")).to_be_visible()
    manager.test_id("act-text-reply").fill("我们在看")
    expect(manager.test_id("draft-state")).to_have_text("草稿已保存")
    # The order of actions by the keyboard.
    manager.test_id("act-reply").locator("[data-handle]").press("ArrowUp")
    expect(manager.test_id("rule-editor").locator("[data-testid^=act-]:is(li)").nth(1)).to_have_attribute("data-testid", "act-reply")
    expect(manager.test_id("draft-state")).to_have_text("草稿已保存")
    # Offline she goes on; meanwhile another window changes the same rule.
    other = agent("admin").go("/settings/rules/-/mount-two")
    expect(other.test_id("rule-name")).to_have_value("坐骑二")
    manager.context.set_offline(True)
    manager.test_id("rule-name").fill("坐骑二（我的）")
    other.test_id("rule-name").fill("坐骑二（她的）")
    expect(other.test_id("draft-state")).to_have_text("草稿已保存")
    manager.context.set_offline(False)
    expect(manager.test_id("clash")).to_contain_text("坐骑二（她的）", timeout=20_000)
    manager.test_id("clash-mine").click()
    expect(manager.test_id("clash")).to_be_hidden()
    expect(manager.test_id("draft-state")).to_have_text("草稿已保存")
    expect(other.test_id("rule-name")).to_have_value("坐骑二（我的）")


def test_rules_and_conditions_are_put_in_order_by_the_keyboard(desk, agent):
    manager = agent("admin")
    write_rule(manager, "坐骑三", "mount three", "坐骑")
    # A group, and the first condition moved into it.
    manager.page.get_by_role("button", name="添加条件组").click()
    manager.page.locator("[data-handle='0']").press("ArrowDown")
    expect(manager.page.locator("[data-handle='0.0']")).to_be_focused()
    expect(manager.test_id("condition")).to_have_count(2)
    publish(manager)
    places = "SELECT (body->>'position')::float FROM rules.rule WHERE key = 'mount-three'"
    ((before,),) = desk.sql(places)
    manager.page.locator("[data-handle='mount-three']").press("ArrowUp")
    expect(manager.test_id("draft-state")).to_contain_text("已发布 v2")
    ((after,),) = desk.sql(places)
    assert after < before
