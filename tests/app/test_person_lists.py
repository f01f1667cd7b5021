"""What somebody has in hand, as a lead opens it from the board."""


async def test_a_lead_opens_what_a_colleague_has_in_hand(game):
    agent, lead, other = await game.agent(), await game.agent(roles=["lead"]), await game.agent()
    ticket = (await game.player().ask())["id"]
    await agent.post(f"/tickets/{ticket}/take")

    async def seen_by(who, view, **query):
        return [row["id"] for row in (await who.get("/tickets", view=view, **query))["rows"]]

    for view, expected in {"person": [ticket], "person-tickets": [ticket], "person-chats": []}.items():
        assert await seen_by(lead, view, assignee=agent.id) == expected
        assert await seen_by(agent, view) == expected, "one's own needs no permission"
        assert await seen_by(agent, view, assignee=agent.id) == expected
    refused = await other.http.get("/tickets", params={"view": "person", "assignee": agent.id})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_permitted")


async def test_the_numbers_of_the_board_are_the_lengths_of_the_lists(game):
    agent, lead = await game.agent(), await game.agent(roles=["lead"])
    for _ in range(3):
        await agent.post(f"/tickets/{(await game.player().ask())['id']}/take")
    on_hold = (await agent.get("/tickets", view="person"))["rows"][0]["id"]
    assert (await agent.http.patch(f"/tickets/{on_hold}", json={"status": "hold"})).status_code == 200
    shown = next(one for one in (await lead.get("/board"))["agents"] if one["personId"] == agent.id)
    for name in ("chats", "tickets"):
        rows = (await lead.get("/tickets", view=f"person-{name}", assignee=agent.id))["rows"]
        assert len(rows) == shown[name]
    assert shown["tickets"] == 2, "what waits for the player is in nobody's way"
