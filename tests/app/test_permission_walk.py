"""The permission walk: every route and every stream topic, called by everybody there is."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from playerdesk.kernel import Text
from playerdesk.staff import ALL_PERMISSIONS, PERMISSIONS
from playerdesk.staff.permission_words import PERMISSION_WORDS
from tests.app.desk import AGame, AnAgent, RunningDesk, running_desk
from tests.app.route_access import EXPECTED

NOBODY = 999_999_999
CUSTOM = frozenset({"tickets.read", "tickets.reply", "players.read"})
HOLDS = {role: PERMISSIONS[role] for role in ("agent", "vip_manager", "lead", "admin")} | {"own_eyes": CUSTOM, "vendor_eyes": CUSTOM}
ENDS_THE_SESSION = {"POST /agent/v1/sign-out"}


def routes(desk: RunningDesk) -> dict[str, str]:
    """Every route of the application as the table writes it, and an address of it that names nothing there is."""
    found: dict[str, str] = {}
    for route in desk.server.framework.routes:
        for handler in getattr(route, "route_handlers", ()):
            assert isinstance(handler, HTTPRouteHandler)
            template, path = route.path_format, route.path_format
            for parameter in route.path_components:
                if not isinstance(parameter, str):
                    path = path.replace(f"{{{parameter.name}}}", str(NOBODY) if parameter.type is int else "nothing")
            for method in handler.http_methods - {"OPTIONS"}:
                if not template.startswith("/schema"):
                    found[f"{method} {template}"] = path
    return found


@pytest.fixture(scope="module")
async def walked(module_dsn, tmp_path_factory) -> AsyncIterator[RunningDesk]:
    async with running_desk(module_dsn, tmp_path_factory.mktemp("walk")) as desk:
        async with desk.database.transaction() as tx:
            for key, scope in (("own_eyes", "own"), ("vendor_eyes", "vendor")):
                await tx.execute("INSERT INTO staff.role (key, name, permissions, scope) VALUES ($1, $2, $3, $4)",
                                 key, Text(key, key), sorted(CUSTOM), scope)
        yield desk


async def test_every_permission_has_words_and_every_route_stands_in_the_table(walked):
    assert set(PERMISSION_WORDS) == set(ALL_PERMISSIONS), "words for each"
    known = set(routes(walked))
    assert known - set(EXPECTED) == set(), "say in tests/app/route_access.py who may call these"
    assert set(EXPECTED) - known == set(), "these are gone"


async def test_every_route_is_open_to_those_it_is_for_and_to_nobody_else(walked):
    game = await AGame(walked).set_up()
    people = {role: await game.agent(roles=(role,)) for role in HOLDS}
    token = game.player().http.headers
    batch = {"Authorization": "Bearer forged"}
    wrong: list[str] = []
    async with httpx.AsyncClient(base_url=walked.address) as anybody:
        for name, path in sorted(routes(walked).items()):
            method, access = name.split()[0], EXPECTED[name]
            if access == "public":
                answer = await anybody.request(method, path, json={} if method != "GET" else None)
                # A file is open to whoever has its signed link, which only those get who see the ticket.
                refused = answer.status_code == 403 or (answer.status_code == 401 and '"signed_out"' in answer.text)
                if refused is not path.startswith("/files/"):
                    wrong.append(f"{name}: {answer.status_code} for the public")
                continue
            strangers = [("signed out", {}), ("a forged token", batch)] + ([] if access == "player" else [("a player", token)])
            for who, headers in strangers:
                answer = await anybody.request(method, path, json={}, headers=headers)
                if answer.status_code != 401:
                    wrong.append(f"{name}: {answer.status_code} for {who}")
            if access in ("player", "game"):
                answer = await people["admin"].http.request(method, walked.address + path, json={})
                if answer.status_code != 401:
                    wrong.append(f"{name}: {answer.status_code} for an administrator")
                continue
            for role, agent in people.items():
                allowed = access == "staff" or access in HOLDS[role]
                if allowed and name in ENDS_THE_SESSION:
                    continue
                answer = await agent.http.request(method, walked.address + path, json={})
                refused = answer.status_code == 403 and answer.json()["error"]["code"] == "not_permitted"
                # The door opens; that there is nothing behind it, or that {} is no order, is another matter.
                if refused is allowed or answer.status_code in (401, 500):
                    wrong.append(f"{name}: {answer.status_code} for {role}")
    assert wrong == []


async def a_ticket_of(desk: RunningDesk, game: AGame, agent: AnAgent | None) -> int:
    ticket = (await game.player().ask("登录不了"))["id"]
    if agent is not None:
        async with desk.database.transaction() as tx:
            await tx.execute("UPDATE tickets.ticket SET assignee_id = $2 WHERE id = $1", ticket, agent.id)
    return ticket


@pytest.fixture
async def scene(walked):
    """A vendor's two people, a stranger, and a ticket of each; one more waits in a queue that the first two serve not."""
    game, other = await AGame(walked).set_up(), await AGame(walked).set_up()
    one = await AnAgent.set_up(walked, game.queue, roles=("own_eyes",))
    two = await AnAgent.set_up(walked, roles=("vendor_eyes",))
    stranger = await AnAgent.set_up(walked, other.queue, roles=("agent",))
    async with walked.database.transaction() as tx:
        vendor = await tx.value("INSERT INTO staff.vendor (name) VALUES ($1) RETURNING id", game.key)
        await tx.execute("UPDATE staff.person SET vendor_id = $2 WHERE id = ANY($1::bigint[])", [one.id, two.id], vendor)
    tickets = {
        "one": await a_ticket_of(walked, game, one), "two": await a_ticket_of(walked, game, two),
        "stranger": await a_ticket_of(walked, game, stranger), "waiting": await a_ticket_of(walked, game, None),
        "elsewhere": await a_ticket_of(walked, other, None),
    }
    walked.database.memory.clear()
    return game, other, {"own": one, "vendor": two, "agent": stranger}, tickets


