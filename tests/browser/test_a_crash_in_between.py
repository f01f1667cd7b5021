"""The server dies under an agent's hands: she is told, loses no word, and says nothing twice."""

from collections.abc import Callable

import httpx
from playwright.sync_api import expect

from .desk import Desk, wait_for
from .windows import Game, Workspace


def test_what_is_written_while_the_server_is_down_goes_out_once(
    desk: Desk, agent: Callable[..., Workspace], player: Callable[..., Game]
) -> None:
    chen, game = agent("chen"), player("sr-000005")
    game.open_help()
    game.fill_form("other", "登录不了")
    chen.go()
    ticket_id, _ = game.submit()
    chen.row(ticket_id).click()
    chen.test_id("composer-reply").fill("正在写的")

    desk.kill_server()
    expect(chen.test_id("connection-lost")).to_be_visible(timeout=5_000)
    expect(chen.test_id("composer-reply")).to_have_value("正在写的")
    chen.test_id("composer-reply").press_sequentially("这句话")
    chen.test_id("send").click()
    expect(chen.test_id("pending").or_(chen.said("正在写的这句话")).first).to_be_visible()

    wait_for("the server is back", lambda: answers(desk), 60)
    expect(chen.test_id("connection-lost")).to_be_hidden(timeout=20_000)
    expect(chen.test_id("pending")).to_have_count(0, timeout=20_000)
    expect(game.said("正在写的这句话")).to_be_visible(timeout=20_000)
    expect(game.bubbles()).to_have_text(["登录不了", "正在写的这句话"])
    expect(chen.messages()).to_have_count(2)
    written = desk.sql("SELECT body FROM tickets.message WHERE ticket_id = %s AND kind = 'message' ORDER BY seq", ticket_id)
    assert [row[0] for row in written] == ["登录不了", "正在写的这句话"]


def answers(desk: Desk) -> bool:
    try:
        return httpx.get(f"{desk.url}/readyz", timeout=2).is_success
    except httpx.HTTPError:
        return False
