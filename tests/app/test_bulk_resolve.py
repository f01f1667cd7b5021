"""Many tickets resolved at once: none past what its category wants, one that fails alone, and taken back without a trace."""

from playerdesk.insights.jobs import digest_news
from playerdesk.tickets.bulk import actions
from playerdesk.tickets.bulk.actions import go_on
from tests.app.test_bulk import asked, facts, key, row, run


async def demanding(game, admin, **practice):
    answer = await admin.http.put(f"/handling/practices/{game.category}", json=practice)
    assert answer.status_code == 200, answer.text


async def test_a_bulk_resolve_leaves_alone_what_its_category_wants_more_for_and_the_preview_says_so(desk, game):
    agent, admin = await game.agent(), await game.agent(roles=("admin",))
    player = game.player()
    bare = [(await player.ask())["id"] for _ in range(2)]
    filled = (await player.ask(category="recharge", fields={"amount": "648", "order": "A1"}))["id"]
    empty = (await player.ask(category="recharge", fields={"amount": "648"}))["id"]
    await demanding(game, admin, fields=["order"])
    wish = {"ticketIds": [*bare, filled, empty], "changes": {"solution": "统一补发", "priority": 0}}
    seen = await agent.post("/bulk/preview", wish, 200)
    assert (seen["changing"], [(each["code"], each["ticketIds"]) for each in seen["skipped"]]) == (3, [("lesson", [empty])])
    before = await facts(agent, [empty])
    begun = await agent.post("/bulk", {**wish, "clientKey": key()}, 201)
    await run(desk)
    done = await agent.get(f"/bulk/{begun['id']}")
    assert (done["changed"], [(each["code"], each["ticketIds"]) for each in done["skipped"]]) == (3, [("lesson", [empty])])
    assert await facts(agent, [empty]) == before, "left alone means nothing of it is written"
    # Into a category that wants its cause, in one go with the resolving: the category it will have counts.
    await demanding(game, admin, cause=True)
    third = (await player.ask())["id"]
    into = {"ticketIds": [third], "changes": {"solution": "统一补发", "categoryId": game.category}}
    assert [each["code"] for each in (await agent.post("/bulk/preview", into, 200))["skipped"]] == ["lesson"]
    begun = await agent.post("/bulk", {**into, "clientKey": key()}, 201)
    await run(desk)
    assert [each["code"] for each in (await agent.get(f"/bulk/{begun['id']}"))["skipped"]] == ["lesson"]
    assert (await row(agent, third))["categoryId"] != game.category


async def test_one_ticket_that_fails_is_reported_and_the_others_are_done(desk, game, monkeypatch):
    agent = await game.agent()
    tickets = await asked(game, 4)
    apply = actions.apply

    async def odd(tx, ticket_id, *args):
        done = await apply(tx, ticket_id, *args)
        if ticket_id == tickets[1]:
            await tx.execute("SELECT 1 / 0")
        return done

    monkeypatch.setattr(actions, "apply", odd)
    begun = await agent.post("/bulk", {"ticketIds": tickets, "changes": {"priority": 0}, "clientKey": key()}, 201)
    await run(desk)
    done = await agent.get(f"/bulk/{begun['id']}")
    assert (done["state"], done["changed"]) == ("done", 3)
    assert [(each["code"], each["ticketIds"]) for each in done["skipped"]] == [("failed", [tickets[1]])]
    assert [(await row(agent, each))["priority"] for each in tickets] == [0, 2, 0, 0]
    entries = (await agent.get(f"/tickets/{tickets[1]}"))["entries"]
    assert not [each for each in entries if each["change"] and each["change"]["what"] == "priority"]
    async with desk.database.reading() as reader:
        said = await reader.value(
            "SELECT count(*)::int FROM kernel.event WHERE kind = 'TicketChanged' AND topics @> ARRAY[$1::text]", f"ticket:{tickets[1]}"
        )
    assert said == 0, "what did not happen is not told either"


async def test_a_piece_that_can_never_be_done_ends_and_holds_up_nobody(desk, game, monkeypatch):
    agent = await game.agent()
    tickets = await asked(game, 5)
    monkeypatch.setattr(actions, "PIECE", 2)
    lock = actions.lock

    async def broken(tx, ids):
        if tickets[1] in ids:
            await tx.execute("SELECT 1 / 0")
        return await lock(tx, ids)

    monkeypatch.setattr(actions, "lock", broken)
    begun = await agent.post("/bulk", {"ticketIds": tickets, "changes": {"priority": 0}, "clientKey": key()}, 201)
    other = await agent.post("/bulk", {"ticketIds": await asked(game, 1), "changes": {"priority": 0}, "clientKey": key()}, 201)
    await go_on(desk.database)
    assert (await agent.get(f"/bulk/{other['id']}"))["state"] == "done", "the one behind it does not wait"
    await run(desk)
    done = await agent.get(f"/bulk/{begun['id']}")
    assert (done["state"], done["changed"]) == ("done", 3)
    assert [(each["code"], each["ticketIds"]) for each in done["skipped"]] == [("failed", tickets[:2])]


async def test_a_bulk_resolve_taken_back_is_no_reopening(desk, game):
    """Neither on the ticket nor in the day's figures: nobody told the player's need was met and was wrong about it."""
    agent = await game.agent()
    tickets = await asked(game, 2)
    begun = await agent.post("/bulk", {"ticketIds": tickets, "changes": {"solution": "误操作"}, "clientKey": key()}, 201)
    await run(desk)
    await agent.post(f"/bulk/{begun['id']}/undo", {"clientKey": key()}, 201)
    await run(desk)
    assert [(await row(agent, each))["status"] for each in tickets] == ["new", "new"]
    await agent.post(f"/tickets/{tickets[0]}/resolve", {"solution": "好"})
    await agent.post(f"/tickets/{tickets[0]}/reopen")
    assert [(await row(agent, each))["reopened"] for each in tickets] == [1, 0]
    for _ in range(2):  # the first time a reader reads it only makes its mark
        await digest_news(desk.database)
    async with desk.database.reading() as reader:
        counted = await reader.fetch(
            "SELECT ticket_id FROM insights.fact WHERE metric = 'reopened' AND ticket_id = ANY($1::bigint[])", tickets
        )
    assert [each[0] for each in counted] == [tickets[0]], "only the true one"
