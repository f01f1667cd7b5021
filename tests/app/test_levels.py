"""Service levels, tiers and doors over HTTP: an administrator publishes, players and screens see it."""

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.kernel import now
from playerdesk.players import recount
from playerdesk.players.spend import recount_stale
from playerdesk.sla import clocks
from playerdesk.sla.replanning import replan
from playerdesk.tickets import row


async def publish(game, kind, body, brand_key=None):
    async with game.desk.database.transaction() as tx:
        await publish_body(tx, KINDS, Place(kind, game.key if brand_key is None else brand_key, "standard"), body, None)


async def doors(game, *rows):
    await publish(game, "channel_doors", {"doors": list(rows)})


async def publish_category(game, key, parent="", name="分类"):
    async with game.desk.database.transaction() as tx:
        body = {"name": {"zh": name, "en": key}, "parent": parent}
        await publish_body(tx, KINDS, Place("category", game.key, key), body, None)


def model(**changes):
    return {
        "windowDays": 90, "currency": "CNY", "thresholds": {"CNY": {"high": 200000, "mid": 30000, "low": 1}},
        "tiers": {tier: {"name": {"zh": tier, "en": tier}, "headStartSeconds": seconds, "manager": tier == "high"}
                  for tier, seconds in {"high": 3600, "mid": 900, "low": 120, "none": 0}.items()},
        **changes,
    }


async def test_a_target_that_is_changed_moves_the_due_time_on_screens_and_says_why(game):
    player, agent = game.player(), await game.agent(roles=("admin",))
    await publish(game, "service_level", {
        "name": {"zh": "标准", "en": "Levels"}, "targets": [{"channel": "game", "first": 28800}],
    })
    ticket = (await player.ask())["id"]
    async with agent.live(f"ticket:{ticket}") as line, agent.live() as other:
        await publish(game, "service_level", {
            "name": {"zh": "标准", "en": "Levels"}, "targets": [{"channel": "game", "first": 3600}],
        })
        await replan(game.desk.database)
        # The frame of the opening may still be on its way.
        await line.until(lambda frame: frame.get("kind") == "clocks" and frame["data"][0]["targetSeconds"] == 3600)
        moved = await other.until(lambda frame: frame.get("kind") == "replan" and frame["data"]["seen"] > 0)
    assert moved["data"]["changed"] >= 1
    why = await agent.get(f"/tickets/{ticket}/due")
    (first,) = [clock for clock in why["clocks"] if clock["kind"] == "first"]
    assert (first["targetSeconds"], first["current"], first["rows"][0]["version"]) == (3600, True, 2)
    assert (await agent.get("/service-levels/replans"))["replans"][0]["changed"] >= 1
    effect = await agent.post("/service-levels/try", {
        "brandKey": game.key, "body": {"name": {"zh": "a", "en": "a"}, "targets": [{"channel": "game", "first": 60}]},
    })
    assert (effect["open"], effect["sooner"]) == (1, 1)
    year = await agent.post("/calendars/year", {"year": 2026, "body": {
        "name": {"zh": "a", "en": "a"}, "week": {"mon": [["09:00", "18:00"]]}, "chineseHolidays": True,
    }})
    assert len(year["days"]) == 365
    assert next(day for day in year["days"] if day["day"] == "2026-10-01")["why"] == "holiday"


async def test_a_category_moved_below_another_branch_takes_its_open_tickets_along(game):
    database = game.desk.database
    for key in ("vip", "account"):
        await publish_category(game, key)
    await publish_category(game, "login", parent="account")
    await publish(game, "service_level", {"name": {"zh": "标准", "en": "Levels"}, "targets": [
        {"channel": "game", "first": 28800}, {"channel": "game", "category": "vip", "first": 600},
    ]})
    ticket = (await game.player().ask(category="login"))["id"]
    await replan(database)

    async def first_seconds():
        async with database.reading() as reader:
            (first,) = [one for one in await clocks(reader, [ticket]) if one.kind == "first"]
        return first.target_seconds

    assert await first_seconds() == 28800
    await publish_category(game, "login", parent="account", name="登录不上")
    assert await replan(database) == 0, "another name moves nothing"
    await publish_category(game, "login", parent="vip")
    assert await replan(database) > 0
    assert await first_seconds() == 600


