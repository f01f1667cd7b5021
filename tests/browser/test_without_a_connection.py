"""A player in a tunnel: what she writes and photographs there is kept on the phone, said so, and sent once."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Error, Route, expect

from demogame.picture import screenshot

from .conftest import PHONE
from .desk import Desk
from .windows import Game, Workspace

Agents = Callable[..., Workspace]
Players = Callable[..., Game]
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
SAID = "隧道里写的：648 元没到账"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "截图.png"
    path.write_bytes(screenshot(Random(2), "PAYMENT", "Order is missing"))
    return path


def opened(desk: Desk, body: str) -> list[tuple[int, int]]:
    """The tickets that say so, and how many pictures each has."""
    return desk.sql(
        "SELECT t.id, coalesce(jsonb_array_length(to_jsonb(m.attachments)), 0) FROM tickets.ticket t"
        " JOIN tickets.message m ON m.ticket_id = t.id WHERE m.body = %s", body,
    )


def form_in_a_tunnel(game: Game, picture: Path, body: str = SAID) -> None:
    game.fill_form("recharge", body, amount="648")
    game.context.set_offline(True)
    game.inside("attach").set_input_files(picture)
    expect(game.inside("picture")).to_contain_text("待上传")
    game.inside("form-submit").click()
    expect(game.inside("held")).to_contain_text("连上网络后自动发送")


def test_a_question_with_a_picture_is_sent_once_when_the_connection_is_back(desk: Desk, player: Players, picture: Path) -> None:
    game = player("sr-000004", alone=True, **TOUCH)
    form_in_a_tunnel(game, picture)
    expect(game.inside("picture").locator("img")).to_be_visible()
    game.page.go_back()
    expect(game.inside("held-row")).to_contain_text("等待网络")
    game.context.set_offline(False)
    expect(game.inside("held-row")).to_have_count(0)
    expect(game.frame.locator(".toast")).to_contain_text("已提交")
    assert [pictures for _, pictures in opened(desk, SAID)] == [1]
    # The form is empty for the next question.
    game.inside("problem-recharge").click()
    expect(game.inside("form-body")).to_have_value("")
    expect(game.inside("picture")).to_have_count(0)


def test_whoever_waits_on_the_form_is_led_to_the_ticket(desk: Desk, player: Players, picture: Path) -> None:
    game = player("sr-000004", alone=True, **TOUCH)
    body = SAID + "（等着）"
    form_in_a_tunnel(game, picture, body)
    game.context.set_offline(False)
    expect(game.inside("stage").first).to_be_visible()
    ((ticket_id, _),) = opened(desk, body)
    expect(game.frame.locator("header").first).to_contain_text(str(ticket_id))


def test_it_survives_a_reload_and_lost_answers(desk: Desk, player: Players, picture: Path) -> None:
    game = player("sr-000004", alone=True, **TOUCH)
    body = SAID + "（重新打开）"
    form_in_a_tunnel(game, picture, body)

    def lose(route: Route) -> None:
        """The desk gets it, its answer is lost."""
        if route.request.method == "POST":
            route.fetch()
            # The page may have been reloaded meanwhile and taken its question with it.
            with suppress(Error):
                route.abort()
        else:
            route.continue_()

    game.page.route("**/player/v1/tickets", lose)
    with game.page.expect_event("requestfailed", lambda request: request.url.endswith("/tickets")):
        game.context.set_offline(False)
    assert len(opened(desk, body)) == 1
    game.page.reload()
    expect(game.inside("held-row")).to_be_visible()
    game.inside("held-row").click()
    expect(game.inside("held")).to_be_visible()
    expect(game.inside("picture").locator("img")).to_be_visible()
    game.page.unroute("**/player/v1/tickets", lose)
    game.inside("held-now").click()
    expect(game.inside("stage").first).to_be_visible()
    assert [pictures for _, pictures in opened(desk, body)] == [1]


def test_what_the_desk_refuses_later_can_be_changed_and_sent(desk: Desk, player: Players, picture: Path) -> None:
    game = player("sr-000004", alone=True, **TOUCH)
    body = SAID + "（被拒绝）"
    form_in_a_tunnel(game, picture, body)
    game.page.go_back()
    refusal = {"error": {"code": "invalid", "message": "金额不对，请核对", "fields": {}}}

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=422, content_type="application/json", body=json.dumps(refusal))
        else:
            route.continue_()

    game.page.route("**/player/v1/tickets", refuse)
    game.context.set_offline(False)
    expect(game.inside("held-row")).to_contain_text("请修改后再提交")
    game.page.unroute("**/player/v1/tickets", refuse)
    game.inside("held-row").click()
    expect(game.frame.get_by_role("alert").filter(has_text="金额不对")).to_be_visible()
    expect(game.inside("form-body")).to_have_value(body)
    game.submit()
    assert [pictures for _, pictures in opened(desk, body)] == [1]


def test_a_message_with_a_picture_waits_for_the_connection(desk: Desk, agent: Agents, player: Players, picture: Path) -> None:
    game = player("sr-000004", alone=True, **TOUCH)
    game.fill_form("other", "先问一句")
    ticket_id, _ = game.submit()
    game.context.set_offline(True)
    game.inside("attach").set_input_files(picture)
    expect(game.inside("picture")).to_contain_text("待上传")
    game.write("图在这里")
    expect(game.inside("message-pending")).to_be_visible()
    game.context.set_offline(False)
    expect(game.inside("message-pending")).to_have_count(0)
    expect(game.bubbles()).to_have_text(["先问一句", "图在这里"])
    expect(game.frame.locator(".line.player .picture img")).to_be_visible()
    assert [(ticket_id, 1)] == opened(desk, "图在这里")


def test_a_chat_asked_for_without_a_connection_begins_when_it_is_back(desk: Desk, agent: Agents, player: Players) -> None:
    desk.colleague("chen").be("busy")
    game = player("sr-000005", alone=True, **TOUCH)
    expect(game.inside("start-chat")).to_contain_text("在线客服")
    game.inside("start-chat").click()
    game.inside("form-body").fill("在线问一下")
    game.context.set_offline(True)
    game.inside("form-submit").click()
    expect(game.inside("held")).to_be_visible()
    desk.colleague("chen").be("online")
    game.context.set_offline(False)
    expect(game.inside("place")).to_have_attribute("data-state", "live")
