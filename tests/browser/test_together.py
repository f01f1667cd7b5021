"""Agents on the same desk: what one does the others see, and what only they may see."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from .desk import Desk
from .windows import Game, Watch, Workspace, answered_at

Agents = Callable[..., Workspace]
Players = Callable[..., Game]
FREE_PLAYER = "sr-000005"


def test_two_agents_on_one_ticket_see_each_others_work(desk: Desk, agent: Agents) -> None:
    chen, he = agent("chen"), agent("he")
    he.go().be("busy")
    ticket_id = desk.ask(FREE_PLAYER, "礼包领不了")
    chen.open(ticket_id)
    he.open(ticket_id)
    expect(chen.test_id("company")).to_contain_text("何佳宁")
    expect(he.test_id("company")).to_contain_text("陈晓雨")

    he.test_id("composer-reply").press_sequentially("我来")
    expect(chen.test_id("company")).to_contain_text("何佳宁 正在输入")

    chen.test_id("mode-note").click()
    chen.test_id("composer-note").fill("我在查礼包码")
    seen = Watch(he.page, "note", "[data-kind=note]", "我在查礼包码")
    _, answered = answered_at(chen.page, r"/notes$", chen.test_id("send").click)
    taken = seen.at() - answered
    print(f"a note to the colleague's screen: {taken:.0f} ms")
    assert taken <= 1000

    he.test_id("status").click()
    he.test_id("pick-status-pending").click()
    expect(chen.test_id("status")).to_contain_text("等待玩家")
    he.page.goto(f"{desk.url}/tickets/mine")
    expect(chen.test_id("company")).to_be_hidden()


def deaf(page: Page) -> Callable[[bool], None]:
    """Lets the page's socket live but keeps from it what the server says, while switched on."""
    silent = [False]

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(lambda frame: None if silent[0] else route.send(frame))

    page.route_web_socket(re.compile("/agent/v1/live"), between)

    def switch(on: bool) -> None:
        silent[0] = on

    return switch


def test_a_reply_written_without_the_newest_message_is_stopped_and_kept(desk: Desk, agent: Agents) -> None:
    chen = agent("chen")
    hears_nothing = deaf(chen.page)
    ticket_id = desk.ask(FREE_PLAYER, "皮肤没到")
    chen.open(ticket_id)
    chen.test_id("composer-reply").fill("请提供订单号")
    hears_nothing(True)
    desk.say(FREE_PLAYER, ticket_id, "订单号是 SR20261122")
    chen.test_id("send").click()
    guard = chen.test_id("stale-guard")
    expect(guard).to_contain_text("订单号是 SR20261122")
    expect(chen.test_id("composer-reply")).to_have_value("请提供订单号")
    chen.test_id("stale-edit").click()
    expect(guard).to_be_hidden()
    chen.test_id("composer-reply").fill("收到，马上核实")
    chen.test_id("send").click()
    expect(chen.said("收到，马上核实")).to_be_visible()

    desk.say(FREE_PLAYER, ticket_id, "谢谢，快一点")
    chen.reply("一小时内给您结果")
    expect(guard).to_contain_text("谢谢，快一点")
    chen.test_id("stale-send").click()
    expect(guard).to_be_hidden()
    expect(chen.test_id("pending")).to_have_count(0)
    hears_nothing(False)
    written = desk.sql(
        "SELECT body FROM tickets.message WHERE ticket_id = %s AND kind = 'message' ORDER BY seq", ticket_id
    )
    assert [row[0] for row in written] == [
        "皮肤没到", "订单号是 SR20261122", "收到，马上核实", "谢谢，快一点", "一小时内给您结果"
    ]


