"""The audit log as a person meets it: what is in it, who may see what of it, as a page and as a file."""

import asyncio
import csv
import io
import json

import httpx

from playerdesk.audit import Trace, jobs, record
from playerdesk.staff import add_person
from tests.app.test_ticket_traces import all_of
from tests.given import number

PICTURE = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


async def write(desk, *traces):
    async with desk.database.transaction() as tx:
        await record(tx, *traces)


def a_trace(object_id, **changes):
    return Trace(**{"actor_id": 1, "action": "macro.changed", "kind": "macro", "object_id": str(object_id), **changes})


async def lead(game, **facts):
    return await game.agent(roles=("agent", "lead"), **facts)


async def found(agent, **query):
    return [each["objectId"] for each in (await agent.get("/audit/traces", **query))["rows"]]


async def until(question, timeout=3.0):
    """The answer, once there is one; some of it is written a moment later."""
    ends = asyncio.get_running_loop().time() + timeout
    while True:
        answer = await question()
        if answer or asyncio.get_running_loop().time() > ends:
            return answer
        await asyncio.sleep(0.05)


async def test_looking_at_a_player_is_traced_once_in_a_while_and_before_she_is_shown(desk, game):
    agent, player = await game.agent(), game.player()
    ticket = await player.ask()
    player_id = (await agent.get(f"/tickets/{ticket['id']}"))["ticket"]["playerId"]
    for _ in range(3):
        await agent.get(f"/players/{player_id}")
    (seen,) = await all_of(desk, "player", player_id)
    assert (seen["action"], seen["actor_id"], seen["brand_id"], seen["ip"]) == ("player.viewed", agent.id, game.id, "127.0.0.1")
    colleague = await game.agent()
    await colleague.get(f"/players/{player_id}")
    assert [each["actor_id"] for each in await all_of(desk, "player", player_id)] == [agent.id, colleague.id]


async def test_looking_at_a_ticket_is_traced_without_waiting(desk, game):
    agent = await game.agent()
    ticket = (await game.player().ask())["id"]
    for _ in range(3):
        await agent.get(f"/tickets/{ticket}")

    async def looks():
        return [each for each in await all_of(desk, "ticket", ticket) if each["action"] == "ticket.viewed"]

    (seen,) = await until(looks)
    assert (seen["actor_id"], seen["brand_id"]) == (agent.id, game.id)
    refused = await game.agent(brand_ids=(999_999,))
    assert (await refused.http.get(f"/tickets/{ticket}")).status_code == 404
    await asyncio.sleep(0.3)
    assert len(await looks()) == 1, "nobody has seen what was refused"


async def test_whoever_takes_a_file_from_the_desk_is_traced(desk, game):
    agent = await game.agent()
    ticket = (await game.player().ask())["id"]
    upload = await agent.http.post("/files", files={"file": ("流水.pdf", PICTURE, "application/pdf")})
    assert upload.status_code == 201, upload.text
    file = upload.json()
    await agent.post(f"/tickets/{ticket}/notes", {"body": "见附件", "clientKey": "f", "attachments": [file["id"]]})
    async with httpx.AsyncClient(base_url=desk.address) as stranger:
        assert (await stranger.get(file["url"])).status_code == 401
        assert await all_of(desk, "file", file["id"]) == []
        session = f"playerdesk_session={agent.http.cookies['playerdesk_session']}"
        assert (await stranger.get(file["url"], headers={"Cookie": session})).status_code == 200
    (seen,) = await all_of(desk, "file", file["id"])
    assert (seen["action"], seen["actor_id"], seen["after"]) == (
        "file.downloaded", agent.id, {"name": "流水.pdf", "ticketId": ticket},
    )


async def test_coming_failing_and_leaving_are_traced(desk):
    async with desk.database.transaction() as tx:
        person = await add_person(tx, f"lin.trace{number()}", "林若曦", "correct horse battery")
        login = await tx.value("SELECT login FROM staff.person WHERE id = $1", person)
    async with httpx.AsyncClient(base_url=desk.address + "/agent/v1") as http:
        assert (await http.post("/sign-in", json={"login": login, "password": "wrong"})).status_code == 401
        assert (await http.post("/sign-in", json={"login": "my-password-by-mistake", "password": "x"})).status_code == 401
        assert (await http.post("/sign-in", json={"login": login, "password": "correct horse battery"})).status_code == 200
        token = http.cookies["playerdesk_csrf"]
        assert (await http.post("/sign-out", headers={"X-CSRF-Token": token})).status_code < 300
    traces = await all_of(desk, "person", person)
    assert [each["action"] for each in traces] == ["person.sign_in_failed", "person.signed_in", "person.signed_out"]
    async with desk.database.reading() as reader:
        kept = await reader.value("SELECT string_agg(after::text, ' ') FROM audit.trace WHERE action = 'person.sign_in_failed'")
    assert "mistake" not in kept


async def test_a_lead_of_some_games_sees_their_traces_only(desk, game, other_game):
    mine, theirs, nobodys = f"m{number()}", f"t{number()}", f"n{number()}"
    await write(desk, a_trace(mine, brand_id=game.id), a_trace(theirs, brand_id=other_game.id), a_trace(nobodys))
    everybody, hers = await lead(game), await lead(game, brand_ids=(game.id,))
    assert {mine, theirs, nobodys} <= set(await found(everybody, limit=200))
    seen = await found(hers, limit=200)
    assert mine in seen
    assert not {theirs, nobodys} & set(seen)
    assert await found(hers, brand=other_game.id) == []
    assert await found(hers, kind="macro", objectId=theirs) == []
    text = (await hers.http.get("/audit/export", params={"shape": "jsonl"})).text
    assert mine in text
    assert theirs not in text
    agent = await game.agent()
    for path in ("/audit/traces", "/audit/chain", "/audit/export"):
        assert (await agent.http.get(path)).json()["error"]["permission"] == "audit.read"
    assert (await agent.http.post("/audit/verify")).status_code == 403


