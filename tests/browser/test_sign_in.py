"""Coming, going, being there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Contexts
from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]


def sign_in(page: Page, login: str, password: str) -> None:
    page.get_by_test_id("sign-in-login").fill(login)
    page.get_by_test_id("sign-in-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()


@pytest.fixture
def forgiving(desk: Desk) -> Desk:
    """Failed tries of this test do not lock the next one out."""
    desk.sql("DELETE FROM staff.sign_in_attempt")
    return desk


@pytest.mark.parametrize(("language", "words"), [
    ("zh-CN", "账号或密码不对，请检查后再试。"), ("en", "Login or password is wrong. Check both and try again."),
])
def test_a_wrong_password_is_told_in_the_readers_language(
    forgiving: Desk, context: Contexts, language: str, words: str
) -> None:
    page = context().new_page()
    page.goto(forgiving.url)
    page.get_by_test_id(f"language-{language}").click()
    sign_in(page, "chen", "wrong")
    expect(page.get_by_test_id("sign-in-problem")).to_have_text(words)
    expect(page.get_by_test_id("sign-in-login")).to_have_value("chen")
    page.get_by_test_id("sign-in-password").fill(forgiving.passwords["chen"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/mine$"))
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_five_wrong_passwords_close_the_door_for_a_while_and_say_how_long(forgiving: Desk, context: Contexts) -> None:
    page = context().new_page()
    page.goto(forgiving.url)
    problem = page.get_by_test_id("sign-in-problem")
    for count in range(5):
        with page.expect_response(re.compile("/sign-in$")) as waiting:
            sign_in(page, "zhou", f"wrong {count}")
        assert waiting.value.status == 401
    with page.expect_response(re.compile("/sign-in$")) as waiting:
        sign_in(page, "zhou", forgiving.passwords["zhou"])
    assert waiting.value.status == 429
    expect(problem).to_have_text(re.compile(r"尝试次数太多，请在 \d+ 秒后再试。"))
    told = int(re.search(r"\d+", problem.inner_text())[0])  # type: ignore[index]
    assert 200 < told <= 300
    expect(page.get_by_test_id("sign-in-submit")).to_be_disabled()
    expect(problem).not_to_contain_text(f" {told} ")  # it counts down


def test_the_demo_accounts_fill_the_form_and_the_address_asked_for_is_kept(forgiving: Desk, context: Contexts) -> None:
    page = context().new_page()
    page.goto(f"{forgiving.url}/tickets/pending")
    page.get_by_test_id("demo-wang").click()
    page.get_by_test_id("sign-in-submit").click()
    expect(page).to_have_url(re.compile("/tickets/pending$"))


def test_signing_out_ends_the_session_everywhere_on_this_browser(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go()
    other = chen.context.new_page()
    other.goto(f"{desk.url}/tickets/mine")
    expect(other.get_by_test_id("account")).to_be_visible()
    chen.test_id("account").click()
    chen.test_id("sign-out").click()
    expect(chen.page).to_have_url(re.compile("/sign-in"))
    other.reload()
    expect(other).to_have_url(re.compile("/sign-in"))
    assert desk.sql("SELECT state FROM staff.presence WHERE person_id = %s", chen.id) == [("offline",)]


def test_the_lead_sees_who_comes_and_goes(desk: Desk, agent: Agents) -> None:
    lead, chen = agent("zhao").go("/board"), agent("chen").go()
    line = lead.test_id(f"agent-{chen.id}")
    expect(line).to_contain_text("在线")
    for state, word in (("break", "小休"), ("busy", "忙碌"), ("offline", "离线"), ("online", "在线")):
        chen.be(state)
        expect(line).to_contain_text(word)


def test_an_agent_may_not_see_the_leads_page(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go("/board")
    expect(chen.page).to_have_url(re.compile("/tickets/mine$"))
    expect(chen.test_id("view-board")).to_have_count(0)
