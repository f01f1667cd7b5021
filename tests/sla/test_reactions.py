"""The clocks follow the conversation."""

import pytest

from playerdesk.kernel import Rejected
from playerdesk.sla import breaches, clocks, define_calendar, set_target
from playerdesk.sla.queries import clock_rows
from playerdesk.sla.rules import Target
from playerdesk.tickets import Post, change_ticket, close, end_chats, open_tickets, post_messages, reopen, resolve, row
from tests.given import a_brand, a_category, a_player, a_question, an_agent
from tests.sla.given import T0, a_ticket, events, later, says


async def shown(database, ticket_id):
    async with database.reading() as reader:
        return {clock.kind: clock for clock in await clocks(reader, [ticket_id])}


async def in_list(database, ticket_id):
    async with database.reading() as reader:
        return await row(reader, ticket_id)


async def do(database, action, *args, **kwargs):
    async with database.transaction() as tx:
        return await action(tx, *args, **kwargs)


async def test_a_chat_is_answered_within_thirty_seconds_and_solved_within_a_day(database):
    ticket = await a_ticket(database)
    now = await shown(database, ticket)
    assert {kind: (c.state, c.target_seconds, c.due_at) for kind, c in now.items()} == {
        "first": ("running", 30, later(30)), "resolution": ("running", 86400, later(86400)),
    }
    assert now["first"].calendar.zh == "7×24 小时"
    listed = await in_list(database, ticket)
    assert (listed.due_at, listed.due_kind, listed.warn_at, listed.breached) == (later(30), "first", later(15), False)


@pytest.mark.parametrize(("channel", "tier", "first", "resolution"), [
    ("chat", "high", 15, 86400), ("game", "high", 600, 43200), ("game", "mid", 3600, 86400),
    ("game", "low", 28800, 259200), ("game", "none", 28800, 259200), ("phone", "none", 60, 86400),
    ("mail", "none", 86400, 259200), ("forum", "mid", 172800, 604800), ("wechat", "low", 43200, 259200),
])
async def test_every_channel_and_tier_has_its_target(database, channel, tier, first, resolution):
    ticket = await a_ticket(database, tier=tier, channel=channel, live=channel == "chat")
    now = await shown(database, ticket)
    assert (now["first"].target_seconds, now["resolution"].target_seconds) == (first, resolution)


async def test_a_channel_without_promises_has_no_clocks(database):
    ticket = await a_ticket(database, channel="carrier-pigeon", live=False)
    assert await shown(database, ticket) == {}
    assert (await in_list(database, ticket)).due_at is None
    await says(database, ticket, "staff", later(5))
    await says(database, ticket, "player", later(9))
    assert await shown(database, ticket) == {}


async def test_an_answer_meets_the_first_target_and_tells(database):
    ticket = await a_ticket(database)
    await says(database, ticket, "staff", later(12))
    now = await shown(database, ticket)
    assert (now["first"].state, now["first"].ended_at) == ("met", later(12))
    assert "next" not in now
    (event,) = await events(database, "ClockStopped", ticket)
    assert (event["clock"], event["met"], event["tookSeconds"], event["targetSeconds"]) == ("first", True, 12, 30)
    assert (await in_list(database, ticket)).due_kind == "resolution"


async def test_an_answer_before_the_worker_came_round_is_late_all_the_same(database):
    ticket = await a_ticket(database)
    await says(database, ticket, "staff", later(30.4))
    assert (await shown(database, ticket))["first"].state == "breached"
    (breach,) = await events(database, "ClockBreached", ticket)
    assert (breach["clock"], breach["why"]) == ("first", "with_agent")
    (stopped,) = await events(database, "ClockStopped", ticket)
    assert (stopped["met"], stopped["tookSeconds"]) == (False, 30.4)
    async with database.reading() as reader:
        (noted,) = await breaches(reader, ticket)
    assert (noted.clock, noted.due_at) == ("first", later(30))
    assert (await in_list(database, ticket)).escalated_at is not None


async def test_each_question_after_the_first_answer_starts_the_next_clock_anew(database):
    ticket = await a_ticket(database)
    await says(database, ticket, "player", later(5))
    assert "next" not in await shown(database, ticket)
    await says(database, ticket, "staff", later(10))
    await says(database, ticket, "player", later(20))
    await says(database, ticket, "player", later(50))
    now = await shown(database, ticket)
    assert (now["next"].state, now["next"].due_at) == ("running", later(80))
    assert (await in_list(database, ticket)).due_kind == "next"
    await says(database, ticket, "staff", later(60))
    await says(database, ticket, "player", later(100))
    async with database.reading() as reader:
        (following,) = [c for c in await clock_rows(reader, [ticket]) if c.kind == "next"]
    assert (following.round, following.state, following.due_at) == (2, "running", later(160))
    kinds = [(event["clock"], event["round"], event["met"]) for event in await events(database, "ClockStopped", ticket)]
    assert kinds == [("first", 1, True), ("next", 1, True)]


