"""Craft over the wire: what the player sees of it, what she never sees, and what colleagues are told at once."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.brands import set_webhook
from playerdesk.kernel import now
from tests.given import number

SECRET_WORDS = "此人疑似代练，请风控看一下"


@pytest.fixture
async def stage(desk, game):
    agent, player = await game.agent(), game.player()
    one, two = (await player.ask("充值没到账"))["id"], (await player.ask("还是没到账"))["id"]
    return agent, player, one, two


async def test_her_old_ticket_says_where_it_goes_on_and_what_she_writes_there_lands_in_it(stage):
    agent, player, old, new = stage
    async with player.live() as line:
        await agent.post(f"/tickets/{new}/merge", {"sourceIds": [old]})
        told = await line.until(lambda f: f.get("kind") == "ticket" and f["ticketId"] == old and f["data"]["status"] != "new")
        assert (told["data"]["continuedIn"], told["data"]["status"], told["data"]["canRate"]) == (new, "closed", False)
        said = await player.say(old, "订单号 A1", "again")
        assert (said["ticketId"], said["body"], said["number"]) == (new, "订单号 A1", 2)
        assert await player.say(old, "订单号 A1", "again") == said, "sent twice, said once"
    talk = await player.get(f"/tickets/{old}")
    assert [m["notice"] for m in talk["messages"]] == [None, "merged"]
    assert talk["messages"][1]["noticeData"] == {"ticketId": new}
    assert [m["body"] for m in (await player.get(f"/tickets/{new}"))["messages"]] == ["还是没到账", "订单号 A1"]
    assert (await player.http.post(f"/tickets/{old}/reopen", json={})).status_code == 409
    refused = await agent.http.post(f"/tickets/{old}/reopen")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "merged_away")
    await agent.post(f"/tickets/{old}/unmerge")
    assert (await player.get(f"/tickets/{old}"))["ticket"]["continuedIn"] is None
    assert (await player.say(old, "谢谢"))["ticketId"] == old


async def test_what_she_wrote_while_merged_is_not_stored_again_once_they_are_parted(stage):
    """Her app lost the answer and sends the same key to the same address, which is a ticket of its own again."""
    agent, player, old, new = stage
    await agent.post(f"/tickets/{new}/merge", {"sourceIds": [old]})
    said = await player.say(old, "订单号 A1", "lost")
    assert said["ticketId"] == new
    await agent.post(f"/tickets/{old}/unmerge")
    assert await player.say(old, "订单号 A1", "lost") == said
    bodies = [m["body"] for each in (old, new) for m in (await player.get(f"/tickets/{each}"))["messages"]]
    assert bodies.count("订单号 A1") == 1
    other = await player.http.post(f"/tickets/{old}/messages", json={"body": "别的话", "clientKey": "lost"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    assert (await player.say(old, "谢谢"))["ticketId"] == old


async def test_a_merged_ticket_is_read_by_whoever_has_the_other_but_never_over_a_brand(desk, game, other_game, stage):
    agent, _, old, new = stage
    await agent.post(f"/tickets/{old}/take")
    await agent.post(f"/tickets/{new}/merge", {"sourceIds": [old]})
    admin = await game.agent(roles=("admin",))
    own = {"name": {"zh": "自己", "en": "Own"}, "permissions": ["tickets.read", "tickets.reply"], "scope": "own", "twoFactors": False}
    assert (await admin.http.put("/roles/own_eyes", json=own)).status_code == 200
    taker = await game.agent(brand_ids=(game.id,), roles=("own_eyes",))
    await agent.post(f"/tickets/{new}/assign", {"personId": taker.id})
    assert (await taker.http.get(f"/tickets/{old}")).status_code == 404, "by itself it is in other hands"
    craft = await taker.get(f"/tickets/{new}/craft")
    assert ([each["row"]["id"] for each in craft["merged"]], craft["mergedElsewhere"]) == ([old], 0)
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET brand_id = $2 WHERE id = $1", old, other_game.id)
    craft = await taker.get(f"/tickets/{new}/craft")
    assert (craft["merged"], craft["mergedElsewhere"], [each["seconds"] for each in craft["spent"]]) == ([], 1, [])
    assert [each["row"]["id"] for each in (await agent.get(f"/tickets/{new}/craft"))["merged"]] == [old]


async def test_the_agent_reads_both_in_one_and_hears_of_it_at_once(game, stage):
    agent, player, old, new = stage
    colleague = await game.agent()
    await player.say(old, "订单号 A1")
    async with colleague.live(f"ticket:{new}", f"ticket:{old}") as line:
        await agent.post(f"/tickets/{new}/merge", {"sourceIds": [old]})
        heard = {(f.get("kind"), f.get("ticketId")) for f in await line.quiet(0.8)}
    assert {("craft", new), ("craft", old), ("entry", new), ("entry", old)} <= heard
    craft = await colleague.get(f"/tickets/{new}/craft")
    (merged,) = craft["merged"]
    assert (merged["row"]["id"], merged["mergedBy"]) == (old, agent.id)
    assert [e["body"] for e in merged["entries"] if e["kind"] == "message"] == ["充值没到账", "订单号 A1"]
    assert (await colleague.get(f"/tickets/{old}/craft"))["mergedIntoId"] == new


async def test_another_player_s_ticket_is_never_merged_in(game, stage):
    agent, _, old, _ = stage
    stranger = (await game.player().ask("我的号被封了"))["id"]
    answer = await agent.http.post(f"/tickets/{old}/merge", json={"sourceIds": [stranger]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "other_player")


async def test_who_may_not_see_a_ticket_can_do_none_of_it(game, other_game, stage):
    agent, _, one, two = stage
    foreign = await other_game.agent(brand_ids=(other_game.id,))
    side = (await agent.post(f"/tickets/{one}/sides", {"body": "?", "clientKey": "s", "queueId": game.queue}))["side"]["id"]
    tries = [
        ("GET", f"/tickets/{one}/craft", None), ("POST", f"/tickets/{one}/merge", {"sourceIds": [two]}),
        ("POST", f"/tickets/{one}/unmerge", None), ("POST", f"/tickets/{one}/split", {"seq": 1, "clientKey": "k"}),
        ("POST", f"/tickets/{one}/links", {"toId": two, "kind": "related"}), ("PUT", f"/tickets/{one}/follow", None),
        ("DELETE", f"/tickets/{one}/links/related/{two}", None),
        ("POST", f"/tickets/{one}/snooze", {"until": (now() + timedelta(days=1)).isoformat()}),
        ("POST", f"/tickets/{one}/checklist", {"body": "x", "clientKey": "k"}),
        ("POST", f"/tickets/{one}/visits", {"seconds": 9, "clientKey": "k"}),
        ("POST", f"/tickets/{one}/efforts", {"seconds": 99, "clientKey": "k"}),
        ("POST", f"/tickets/{one}/sides", {"body": "x", "clientKey": "k", "people": [agent.id]}),
        ("POST", f"/tickets/{one}/proposals", {"title": "x", "body": "x", "clientKey": "k"}),
        ("GET", f"/sides/{side}", None), ("POST", f"/sides/{side}/messages", {"body": "x", "clientKey": "k"}),
        ("POST", f"/sides/{side}/close", None), ("POST", f"/sides/{side}/people", {"people": [foreign.id]}),
    ]
    for method, path, body in tries:
        answer = await foreign.http.request(method, path, json=body)
        assert answer.status_code == 404, (path, answer.text)
    for path in ("/proposals", "/handling/practices/1", "/handling/causes"):
        method = "GET" if path == "/proposals" else "PUT" if "practices" in path else "POST"
        body = {"name": {"zh": "x"}, "clientKey": "k"} if "causes" in path else {}
        answer = await agent.http.request(method, path, json=None if method == "GET" else body)
        assert answer.status_code == 403, path


async def test_nothing_said_aside_is_on_the_player_s_wire_in_her_list_or_in_the_webhook(desk, game, stage):
    agent, player, ticket, _ = stage
    asked, department = await game.agent(), await game.agent()
    async with desk.database.transaction() as tx:
        await set_webhook(tx, game.id, "http://127.0.0.1:9/hook", game.kid)
    async with player.live() as line:
        poll = asyncio.create_task(player.get("/updates", timeout=1))
        thread = await agent.post(f"/tickets/{ticket}/sides", {
            "body": SECRET_WORDS, "subject": SECRET_WORDS, "clientKey": "s1", "people": [asked.id], "queueId": game.queue,
        })
        side = thread["side"]["id"]
        await asked.post(f"/sides/{side}/messages", {"body": SECRET_WORDS + "！", "clientKey": "m1"})
        await agent.post(f"/sides/{side}/people", {"people": [department.id]})
        await agent.post(f"/sides/{side}/close")
        await agent.reply(ticket, "您好，正在核实")
        heard = await line.quiet(0.6)
    everything = "".join(line.texts) + str(heard) + str(await asyncio.wait_for(poll, 5))
    for path in ("/tickets", f"/tickets/{ticket}", f"/tickets/{ticket}/messages", "/unread"):
        everything += str(await player.get(path))
    async with desk.database.reading() as reader:
        pushed = [row[0] for row in await reader.fetch("SELECT body::text FROM channels.delivery WHERE brand_id = $1", game.id)]
        hers = await reader.fetch("SELECT kind, data::text FROM kernel.event WHERE EXISTS ("
                                  "SELECT FROM unnest(topics) AS t WHERE t LIKE 'player:%')")
    assert "正在核实" in everything
    assert any("正在核实" in body for body in pushed)
    everything += "".join(pushed) + "".join(row[1] for row in hers)
    assert "代练" not in everything
    assert "side" not in {str(row[0]).lower()[:4] for row in hers}
    assert (await player.http.get(f"/sides/{side}")).status_code == 404


async def test_those_asked_are_told_read_it_and_their_department_too(game, stage):
    agent, _, ticket, _ = stage
    asked, department = await game.agent(), await game.agent()
    async with asked.live() as line, department.live() as other:
        thread = await agent.post(f"/tickets/{ticket}/sides", {
            "body": "这笔到账了吗？", "clientKey": "s1", "people": [asked.id], "queueId": game.queue})
        again = await agent.post(f"/tickets/{ticket}/sides", {
            "body": "这笔到账了吗？", "clientKey": "s1", "people": [asked.id], "queueId": game.queue})
        assert again["side"]["id"] == thread["side"]["id"]
        for each in (line, other):
            frame = await each.event("side")
            assert (frame["ticketId"], frame["data"]["sideId"]) == (ticket, thread["side"]["id"])
    side = thread["side"]["id"]
    mine = {row["id"]: row for row in await asked.get("/sides")}[side]
    assert (mine["lastSeq"], mine["readSeq"], mine["preview"]) == (1, 0, "这笔到账了吗？")
    assert side in {row["id"] for row in await department.get("/sides")}
    await asked.post(f"/sides/{side}/read", {"seq": 1})
    assert {row["id"]: row for row in await asked.get("/sides")}[side]["readSeq"] == 1
    answered = await department.post(f"/sides/{side}/messages", {"body": "到了", "clientKey": "k"})
    assert [m["body"] for m in answered["messages"]] == ["这笔到账了吗？", "到了"]
    closed = await agent.post(f"/sides/{side}/close")
    assert closed["side"]["closedAt"]
    reopened = await asked.post(f"/sides/{side}/messages", {"body": "还有一笔", "clientKey": "k2"})
    assert reopened["side"]["closedAt"] is None
    whats = [e["change"]["what"] for e in (await agent.get(f"/tickets/{ticket}"))["entries"] if e["kind"] == "change"]
    assert whats[-2:] == ["side_opened", "side_closed"]


async def test_somebody_from_another_brand_who_was_asked_sees_the_thread_and_not_the_ticket(other_game, stage):
    agent, _, ticket, _ = stage
    expert = await other_game.agent(brand_ids=(other_game.id,))
    async with expert.live() as line:
        side = (await agent.post(f"/tickets/{ticket}/sides", {"body": "?", "clientKey": "s", "people": [expert.id]}))["side"]["id"]
        await line.event("side")
        heard = [frame for frame in line.frames if frame["op"] == "rows" and frame["rows"]]
    assert heard == [], "no row of a ticket that is not hers to see"
    assert (await expert.get(f"/sides/{side}"))["messages"][0]["body"] == "?"
    assert (await expert.http.get(f"/tickets/{ticket}")).status_code == 404


async def test_snoozed_it_is_in_the_list_of_the_snoozed_and_its_owner_hears_it_wake(desk, stage):
    agent, player, ticket, _ = stage
    await agent.post(f"/tickets/{ticket}/take")
    meant = await agent.get("/moments", phrase="明天上午", zone="Asia/Shanghai")
    row = await agent.post(f"/tickets/{ticket}/snooze", {"until": meant["until"]})
    assert (row["status"], row["snoozedUntil"]) == ("hold", meant["until"])
    assert ticket in [each["id"] for each in (await agent.get("/tickets", view="snoozed"))["rows"]]
    async with agent.live() as line:
        await player.say(ticket, "在吗")
        row = (await agent.get(f"/tickets/{ticket}"))["ticket"]
        assert (row["status"], row["snoozedUntil"]) == ("open", None)
        await agent.post(f"/tickets/{ticket}/snooze", {"until": meant["until"]})
        await agent.post(f"/tickets/{ticket}/snooze", {"until": None})
        assert (await line.event("woken"))["ticketId"] == ticket
    assert (await agent.get("/moments", phrase="昨天", zone="Asia/Shanghai"))["until"] is None
    assert (await agent.http.get("/moments", params={"phrase": "明天", "zone": "Mars/Base"})).status_code == 422


async def test_the_resolve_route_asks_for_what_the_category_wants(desk, game, stage):
    agent, player, _, _ = stage
    admin = await game.agent(roles=("admin",))
    await admin.http.put(f"/handling/practices/{game.category}", json={"cause": True, "fields": ["order"], "checklist": ["查流水"]})
    ticket = (await player.ask(category="recharge", fields={"amount": "648"}))["id"]
    refused = await agent.http.post(f"/tickets/{ticket}/resolve", json={"solution": "补发", "body": "已补发", "baseSeq": 1, "clientKey": "k"})
    assert set(refused.json()["error"]["fields"]) == {"causeId", "fields.order"}
    assert [e["kind"] for e in (await agent.get(f"/tickets/{ticket}"))["entries"]] == ["message"], "the last word was not said"
    cause = (await agent.get("/handling"))["causes"][0]["id"]
    done = await agent.post(f"/tickets/{ticket}/resolve", {"solution": "补发", "causeId": cause, "fields": {"order": "A1"}})
    assert done["status"] == "resolved"
    await agent.post(f"/tickets/{ticket}/proposals", {"title": "充值没到账", "body": "先查流水", "clientKey": f"p{number()}"})
    lead = await game.agent(roles=("lead",))
    proposal = next(each for each in await lead.get("/proposals") if each["ticketId"] == ticket)
    answer = await lead.http.put(f"/proposals/{proposal['id']}", json={"state": "accepted", "expected": "proposed"})
    assert answer.json()["state"] == "accepted"
