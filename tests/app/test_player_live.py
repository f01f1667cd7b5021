"""The player's line: nothing lost, nothing doubled, and nothing of what is not hers to see."""

import asyncio
import json
import time

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from playerdesk.brands import make_player_token
from tests.app.desk import AGame, AnAgent
from tests.given import a_brand, a_queue, number


async def hello(desk, frame):
    async with connect(f"ws://127.0.0.1:{desk.port}/player/v1/live") as connection:
        await connection.send(frame if isinstance(frame, str) else json.dumps(frame))
        said = json.loads(await asyncio.wait_for(connection.recv(), 3))
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 3)
        return closed.value.rcvd.code, said


@pytest.mark.parametrize("wrong", ["expired", "forged", "missing", "rubbish", "not json", "a number"])
async def test_a_line_without_a_good_token_ends_with_the_code_that_asks_for_a_new_one(desk, game, wrong):
    token = {
        "expired": game.token(iat=int(time.time()) - 100, exp=int(time.time()) - 10),
        "forged": make_player_token(game.key, game.kid, "x" * 40, "somebody"), "rubbish": "a.b.c", "a number": 5,
    }.get(wrong)
    frame = "not json" if wrong == "not json" else {"op": "hello", "token": token, "lang": "en"} if token else {"op": "hello"}
    code, said = await hello(desk, frame)
    assert (code, said["op"]) == (4401, "refused")
    assert said["error"]["message"]


async def test_a_line_ends_when_its_token_does(desk, game):
    token = game.token(iat=int(time.time()) - 10, exp=int(time.time()) + 1)
    async with connect(f"ws://127.0.0.1:{desk.port}/player/v1/live") as connection:
        await connection.send(json.dumps({"op": "hello", "token": token}))
        assert json.loads(await connection.recv())["op"] == "ready"
        await asyncio.sleep(1.1)
        await connection.send(json.dumps({"op": "beat"}))
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 3)
    assert closed.value.rcvd.code == 4401


async def test_what_is_sent_is_acknowledged_and_heard_elsewhere_and_sent_twice_it_is_there_once(game):
    player = game.player()
    ticket = (await player.ask())["id"]
    async with player.live() as line, player.live() as tablet:
        await line.say({"op": "send", "ticketId": ticket, "clientKey": "k1", "body": "在吗？"})
        ack = await line.until(lambda f: f["op"] == "ack")
        assert (ack["clientKey"], ack["message"]["number"], ack["message"]["body"]) == ("k1", 2, "在吗？")
        heard = await tablet.event("message")
        assert heard["data"] == ack["message"]
        await line.say({"op": "send", "ticketId": ticket, "clientKey": "k1", "body": "在吗？"})
        again = await line.until(lambda f: f["op"] == "ack")
        assert again["message"] == ack["message"]
        await line.say({"op": "send", "ticketId": ticket, "clientKey": "k1", "body": "别的话"})
        refused = await line.until(lambda f: f["op"] == "refused")
        assert (refused["clientKey"], refused["error"]["code"]) == ("k1", "key_reused")
        for each in (line, tablet):
            assert [f for f in await each.quiet() if f.get("kind") == "message"] == []
        assert [f for f in line.frames if f.get("kind") == "message"] == [], "what was acknowledged here is not said again"
    assert [m["body"] for m in (await player.get(f"/tickets/{ticket}/messages"))["messages"]] == ["充值648元没到账", "在吗？"]


async def test_the_same_key_over_the_line_and_over_http_is_one_message(game):
    player = game.player()
    ticket = (await player.ask())["id"]
    async with player.live() as line:
        await line.say({"op": "send", "ticketId": ticket, "clientKey": "both", "body": "在"})
        said = await player.say(ticket, "在", "both")
        ack = await line.until(lambda f: f["op"] == "ack")
    assert ack["message"] == said


async def test_an_answer_is_in_the_game_within_a_second_and_read_marks_go_both_ways(game):
    player, agent = game.player(), await game.agent()
    ticket = (await player.ask())["id"]
    await agent.post(f"/tickets/{ticket}/take")
    async with player.live() as line, agent.live(f"ticket:{ticket}") as desk:
        started = time.monotonic()
        await agent.reply(ticket, "已补发，请查收。")
        heard = await line.event("message", 1)
        assert time.monotonic() - started < 1
        assert (heard["data"]["author"], heard["data"]["number"], heard["data"]["body"]) == ("staff", 2, "已补发，请查收。")
        told = await line.event("ticket")
        assert (told["data"]["stage"], told["data"]["unread"]) == ("replied", 1)
        assert (await player.get("/unread"))["unread"] == 1
        await line.say({"op": "read", "ticketId": ticket, "number": 2})
        assert (await desk.event("player_read"))["data"] == {"number": 2}
        assert (await player.get("/unread"))["unread"] == 0
        await line.say({"op": "send", "ticketId": ticket, "clientKey": "thanks", "body": "收到了"})
        await desk.until(lambda f: f.get("kind") == "entry" and f["data"]["body"] == "收到了")
        await agent.post(f"/tickets/{ticket}/read", {"seq": 99})
        assert (await line.event("read"))["data"] == {"number": 3}