async def test_the_solution_waits_while_we_wait_for_the_player(database):
    ticket = await a_ticket(database, channel="game", live=False)
    await says(database, ticket, "staff", later(600))
    paused = await shown(database, ticket)
    assert (paused["resolution"].state, paused["resolution"].due_at) == ("paused", None)
    assert (await in_list(database, ticket)).due_at is None
    await says(database, ticket, "player", later(600 + 86400))
    now = await shown(database, ticket)
    assert (now["resolution"].state, now["resolution"].due_at) == ("running", later(3 * 86400 + 86400))
    assert now["next"].due_at == later(600 + 86400 + 28800)


async def test_a_status_set_by_hand_pauses_and_resumes(database):
    ticket = await a_ticket(database)
    async with database.transaction() as tx:
        agent = await an_agent(tx, state="offline")
    await do(database, change_ticket, ticket, agent, later(10), status="hold")
    assert {c.state for c in (await shown(database, ticket)).values()} == {"paused"}
    await do(database, change_ticket, ticket, agent, later(100), status="open")
    now = await shown(database, ticket)
    assert (now["first"].state, now["first"].due_at, now["first"].warn_at) == ("running", later(120), later(105))


async def test_resolving_stops_everything_and_reopening_starts_anew(database):
    ticket = await a_ticket(database)
    await says(database, ticket, "staff", later(10))
    await says(database, ticket, "player", later(20))
    await do(database, resolve, ticket, None, "补发", later(40))
    now = await shown(database, ticket)
    assert (now["resolution"].state, now["first"].state, "next" in now) == ("met", "met", False)
    assert (await in_list(database, ticket)).due_at is None
    await do(database, reopen, ticket, "player", None, later(1000))
    now = await shown(database, ticket)
    assert (now["resolution"].state, now["resolution"].ended_at) == ("running", None)
    # Not live any more: answered like a form.
    assert now["resolution"].due_at == later(1000 + 259200)
    assert (now["next"].state, now["next"].due_at) == ("running", later(1000 + 28800))
    await do(database, resolve, ticket, None, "补发", later(2000))
    await do(database, close, [ticket], later(3000))
    assert {c.state for c in (await shown(database, ticket)).values() if c.kind != "next"} == {"met"}
    stops = [(e["clock"], e["round"]) for e in await events(database, "ClockStopped", ticket)]
    assert stops == [("first", 1), ("resolution", 1), ("resolution", 2)]


async def test_a_ticket_resolved_without_a_word_does_not_count_as_answered(database):
    ticket = await a_ticket(database)
    await do(database, resolve, ticket, None, "垃圾信息", later(10))
    assert "first" not in await shown(database, ticket)
    assert [e["clock"] for e in await events(database, "ClockStopped", ticket)] == ["resolution"]
    await do(database, reopen, ticket, "player", None, later(50))
    assert (await shown(database, ticket))["first"].state == "running"


async def test_a_player_who_writes_to_a_solved_ticket_starts_the_clocks_again(database):
    ticket = await a_ticket(database)
    await says(database, ticket, "staff", later(10))
    await do(database, resolve, ticket, None, "补发", later(40))
    await says(database, ticket, "player", later(500))
    now = await shown(database, ticket)
    assert (now["next"].state, now["resolution"].state) == ("running", "running")


async def test_a_chat_without_anybody_on_duty_is_answered_like_a_form(database):
    ticket = await a_ticket(database, tier="mid")
    await do(database, end_chats, [ticket], "nobody_on_duty", later(5))
    now = await shown(database, ticket)
    assert (now["first"].target_seconds, now["first"].due_at, now["first"].warn_at) == (3600, later(3600), later(1800))
    assert now["resolution"].due_at == later(86400)
    assert (await in_list(database, ticket)).due_at == later(3600)


async def test_another_category_brings_its_own_targets(database):
    ticket = await a_ticket(database, channel="game", live=False)
    async with database.transaction() as tx:
        brand = (await row(tx, ticket)).brand_id
        category = await a_category(tx, brand_id=brand)
        always = await tx.value("SELECT id FROM sla.calendar WHERE key = 'always'")
        await set_target(tx, Target(None, "game", category, None, 120, 60, 600, 0.5, always))
        agent = await an_agent(tx, state="offline")
    await do(database, change_ticket, ticket, agent, later(60), category_id=category)
    now = await shown(database, ticket)
    assert (now["first"].due_at, now["resolution"].due_at) == (later(120), later(600))


