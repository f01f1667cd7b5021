"""A manager who never sees code opens a shop beside the games, switches a function off and on, and moves the desk as text."""

import httpx
import pytest
from playwright.sync_api import expect

from playerdesk.brands import make_player_token

from .desk import HIGH_PAYER


@pytest.fixture
def chat_again(desk):
    """Whatever happens, the games have their chat again for the tests that follow."""
    yield
    desk.sql("UPDATE brands.brand SET modules = '{}' WHERE key = 'skyreach'")


def published(manager):
    manager.test_id("publish").click()
    manager.test_id("publish-sure").click()
    expect(manager.test_id("draft-state")).to_contain_text("已发布")


def test_a_shop_is_opened_from_a_preset_and_its_customers_are_answered(desk, agent):
    manager = agent("admin").go("/settings/brands")
    manager.test_id("from-preset").click()
    manager.test_id("preset-shop").click()
    manager.test_id("preset-name").fill("周边商城")
    manager.test_id("preset-key").fill("merch")
    manager.test_id("preset-go").click()
    expect(manager.test_id("plan")).to_contain_text("merch")
    assert desk.sql("SELECT count(*) FROM brands.brand WHERE key = 'merch'") == [(0,)], "looking makes nothing"
    manager.test_id("preset-go").click()
    expect(manager.test_id("brand-name-zh")).to_have_value("周边商城")
    expect(manager.test_id("module-vip_managers")).not_to_be_checked()
    manager.test_id("key-id").fill("merch-1")
    manager.test_id("add-key").click()
    secret = manager.test_id("made-secret").locator("code").inner_text()
    manager.go("/settings/brands/merch")
    expect(manager.test_id("brand-connection")).to_contain_text("merch-1")
    assert secret not in manager.page.content(), "shown once"
    token = make_player_token("merch", "merch-1", secret, "customer-7", name="小王")
    asked = httpx.post(
        f"{desk.url}/player/v1/tickets", json={"category": "other", "body": "衣服还没发货", "clientKey": "m-1"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert asked.status_code == 201, asked.text
    lin = agent("admin").open(asked.json()["id"], "open")
    expect(lin.test_id("tone")).to_contain_text("亲")


def test_a_function_is_switched_off_and_on_without_a_restart(desk, agent, player, chat_again):
    her = player(HIGH_PAYER)
    her.open_help()
    expect(her.inside("start-chat")).to_be_visible()
    manager = agent("admin").go("/settings/brands/skyreach")
    manager.test_id("module-chat").uncheck()
    expect(manager.test_id("brand-preview")).not_to_contain_text("在线会话")
    published(manager)
    again = player(HIGH_PAYER)
    again.open_help()
    expect(again.inside("start-chat")).to_be_hidden()
    manager.test_id("module-chat").check()
    published(manager)
    third = player(HIGH_PAYER)
    third.open_help()
    expect(third.inside("start-chat")).to_be_visible()


def test_the_desk_as_text_is_planned_before_it_is_carried_out(desk, agent):
    manager = agent("admin").go("/settings/text")
    manager.test_id("text").fill("playerdesk: 1\nteam:\n  night:\n    name: {zh: 夜班, en: Night}\n    parent: nowhere\n")
    manager.test_id("look").click()
    expect(manager.test_id("misfits")).to_contain_text("第 3 行")
    expect(manager.test_id("import")).to_be_disabled()
    manager.test_id("text").fill("playerdesk: 1\nteam:\n  night:\n    name: {zh: 夜班, en: Night}\n")
    manager.test_id("look").click()
    expect(manager.test_id("plan")).to_contain_text("night")
    manager.test_id("import").click()
    expect(manager.test_id("plan")).to_be_hidden()
    assert desk.sql("SELECT name->>'zh' FROM staff.team WHERE key = 'night'") == [("夜班",)]
