"""Sent twice, by impatience or by a bad line: done once, answered twice."""

import asyncio

from tests.channels.given import ask, asked, error


async def test_a_double_click_opens_one_ticket_and_is_answered_twice(game):
    player = game.player()
    first = await ask(player, clientKey="click")
    again = await ask(player, clientKey="click")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert error(await ask(player, "别的问题", clientKey="click"), 409)["code"] == "key_reused"


async def test_ten_at_once_with_one_key_open_one_ticket(game):
    player = game.player()
    body = {"category": "other", "body": "充值没到账"}
    answers = await asyncio.gather(
        *(player.http.post("/tickets", json=body, headers={"Idempotency-Key": "ten"}) for _ in range(10))
    )
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len({a.json()["id"] for a in answers}) == 1
    assert len((await player.get("/tickets"))["tickets"]) == 1


async def test_ten_at_once_with_one_key_post_one_message(game):
    player = game.player()
    ticket = await asked(player)
    answers = await asyncio.gather(*(
        player.http.post(f"/tickets/{ticket}/messages", json={"body": "在吗", "clientKey": "ten"}) for _ in range(10)
    ))
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len((await player.get(f"/tickets/{ticket}"))["messages"]) == 2


async def test_an_agent_s_reply_sent_twice_is_there_once(game):
    player, agent = game.player(), await game.agent()
    ticket = await asked(player)
    body = {"body": "您好", "baseSeq": 1, "clientKey": "twice"}
    first = await agent.http.post(f"/tickets/{ticket}/replies", json=body)
    again = await agent.http.post(f"/tickets/{ticket}/replies", json=body)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())


async def test_a_stale_reply_comes_back_with_what_was_missed(game):
    player, agent = game.player(), await game.agent()
    ticket = await asked(player)
    await player.say(ticket, "等等，到账了")
    body = {"body": "请发截图", "baseSeq": 1, "clientKey": "stale"}
    refused = error(await agent.http.post(f"/tickets/{ticket}/replies", json=body), 409)
    assert (refused["code"], [m["body"] for m in refused["missed"]]) == ("stale_reply", ["等等，到账了"])
    forced = await agent.http.post(f"/tickets/{ticket}/replies", json={**body, "force": True})
    assert forced.status_code == 201