async def test_two_messages_of_one_ticket_in_one_batch_count_one_after_the_other(database):
    ticket = await a_ticket(database)
    async with database.transaction() as tx:
        player = (await row(tx, ticket)).player_id
        agent = await an_agent(tx, state="offline")
        await post_messages(tx, [
            Post(ticket_id=ticket, author="staff", author_id=agent, body="您好", client_key="1"),
            Post(ticket_id=ticket, author="player", author_id=player, body="在", client_key="2"),
        ], later(8))
    now = await shown(database, ticket)
    assert (now["first"].state, now["next"].state, now["next"].due_at) == ("met", "running", later(68))


@pytest.mark.parametrize("size", [1, 40])
async def test_a_batch_costs_the_same_few_statements_whatever_its_size(database, size, monkeypatch):
    await a_ticket(database)  # targets and calendars are remembered from here on
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        players = [await a_player(tx) for _ in range(size)]
        agent = await an_agent(tx, state="offline")
    async with database.transaction() as tx:
        counted = count_statements(tx, monkeypatch)
        opened = await open_tickets(tx, [a_question(brand, player, live=True) for player in players], T0)
        assert counted.pop("sla") == 1  # the clocks; the tickets came with their due times
    counted = {}
    for author, at, statements in (("staff", later(3), 3), ("staff", later(4), 1), ("player", later(5), 3), ("player", later(6), 1)):
        async with database.transaction() as tx:
            counted = count_statements(tx, monkeypatch)
            await post_messages(tx, [
                Post(
                    ticket_id=one.ticket_id, author=author, author_id=agent if author == "staff" else player,
                    body="好", client_key=f"{author}{at}",
                )
                for one, player in zip(opened, players, strict=True)
            ], at)
            assert counted["sla"] == statements


def count_statements(tx, monkeypatch):
    """How many statements the reactions to events make."""
    counted = {"sla": 0}
    inside = [False]
    emit = tx.emit

    async def counting_emit(*happened):
        inside[0] = True
        await emit(*happened)
        inside[0] = False

    monkeypatch.setattr(tx, "emit", counting_emit)
    for name in ("fetch", "rows", "row", "value", "execute"):
        monkeypatch.setattr(tx, name, counting(getattr(tx, name), counted, inside))
    return counted


def counting(original, counted, inside):
    async def call(*args):
        counted["sla"] += inside[0]
        return await original(*args)

    return call


async def test_a_calendar_that_never_opens_and_wrong_hours_are_refused_with_the_field(database):
    cases = [
        ({"week": {}}, "never_open", "week"),
        ({"week": {"mon": [["09:00", "25:00"]]}}, "bad_hours", "week"),
        ({"week": {"mon": [["12:00", "09:00"]]}}, "bad_hours", "week"),
        ({"week": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "bad_hours", "week"),
        ({"week": {"mon": [["09:00", "12:00"]]}, "exceptions": {"soon": []}}, "bad_hours", "exceptions"),
        ({"week": {"mon": [["09:00", "12:00"]]}, "time_zone": "Mars/Olympus"}, "no_such_zone", "timeZone"),
    ]
    for changes, code, field in cases:
        async with database.transaction() as tx:
            with pytest.raises(Rejected) as refused:
                await define_calendar(tx, **{"key": "x", "name": {}, "time_zone": "UTC", **changes})
            assert (refused.value.code, list(refused.value.fields)) == (code, [field])


async def test_office_hours_are_read_back_as_they_were_defined(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        office = await tx.value("SELECT id FROM sla.calendar WHERE key = 'office'")
        await set_target(tx, Target(brand, "game", None, None, 3600, 3600, 86400, 0.8, office))
        with pytest.raises(Rejected):
            await set_target(tx, Target(brand, "game", None, None, 0, 3600, 86400, 0.8, office))
    # 11:30 in Shanghai: half an hour before lunch, half an hour after it.
    ticket = await a_ticket(database, at=later(5400), brand_id=brand, channel="game", live=False)
    assert (await shown(database, ticket))["first"].due_at == later(5400 + 1800 + 5400 + 1800)


async def test_a_chat_that_went_idle_waits_for_the_player_with_its_clocks_stopped(database):
    ticket = await a_ticket(database)
    await says(database, ticket, "staff", later(5))
    async with database.transaction() as tx:
        assert await end_chats(tx, [ticket], "idle", later(900)) == [ticket]
    async with database.reading() as reader:
        (resolution,) = [clock for clock in await clocks(reader, [ticket]) if clock.kind == "resolution"]
    assert resolution.state == "paused"