async def test_each_sees_when_the_other_is_typing(game):
    player, agent = game.player(), await game.agent()
    ticket = (await player.ask())["id"]
    async with player.live() as line, agent.live(f"ticket:{ticket}", ticket=ticket) as desk:
        await line.say({"op": "typing", "ticketId": ticket})
        assert (await desk.event("player_typing", 1))["ticketId"] == ticket
        await line.say({"op": "open", "ticketId": ticket})
        await asyncio.sleep(0.1)
        await desk.say({"op": "typing", "ticketId": ticket})
        typing = await line.event("typing", 1)
        assert (typing["ticketId"], typing["data"]) == (ticket, {})


async def test_who_waits_is_told_her_place_as_it_moves_also_on_a_new_line(game):
    agent = await game.agent(chats=0, state="busy")
    first, second = game.player(), game.player()
    before = (await first.ask(live=True))["id"]
    async with second.live() as line:
        ticket = (await second.ask(live=True))["id"]
        place = await line.event("place", 4)
        assert (place["ticketId"], place["data"]["state"], place["data"]["place"]) == (ticket, "waiting", 2)
        assert (await second.get(f"/tickets/{ticket}/place"))["place"] == 2
    async with second.live() as line:
        assert (await line.event("place", 4))["data"]["place"] == 2
        await first.post(f"/tickets/{before}/leave")
        assert (await line.until(lambda f: f.get("kind") == "place" and f["data"]["place"] == 1, 4))
        await agent.post(f"/tickets/{ticket}/take")
        accepted = await line.event("message")
        assert accepted["data"]["notice"] == "chat_accepted"
        assert (await second.get(f"/tickets/{ticket}/place"))["state"] == "live"
    assert (await first.get(f"/tickets/{before}/place"))["state"] == "ended"


async def test_a_chat_with_nobody_there_says_so_at_once(desk):
    game = await AGame(desk).set_up()  # its queue has no people
    player = game.player()
    async with player.live() as line:
        asked = await player.ask(live=True)
        assert asked["live"] is False
        told = await line.until(lambda f: f.get("kind") == "message" and f["data"]["notice"])
        assert told["data"]["notice"] == "nobody_on_duty"


async def test_after_a_lost_line_nothing_is_lost_or_out_of_order(game):
    player, agent = game.player(), await game.agent()
    ticket = (await player.ask())["id"]
    async with player.live() as line:
        await agent.reply(ticket, "一")
        cursor = (await line.event("message"))["cursor"]
    for words in ("二", "三"):
        await agent.reply(ticket, words)
    async with player.live(cursor) as line:
        assert line.frames[0]["cursor"] == cursor, "the replay has not come yet: a line lost now must ask again from here"
        await line.until(lambda f: f.get("kind") == "message" and f["data"]["body"] == "三")
        missed = [f["data"]["number"] for f in line.frames if f.get("kind") == "message"]
    assert missed == [3, 4]
    async with player.live("nonsense") as line:
        assert await line.until(lambda f: f["op"] == "reset")


async def test_two_phones_of_one_player_both_hear_and_another_player_does_not(game):
    token = game.token("two-phones")
    one, two, stranger = (game.player("two-phones"), game.player("two-phones"), game.player())
    one.token = two.token = token
    ticket = (await one.ask())["id"]
    agent = await game.agent()
    async with one.live() as first, two.live() as second, stranger.live() as third:
        await agent.reply(ticket, "您好")
        await first.event("message")
        await second.event("message")
        await third.say({"op": "typing", "ticketId": ticket})
        await third.say({"op": "read", "ticketId": ticket, "number": 9})
        await third.say({"op": "open", "ticketId": ticket})
        await third.say({"op": "send", "ticketId": ticket, "clientKey": "x", "body": "偷听"})
        assert (await third.until(lambda f: f["op"] == "refused"))["error"]["code"] == "no_such_ticket"
        assert await third.quiet(0.3) == []
    assert (await one.get(f"/tickets/{ticket}"))["ticket"]["unread"] == 1


async def test_a_long_poll_brings_the_same_frames_and_where_to_go_on(game):
    player, agent = game.player(), await game.agent()
    ticket = (await player.ask())["id"]
    async with player.live() as line:
        start = (await player.get("/updates", timeout=0))["cursor"]
        waiting = asyncio.create_task(player.get("/updates", cursor=start, timeout=5))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await agent.reply(ticket, "您好")
        polled = await waiting
        await line.event("ticket")
        pushed = [f for f in line.frames if f["op"] == "event" and f["kind"] == "message"]
    assert [f["data"] for f in polled["events"] if f["kind"] == "message"] == [f["data"] for f in pushed]
    started = time.monotonic()
    nothing = await player.get("/updates", cursor=polled["cursor"], timeout=0.3)
    assert (nothing["events"], time.monotonic() - started >= 0.3) == ([], True)
    assert (await player.get("/updates", cursor="made up", timeout=5))["events"][0]["op"] == "reset"