SEES = {"own": {"one", "waiting"}, "vendor": {"one", "two", "waiting"},
        "agent": {"one", "two", "stranger", "waiting", "elsewhere"}}


@pytest.mark.parametrize("who", list(SEES))
async def test_whose_tickets_somebody_sees_is_the_same_everywhere(walked, scene, who):
    _, _, people, tickets = scene
    agent, mine = people[who], set(tickets.values())
    opened = {name for name, each in tickets.items() if (await agent.http.get(f"/tickets/{each}")).status_code == 200}
    assert opened == SEES[who], "an open ticket"
    noted = {name for name, each in tickets.items()
             if (await agent.http.post(f"/tickets/{each}/notes", json={"body": "x", "clientKey": "k"})).status_code == 201}
    assert noted == SEES[who], "a note"
    listed: set[int] = set()
    for view in ("open", "recent", "unassigned"):
        listed |= {row["id"] for row in (await agent.get("/tickets", view=view, limit=200))["rows"]}
    assert {name for name, each in tickets.items() if each in listed & mine} == SEES[who], "the lists"
    players = {}
    async with walked.database.reading() as reader:
        for name, each in tickets.items():
            players[name] = await reader.value("SELECT player_id FROM tickets.ticket WHERE id = $1", each)
    cards = {name for name, each in players.items() if (await agent.http.get(f"/players/{each}")).status_code == 200}
    assert cards == SEES[who], "the players' cards"


@pytest.mark.parametrize("who", list(SEES))
async def test_every_topic_is_heard_by_those_it_is_for(walked, scene, who):
    game, other, people, tickets = scene
    agent = people[who]
    topics = {
        f"agent:{agent.id}": True, f"agent:{NOBODY}": False, "staff": True, f"queue:{game.queue}": True,
        f"brand:{other.id}": True, "board:all": False, f"board:{game.id}": False, "nonsense": False, "ticket:": False,
        f"ticket:{NOBODY}": who == "agent",  # who sees the whole desk may wait for a ticket to come
        **{f"ticket:{each}": name in SEES[who] for name, each in tickets.items()},
    }
    async with agent.live(*topics) as line:
        await line.quiet(0.5)
        refused = {frame["topic"] for frame in line.frames if frame["op"] == "refused"}
    assert refused == {topic for topic, heard in topics.items() if not heard}


