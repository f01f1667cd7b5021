"""A manager who never sees code draws a process over three departments; a ticket goes through it, back once and up once."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .desk import Desk
from .windows import Game, Workspace

Agents = Callable[..., Workspace]
Players = Callable[..., Game]
FREE_PLAYER = "sr-000005"


def begin(admin: Workspace, name: str, key: str) -> None:
    admin.go("/settings/processes")
    admin.test_id("blueprint-new").click()
    admin.test_id("new-name").fill(name)
    admin.test_id("new-key").fill(key)
    admin.test_id("new-make").click()
    expect(admin.test_id("process-graph")).to_be_visible()


def open_step(admin: Workspace, key: str) -> Locator:
    admin.test_id(f"node-{key}").click()
    expect(admin.test_id("step-panel")).to_be_visible()
    return admin.test_id("step-panel")


def set_step(admin: Workspace, key: str, name: str, department: str, tells: str = "") -> None:
    panel = open_step(admin, key)
    panel.get_by_test_id("step-name-zh").fill(name)
    panel.get_by_test_id("step-name-en").fill(name)
    if not panel.get_by_test_id("by-kind-0").count():
        panel.get_by_test_id("by-add").click()
    panel.get_by_test_id("by-key-0").select_option(department)
    if tells:
        panel.get_by_test_id("step-tells-zh").fill(tells)
        panel.get_by_test_id("step-stage-zh").fill(f"{name}中")


def test_a_process_is_drawn_and_a_ticket_goes_through_it(desk: Desk, agent: Agents, player: Players) -> None:
    admin = agent("admin")
    begin(admin, "赔付审批", "payout")
    # Four steps of people: front, middle, back, front; each new one is put behind the one that is chosen.
    set_step(admin, "step1", "登记损失", "front")
    for key, name, department, tells in (
        ("step2", "核实损失", "middle", "正在核实您的损失"), ("step3", "发放补偿", "back", "正在为您发放补偿"),
        ("step4", "回访玩家", "front", ""),
    ):
        admin.test_id("add-task").click()
        set_step(admin, key, name, department, tells)
    # Not to be published while something is wrong, which is shown on the step itself.
    panel = open_step(admin, "step3")
    panel.get_by_role("button", name="删除", exact=True).first.click()
    expect(admin.test_id("node-problem-step3")).to_be_visible()
    admin.page.keyboard.press("Control+z")
    expect(admin.test_id("node-problem-step3")).to_have_count(0)
    open_step(admin, "step2").get_by_test_id("back-step1").check()
    panel = admin.test_id("step-panel")
    panel.get_by_test_id("step-minutes").fill("2")
    panel.get_by_test_id("step-minutes").press("Tab")
    # An arrow is drawn by hand from the third step to the end: then whoever does it has two ways.
    drag(admin, "step3", "end")
    panel = open_step(admin, "step3")
    panel.get_by_test_id("ways-buttons").check()
    for n, words in enumerate(("发放", "不发放")):
        panel.get_by_test_id(f"way-name-{n}-zh").fill(words)
        panel.get_by_test_id(f"way-name-{n}-en").fill(words)
    expect(admin.test_id("draft-state")).to_contain_text("草稿已保存")
    admin.test_id("publish").click()
    admin.test_id("publish-sure").click()
    expect(admin.test_id("draft-state")).to_contain_text("已发布 v1")

    game = player(FREE_PLAYER)
    game.open_help()
    game.fill_form("other", "维护后背包里的道具没了")
    ticket, _ = game.submit()
    he, sun, qian, zhao = agent("he"), agent("sun"), agent("qian"), agent("zhao")
    he.open(ticket)
    he.test_id("process-start").click()
    he.page.get_by_role("option", name="赔付审批").click()
    strip = he.test_id("process-payout")
    expect(strip).to_contain_text("登记损失")
    strip.get_by_role("button").first.click()
    strip.get_by_role("link", name="登记损失").click()
    he.test_id("task-complete").click()
    expect(he.test_id("task-over").or_(he.test_id("tasks-none"))).to_be_visible()

    # The middle office hears of it at once, and hands it back.
    sun.go("/tasks")
    sun.test_id("tasks").get_by_text("核实损失").first.click()
    expect(sun.test_id("task-matter")).to_contain_text("背包里的道具没了")
    sun.test_id("task-claim").click()
    sun.test_id("task-back").click()
    sun.test_id("task-reason").fill("缺少道具名称")
    sun.test_id("task-aside-send").click()
    he.go("/tasks")
    expect(he.test_id("tasks")).to_contain_text("被退回：缺少道具名称")
    he.test_id("tasks").get_by_text("登记损失").first.click()
    he.test_id("task-note").fill("道具：神兵·霜华")
    he.test_id("task-complete").click()

    # Nobody does it in time: it goes up to her superior, who does it.
    expect(sun.test_id("tasks")).to_contain_text("核实损失")
    desk.sql("UPDATE processes.task SET due_at = now() - interval '1 minute', ring_at = now() - interval '1 second'"
             " WHERE ticket_id = %s AND state = 'open'", ticket)
    zhao.go("/tasks")
    zhao.test_id("tasks-mine").click()
    expect(zhao.test_id("tasks")).to_contain_text("核实损失")
    zhao.test_id("tasks").get_by_text("核实损失").first.click()
    expect(zhao.test_id("task-panel")).to_contain_text("道具：神兵·霜华")
    zhao.test_id("task-complete").click()

    qian.go("/tasks")
    qian.test_id("tasks").get_by_text("发放补偿").first.click()
    qian.page.get_by_role("button", name=re.compile("^发放")).click()
    expect(game.frame.get_by_text("正在为您发放补偿")).to_be_visible()
    expect(game.frame.get_by_text("正在核实您的损失")).to_have_count(1)
    expect(game.inside("stage-text")).to_have_text("发放补偿中")

    # The first line sees all of it on the ticket: who, when, why, and what comes next.
    he.open(ticket)
    strip = he.test_id("process-payout")
    strip.get_by_role("button").first.click()
    steps = strip.get_by_test_id("strip-steps").locator("li")
    expect(steps).to_have_count(6)
    expect(steps.nth(1)).to_contain_text("缺少道具名称")
    expect(steps.nth(3)).to_contain_text("赵敏")
    expect(steps.nth(4)).to_contain_text("发放")
    steps.nth(5).get_by_role("link", name="回访玩家").click()
    he.test_id("task-complete").click()
    he.open(ticket)
    expect(he.test_id("process-payout")).to_have_attribute("data-state", "done")


def drag(admin: Workspace, one: str, other: str) -> None:
    """An arrow, from the dot below one step to the dot above another."""
    admin.test_id("panel-close").click()
    admin.page.wait_for_timeout(300)
    begins = admin.test_id(f"node-{one}").locator(".vue-flow__handle.source").bounding_box()
    ends = admin.test_id(f"node-{other}").locator(".vue-flow__handle.target").bounding_box()
    assert begins is not None
    assert ends is not None
    mouse = admin.page.mouse
    mouse.move(begins["x"] + begins["width"] / 2, begins["y"] + begins["height"] / 2)
    mouse.down()
    mouse.move(ends["x"] + 40, ends["y"] - 10, steps=5)
    mouse.move(ends["x"] + ends["width"] / 2, ends["y"] + ends["height"] / 2, steps=5)
    mouse.up()
