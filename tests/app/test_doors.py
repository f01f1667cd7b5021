"""Who may come in: every route says so, and means it."""

import asyncio

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from playerdesk.kernel.http import Access
from playerdesk.staff import add_person
from tests.app.desk import AnAgent


def handlers(desk):
    """Every route of the application: (method, path with numbers in it, what guards it)."""
    for route in desk.server.framework.routes:
        for handler in getattr(route, "route_handlers", ()):
            assert isinstance(handler, HTTPRouteHandler)
            path = route.path_format
            for parameter in route.path_components:
                if not isinstance(parameter, str):
                    path = path.replace(f"{{{parameter.name}}}", "1")
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield method, path, [guard for guard in handler.guards or () if isinstance(guard, Access)]


async def test_every_route_says_who_may_call_it(desk):
    open_ones = {f"{method} {path}" for method, path, guards in handlers(desk) if not guards}
    assert {each for each in open_ones if not each.startswith("GET /schema")} == set()
    prefixes = {"staff": "/agent/v1/", "player": "/player/v1/", "game": "/game/v1/"}
    for _, path, (guard,) in [each for each in handlers(desk) if each[2]]:
        assert guard.kind == "public" or path.startswith(prefixes[guard.kind])


async def test_what_is_public_is_known_by_name(desk):
    public = {path for _, path, guards in handlers(desk) if guards and guards[0].kind == "public"}
    assert public == {
        "/agent/v1/sign-in", "/agent/v1/sign-in/second", "/agent/v1/sign-in/passkey", "/agent/v1/sign-in/passkey/challenge",
        "/agent/v1/sign-in/ways", "/agent/v1/sign-in/oidc", "/agent/v1/sign-in/oidc/callback", "/agent/v1/welcome",
        "/agent/v1/welcome/password", "/agent/v1/demo-accounts", "/files/1", "/healthz", "/readyz", "/metrics",
    }


@pytest.mark.parametrize("prefix", ["/agent/v1/", "/player/v1/", "/game/v1/"])
async def test_nobody_gets_anywhere_without_saying_who_she_is(desk, prefix):
    async with httpx.AsyncClient(base_url=desk.address) as http:
        tried = 0
        for method, path, guards in handlers(desk):
            if not path.startswith(prefix) or guards[0].kind == "public":
                continue
            answer = await http.request(method, path, json={})
            assert answer.status_code == 401, f"{method} {path} answered {answer.status_code}"
            assert answer.json()["error"]["message"]
            tried += 1
    assert tried >= {"/agent/v1/": 20, "/player/v1/": 12, "/game/v1/": 1}[prefix]


async def test_a_token_of_one_door_opens_no_other(desk, game):
    player, agent = game.player(), await game.agent()
    async with httpx.AsyncClient(base_url=desk.address) as http:
        for path in ("/agent/v1/tickets", "/agent/v1/me"):
            assert (await http.get(path, headers=player.http.headers)).status_code == 401
        headers = {"Cookie": f"playerdesk_session={agent.http.cookies['playerdesk_session']}"}
        assert (await http.get("/player/v1/session", headers=headers)).status_code == 401
        assert (await http.post("/game/v1/batch", json={"records": []}, headers=player.http.headers)).status_code == 401


async def test_figures_are_for_those_who_lead(desk, game):
    agent, lead = await game.agent(), await game.agent(roles=("agent", "lead"))
    for path, query in (("/board", {}), ("/tickets", {"view": "drill", "metric": "opened", "day": "2026-11-22"})):
        refused = await agent.http.get(path, params=query)
        assert (refused.status_code, refused.json()["error"]["permission"]) == (403, "board.see"), refused.text
        assert (await lead.http.get(path, params=query)).status_code == 200
    async with agent.live("board:all", f"board:{game.id}") as line:
        refused = {(await line.until(lambda f: f["op"] == "refused"))["topic"] for _ in range(2)}
        assert refused == {"board:all", f"board:{game.id}"}
    async with lead.live("board:all") as line:
        assert (await line.until(lambda f: f["op"] == "board"))["board"]["day"]


