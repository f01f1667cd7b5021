"""A manager who never sees code makes a segment with a tag; the tag is on the card of who fits; agents set others by hand."""

import json
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import expect

from playerdesk.brands import make_game_token

from .desk import HIGH_PAYER

AWAY = "sr-away-0001"


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


@pytest.fixture(autouse=True)
def somebody_stays_away(desk):
    key = json.loads((desk.folder / "data" / "demogame-keys.json").read_text())["skyreach"]
    body = json.dumps({"records": [
        {"type": "player", "account": AWAY, "name": "久别重逢"},
        {"type": "purchase", "recordId": "away-1", "account": AWAY, "product": "648元礼包", "amountMinor": 864800, "currency": "CNY",
         "state": "paid", "at": ago(days=20)},
        {"type": "session", "recordId": "away-s1", "account": AWAY, "startedAt": ago(days=12), "endedAt": ago(days=12)},
    ]}).encode()
    token = make_game_token("skyreach", key["kid"], key["secret"], body=body)
    httpx.post(f"{desk.url}/game/v1/batch", content=body, headers={"Authorization": f"Bearer {token}"}, timeout=10).raise_for_status()


def begin(manager, page, name, english):
    manager.go(page)
    manager.test_id("blueprint-new").click()
    manager.test_id("new-name").fill(name)
    manager.test_id("new-name-en").fill(english)
    manager.test_id("new-make").click()


def publish(manager):
    expect(manager.test_id("draft-state")).to_have_text("草稿已保存")
    manager.test_id("publish").click()
    manager.test_id("publish-sure").click()
    expect(manager.test_id("draft-state")).to_contain_text("已发布")


def test_a_segment_is_made_counted_published_and_its_tag_is_on_the_card(desk, agent):
    manager = agent("admin")
    begin(manager, "/settings/tags", "流失风险", "away risk")
    expect(manager.test_id("tag-editor")).to_be_visible()
    manager.test_id("tone-red").click()
    publish(manager)
    begin(manager, "/settings/segments", "高付费近7天未登录", "away seven")
    editor = manager.test_id("segment-editor")
    expect(editor).to_be_visible()
    manager.test_id("add-condition").click()
    row = manager.test_id("condition").nth(1)
    row.get_by_test_id("condition-field").select_option("sessions_7d")
    row.get_by_test_id("condition-operator").select_option("at_most")
    row.get_by_label("值").fill("0")
    row.get_by_label("值").press("Tab")
    manager.test_id("segment-tag").select_option("away-risk")
    expect(manager.test_id("segment-count")).to_have_text(re.compile(r"共 [1-9]\d* 人"), timeout=10_000)
    expect(manager.test_id("segment-sample")).to_contain_text("久别重逢", timeout=10_000)
    publish(manager)
    expect(manager.test_id("members-away-seven")).to_have_text(re.compile(r"[1-9]\d* 人"), timeout=15_000)
    expect(manager.test_id("segment-moves")).to_contain_text("久别重逢", timeout=10_000)
    manager.test_id("segment-sample").get_by_text("久别重逢").click()
    expect(manager.test_id("tag-away-risk")).to_contain_text("流失风险", timeout=10_000)


def test_an_agent_sets_a_tag_by_keyboard_a_colleague_sees_it_and_takes_it_off(desk, agent):
    ticket = desk.ask(HIGH_PAYER, "直播时掉线了")
    lin, chen = agent("lin").open(ticket), agent("admin").open(ticket)
    expect(chen.test_id("add-tag")).to_be_visible()
    lin.test_id("add-tag").focus()
    lin.page.keyboard.press("Enter")
    expect(lin.test_id("tag-menu")).to_contain_text("主播")
    expect(lin.test_id("tag-menu")).not_to_contain_text("待挽回")
    lin.page.keyboard.type("主播")
    lin.page.keyboard.press("Enter")
    expect(lin.test_id("tag-streamer")).to_be_visible()
    expect(chen.test_id("tag-streamer")).to_be_visible(timeout=10_000)
    chen.test_id("untag-streamer").click()
    expect(lin.test_id("tag-streamer")).to_have_count(0, timeout=10_000)
    traces = desk.sql("SELECT action FROM audit.trace WHERE action IN ('player.tagged', 'player.untagged') ORDER BY id DESC LIMIT 2")
    assert [each[0] for each in traces] == ["player.untagged", "player.tagged"]
