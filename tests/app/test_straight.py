"""The hot routes answered straight: to the byte what the framework would have answered."""

import json

import httpx
import pytest
from litestar import Litestar, Request, Response, Router, get
from litestar.params import FromPath

from playerdesk.app.player_sight import player_sight
from playerdesk.kernel import Forbidden, Text
from playerdesk.kernel.http import EXCEPTION_HANDLERS, Access, answer, public
from playerdesk.kernel.straight import Straight
from tests.given import number


@pytest.fixture
async def both(desk):
    """The application with the short way and without it, over the same database."""
    straight = desk.app.app
    assert isinstance(straight, Straight)
    transports = [httpx.ASGITransport(app) for app in (straight, desk.server.framework)]
    return [httpx.AsyncClient(transport=each, base_url="http://desk") for each in transports]


async def same(both, method, path, **request):
    """Both answers, which must be one; without what differs by itself."""
    answers = [await client.request(method, path, **request) for client in both]
    first, second = ((a.status_code, a.headers["content-type"], _without_ids(a)) for a in answers)
    assert first == second
    return answers[0]


def _without_ids(answer):
    body = answer.json() if answer.content else None
    if isinstance(body, dict) and "error" in body:
        body["error"].pop("requestId")
    if isinstance(body, dict):
        body.pop("cursor", None)  # how far the log has been read moves on between the two
    return body


async def test_every_marked_route_has_a_guard_and_is_known(desk):
    straight = desk.app.app
    routes = [*straight._fixed.values(), *straight._others]
    assert len(routes) >= 5
    for route in routes:
        assert [guard for guard in route.guards if isinstance(guard, Access)], route.template


async def test_a_player_asks_and_says_more(desk, game, both):
    headers = {"authorization": f"Bearer {game.token()}", "idempotency-key": f"k{number()}"}
    ask = {"category": "other", "body": "充值没有到账"}
    opened = await both[0].post("/player/v1/tickets", json=ask, headers=headers)
    assert opened.status_code == 201
    again = await same(both, "POST", "/player/v1/tickets", json=ask, headers=headers)
    assert again.status_code == 200
    path = f"/player/v1/tickets/{again.json()['id']}/messages"
    said = {"body": "还在吗", "clientKey": "m1"}
    assert (await both[0].post(path, json=said, headers=headers)).status_code == 201
    assert (await same(both, "POST", path, json=said, headers=headers)).status_code == 200
    for body in ({}, {"body": 7, "clientKey": "m"}, {"body": "", "clientKey": "m2"}, [], None, {"body": "x" * 70_000, "clientKey": "m3"}):
        assert (await same(both, "POST", path, json=body, headers=headers)).status_code in (413, 422)
    assert (await same(both, "POST", path, content=b"\xff{", headers=headers)).status_code == 422
    assert (await same(both, "POST", "/player/v1/tickets/999999999/messages", json=said, headers=headers)).status_code == 404
    assert (await same(both, "POST", "/player/v1/tickets", json=ask, headers={"authorization": "Bearer no"})).status_code == 401
    assert (await same(both, "POST", "/player/v1/tickets", json={**ask, "category": "none"}, headers=headers)).status_code == 422
    english = await same(both, "POST", "/player/v1/tickets", json={**ask, "category": "none"}, headers={**headers, "accept-language": "en"})
    assert english.json()["error"]["message"].isascii()


async def test_an_agent_looks_at_lists_and_tickets(desk, game, both):
    agent = await game.agent()
    cookies = "; ".join(f"{name}={value}" for name, value in agent.http.cookies.items())
    headers = {"cookie": cookies, "x-csrf-token": agent.http.headers["x-csrf-token"]}
    mine = (await game.player().ask())["id"]
    assert (await same(both, "GET", f"/agent/v1/tickets/{mine}", headers=headers)).status_code == 200
    assert (await same(both, "GET", "/agent/v1/tickets?view=queue&limit=1", headers=headers)).status_code == 200
    for query in ("", "?view=open", "?view=open&limit=2", "?view=none", "?limit=many", "?queue=x", "?view=open&view=mine",
                  "?view=drill", "?after=nonsense", "?view=person&assignee=1", "?day=2026-13-01", "?%ff=1", "?view=%E4%B8%AD"):
        await same(both, "GET", f"/agent/v1/tickets{query}", headers=headers)
        await same(both, "GET", f"/agent/v1/tickets{query}")
    for ticket_id in ("1", "0", "999999999", "9" * 30, "x", "-1"):
        await same(both, "GET", f"/agent/v1/tickets/{ticket_id}", headers=headers)
    reply = {"body": "您好", "baseSeq": 1, "clientKey": "r1"}
    assert (await both[0].post(f"/agent/v1/tickets/{mine}/replies", json=reply, headers=headers)).status_code == 201
    assert (await same(both, "POST", f"/agent/v1/tickets/{mine}/replies", json=reply, headers=headers)).status_code == 200
    stale = {"body": "请稍等", "baseSeq": 0, "clientKey": "r2"}
    assert (await same(both, "POST", f"/agent/v1/tickets/{mine}/replies", json=stale, headers=headers)).status_code == 409
    refused = await same(both, "POST", f"/agent/v1/tickets/{mine}/replies", json=reply, headers={"cookie": headers["cookie"]})
    assert refused.status_code == 403
    foreign = await same(both, "POST", f"/agent/v1/tickets/{mine}/replies", json=reply, headers={**headers, "origin": "http://evil"})
    assert json.loads(foreign.content)["error"]["code"] == "foreign_page"


async def test_who_may_not_open_a_players_card_may_not_the_short_way_either(desk, game, other_game, both):
    lead = await other_game.agent(brand_ids=(other_game.id,))
    player = await game.player().ask()
    whose = (await (await game.agent()).get(f"/tickets/{player['id']}"))["ticket"]["playerId"]
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in lead.http.cookies.items())}
    assert (await same(both, "GET", f"/agent/v1/players/{whose}", headers=headers)).status_code == 404
    for route in (*desk.app.app._fixed.values(), *desk.app.app._others):
        assert player_sight in route.guards, route.template


@pytest.mark.parametrize("layer", ["app", "router"])
async def test_a_guard_of_any_layer_is_asked(layer):
    """What stands guard over all routes stands guard over the straight ones: the framework would ask it, too."""
    asked = []

    async def never(connection, handler):
        asked.append((handler.name, connection.path_params))
        raise Forbidden("shut", Text("不开放", "Not open"))

    @get("/things/{thing_id:int}", guards=[public], straight=True, name="things")
    async def things(request: Request, thing_id: FromPath[int]) -> Response[int]:
        return answer(thing_id)

    guards = {layer: [never]}
    framework = Litestar(
        [Router("/of", route_handlers=[things], guards=guards.get("router", []))], guards=guards.get("app", []),
        exception_handlers=EXCEPTION_HANDLERS, logging_config=None,
    )
    client = httpx.AsyncClient(transport=httpx.ASGITransport(Straight(framework, {}, [])), base_url="http://desk")
    refused = await client.get("/of/things/7")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "shut")
    assert asked == [("things", {"thing_id": 7})]