async def test_signing_in_from_a_browser_and_out_again(desk):
    async with desk.database.transaction() as tx:
        await add_person(tx, "lin.door", "林若曦", "correct horse battery")
    async with httpx.AsyncClient(base_url=desk.address) as http:
        wrong = await http.post("/agent/v1/sign-in", json={"login": "lin.door", "password": "nope"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "wrong_credentials")
        right = await http.post("/agent/v1/sign-in", json={"login": "Lin.Door ", "password": "correct horse battery"})
        assert (right.status_code, right.json()["login"]) == (200, "lin.door")
        proof = {"X-CSRF-Token": http.cookies["playerdesk_csrf"]}
        assert (await http.get("/agent/v1/tickets")).status_code == 200
        for headers in ({}, {"X-CSRF-Token": "guess"}, {**proof, "Origin": "https://evil.example"}):
            refused = await http.post("/agent/v1/tickets/next", headers=headers)
            assert (refused.status_code, bool(refused.json()["error"]["message"])) == (403, True)
        assert (await http.post("/agent/v1/tickets/next", headers=proof)).status_code == 204
        own = {**proof, "Origin": desk.address}
        assert (await http.post("/agent/v1/sign-out", headers=own)).status_code == 204
        assert (await http.get("/agent/v1/me")).status_code == 401


async def test_guessing_passwords_is_slowed_down(desk):
    async with httpx.AsyncClient(base_url=desk.address) as http:
        answers = [
            (await http.post("/agent/v1/sign-in", json={"login": "nobody.here", "password": "x"})).status_code for _ in range(6)
        ]
        assert answers == [401] * 5 + [429]
        refused = await http.post("/agent/v1/sign-in", json={"login": "nobody.here", "password": "x"})
        assert refused.json()["error"]["retryAfterSeconds"] > 0


async def test_a_socket_is_opened_from_our_own_pages_by_people_who_are_signed_in_only(desk, game):
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed, InvalidStatus

    agent = await game.agent()
    address = f"ws://127.0.0.1:{desk.port}/agent/v1/live"
    cookie = {"Cookie": f"playerdesk_session={agent.http.cookies['playerdesk_session']}"}
    with pytest.raises(InvalidStatus):
        await connect(address, additional_headers=cookie, origin="https://evil.example")
    async with connect(address) as signed_out:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(signed_out.recv(), 3)
        assert closed.value.rcvd.code == 4401
    async with connect(address, additional_headers=cookie, origin=desk.address) as own:
        assert '"ready"' in await asyncio.wait_for(own.recv(), 3)


async def test_the_public_interfaces_are_described_and_can_be_tried(desk):
    async with httpx.AsyncClient(base_url=desk.address) as http:
        document = (await http.get("/schema/openapi.json")).json()
        page = await http.get("/schema")
    paths = set(document["paths"])
    assert document["openapi"].startswith("3.")
    assert {"/player/v1/session", "/player/v1/tickets", "/player/v1/tickets/{ticket_id}/messages", "/player/v1/updates",
            "/player/v1/files", "/game/v1/batch"} <= paths
    assert (page.status_code, "text/html" in page.headers["content-type"]) == (200, True)


async def test_the_desk_tells_whether_it_is_well(desk):
    async with httpx.AsyncClient(base_url=desk.address) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json()["database"] == "ok"
        await http.get("/player/v1/session")
        figures = (await http.get("/metrics")).text
    assert "playerdesk_" in figures
    assert "/player/v1/session" in figures


async def test_every_answer_has_an_id_that_errors_repeat(desk):
    async with httpx.AsyncClient(base_url=desk.address) as http:
        lost = await http.get("/agent/v1/nowhere")
    assert lost.status_code == 404
    assert lost.json()["error"]["requestId"] == lost.headers["x-request-id"]


async def test_a_game_s_page_may_ask_from_anywhere_and_the_workspace_may_not(desk, game):
    async with httpx.AsyncClient(base_url=desk.address) as http:
        headers = {"Origin": "https://game.example", "Access-Control-Request-Method": "POST",
                   "Access-Control-Request-Headers": "authorization, idempotency-key, content-type"}
        allowed = await http.options("/player/v1/tickets", headers=headers)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, "*")
        assert "access-control-allow-credentials" not in allowed.headers


