"""The server dies under an agent's hands: she is told, loses no word, and says nothing twice."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from .desk import Desk, wait_for
from .test_writing import undo_seconds
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

    desk.kill()
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


@pytest.mark.parametrize("part", ["server", "worker"])
def test_a_reply_that_may_still_be_undone_is_said_once_whoever_dies(desk: Desk, agent: Callable[..., Workspace], part: str) -> None:
    desk.colleague("chen").be("online")
    ticket_id = desk.ask("sr-000005", f"被打断的回复 {part}")
    chen = agent("chen").open(ticket_id)
    undo_seconds(desk, chen, 5)
    chen.page.reload()
    expect(chen.messages().first).to_be_visible()
    chen.reply("马上为您查")
    expect(chen.page.locator("[data-testid=pending][data-state=held]")).to_be_visible()
    desk.kill(part)
    said = "SELECT count(*) FROM tickets.message WHERE ticket_id = %s AND author = 'staff' AND kind = 'message'"
    wait_for("it is said", lambda: desk.sql(said, ticket_id)[0][0], 60)
    expect(chen.test_id("pending")).to_have_count(0, timeout=30_000)
    expect(chen.messages()).to_have_count(2)
    chen.page.wait_for_timeout(2000)
    assert desk.sql(said, ticket_id) == [(1,)]
    undo_seconds(desk, chen, 0)


def test_what_could_not_be_done_is_taken_back_and_says_so(desk: Desk, agent: Callable[..., Workspace]) -> None:
    desk.colleague("chen").be("online")
    ticket_id = desk.ask("sr-000005", "断网时改状态")
    desk.colleague("chen").call("POST", f"/tickets/{ticket_id}/take")
    chen = agent("chen").open(ticket_id)
    chen.context.set_offline(True)
    for button, choice, before in (("assign", "pick-assignee-0", "陈晓雨"), ("status", "pick-status-hold", "处理中")):
        chen.test_id(button).click()
        chen.test_id(choice).click()
        notice = chen.test_id("notice").filter(has_text="改动已还原").last
        expect(notice).to_be_visible()
        expect(chen.test_id(button)).to_contain_text(before)
    assert desk.sql("SELECT status, assignee_id FROM tickets.ticket WHERE id = %s", ticket_id) == [("open", chen.id)]
    chen.context.set_offline(False)
    # The way back is beside the words: the last one is done again with one click.
    notice.get_by_role("button", name="再做一次").click()
    wait_for("it is on hold", lambda: desk.sql("SELECT status FROM tickets.ticket WHERE id = %s", ticket_id) == [("hold",)])
    expect(chen.test_id("status")).not_to_contain_text("处理中")