async def test_nobody_sees_why_of_a_ticket_that_is_not_hers_to_see(game):
    ticket = (await game.player().ask())["id"]
    stranger = await game.agent(brand_ids=(10**6,))
    assert (await stranger.http.get(f"/tickets/{ticket}/due")).status_code == 404


async def test_at_a_closed_chat_her_words_become_a_message_and_she_is_told(game):
    player = game.player()
    await game.agent()
    running = await player.ask(live=True)
    await doors(game, {"channel": "chat", "open": False, "instead": {"zh": "请留言", "en": "Leave a message"}})
    session = await player.get("/session")
    assert (session["chat"]["available"], session["chat"]["closed"]["text"]["zh"]) == (False, "请留言")
    asked = await player.ask(live=True)
    assert (asked["live"], asked["channel"], asked["rejected"]["live"]) == (False, "game", "请留言")
    await player.say(running["id"], "还在吗")
    assert (await player.get(f"/tickets/{running['id']}"))["ticket"]["live"], "what runs is not cut off"


async def test_a_closed_door_of_messages_refuses_kindly_but_knows_what_was_sent_before(game):
    player = game.player()
    before = {"category": "other", "body": "之前", "clientKey": "before"}
    first = await player.http.post("/tickets", json=before)
    await doors(game, {"channel": "game", "open": False})
    again = await player.http.post("/tickets", json=before)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    refused = await player.http.post("/tickets", json={**before, "clientKey": "after"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "channel_closed")
    assert "稍后再来" in refused.json()["error"]["message"]
    assert (await player.get("/session"))["closed"]["reason"] == "closed"


async def test_doors_by_tier_leave_the_others_in(game):
    await game.agent()
    low, high = game.player(), game.player()
    for player, tier in ((low, "low"), (high, "high")):
        await player.get("/session")
        me = (await player.ask())["id"]
        async with game.desk.database.transaction() as tx:
            await tx.execute(
                "UPDATE players.player SET tier = $2 WHERE id = (SELECT player_id FROM tickets.ticket WHERE id = $1)", me, tier
            )
    await doors(game, {"channel": "chat", "tier": "low", "open": False})
    assert (await low.get("/session"))["chat"]["closed"]
    assert not (await high.get("/session"))["chat"]["closed"]


async def test_other_weights_move_who_waits_and_other_thresholds_her_tier_with_the_reason(game):
    database = game.desk.database
    ticket = (await game.player().ask())["id"]
    async with database.transaction() as tx:
        player: int = await tx.value("SELECT player_id FROM tickets.ticket WHERE id = $1", ticket)
        await tx.execute(
            "INSERT INTO players.purchase (brand_id, record_id, player_id, amount_minor, currency, product, state, at)"
            " VALUES ($1, $3, $2, 40000, 'CNY', 'x', 'paid', now() - interval '1 day')", game.id, player, f"p-{ticket}",
        )
        await recount(tx, [player])
    async with database.reading() as reader:
        before = await row(reader, ticket)
    assert before.tier == "mid"
    await publish(game, "tier_model", model(tiers={
        **model()["tiers"], "mid": {"name": {"zh": "尊享", "en": "Prime"}, "headStartSeconds": 3000},
    }), "")
    await replan(database)
    async with database.reading() as reader:
        after = await row(reader, ticket)
        assert (before.rank_at - after.rank_at).total_seconds() == 2100
    await publish(game, "tier_model", model(thresholds={
        "CNY": {"high": 40000, "mid": 30000, "low": 1}, "USD": {"high": 9000, "mid": 900, "low": 1},
    }), "")
    await recount_stale(database, now())
    async with database.reading() as reader:
        assert (await row(reader, ticket)).tier == "high"
        (change,) = await reader.fetch(
            "SELECT to_tier, reason->>'cause' FROM players.tier_change WHERE player_id = $1 ORDER BY id DESC LIMIT 1", player
        )
    assert tuple(change) == ("high", "model")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE players.purchase SET currency = 'USD', amount_minor = 1000 WHERE player_id = $1", player
        )
        await recount(tx, [player])
        tier, reason = (await tx.fetch("SELECT tier, tier_reason FROM players.player WHERE id = $1", player))[0]
    assert (tier, reason["currency"], reason["cause"]) == ("mid", "USD", "spend"), "the best tier of all currencies"
    await publish(game, "tier_model", model(), "")