def test_a_ticket_goes_to_another_queue_with_a_word_and_to_a_colleague_by_name(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go()
    ticket_id = desk.ask(FREE_PLAYER, "账号好像被别人登录了")
    wang = agent("wang").go()
    chen.row(ticket_id).click()
    chen.test_id("hand-off").click()
    chen.test_id(f"hand-off-{desk.queue('security')}").check()
    chen.test_id("hand-off-note").fill("请安全组核实登录记录")
    chen.test_id("hand-off-submit").click()
    expect(wang.row(ticket_id)).to_be_visible()
    wang.row(ticket_id).click()
    expect(wang.test_id("timeline")).to_contain_text("请安全组核实登录记录")
    expect(wang.test_id("timeline")).to_contain_text("账号安全")

    wang.test_id("assign").click()
    wang.test_id(f"pick-assignee-{chen.id}").click()
    expect(chen.test_id("assign")).to_contain_text("陈晓雨")
    chen.test_id("view-mine").click()
    expect(chen.row(ticket_id)).to_be_visible()


def test_a_private_note_never_reaches_the_players_page(desk: Desk, agent: Agents, player: Players) -> None:
    game = player(FREE_PLAYER)
    heard: list[str] = []
    game.page.on("websocket", lambda line: line.on("framereceived", lambda frame: heard.append(str(frame))))
    game.page.on("response", lambda got: "/player/v1" in got.url and heard.append(got.text()))
    game.page.reload()
    game.page.wait_for_selector("iframe[title=PlayerDesk]", state="attached")
    frame = game.page.query_selector("iframe[title=PlayerDesk]")
    assert frame is not None
    inside = frame.content_frame()
    assert inside is not None
    game.frame = inside
    game.test_id("help-button").click()
    game.fill_form("other", "为什么封我")
    chen = agent("chen").go()
    ticket_id, _ = game.submit()

    chen.row(ticket_id).click()
    chen.test_id("mode-note").click()
    chen.test_id("composer-note").fill("机密：疑似工作室")
    chen.test_id("send").click()
    expect(chen.said("机密：疑似工作室")).to_be_visible()
    chen.test_id("mode-reply").click()
    chen.reply("正在核实")
    expect(game.said("正在核实")).to_be_visible()
    game.inside("back").click()
    game.open_ticket(ticket_id)
    expect(game.said("正在核实")).to_be_visible()
    assert any("正在核实" in each for each in heard)
    assert not [each for each in heard if "机密" in each or "\\u673a" in each]
    assert "机密" not in game.frame.content()


def test_an_agent_pulls_the_next_ticket(desk: Desk, agent: Agents) -> None:
    chen = agent("chen").go()
    chen.be("busy")
    first, second = desk.ask(FREE_PLAYER, "先来的"), desk.ask(FREE_PLAYER, "后到的")
    chen.test_id("pull-next").click()
    expect(chen.page).to_have_url(re.compile(f"/tickets/mine/{first}$"))
    chen.page.keyboard.press("Escape")
    expect(chen.row(first)).to_be_visible()
    expect(chen.row(second)).to_have_count(0)
    chen.page.keyboard.press("q")
    expect(chen.page).to_have_url(re.compile(f"/tickets/mine/{second}$"))
    chen.test_id("pull-next").click()
    expect(chen.page.get_by_text("队列里没有等待的工单，先喝口水吧。", exact=True)).to_be_visible()


def test_a_player_reopens_what_was_called_solved(desk: Desk, agent: Agents, player: Players) -> None:
    chen, game = agent("chen").go(), player(FREE_PLAYER)
    game.open_help()
    game.fill_form("other", "还是进不去副本")
    ticket_id, _ = game.submit()
    chen.row(ticket_id).click()
    chen.test_id("resolve").click()
    chen.test_id("resolve-solution").fill("重启可解决")
    chen.test_id("resolve-body").fill("请重启后再试")
    chen.test_id("resolve-submit").click()
    expect(game.said("请重启后再试")).to_be_visible()
    expect(chen.test_id("reopen")).to_be_visible()
    game.inside("reopen").click()
    expect(game.inside("composer")).to_be_visible()
    expect(chen.test_id("timeline")).to_contain_text("玩家重新打开了工单")
    expect(chen.test_id("resolve")).to_be_visible()
    chen.test_id("view-mine").click()
    expect(chen.row(ticket_id)).to_be_visible()
