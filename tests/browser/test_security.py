"""Signing in with more than a password, and managing people."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from .conftest import Contexts
from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]


@pytest.fixture
def anew(desk: Desk) -> Iterator[Desk]:
    """Nobody has a second factor, before and after."""
    tables = ("sign_in_attempt", "totp", "recovery_code", "passkey")

    def clean() -> None:
        for table in tables:
            desk.sql(f"DELETE FROM staff.{table}")

    clean()
    yield desk
    clean()
    # A test that ends "all other sessions" ends those that set the stage, too.
    Desk.colleague.cache_clear()


def sign_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_test_id("sign-in-login").fill(login)
    page.get_by_test_id("sign-in-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()


def test_an_authenticator_is_set_up_and_asked_for(anew: Desk, agent: Agents, context: Contexts) -> None:
    he = agent("he").go("/settings/security")
    he.test_id("add-totp").click()
    secret = he.test_id("totp-secret").inner_text()
    he.test_id("totp-code").fill(pyotp.TOTP(secret).now())
    he.test_id("totp-submit").click()
    codes = he.test_id("recovery-codes").locator("li")
    expect(codes).to_have_count(10)
    code = codes.first.inner_text()
    he.test_id("recovery-saved").click()
    expect(he.test_id("remove-totp")).to_be_visible()
    page = context().new_page()
    sign_in(page, anew.url, "he", anew.passwords["he"])
    page.get_by_test_id("second-code").fill("000000")  # six digits send themselves
    expect(page.get_by_test_id("second-problem")).to_have_text(re.compile("验证码不对"))
    page.get_by_test_id("second-recovery").click()
    page.get_by_test_id("second-code").fill(code)
    page.get_by_test_id("second-submit").click()
    expect(page.get_by_test_id("account")).to_be_visible()
    # Her other screen lists the new session and ends it.
    he.page.reload()
    he.test_id("end-others").click()
    expect(he.page.locator("[data-testid^=session-]")).to_have_count(1)
    page.reload()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_passkey_is_registered_and_opens_the_door_alone(anew: Desk, context: Contexts) -> None:
    page = context().new_page()
    devtools: Any = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    here = anew.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name
    sign_in(page, here, "he", anew.passwords["he"])
    expect(page.get_by_test_id("account")).to_be_visible()
    page.goto(f"{here}/settings/security")
    page.get_by_test_id("add-passkey").click()
    expect(page.get_by_test_id("passkey")).to_have_count(1)
    page.get_by_test_id("account").click()
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_test_id("sign-in-passkey").click()
    expect(page.get_by_test_id("account")).to_be_visible()
    # And it is a second factor after the password, too.
    page.get_by_test_id("account").click()
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in(page, here, "he", anew.passwords["he"])
    page.get_by_test_id("second-passkey").click()
    expect(page.get_by_test_id("account")).to_be_visible()
    assert anew.sql("SELECT second_factor FROM staff.session s JOIN staff.person p ON p.id = s.person_id"
                    " WHERE p.login = 'he' ORDER BY s.id DESC LIMIT 1") == [(True,)]


def test_somebody_is_invited_works_and_is_suspended(anew: Desk, agent: Agents, context: Contexts) -> None:
    anew.sql("DELETE FROM staff.role WHERE key = 'night_shift'")
    login = f"new-{anew.sql('SELECT count(*) FROM staff.person')[0][0]}"
    admin = agent("admin").go("/settings/roles")
    admin.test_id("role-key").fill("night_shift")
    admin.test_id("role-add").click()
    for permission in ("read", "reply", "resolve"):
        admin.test_id(f"may-night_shift-tickets.{permission}").check()
    admin.test_id("save-night_shift").click()
    expect(admin.test_id("save-night_shift")).to_have_count(0)
    admin.go("/settings/people")
    admin.test_id("person-new").click()
    admin.test_id("person-name").fill("秦朗")
    admin.test_id("person-login").fill(login)
    admin.test_id("role-agent").uncheck()
    admin.test_id("role-night_shift").check()
    admin.test_id("person-skills").fill("充值、封号申诉")
    admin.test_id("person-save").click()
    admin.test_id("person-link").click()
    address = admin.test_id("link-address").input_value()
    page = context().new_page()
    page.goto(address)
    page.get_by_test_id("welcome-password").fill("password123")
    page.get_by_test_id("welcome-again").fill("password123")
    page.get_by_test_id("welcome-submit").click()
    expect(page.get_by_test_id("welcome-problem")).to_have_text(re.compile("太常见"))
    for field in ("welcome-password", "welcome-again"):
        page.get_by_test_id(field).fill("夜班的灯还亮着呢真好")
    page.get_by_test_id("welcome-submit").click()
    page.get_by_test_id("welcome-go").click()
    sign_in(page, anew.url, login, "夜班的灯还亮着呢真好")
    expect(page.get_by_test_id("account")).to_be_visible()
    # She works: the first ticket of the shift is answered and solved.
    ticket = anew.ask("sr-000005", "夜里充值没到账")
    person = anew.sql("SELECT id FROM staff.person WHERE login = %s", login)[0][0]
    anew.colleague("admin").call("POST", f"/tickets/{ticket}/assign", {"personId": person, "expectedId": None})
    page.goto(f"{anew.url}/ticket/{ticket}")
    page.get_by_test_id("composer-reply").fill("夜班客服秦朗为您查询，请稍等。")
    page.get_by_test_id("send").click()
    page.get_by_test_id("send-now").click()
    expect(page.get_by_test_id("timeline").locator("[data-kind=message]")).to_have_count(2)
    page.get_by_test_id("resolve").click()
    page.get_by_test_id("resolve-solution").fill("已补发")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("reopen")).to_be_visible()
    assert anew.sql("SELECT t.status, p.login FROM tickets.ticket t JOIN staff.person p ON p.id = t.resolved_by WHERE t.id = %s",
                    ticket) == [("resolved", login)]
    again = context().new_page()
    again.goto(address)
    expect(again.get_by_test_id("welcome-dead")).to_be_visible()
    admin.page.reload()
    admin.test_id("person-suspend").click()
    admin.test_id("suspend-now").click()
    expect(admin.test_id("person-reactivate")).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in"), timeout=10_000)  # her open screen, without a touch
    assert anew.sql("SELECT skills FROM staff.person WHERE login = %s", login) == [(["充值", "封号申诉"],)]
