"""The demo's past month: all of it over, told once however often it is begun, and seen by everything that looks back."""

from datetime import timedelta

import msgspec
import pytest

from demogame.past import asked as questions_of_the_game
from demogame.world import player
from playerdesk.app.demo.past import month
from playerdesk.app.demo.past.game import Asked
from playerdesk.app.demo.past.shifts import stretches
from playerdesk.app.demo.past.telling import WIRING
from playerdesk.app.demo.rules import RULES
from playerdesk.app.demo.seed import seed_demo
from playerdesk.brands import brands
from playerdesk.insights import board
from playerdesk.insights.jobs import digest_news
from playerdesk.insights.simulation.running import Draft, run
from playerdesk.kernel import connect, now
from playerdesk.kernel.settings import Settings
from playerdesk.rules.document import RuleBody
from playerdesk.rules.trying import try_rule
from playerdesk.staff import Scope
from playerdesk.tickets import Filter, page

pytestmark = pytest.mark.anyio

EVERY = 25
"""One question in so many is enough to see."""

_PLAYER = """
    WITH made AS (INSERT INTO players.player (name, tier, language) VALUES ($1, $2, $3) RETURNING id)
    INSERT INTO players.identity (player_id, kind, issuer, value) SELECT id, 'game_account', $4, $5 FROM made
"""

_HEARD = "SELECT count(*) FROM kernel.event WHERE data ->> 'ticketId' IS NOT NULL AND topics <> '{}'"


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="module")
async def desk(module_dsn, tmp_path_factory):
    """A demo desk that knows the players; it was killed while its past was told, and was started again."""
    folder = tmp_path_factory.mktemp("demo")
    await seed_demo(Settings(data_dir=folder), module_dsn)
    database = await connect(module_dsn, wiring=WIRING, size=4, quiet=True)
    begun = now()
    raw = questions_of_the_game("playerdesk", begun)[::EVERY]
    questions = msgspec.convert([msgspec.to_builtins(each) for each in raw], list[Asked])
    async with database.transaction() as tx:
        for account in sorted({each.account for each in questions}):
            who = player("playerdesk", account)
            await tx.execute(_PLAYER, who.name, who.segment, who.language, who.brand.key, account)

    untils = []

    async def asked(_address, until):
        untils.append(until)
        return [each for each in questions if each.at < until]

    calls, done = 0, folder / month.NOTE_FILE
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(month, "asked", asked)
        tell = month.tell

        async def killed(tx, *rest):
            nonlocal calls
            calls += 1
            told = await tell(tx, *rest)
            if calls == 4:
                raise ConnectionError  # in the middle of a transaction
            return told

        patched.setattr(month, "tell", killed)
        with pytest.raises(ConnectionError):
            await month.tell_the_past(database, "", done)
        patched.setattr(month, "tell", tell)
        new = await month.tell_the_past(database, "", done)
        assert untils[0] == untils[1], "the same month goes on"
        again = await month.tell_the_past(database, "", done)
        done.unlink()
        forgotten = await month.tell_the_past(database, "", done)
    await digest_news(database)  # the first call of a reader makes its place in the log
    await digest_news(database)
    yield database, len(questions), new, (again, forgotten)
    await database.close()


async def value(database, sql, *args):
    async with database.reading() as reader:
        return await reader.value(sql, *args)


async def test_it_goes_on_where_it_was_killed_and_doubles_nothing(desk):
    database, asked, new, again = desk
    told = await value(database, "SELECT count(*) FROM tickets.ticket")
    assert told == new + 3 * month.BATCH
    assert again == (0, 0)
    assert asked * 0.9 < told <= asked
    assert told == await value(database, "SELECT count(DISTINCT client_key) FROM tickets.ticket")
    doubled = "SELECT count(*) - count(DISTINCT (person_id, started_at)) FROM staff.presence_interval"
    assert await value(database, doubled) == 0


async def test_nothing_of_it_is_left_to_do_and_nobody_is_told(desk):
    database, *_ = desk
    assert await value(database, "SELECT count(*) FROM tickets.ticket WHERE status NOT IN ('resolved', 'closed')") == 0
    assert await value(database, "SELECT count(*) FROM tickets.session WHERE ended_at IS NULL") == 0
    assert await value(database, "SELECT count(*) FROM sla.clock WHERE ring_at IS NOT NULL") == 0
    for table in ("sla.escalation", "channels.delivery", "rules.firing", "processes.instance"):
        assert await value(database, f"SELECT count(*) FROM {table}") == 0, table
    assert await value(database, _HEARD) == 0
    async with database.reading() as reader:
        everybody = Filter(brand_ids=[brand.id for brand in await brands(reader)], person_id=0)
        for view in ("open", "unassigned", "escalated"):
            assert (await page(reader, view, everybody, None, 5)).rows == [], view


async def test_it_is_a_believable_month(desk):
    database, *_ = desk
    assert await value(database, "SELECT count(DISTINCT created_at::date) FROM tickets.ticket") >= 28
    assert await value(database, "SELECT count(DISTINCT tier) FROM tickets.ticket") == 4
    assert await value(database, "SELECT count(DISTINCT resolved_by) FROM tickets.ticket") >= 5
    # A hundred and some tickets, others each day: the bounds are as wide as chance.
    share = "SELECT avg(({})::int)::float8 FROM tickets.ticket"
    assert 0.15 < await value(database, share.format("channel = 'chat'")) < 0.6
    assert 0.25 < await value(database, share.format("rating IS NOT NULL")) < 0.75
    assert await value(database, share.format("reopened > 0")) < 0.2
    late = "SELECT avg((state = 'breached')::int)::float8 FROM sla.clock WHERE kind = 'first'"
    assert await value(database, late) < 0.25
    assert await value(database, "SELECT count(*) FROM tickets.ticket WHERE updated_at > now()") == 0
    assert await value(database, "SELECT count(*) FROM tickets.ticket WHERE form_version_id IS NOT NULL") > 50


async def test_the_simulation_and_a_dry_run_find_traffic(desk):
    database, asked, *_ = desk
    found = await run(database, None, None, Draft({"high": 3600.0, "mid": 900.0, "low": 120.0, "none": 0.0}), now())
    assert found.arrivals > asked * 0.9
    assert found.measured > asked * 0.5
    assert sum(found.staff) > 24, "somebody is there at any hour, on the average"
    crash = msgspec.convert(dict(RULES)["crash"], RuleBody)
    async with database.reading() as reader:
        tried = await try_rule(reader, "", crash, Scope([brand.id for brand in await brands(reader)]))
    assert tried.complete
    assert tried.looked > asked * 0.9
    assert tried.fired > 0


async def test_the_board_of_a_day_counts_it(desk):
    database, *_ = desk
    async with database.reading() as reader:
        days = [(await board(reader, None, (now() - timedelta(days=ago)).date())).total for ago in range(2, 20)]
    assert sum(day.opened for day in days) > 60
    assert sum(day.resolved for day in days) > 60
    assert any(day.satisfaction for day in days)


def test_shifts_cover_every_hour_and_nobody_is_there_twice():
    until = now()
    parts = stretches(until - timedelta(days=30), until, "playerdesk")
    last = {}
    for part in parts:
        assert part.start < part.end <= until
        assert part.start >= last.get(part.login, part.start)
        last[part.login] = part.end
    for hour in range(24 * 28):
        at = until - timedelta(hours=hour + 1)
        assert any(part.start <= at + timedelta(minutes=20) and part.end > at - timedelta(minutes=20) for part in parts)