# -- brands

@pytest.fixture
async def strangers_ticket(game, other_game):
    """A ticket of one game, and an agent of the other."""
    ticket = await game.player().ask("我的号被盗了")
    agent = await AnAgent.set_up(game.desk, game.queue, other_game.queue, brand_ids=(other_game.id,), roles=("agent", "lead"))
    return ticket["id"], agent


async def test_an_agent_of_one_game_finds_no_ticket_of_another_in_any_list(game, other_game, strangers_ticket):
    ticket, agent = strangers_ticket
    own = (await other_game.player().ask())["id"]
    for view in ("open", "recent", "unassigned", "queue", "player"):
        async with game.desk.database.reading() as reader:
            player = await reader.value("SELECT player_id FROM tickets.ticket WHERE id = $1", ticket)
        found = await agent.get("/tickets", view=view, queue=game.queue, player=player, limit=200)
        assert ticket not in [row["id"] for row in found["rows"]], view
        assert {row["brandId"] for row in found["rows"]} <= {other_game.id}
    assert (await agent.get("/tickets", view="recent", brand=game.id))["rows"] == []
    assert own in [row["id"] for row in (await agent.get("/tickets", view="recent"))["rows"]]


async def test_an_agent_of_one_game_can_do_nothing_to_a_ticket_of_another(game, strangers_ticket):
    ticket, agent = strangers_ticket
    file = {"body": "x", "clientKey": "k", "baseSeq": 1}
    for method, path, body in (
        ("GET", "", None), ("GET", "/entries", None), ("POST", "/replies", file), ("POST", "/notes", file),
        ("POST", "/read", {"seq": 1}), ("PATCH", "", {"priority": 0}), ("POST", "/assign", {"personId": agent.id}),
        ("POST", "/take", {}), ("POST", "/hand-off", {"queueId": game.queue}), ("POST", "/resolve", {"solution": "x"}),
        ("POST", "/reopen", {}),
    ):
        answer = await agent.http.request(method, f"/tickets/{ticket}{path}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_such_ticket"), f"{method} {path}"
    assert (await agent.http.post("/tickets/next")).status_code == 204


async def test_an_agent_of_one_game_hears_nothing_of_a_ticket_of_another(game, other_game, strangers_ticket):
    ticket, agent = strangers_ticket
    colleague = await game.agent()
    topics = [f"ticket:{ticket}", f"brand:{game.id}", f"queue:{game.queue}", f"board:{game.id}"]
    async with agent.live(*topics, f"brand:{other_game.id}") as line, colleague.live(f"ticket:{ticket}", ticket=ticket) as hers:
        await hers.say({"op": "typing", "ticketId": ticket})
        await colleague.reply(ticket, "您好，密码是机密")
        await colleague.post(f"/tickets/{ticket}/notes", {"body": "疑似盗号", "clientKey": "n"})
        await hers.event("entry")
        await line.quiet(1.3)
    heard = [frame for frame in line.frames if frame["op"] not in ("ready", "counters")]
    refused = {frame["topic"] for frame in heard if frame["op"] == "refused"}
    assert {f"ticket:{ticket}", f"brand:{game.id}", f"board:{game.id}"} <= refused
    assert [frame for frame in heard if frame["op"] == "event" and frame["kind"] != "presence"] == []
    assert [row for frame in heard if frame["op"] == "rows" for row in frame["rows"]] == []
    assert "机密" not in "".join(line.texts)


async def test_a_player_of_another_game_is_not_there(game, other_game, strangers_ticket):
    ticket, agent = strangers_ticket
    async with game.desk.database.transaction() as tx:
        player = await tx.value("SELECT player_id FROM tickets.ticket WHERE id = $1", ticket)
    for path in ("", "/contacts", "/ratings", "/live-fields", "/frames"):
        assert (await agent.http.get(f"/players/{player}{path}")).status_code == 404, path
    colleague = await game.agent()
    assert [row["id"] for row in (await colleague.get(f"/players/{player}"))["pastTickets"]] == [ticket]
