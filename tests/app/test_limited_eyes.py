"""Who sees a part of the desk: what is counted, opened and managed is that part, for every kind of scope."""

import asyncio

import pytest

from playerdesk.insights.jobs import digest_news
from playerdesk.kernel import Text, now
from tests.app.desk import AnAgent
from tests.given import number

ABLE = [
    "tickets.read", "tickets.reply", "tickets.resolve", "players.read", "board.see", "people.manage", "audit.read",
]
SCOPES = ("own", "team", "department", "vendor")


@pytest.fixture
async def tree(desk, game):
    """A lead with a teammate, somebody below her, one in a department under hers, one of her vendor, and a stranger."""
    async with desk.database.transaction() as tx:
        for scope in SCOPES:
            await tx.execute(
                "INSERT INTO staff.role (key, name, permissions, scope) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                f"lead_{scope}", Text(scope, scope), ABLE, scope,
            )
        await tx.execute(
            "INSERT INTO staff.role (key, name, permissions, scope) VALUES ('worker', $1, $2, 'own') ON CONFLICT DO NOTHING",
            Text("x", "x"), ABLE[:3],
        )
        above = await tx.value("INSERT INTO staff.department (name) VALUES ($1) RETURNING id", Text(f"部门 {number()}", "x"))
        under = await tx.value("INSERT INTO staff.department (name, parent_id) VALUES ($1, $2) RETURNING id", Text(f"部门 {number()}", "x"), above)
        team = await tx.value("INSERT INTO staff.team (name, department_id) VALUES ($1, $2) RETURNING id", Text(f"组 {number()}", "x"), above)
        vendor = await tx.value("INSERT INTO staff.vendor (name) VALUES ($1) RETURNING id", f"外包 {number()}")
    desk.database.memory.clear()
    people = {
        name: await AnAgent.set_up(desk, game.queue, roles=("worker",)) for name in ("lead", "mate", "below", "under", "vendor", "stranger")
    }
    async with desk.database.transaction() as tx:
        for name, column, value in (
            ("lead", "team_id", team), ("lead", "department_id", above), ("lead", "vendor_id", vendor), ("mate", "team_id", team),
            ("below", "superior_id", people["lead"].id), ("under", "department_id", under), ("vendor", "vendor_id", vendor),
        ):
            await tx.execute(f"UPDATE staff.person SET {column} = $2 WHERE id = $1", people[name].id, value)
    tickets = {}
    for name, person in people.items():
        tickets[name] = (await game.player().ask(name))["id"]
        await person.post(f"/tickets/{tickets[name]}/take")
    return people, tickets


REACHES = {
    "own": {"lead"}, "team": {"lead", "mate", "below"}, "department": {"lead", "mate", "below", "under"},
    "vendor": {"lead", "mate", "below", "under", "vendor"},
}


async def put_on(desk, person, *roles, brands=None):
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET roles = $2 WHERE id = $1", person.id, list(roles))
        if brands is not None:
            await tx.execute("UPDATE staff.person SET brand_ids = $2 WHERE id = $1", person.id, list(brands))
    desk.database.memory.clear()


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_scope_is_the_same_in_lists_people_and_the_board(desk, game, tree, scope):
    people, tickets = tree
    for name, person in people.items():
        await person.post(f"/tickets/{tickets[name]}/resolve", {"solution": "好"})
    for _ in range(2):
        await digest_news(desk.database)
    lead = people["lead"]
    await put_on(desk, lead, f"lead_{scope}")
    seen = {name for name, each in tickets.items() if (await lead.http.get(f"/tickets/{each}")).status_code == 200}
    assert seen == REACHES[scope]
    managed = {each["id"] for each in (await lead.get("/organisation"))["people"]}
    assert {name for name, each in people.items() if each.id in managed} == REACHES[scope]
    shown = await lead.get("/board", brand=str(game.id))
    assert {each["personId"] for each in shown["agents"]} & {each.id for each in people.values()} == {people[n].id for n in REACHES[scope]}
    assert (shown["total"]["resolved"], shown["total"]["opened"]) == (len(REACHES[scope]), len(REACHES[scope]))
    assert sum(each["figures"]["resolved"] for each in shown["hours"]) == len(REACHES[scope])
    behind = await lead.get("/tickets", view="drill", metric="resolved", day=shown["day"], brand=game.id, limit=200)
    assert {each["id"] for each in behind["rows"]} == {tickets[name] for name in REACHES[scope]}, "a figure opens what it counts"
    await put_on(desk, lead, "lead")
    whole = await lead.get("/board", brand=str(game.id))
    assert whole["total"]["resolved"] == len(people), "without a limit it is the brand's number"
    assert whole["total"]["firstResponses"] == 0


async def test_the_boards_waits_are_those_of_her_tickets_only(desk, game, tree):
    people, tickets = tree
    await people["lead"].reply(tickets["lead"], "您好")
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET waiting_since = now() - interval '1 hour' WHERE id = $1", tickets["stranger"])
    await people["stranger"].reply(tickets["stranger"], "您好")
    for _ in range(2):
        await digest_news(desk.database)
    await put_on(desk, people["lead"], "lead_team")
    mine = (await people["lead"].get("/board", brand=str(game.id)))["total"]
    assert (mine["firstResponses"], mine["firstResponseP90"] < 60, mine["firstResponseAverage"] < 60) == (1, True, True)


PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx"
    b"\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def test_a_file_s_link_opens_nothing_that_has_gone_out_of_her_sight(desk, game, other_game):
    agent, ticket = await game.agent(), (await game.player().ask())["id"]
    upload = await agent.http.post("/files", files={"file": ("流水.png", PICTURE, "image/png")})
    file = upload.json()
    session = {"Cookie": f"playerdesk_session={agent.http.cookies['playerdesk_session']}"}
    mine = await agent.http.get(desk.address + file["url"], headers=session)
    assert mine.status_code == 200, "her own upload, sent in no ticket yet"
    await agent.post(f"/tickets/{ticket}/notes", {"body": "见附件", "clientKey": "f", "attachments": [file["id"]]})
    assert (await agent.http.get(desk.address + file["url"], headers=session)).status_code == 200
    await put_on(desk, agent, "agent", brands=[other_game.id])
    for link in filter(None, (file["url"], file["thumbnailUrl"])):
        gone = await agent.http.get(desk.address + link, headers=session)
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "file_not_found"), link


async def test_work_is_handed_only_to_a_colleague_who_can_see_it(desk, game, other_game, tree):
    people, tickets = tree
    admin = await game.agent(roles=("admin",))
    elsewhere = await other_game.agent(brand_ids=(other_game.id,))
    path = f"/people/{people['mate'].id}/suspend"
    for to in (elsewhere.id, people["mate"].id, 99_999_999):
        assert (await admin.http.post(path, json={"ticketsTo": to})).status_code == 422, to
    assert (await admin.get(f"/people/{people['mate'].id}/work"))["tickets"] == 1, "nothing was half done"
    await admin.post(path, {"ticketsTo": people["below"].id}, 200)
    assert (await people["below"].get(f"/tickets/{tickets['mate']}"))["ticket"]["assigneeId"] == people["below"].id


@pytest.mark.parametrize("scope", SCOPES)
async def test_nobody_manages_above_herself_or_past_her_scope(desk, game, tree, scope):
    people, _ = tree
    lead = people["lead"]
    await put_on(desk, lead, f"lead_{scope}")
    for name, person in people.items():
        if name == "lead":
            continue
        answer = await lead.http.post(f"/people/{person.id}/sign-out")
        assert (answer.status_code < 300) is (name in REACHES[scope]), (name, answer.text)
    if scope == "own":
        return
    # Below her in the tree, and yet somebody who may do more than she.
    await put_on(desk, people["below"], "admin")
    answer = await lead.http.post(f"/people/{people['below'].id}/sign-out")
    assert answer.status_code == 403, answer.text
    mate = next(each for each in (await lead.get("/organisation"))["people"] if each["id"] == people["mate"].id)
    wish = {name: value for name, value in mate.items() if name in WISH}
    for roles in (["admin"], ["agent", "lead"]):
        raised = await lead.http.put(f"/people/{people['mate'].id}", json={**wish, "roles": roles})
        assert raised.status_code == 403, (roles, raised.text)


WISH = {
    "login", "name", "email", "roles", "brandIds", "departmentId", "teamId", "superiorId", "vendorId", "skills", "languages",
    "chatCapacity", "ticketCapacity", "deputyId", "queueIds",
}


async def test_the_last_admin_stays_whatever_two_of_them_do_at_once(desk, game):
    one, two = await game.agent(roles=("admin",)), await game.agent(roles=("admin",))
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET roles = '{agent}' WHERE 'admin' = ANY(roles) AND id <> ALL($1::bigint[])", [one.id, two.id])
    desk.database.memory.clear()
    answers = await asyncio.gather(
        one.http.post(f"/people/{two.id}/suspend", json={}), two.http.post(f"/people/{one.id}/suspend", json={}),
    )
    assert min(each.status_code for each in answers) == 200
    left = one if answers[0].status_code == 200 else two
    async with desk.database.reading() as reader:
        admins = [row[0] for row in await reader.fetch(
            "SELECT id FROM staff.person WHERE 'admin' = ANY(roles) AND suspended_at IS NULL")]
    assert admins == [left.id]
    me = next(each for each in (await left.get("/organisation"))["people"] if each["id"] == left.id)
    wish = {name: value for name, value in me.items() if name in WISH}
    refused = await left.http.put(f"/people/{left.id}", json={**wish, "roles": ["agent"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "last_admin")


async def test_a_lead_of_some_brands_sees_what_her_own_people_did_beside_any_brand(desk, game, other_game):
    """Signing in, preferences, exports have no brand. Of people of her brands alone they are hers to see; of others not."""
    lead = await game.agent(roles=("lead",), brand_ids=(game.id,))
    hers, both = await game.agent(brand_ids=(game.id,)), await game.agent(brand_ids=(game.id, other_game.id))
    everywhere, foreign = await game.agent(), await other_game.agent(brand_ids=(other_game.id,))
    for each in (hers, both, everywhere, foreign):
        assert (await each.http.post("/sign-out")).status_code < 300
    found = {row["actorId"] for row in (await lead.get("/audit/traces", limit=200, since=now().date().isoformat() + "T00:00:00Z"))["rows"]
             if row["brandId"] is None}
    assert found & {hers.id, both.id, everywhere.id, foreign.id} == {hers.id}
    (only,) = [row for row in (await lead.get("/audit/traces", actor=hers.id))["rows"] if row["brandId"] is None]
    assert only["action"] == "person.signed_out"
    assert (await lead.get("/audit/traces", brand=game.id, actor=hers.id))["rows"] == [], "of a brand means of that brand"
