"""A manager who never sees code changes a target: due times move before everybody's eyes, and say why."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .desk import Colleague, Desk, wait_for
from .windows import Game, Workspace

Agents = Callable[..., Workspace]
Players = Callable[..., Game]
DUE = "SELECT extract(epoch FROM due_at - created_at)::int FROM tickets.ticket WHERE id = %s"


@pytest.fixture
def brand(desk: Desk):
    """Its key; what is promised there is what is promised everywhere again afterwards."""
    key = desk.sql("SELECT key FROM brands.brand ORDER BY id LIMIT 1")[0][0]
    yield key
    admin = Colleague(desk, "admin")
    for kind in ("service_level", "channel_doors"):
        for entry in admin.call("GET", f"/blueprints/{kind}")["blueprints"]:
            standing = entry["standing"]
            if standing["brandKey"] == key and standing["version"] and not standing["retired"]:
                admin.call("POST", f"/blueprints/{kind}/{key}/standard/retire", {"basedOn": standing["revision"]})


def test_a_target_is_changed_and_due_times_move_with_an_explanation(desk: Desk, agent: Agents, brand: str) -> None:
    ticket = desk.ask("sr-000005", "什么时候能处理？")
    before = desk.sql(DUE, ticket)[0][0]
    admin = agent("admin")
    page = admin.page
    page.goto(f"{desk.url}/tickets/open/{ticket}")
    page.get_by_test_id("why-due-button").click()
    why = page.get_by_test_id("why-first")
    expect(why).to_contain_text("所有品牌的标准", timeout=15_000)

    manager = page.context.new_page()
    manager.goto(f"{desk.url}/settings/service-levels/{brand}/standard")
    manager.get_by_test_id("add-game").click()
    row = manager.get_by_test_id("row-game-all-all")
    row.get_by_label("首次响应").fill("很快")
    row.get_by_label("首次响应").press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("2个工作日")
    row.get_by_label("首次响应").fill("2小时30分")
    row.get_by_label("首次响应").press("Enter")
    expect(row.get_by_label("首次响应")).to_have_value("2小时30分钟")
    manager.get_by_test_id("which-row").click()
    manager.get_by_test_id("which-tier").select_option("low")
    expect(manager.get_by_test_id("which-found").locator("li").first).to_contain_text("本游戏 · 所有类型 · 所有玩家：首次响应 2小时30分钟")
    expect(row).to_have_attribute("data-decides", "true")
    manager.get_by_test_id("try-levels").click()
    expect(manager.get_by_test_id("effect")).to_contain_text("提前", timeout=15_000)
    manager.get_by_test_id("publish").click()
    manager.get_by_test_id("publish-sure").click()
    expect(manager.get_by_test_id("draft-state")).to_contain_text("已发布 v1", timeout=15_000)
    expect(manager.get_by_test_id("replan")).to_contain_text("有变化", timeout=20_000)

    wait_for("the due time moves", lambda: desk.sql(DUE, ticket)[0][0] == 9000 != before, 20)
    expect(why).to_contain_text("2小时30分钟", timeout=15_000)
    expect(why).to_contain_text("v1")
    expect(why.get_by_test_id("why-so")).to_be_visible()
    # What another version would change is said as people say it.
    row.get_by_label("首次响应").fill("1小时")
    row.get_by_label("首次响应").press("Enter")
    manager.get_by_test_id("versions-button").click()
    changed = manager.get_by_test_id("side-by-side").locator("[data-kind=changed]")
    expect(changed).to_contain_text(["第 1 行 · 首次响应2小时30分钟1小时"])
    manager.close()


def test_a_manager_closes_live_chat_for_a_tier_and_the_player_reads_what_to_do(
    desk: Desk, agent: Agents, player: Players, brand: str
) -> None:
    game = player("sr-000006")
    admin = agent("admin")
    page = admin.page
    page.goto(f"{desk.url}/settings/tiers/doors/{brand}")
    page.get_by_test_id("add-door-chat").click()
    page.get_by_test_id("door-state-0").select_option("closed")
    page.get_by_test_id("door-instead-0").fill("今晚维护，请先留言")
    page.get_by_test_id("door-instead-0").press("Enter")
    page.get_by_test_id("publish").click()
    page.get_by_test_id("publish-sure").click()
    expect(page.get_by_test_id("draft-state")).to_contain_text("已发布 v1", timeout=15_000)
    wait_for("the server knows it", lambda: "今晚维护" in json.dumps(desk.as_player("sr-000006", "GET", "/session"), ensure_ascii=False))
    game.open_help()
    expect(game.inside("start-chat")).to_contain_text("今晚维护，请先留言", timeout=15_000)