async def test_a_poller_misses_nothing_however_fast_it_happens(game):
    """Answers come while the last poll is being answered: the cursor must not run ahead of the frames."""
    player, agent = game.player(), await game.agent()
    ticket = (await player.ask())["id"]
    heard: list[int] = []
    cursor = (await player.get("/updates", timeout=0))["cursor"]

    async def talk():
        for i in range(60):
            body = {"body": f"第{i}句", "baseSeq": 0, "force": True, "clientKey": f"fast-{number()}"}
            await agent.post(f"/tickets/{ticket}/replies", body, 201)

    talking = [asyncio.create_task(talk()) for _ in range(2)]
    ends = time.monotonic() + 20
    while len(set(heard)) < 120 and time.monotonic() < ends:
        answer = await player.get("/updates", cursor=cursor, timeout=0.5)
        heard += [f["data"]["number"] for f in answer["events"] if f.get("kind") == "message"]
        cursor = answer["cursor"]
        if all(task.done() for task in talking) and not answer["events"]:
            break
    await asyncio.gather(*talking)
    assert sorted(set(heard)) == list(range(2, 122))


@pytest.mark.parametrize("frame", [
    {}, {"op": "send"}, {"op": "send", "ticketId": 10**30, "clientKey": "k", "body": "x"}, {"op": "read", "ticketId": 1},
    {"op": "send", "ticketId": "1"}, {"op": "typing", "ticketId": -1}, {"op": "open", "ticketId": 10**30}, {"op": 5},
    {"op": "read", "ticketId": 0, "number": 10**30}, {"op": "send", "ticketId": True, "clientKey": "k", "body": "x"},
], ids=str)
async def test_rubbish_on_the_line_breaks_nothing(game, frame):
    player = game.player()
    ticket = (await player.ask())["id"]
    async with player.live() as line:
        await line.say(frame)
        await line.connection.send("{")
        await line.connection.send(b"\xff")
        for own in ({"op": "read", "number": 10**30}, {"op": "read", "number": -(10**30)}, {"op": "read", "number": "1"},
                    {"op": "send", "clientKey": 5, "body": {"a": 1}}, {"op": "send", "clientKey": "f", "body": "x", "attachments": 7},
                    {"op": "send", "clientKey": "n\u0000l", "body": "x\u0000y"}, {"op": "send", "clientKey": "k" * 65, "body": "x"},
                    {"op": "send", "clientKey": "g", "body": "x", "attachments": ["\u0000"]}):
            await line.say({**own, "ticketId": ticket})
        await line.say({"op": "send", "ticketId": ticket, "clientKey": "good", "body": "还在"})
        ack = await line.until(lambda f: f["op"] == "ack" and f["clientKey"] == "good")
        assert ack["message"]["body"] == "还在"
        lost = [f for f in line.frames if f["op"] == "refused" and f["error"]["code"] == "recovering"]
        assert lost == [], "what can never be taken must not be sent again for ever"


async def test_whoever_sends_too_fast_is_slowed_down_and_told_for_how_long(game):
    player = game.player()
    ticket = (await player.ask())["id"]
    async with player.live() as line:
        for i in range(45):
            await line.say({"op": "send", "ticketId": ticket, "clientKey": f"k{i}", "body": "快"})
        refused = await line.until(lambda f: f["op"] == "refused")
        assert (refused["error"]["code"], refused["error"]["retryAfterSeconds"] > 0) == ("too_fast", True)


async def test_the_session_tells_a_help_screen_all_it_needs(game):
    # Somebody of another queue could not take her chat: the door is closed until one of this game's people is here.
    async with game.desk.database.transaction() as tx:
        elsewhere, other_brand = await a_queue(tx), await a_brand(tx)
    await AnAgent.set_up(game.desk, elsewhere)
    await AnAgent.set_up(game.desk, game.queue, brand_ids=(other_brand,))
    assert not (await game.player().get("/session"))["chat"]["available"]
    await AnAgent.set_up(game.desk, game.queue)
    session = await game.player("mei", name="梅", role="r1", character="剑来").get("/session")
    assert (session["player"]["name"], session["server"]["name"], session["server"]["key"]) == ("梅", "云海之巅", "s1")
    assert (session["character"]["name"], session["character"]["roleId"]) == ("剑来", "r1")
    assert "tier" not in str(session)
    assert {c["key"] for c in session["categories"]} >= {"other", "recharge"}
    assert (session["chat"]["available"], session["unread"], session["limits"]["textLength"]) == (True, 0, 5000)
    assert len(session["officialMark"]["signature"]) == 8