async def test_what_goes_out_of_sight_is_heard_no_more(walked, scene):
    _, _, people, tickets = scene
    one, stranger = people["own"], people["agent"]
    ticket = tickets["waiting"]
    async with one.live(f"ticket:{ticket}", ticket=ticket) as line, stranger.live(f"ticket:{ticket}", ticket=ticket) as theirs:
        await stranger.post(f"/tickets/{ticket}/take")
        gone = await line.until(lambda f: f["op"] == "rows" and ticket in f.get("gone", ()))
        assert [row for row in gone["rows"] if row["id"] == ticket] == []
        await stranger.post(f"/tickets/{ticket}/notes", {"body": "机密", "clientKey": "secret"}, 201)
        await theirs.say({"op": "typing", "ticketId": ticket})
        await line.quiet(0.6)
        await line.say({"op": "typing", "ticketId": ticket})
        await theirs.quiet(0.5)
    assert "机密" not in "".join(line.texts)
    assert not any(f.get("kind") == "typing" for f in line.frames)
    assert not any(f.get("kind") == "typing" and f["data"].get("personId") == one.id for f in theirs.frames)


async def test_the_fields_of_a_player_are_masked_by_permission(walked):
    game = await AGame(walked).set_up()
    ticket = (await game.player().ask())["id"]
    async with walked.database.transaction() as tx:
        player = await tx.value("SELECT player_id FROM tickets.ticket WHERE id = $1", ticket)
        await tx.execute("INSERT INTO players.identity (player_id, kind, issuer, value) VALUES ($1, 'phone', '', $2),"
                         " ($1, 'email', '', $3)", player, f"138{player:08}", f"lin{player}@example.com")
        await tx.execute("UPDATE players.player SET spent_total_minor = 64800 WHERE id = $1", player)
        await tx.execute("INSERT INTO staff.role (key, name, permissions, scope) VALUES ('blind', $1, $2, 'brand')"
                         " ON CONFLICT DO NOTHING", Text("x", "x"), ["players.read"])
    walked.database.memory.clear()
    for role, phone, email, spend in (
        ("agent", False, False, True), ("vip_manager", True, True, True), ("lead", True, True, True), ("admin", True, True, True),
        ("blind", False, False, False),
    ):
        agent = await game.agent(roles=(role,))
        card = await agent.get(f"/players/{player}")
        shown = {each["kind"]: each["value"] for each in card["identities"]}
        assert ("****" not in shown["phone"], "****" not in shown["email"]) == (phone, email), role
        assert ((card["spentTotalMinor"] == 64800), card["spentTotalMinor"] is None) == (spend, not spend), role


async def test_a_session_that_ends_cuts_its_screen_off_within_five_seconds(walked):
    game = await AGame(walked).set_up()
    admin, agent = await game.agent(roles=("admin",)), await game.agent()
    ticket = await a_ticket_of(walked, game, agent)
    async with agent.live(f"ticket:{ticket}") as line:
        assert (await agent.get("/me"))["id"] == agent.id
        work = await admin.get(f"/people/{agent.id}/work")
        assert work == {"tickets": 1, "players": 0}
        done = await admin.post(f"/people/{agent.id}/suspend", {}, 200)
        assert done["suspendedAt"] is not None
        async with asyncio.timeout(5):
            await line.connection.wait_closed()
    assert line.connection.close_code == 4401
    assert (await agent.http.get("/me")).status_code == 401
    async with walked.database.reading() as reader:
        assert await reader.value("SELECT assignee_id FROM tickets.ticket WHERE id = $1", ticket) is None
