"""Ticket craft on screen: each thing a person does, and what her colleague and the player see of it at once."""

import re

import pytest
from playwright.sync_api import expect

from .desk import HIGH_PAYER


@pytest.fixture
def asked(desk):
    """Two tickets of one player with their numbers; Lin looks after her."""
    desk.colleague("lin").be("online")

    def ask(*bodies, account=HIGH_PAYER):
        return [desk.ask(account, body) for body in bodies]

    return ask


def merged(window, source):
    return window.test_id(f"merged-{source}")


def test_two_tickets_become_one_and_two_again(desk, agent, player, asked):
    old, new = asked("坐骑没了", "坐骑还是没了")
    lin, zhou = agent("lin").open(new), agent("zhou").open(new, "open")
    lin.page.keyboard.press("Shift+M")
    lin.test_id(f"merge-{old}").check()
    lin.test_id("merge-submit").click()
    for window in (lin, zhou):
        expect(merged(window, old)).to_contain_text("坐骑没了")
    zhou.open(old, "open")
    expect(zhou.test_id("merged-into")).to_contain_text(f"#{new}")
    her = player(HIGH_PAYER)
    her.open_help()
    her.open_ticket(old)
    her.inside("go-on").click()
    expect(her.said("坐骑还是没了")).to_be_visible()
    lin.test_id(f"unmerge-{old}").click()
    expect(merged(lin, old)).to_be_hidden()
    expect(zhou.test_id("merged-into")).to_be_hidden()


def test_a_message_becomes_a_ticket_of_its_own(agent, asked):
    (ticket,) = asked("充值没到账，另外皮肤也不见了")
    lin = agent("lin").open(ticket)
    lin.act_on(lin.messages().first, "entry-action-split")
    lin.test_id("split-subject").fill("皮肤不见了")
    lin.test_id("split-submit").click()
    expect(lin.test_id("timeline")).to_contain_text("拆分为 #")
    lin.page.get_by_role("button", name="打开").click()
    expect(lin.test_id("ticket-subject")).to_have_text("皮肤不见了")
    lin.page.keyboard.press("Shift+L")
    expect(lin.test_id(f"link-split_from-{ticket}")).to_be_visible()


def test_snoozed_by_a_phrase_that_is_shown_as_a_time_first(desk, agent, player, asked):
    (ticket,) = asked("什么时候修好")
    lin = agent("lin").open(ticket)
    lin.page.keyboard.press("z")
    lin.test_id("snooze-phrase").fill("昨天")
    expect(lin.test_id("snooze-until")).to_contain_text("没看懂")
    lin.test_id("snooze-phrase").fill("下周一9点")
    expect(lin.test_id("snooze-until")).to_contain_text("09:00")
    lin.page.keyboard.press("Enter")
    expect(lin.test_id("snoozed")).to_contain_text("09:00")
    lin.go("/tickets/snoozed")
    expect(lin.row(ticket)).to_be_visible()
    desk.say(HIGH_PAYER, ticket, "在吗")
    expect(lin.row(ticket)).to_be_hidden()


def test_links_parents_and_children(agent, asked):
    parent, child = asked("全服掉线", "我也掉线")
    lin = agent("lin").open(child)
    lin.page.keyboard.press("Shift+L")
    lin.test_id("link-kind").select_option("child_of")
    lin.test_id("link-number").fill(str(parent))
    lin.page.keyboard.press("Enter")
    expect(lin.test_id(f"link-parent-{parent}")).to_be_visible()
    lin.open(parent)
    expect(lin.test_id("children")).to_contain_text("1/1")
    lin.page.keyboard.press("e")
    lin.test_id("resolve-solution").fill("服务器已修复")
    lin.test_id(f"child-{child}").check()
    lin.test_id("resolve-submit").click()
    expect(lin.test_id("children")).to_contain_text("0/1")


def test_who_follows_is_told(desk, agent, asked):
    (ticket,) = asked("账号被盗")
    zhou = agent("zhou")
    held = []
    zhou.page.route("**/craft", lambda request: held.append(request))  # noqa: PLW0108 - a builtin takes no wrapper
    zhou.open(ticket, "open")
    # Faster than the craft line has its state: the key waits for it.
    zhou.page.keyboard.press("w")
    for request in held:
        request.continue_()
    zhou.page.unroute("**/craft")
    expect(zhou.test_id("follow")).to_have_attribute("aria-pressed", "true")
    zhou.go("/tickets/mine")
    zhou.page.wait_for_timeout(2500)
    desk.say(HIGH_PAYER, ticket, "急")
    expect(zhou.page.get_by_text(f"#{ticket} 有新动态")).to_be_visible()
    zhou.go("/followed")
    expect(zhou.test_id(f"followed-{ticket}")).to_contain_text("有新动态")


def test_a_checklist_and_time(agent, asked):
    (ticket,) = asked("查一下流水")
    lin, zhou = agent("lin").open(ticket), agent("zhou").open(ticket, "open")
    lin.page.keyboard.press("c")
    for step in ("查流水", "回复"):
        lin.test_id("step-body").fill(step)
        lin.page.keyboard.press("Enter")
    lin.test_id("step-0").get_by_role("checkbox").check()
    lin.test_id("effort-minutes").fill("12")
    lin.test_id("effort-submit").click()
    expect(lin.test_id("spent")).to_contain_text("12")
    expect(zhou.test_id("work")).to_contain_text("1/2")


def test_asked_aside_a_colleague_answers_and_the_player_sees_nothing(desk, agent, player, asked):
    (ticket,) = asked("我的装备")
    lin, zhou = agent("lin").open(ticket), agent("zhou").go()
    lin.page.keyboard.press("b")
    lin.test_id(f"ask-{zhou.id}").check()
    lin.test_id("ask-body").fill("这件装备可以补吗")
    lin.test_id("ask-submit").click()
    zhou.page.get_by_role("button", name="查看").click()
    zhou.test_id("side-text").fill("可以补")
    zhou.test_id("side-send").click()
    expect(lin.test_id("side-thread")).to_contain_text("可以补")
    her = player(HIGH_PAYER)
    her.open_help()
    her.open_ticket(ticket)
    expect(her.said("我的装备")).to_be_visible()
    assert "可以补" not in her.frame.content()


def test_closed_with_a_lesson_that_a_lead_accepts(agent, asked):
    (ticket,) = asked("怎么绑定手机")
    lin = agent("lin").open(ticket)
    lin.page.keyboard.press("e")
    lin.test_id("resolve-solution").fill("在设置里绑定")
    lin.test_id("resolve-cause").select_option(index=2)
    lin.test_id("propose").check()
    lin.test_id("propose-title").fill("如何绑定手机")
    lin.test_id("resolve-submit").click()
    expect(lin.test_id("reopen")).to_be_visible()
    zhao = agent("zhao").go("/settings/proposals")
    article = zhao.page.locator("article").filter(has=zhao.page.get_by_text(f"#{ticket}"))
    expect(article.get_by_role("textbox").first).to_have_value("如何绑定手机")
    article.get_by_test_id("accept").click()
    expect(article).to_be_hidden()
    zhao.test_id("proposals-accepted").click()
    expect(zhao.page.get_by_text(re.compile(f"#{ticket}"))).to_be_visible()
