"""Over HTTP: back office people who see no tickets do their step, everybody's lists move, the player and the game take part."""

from playerdesk.kernel import encode
from tests.app.fixtures import desk, game, other_game
from tests.given import number
from tests.processes.given import an_office, body, by, end, published, step, text

__all__ = ["desk", "game", "other_game"]


def drawn(office):
    return body(
        step("ask", "do", by=[by("assignee")], stage=text("正在登记")),
        step("do", "wait", by=[by("department", office.back)], tells=text("后台正在处理")),
        step("wait", [{"to": "end", "key": "ok", "name": text("成功")}, {"to": "do", "key": "bad", "name": text("失败")}],
             kind="wait", wait={"signal": "paid"}, by=[by("department", office.back)], stage=text("等待到账")),
        end(tells=text("办完了")),
    )


async def test_a_step_is_done_by_somebody_who_sees_no_tickets_and_everybody_hears_of_it(game):
    async with game.desk.database.transaction() as tx:
        office = await an_office(tx)
        key = await published(tx, drawn(office))
        await tx.execute("INSERT INTO staff.role (key, name, permissions, scope) VALUES ('expert', $1, $2, 'own')"
                         " ON CONFLICT DO NOTHING", text("专家"), ["processes.work"])
    first = await game.agent()
    expert = await game.agent(roles=("expert",))
    stranger = await game.agent(roles=("expert",))
    async with game.desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET department_id = (SELECT id FROM staff.department WHERE key = $2) WHERE id = $1",
                         expert.id, office.back)
        await tx.execute("DELETE FROM staff.queue_member WHERE person_id = ANY($1::bigint[])", [expert.id, stranger.id])
    player = game.player()
    ticket = (await player.ask())["id"]
    await first.reply(ticket, "您好")
    async with first.live(f"ticket:{ticket}") as line, expert.live() as other, player.live() as phone:
        for _ in range(2):
            strip = await first.post(f"/tickets/{ticket}/processes", {"key": key, "clientKey": "s"}, 200)
        (one,) = strip["instances"]
        task = one["visits"][0]["taskId"]
        assert [each["id"] for each in (await first.get("/tasks"))["tasks"]] == [task]
        await first.post(f"/tasks/{task}/complete", {"clientKey": "c1"}, 200)
        moved = await line.event("process")
        assert moved["topic"] == f"ticket:{ticket}" or moved["topic"] == "staff"
        heard = await other.event("process")
        assert heard["data"]["parties"]
        said = await phone.event("message")
        assert (said["data"]["author"], said["data"]["body"]) == ("system", "后台正在处理")
    (hers,) = (await expert.get("/tasks"))["tasks"]
    assert (hers["step"], hers["party"]["key"]) == (text("do"), office.back)
    assert await expert.get("/tasks/count") == {"open": 1, "late": 0}
    assert (await expert.http.get(f"/tickets/{ticket}")).status_code == 403
    sheet = await expert.get(f"/tasks/{hers['id']}")
    assert sheet["said"][0]["body"] == "充值648元没到账"
    assert (await stranger.http.get(f"/tasks/{hers['id']}")).status_code == 403
    refused = await stranger.http.post(f"/tasks/{hers['id']}/complete", json={"clientKey": "x"})
    assert refused.status_code == 403
    await expert.post(f"/tasks/{hers['id']}/claim", {}, 200)
    await expert.post(f"/tasks/{hers['id']}/complete", {"clientKey": "c2"}, 200)
    assert (await player.get(f"/tickets/{ticket}"))["ticket"]["stageText"] == text("等待到账")
    seen = await first.get(f"/tickets/{ticket}/processes")
    assert [(each["stepKey"], each["state"], each["doneBy"]) for each in seen["instances"][0]["visits"]] == [
        ("ask", "done", first.id), ("do", "done", expert.id), ("wait", "waiting", None)]
    assert (await expert.get("/tasks", box="done"))["tasks"][0]["ticketId"] == ticket
    assert (await expert.http.get("/tasks", params={"box": "all"})).status_code == 403


async def test_the_game_says_that_what_a_step_waits_for_has_come(game, other_game):
    async with game.desk.database.transaction() as tx:
        office = await an_office(tx)
        key = await published(tx, body(
            step("wait", [{"to": "end", "key": "ok", "name": text("成功")}], kind="wait", wait={"signal": "paid"}), end()))
    agent = await game.agent()
    ticket = (await game.player().ask())["id"]
    assert office.back
    await agent.post(f"/tickets/{ticket}/processes", {"key": key, "clientKey": "s"}, 200)
    says = {"signal": "paid", "outcome": "ok", "clientKey": f"g{number()}"}
    assert (await _as_game(other_game, ticket, says)) == 404
    assert (await _as_game(game, ticket, {**says, "signal": "other"})) == 404
    assert (await _as_game(game, ticket, {**says, "outcome": "no"})) == 422
    for _ in range(2):
        assert (await _as_game(game, ticket, says)) == 204
    assert (await agent.get(f"/tickets/{ticket}/processes"))["instances"][0]["state"] == "done"


async def _as_game(game, ticket, says) -> int:
    import httpx

    from playerdesk.brands import make_game_token

    token = make_game_token(game.key, game.kid, game.secret)
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return (await http.post(f"/game/v1/tickets/{ticket}/signals", content=encode(says), headers=headers)).status_code


async def test_tickets_under_way_are_moved_after_a_look(game):
    async with game.desk.database.transaction() as tx:
        office = await an_office(tx)
        key = await published(tx, body(step("a", "b", by=[by("role", "agent")]), step("b", "end", by=[by("role", "agent")]), end()))
    agent, admin = await game.agent(), await game.agent(roles=("admin",))
    ticket = (await game.player().ask())["id"]
    await agent.post(f"/tickets/{ticket}/processes", {"key": key, "clientKey": "s"}, 200)
    async with game.desk.database.transaction() as tx:
        await published(tx, body(step("c", "end", by=[by("department", office.back)]), end()), key)
    async with game.desk.database.reading() as reader:
        assert await reader.value(
            "SELECT e.version FROM processes.instance i JOIN processes.edition e ON e.id = i.edition_id WHERE ticket_id = $1", ticket
        ) == 1
    look = await admin.get(f"/processes/-/{key}/move", version=1)
    assert (look["fromVersion"], look["toVersion"], look["running"]) == (1, 2, [{"version": 1, "instances": 1}])
    assert look["steps"] == [{"step": "a", "name": text("a"), "tasks": 1, "to": None, "options": ["c"]}]
    refused = await admin.http.post(f"/processes/-/{key}/move", json={"version": 1, "steps": {}})
    assert refused.status_code == 422
    assert await admin.post(f"/processes/-/{key}/move", {"version": 1, "steps": {"a": "c"}}, 200) == {"left": 0}
    (one,) = (await agent.get(f"/tickets/{ticket}/processes"))["instances"]
    assert (one["version"], [(each["stepKey"], each["party"]["key"]) for each in one["visits"]]) == (2, [("c", office.back)])
