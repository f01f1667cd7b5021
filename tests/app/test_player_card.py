"""The card on a running desk: pushed to, merged, noted, unmasked, and what a player may never see of it."""

import time
from datetime import UTC, datetime, timedelta

import httpx

from playerdesk.brands import make_game_token, set_webhook
from tests.app.desk import AGame


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def push(game: AGame, *records, path="/game/v1/batch", method="POST", body=None):
    token = make_game_token(game.key, game.kid, game.secret)
    async with httpx.AsyncClient(base_url=game.desk.address, headers={"Authorization": f"Bearer {token}"}) as http:
        answer = await http.request(method, path, json=body or {"records": list(records)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def a_failed_payment(account, record="p1"):
    return {"type": "purchase", "recordId": record, "account": account, "product": "648 元", "amountMinor": 64800, "state": "failed", "at": ago(minutes=1)}


async def asking(game, account, body="充值没到账"):
    player = game.player(account)
    return player, (await player.ask(body))["id"]


async def player_of(agent, ticket):
    return (await agent.get(f"/tickets/{ticket}"))["ticket"]["playerId"]


async def test_what_happens_to_a_player_reaches_an_open_card(game):
    _, ticket = await asking(game, "live-a")
    agent = await game.agent()
    player = await player_of(agent, ticket)
    assert [each["kind"] for each in (await agent.get(f"/players/{player}", ticket=ticket))["reasons"]] == []
    async with agent.live(f"card:{player}") as line:
        payment = a_failed_payment("live-a")
        await push(game, payment)
        assert (await line.event("card"))["topic"] == f"card:{player}"
        found = (await agent.get(f"/players/{player}", ticket=ticket))["reasons"]
        assert [(each["kind"], each["text"]["zh"]) for each in found] == [("payment_failed", "充值失败：648 元 ¥648")]
        await push(game, payment)  # nothing new, nothing said
        assert [f for f in await line.quiet(0.4) if f.get("kind") == "card"] == []


async def test_accounts_of_one_person_share_a_card_and_never_a_ticket(game, other_game):
    one, first = await asking(game, "m-a", "甲的问题")
    other, second = await asking(game, "m-b", "乙的问题")
    vip = await game.agent(roles=("agent", "vip_manager"))
    a, b = await player_of(vip, first), await player_of(vip, second)
    assert (await vip.http.get(f"/players/{a}/merge-preview", params={"other": b})).status_code == 200
    answer = await vip.post(f"/players/{a}/merge", {"mergedId": b, "reason": "同一个人"}, 200)
    card = await vip.get(f"/players/{b}")
    assert (card["id"], {each["id"] for each in card["pastTickets"]}) == (a, {first, second})
    assert [each["id"] for each in card["accounts"]] == [a, b]
    # In the game each account goes on seeing its own tickets only.
    for player, own, foreign in ((one, first, second), (other, second, first)):
        assert [each["id"] for each in (await player.get("/tickets"))["tickets"]] == [own]
        assert (await player.http.get(f"/tickets/{foreign}")).status_code == 404
        assert (await player.http.post(f"/tickets/{foreign}/messages", json={"body": "x", "clientKey": "k"})).status_code == 404
        async with player.live() as line:
            await vip.reply(foreign, "只给另一个账号")
            assert [f for f in await line.quiet(0.3) if f.get("kind") == "message"] == []
    agent = await game.agent()
    assert (await agent.http.post(f"/players/{a}/merge", json={"mergedId": b, "reason": "x"})).status_code == 403
    assert (await agent.http.post(f"/merges/{answer['mergeId']}/undo", json={"reason": "x"})).status_code == 403
    await vip.post(f"/merges/{answer['mergeId']}/undo", {"reason": "弄错了"}, 204)
    assert [each["id"] for each in (await vip.get(f"/players/{b}"))["pastTickets"]] == [second]
    async with game.desk.database.reading() as reader:
        traces = await reader.fetch("SELECT action, reason FROM audit.trace WHERE object_id = $1 AND action LIKE 'player.%merged' ORDER BY id", str(a))
    assert [tuple(each) for each in traces] == [("player.merged", "同一个人"), ("player.unmerged", "弄错了")]


async def test_a_masked_value_is_read_for_a_reason_by_who_may_and_leaves_a_trace(game):
    _, ticket = await asking(game, "mask-a")
    await push(game, {"type": "contact", "account": "mask-a", "kind": "phone", "value": "13812348000", "verified": True, "at": ago(days=1)},
               {"type": "fields", "source": "crm", "recordId": "r", "account": "mask-a", "version": 1,
                "fields": [{"key": "id", "label": "证件", "value": "110101199003074514", "pii": "id_number"}]})
    vip, agent = await game.agent(roles=("agent", "vip_manager")), await game.agent()
    player = await player_of(vip, ticket)
    answer = await vip.http.get(f"/players/{player}")
    assert "13812348000" not in answer.text
    contact = answer.json()["contacts"][0]
    assert (contact["value"], contact["canShow"]) == ("138****8000", True)
    ask = {"contactId": contact["id"], "reason": "核实身份"}
    assert (await vip.post(f"/players/{player}/unmask", ask, 200)) == {"value": "13812348000", "seconds": 60}
    assert (await vip.http.post(f"/players/{player}/unmask", json={**ask, "reason": " "})).status_code == 422
    refused = await agent.http.post(f"/players/{player}/unmask", json=ask)
    assert (refused.status_code, refused.json()["error"]["permission"]) == (403, "players.phone")
    place = {"brandId": game.id, "source": "crm", "recordId": "r", "key": "id"}
    assert (await vip.http.post(f"/players/{player}/unmask", json={"field": place, "reason": "核实身份"})).status_code == 403
    async with game.desk.database.reading() as reader:
        traces = await reader.fetch("SELECT actor_id, reason, after->>'kind' FROM audit.trace WHERE action = 'player.unmasked' AND object_id = $1", str(player))
        stored = await reader.value("SELECT count(*) FROM audit.trace WHERE after::text LIKE '%13812348000%'")
    assert ([tuple(each) for each in traces], stored) == ([(vip.id, "核实身份", "phone")], 0)


async def test_notes_and_wishes_are_shared_and_nobody_overwrites_a_colleague(game):
    _, ticket = await asking(game, "note-a")
    agent, colleague = await game.agent(), await game.agent()
    player = await player_of(agent, ticket)
    async with colleague.live(f"card:{player}") as line:
        note = await agent.post(f"/players/{player}/notes", {"body": "爱收集坐骑", "clientKey": "n1"}, 201)
        assert (await agent.post(f"/players/{player}/notes", {"body": "爱收集坐骑", "clientKey": "n1"}, 201))["id"] == note["id"]
        await line.event("card")
    changed = await colleague.http.patch(f"/players/{player}/notes/{note['id']}", json={"body": "爱收集坐骑和时装", "pinned": True})
    assert (changed.status_code, changed.json()["editedBy"]) == (200, colleague.id)
    edits = (await agent.get(f"/players/{player}/notes/{note['id']}/edits"))["edits"]
    assert [(each["body"], each["byId"]) for each in edits] == [("爱收集坐骑", colleague.id)]
    wishes = {"version": 0, "callMe": "老板", "tone": "brief", "noGo": ["退款", " "], "language": "zh", "bestTime": "晚上"}
    assert (await agent.http.put(f"/players/{player}/preferences", json=wishes)).json()["version"] == 1
    late = await colleague.http.put(f"/players/{player}/preferences", json=wishes)
    assert (late.status_code, late.json()["error"]["preferences"]["callMe"]) == (409, "老板")
    card = await agent.get(f"/players/{player}")
    assert (card["preferences"]["noGo"], [each["pinned"] for each in card["notes"]]) == (["退款"], [True])
    await colleague.post(f"/players/{player}/notes/{note['id']}/remove", status=204)
    assert (await agent.get(f"/players/{player}"))["notes"] == []


async def test_the_history_goes_page_by_page_over_all_channels(game):
    player = game.player("history-a")
    tickets = [(await player.ask(f"第 {n} 个问题"))["id"] for n in range(5)]
    agent = await game.agent()
    await agent.post(f"/tickets/{tickets[0]}/take")
    await agent.post(f"/tickets/{tickets[0]}/resolve", {"solution": "好了"})
    await player.post(f"/tickets/{tickets[0]}/rating", {"score": 1, "reasons": [], "comment": "慢"})
    who = await player_of(agent, tickets[0])
    seen, before = [], None
    while True:
        page = await agent.get(f"/players/{who}/contacts", limit=2, **({} if before is None else {"before": before}))
        seen += [each["id"] for each in page["rows"]]
        if (before := page["next"]) is None:
            break
    assert seen == tickets[::-1]
    assert [each["id"] for each in (await agent.get(f"/players/{who}/contacts", show="over"))["rows"]] == tickets[:1]
    assert (await agent.get(f"/players/{who}/contacts", channel="chat"))["rows"] == []
    assert [each["comment"] for each in (await agent.get(f"/players/{who}/ratings"))["ratings"]] == ["慢"]
    assert "low_rating" in [each["kind"] for each in (await agent.get(f"/players/{who}"))["reasons"]]


async def test_one_record_of_fields_can_be_put_by_itself(game):
    await push(game, path="/game/v1/fields/guild/g-1", method="PUT", body={"account": "put-a", "version": 2, "fields": [{"key": "guild", "label": "公会", "value": "云上"}]})
    older = await push(game, path="/game/v1/fields/guild/g-1", method="PUT", body={"account": "put-a", "version": 1, "fields": []})
    assert (older["accepted"], older["unchanged"]) == (0, 1)
    bad = await push(game, path="/game/v1/fields/guild/g-2", method="PUT", body={"account": "put-a", "version": 1, "fields": [{"key": "x"}]})
    assert [(each["key"], each["code"]) for each in bad["rejected"]] == [("x", "field_invalid")]


async def test_a_page_is_embedded_from_a_configured_place_only_with_a_token_that_says_whom_it_is_about(desk, game):
    import jwt

    _, ticket = await asking(game, "frame-a")
    admin = await game.agent(roles=("admin",))
    player = await player_of(admin, ticket)
    async with desk.database.transaction() as tx:
        await set_webhook(tx, game.id, "http://127.0.0.1:9/none", game.kid)
    setting = {"pullUrl": "", "frames": [{"key": "bag", "title": {"zh": "背包", "en": "Bag"}, "url": "https://tools.example.com:8443/bag?x=1"}], "layout": {}, "autoMerge": False, "version": 0}
    agent = await game.agent()
    assert (await agent.http.put(f"/data-blocks/{game.id}", json=setting)).status_code == 403
    assert (await admin.http.put(f"/data-blocks/{game.id}", json=setting)).json()["version"] == 1
    assert (await admin.http.put(f"/data-blocks/{game.id}", json=setting)).status_code == 409
    evil = {**setting, "version": 1, "frames": [{**setting["frames"][0], "url": "https://x.example/;script-src *"}]}
    assert (await admin.http.put(f"/data-blocks/{game.id}", json=evil)).status_code == 422
    (frame,) = (await agent.get(f"/players/{player}/frames", ticket=ticket))["frames"]
    token = frame["src"].removeprefix("https://tools.example.com:8443/bag?x=1&context=")
    claims = jwt.decode(token, game.secret, algorithms=["HS256"], audience="frame.playerdesk")
    assert (claims["sub"], claims["ticket"], claims["agent"], claims["exp"] - claims["iat"]) == ("frame-a", ticket, agent.id, 300)
    async with httpx.AsyncClient(base_url=desk.address) as http:
        policy = (await http.get("/tickets/mine")).headers["content-security-policy"]
        widget = (await http.get("/widget/")).headers.get("content-security-policy", "")
    assert "frame-src 'self' https://tools.example.com:8443" in policy
    assert "tools.example.com" not in widget


async def test_an_open_card_is_one_view_in_the_audit_log_and_costs_a_few_milliseconds(game):
    _, ticket = await asking(game, "view-a")
    agent = await game.agent()
    player = await player_of(agent, ticket)
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        await agent.get(f"/players/{player}", ticket=ticket)
        taken.append(time.perf_counter() - started)
    print(f"card: best {min(taken) * 1000:.1f} ms, median {sorted(taken)[10] * 1000:.1f} ms over HTTP")
    assert min(taken) < 0.1
    async with game.desk.database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM audit.trace WHERE action = 'player.viewed' AND object_id = $1", str(player)) == 1


async def test_a_vip_manager_is_chosen_by_hand_and_everybody_sees_it(desk, game, other_game):
    _, ticket = await asking(game, "mine-a")
    vip, lead = await game.agent(roles=("vip_manager",)), await game.agent(roles=("lead",))
    player = await player_of(vip, ticket)
    path = f"/players/{player}/manager"
    async with vip.live(f"card:{player}") as line:
        for _ in range(2):
            chosen = await lead.http.put(path, json={"personId": vip.id, "reason": "老客户，熟悉情况"})
            assert chosen.status_code == 204, chosen.text
        await line.event("card")
    assert (await vip.get(f"/players/{player}"))["vipManagerId"] == vip.id
    assert (await lead.http.put(path, json={"personId": lead.id})).json()["error"]["code"] == "not_a_vip_manager"
    assert (await vip.http.put(path, json={"personId": None})).status_code == 403
    foreign = await other_game.agent(roles=("lead",), brand_ids=(other_game.id,))
    assert (await foreign.http.put(path, json={"personId": None})).status_code == 404
    assert (await lead.http.put(path, json={"personId": None})).status_code == 204
    assert (await vip.get(f"/players/{player}"))["vipManagerId"] is None
    async with desk.database.reading() as reader:
        traces = await reader.fetch(
            "SELECT actor_id, before, after, reason FROM audit.trace WHERE action = 'player.manager_chosen' AND object_id = $1 ORDER BY id",
            str(player),
        )
    assert [tuple(each) for each in traces] == [
        (lead.id, {"managerId": None}, {"managerId": vip.id}, "老客户，熟悉情况"),
        (lead.id, {"managerId": vip.id}, {"managerId": None}, ""),
    ]