async def test_traces_are_found_by_person_object_action_time_text_and_request(desk, game):
    one, two = f"x{number()}", f"x{number()}"
    await write(
        desk, a_trace(one, actor_id=71, kind="view", action="view.shared", after={"name": "退款待办"}, reason="主管要求"),
        a_trace(two, actor_id=72, kind="view", action="view.removed", before={"name": "Refund queue"}),
    )
    agent = await lead(game)
    row = (await agent.get("/audit/traces", objectId=one))["rows"][0]
    for query in (
        {"actor": 71}, {"kind": "view", "objectId": one}, {"action": "view.shared"}, {"text": "退款"}, {"text": "主管"},
        {"text": "款待", "kind": "view"}, {"actor": 71, "since": row["at"]}, {"inRequest": row["requestId"], "objectId": one},
    ):
        assert await found(agent, **query) == [one], query
    assert await found(agent, text="refund QUEUE") == [two]
    assert await found(agent, actor=71, until=row["at"]) == []
    assert await found(agent, actor=71, actorKind="player") == []
    for query, field in (({"text": "，。"}, "text"), ({"after": "x"}, "after"), ({"actor": "x"}, None), ({"since": "gestern"}, None)):
        refused = await agent.http.get("/audit/traces", params=query)
        assert refused.status_code == 422, (query, refused.text)
        assert field is None or field in refused.json()["error"]["fields"]


async def test_pages_follow_each_other_without_a_gap_or_a_double(desk, game):
    name = f"kind{number()}"
    for start in range(0, 60, 20):
        await write(desk, *(a_trace(start + i, kind=name, brand_id=game.id) for i in range(20)))
        if start == 20:
            await jobs.seal_all(desk.database, desk.server.settings.data_dir)
    for agent in (await lead(game), await lead(game, brand_ids=(game.id,))):
        seen, after = [], None
        while True:
            page = await agent.get("/audit/traces", kind=name, limit=7, **({"after": after} if after else {}))
            seen += [int(each["objectId"]) for each in page["rows"]]
            after = page["next"]
            if after is None:
                break
        assert sorted(seen) == list(range(60))
        assert [each // 20 for each in seen] == [2] * 20 + [1] * 20 + [0] * 20


async def test_personal_data_in_a_trace_is_masked_like_everywhere(desk, game):
    one = f"p{number()}"
    await write(desk, a_trace(one, kind="player", action="player.edited", before={"phone": "13812348000"}, after={
        "identities": [{"kind": "id_number", "value": "110101199003074514"}], "phone": "13900001111"}))
    agent, admin = await lead(game), await game.agent(roles=("admin",))
    shown = (await agent.get("/audit/traces", objectId=one))["rows"][0]
    assert shown["before"] == {"phone": "13812348000"}
    assert shown["after"]["identities"][0]["value"] == "1****4"
    assert "110101199003074514" not in (await agent.http.get("/audit/export", params={"objectId": one})).text
    assert (await admin.get("/audit/traces", objectId=one))["rows"][0]["after"]["identities"][0]["value"] == "110101199003074514"
    assert await found(admin, text="13812348000") == [], "nobody can feel for a number by searching for it"


async def test_a_file_of_traces_has_the_hashes_and_runs_nothing(desk, game):
    name = f"kind{number()}"
    await write(desk, a_trace(1, kind=name, reason="=HYPERLINK(\"http://evil\")"), *(a_trace(i, kind=name) for i in range(2, 1203)))
    await jobs.seal_all(desk.database, desk.server.settings.data_dir)
    agent = await lead(game)
    table = (await agent.http.get("/audit/export", params={"kind": name})).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["objectId"] for row in rows] == [str(i) for i in range(1202, 0, -1)]
    assert rows[-1]["reason"].startswith("'=")
    assert all(len(row["hash"]) == 64 for row in rows)
    lines = (await agent.http.get("/audit/export", params={"kind": name, "shape": "jsonl"})).text.splitlines()
    assert [json.loads(line)["objectId"] for line in lines] == [row["objectId"] for row in rows]
    exported = await all_of(desk, "audit", "export")
    assert [each["after"]["kind"] for each in exported if each["after"].get("kind") == name] == [name, name]


async def test_reading_the_log_is_traced(desk, game):
    agent = await lead(game)
    await agent.get("/audit/traces", actor=4711)

    async def looks():
        return [
            each for each in await all_of(desk, "audit", '{"actor_id":4711}') if each["actor_id"] == agent.id
        ]

    (seen,) = await until(looks)
    assert (seen["action"], seen["after"]) == ("audit.viewed", {"actor_id": 4711})


async def test_the_state_of_the_chains_and_a_walk_by_button(desk, game, tmp_path):
    agent = await lead(game)
    await write(desk, a_trace(1))
    assert (await agent.get("/audit/chain"))["waiting"] >= 1
    await jobs.seal_all(desk.database, tmp_path)
    state = await agent.get("/audit/chain")
    assert state["waiting"] == 0
    assert [book["book"] for book in state["books"]] == ["changes", "views"]
    asked = await agent.post("/audit/verify", status=202)
    assert asked["underWay"]["askedBy"] == agent.id
    await jobs.walk(desk.database, tmp_path)
    state = await agent.get("/audit/chain")
    assert state["underWay"] is None
    assert [report["finding"] for report in state["verified"]["reports"]] == [None, None]
    assert state["verified"]["reports"][0]["last"] >= 1
