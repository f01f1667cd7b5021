"""A simulated player against a small desk: asks, waits, talks, rates."""

import asyncio
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from demogame import case, crowd
from demogame.arrivals import People, ask
from demogame.caller import Caller
from demogame.crowd import Crowd
from demogame.forms import fill_fields
from demogame.picture import screenshot
from demogame.rate import Rate
from demogame.texts import facts_for
from demogame.views import Field, Option
from demogame.world import player

SEED = "playerdesk"


@pytest.fixture
def hasty(monkeypatch):
    """Shorten what players take minutes for."""

    class Hasty(Random):
        def uniform(self, a, b):
            return 0.02 * super().uniform(a, b)

    monkeypatch.setattr(crowd, "Random", lambda: Hasty(4))
    monkeypatch.setattr(crowd, "LETTER_SECONDS", 0)
    monkeypatch.setattr(crowd, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(crowd, "gather", lambda _seed, _desk: People({"none": [player(SEED, "sr-000500")]}))


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen")


def said(fake, what):
    return [s for s in fake.said if s["what"] == what]


async def test_a_question_carries_a_filled_form_and_where_it_is_from(fake, desk):
    who = player(SEED, "sr-000777")
    opened = await ask(Random(2), Caller(desk, who), chats_left=0)
    asked = fake.tickets[opened.ticket]["asked"]
    assert asked["category"] == "recharge"
    assert asked["server"] == who.main.server.key
    assert asked["live"] is False
    assert set(asked["fields"]) == {"order_no", "amount", "platform", "paid_at"}
    assert asked["fields"]["platform"] in {"ios", "android"}


async def test_mail_wakes_a_player_who_answers_and_rates(fake, desk, hasty, tmp_path):
    playing = Crowd(desk, SEED, Rate(0), tmp_path / "cases.json")
    running = asyncio.create_task(playing.run())
    opened = await ask(Random(2), Caller(desk, player(SEED, "sr-000777")), chats_left=0)
    opened.plans.clear()
    playing._cases[opened.ticket] = opened
    fake.answer(opened.ticket, "麻烦您提供一下订单号")
    playing.wake(opened.ticket)
    await until(lambda: said(fake, "messages"))
    assert opened.facts.values["order"] in said(fake, "messages")[0]["body"]
    assert said(fake, "read")[0]["number"] == 2

    fake.tickets[opened.ticket]["status"] = "resolved"
    opened.verdict, opened.over = False, False
    opened.plans.append(case.Plan(0, "rate"))
    await until(lambda: said(fake, "rating"))
    rating = said(fake, "rating")[0]
    assert 1 <= rating["score"] <= 5
    assert set(rating["reasons"]) <= {"too_slow", "friendly"}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_chat_is_held_over_the_socket(fake, desk, hasty, tmp_path, monkeypatch):
    monkeypatch.setattr(crowd, "ask", lambda _rng, caller, _left: ask(Random(11), caller, 1))
    playing = Crowd(desk, SEED, Rate(0), tmp_path / "cases.json")
    running = asyncio.create_task(playing.run())
    monkeypatch.setattr("demogame.mood.CHATS", dict.fromkeys(("high", "mid", "low", "none"), 1.0))
    talking = asyncio.create_task(playing._turn_up(Caller(desk, player(SEED, "sr-000888"))))
    await until(lambda: fake.sockets)
    ticket = next(iter(fake.tickets))
    await fake.push(ticket, fake.answer(ticket, "麻烦您提供一下订单号"))
    await until(lambda: said(fake, "socket"))
    assert playing.sizes == {"openCases": 1, "chats": 1}
    talking.cancel()
    running.cancel()
    await asyncio.gather(talking, running, return_exceptions=True)
    # What was open is taken up by the next run.
    assert list(Crowd(desk, SEED, Rate(0), tmp_path / "cases.json")._cases) == [ticket]


async def test_the_rate_can_be_changed_while_somebody_waits():
    rate = Rate(0)
    waiting = asyncio.create_task(rate.next_arrival(Random(1)))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    rate.change(60_000)
    await asyncio.wait_for(waiting, 2)


def test_a_form_nobody_foresaw_is_filled_by_kind(now):
    facts = facts_for(Random(1), player(SEED, "sr-000123"), now)
    fields = [
        Field("whatever", "text", required=True),
        Field("story", "longtext", required=True),
        Field("how_many", "number", required=True),
        Field("paid", "money", required=True),
        Field("when", "datetime", required=True),
        Field("which", "choice", required=True, options=[Option("a")]),
        Field("contact_phone", "text", required=True),
    ]
    values = fill_fields(Random(1), fields, facts)
    assert [type(v) for v in values.values()] == [str, str, int, int, str, str, str]
    assert values["paid"] == int(facts.values["amount"]) * 100
    assert values["which"] == "a"
    assert values["contact_phone"].isdecimal()


def test_a_picture_is_small_and_real():
    drawn = screenshot(Random(3), "Skyreach", "Error 1007")
    assert len(drawn) < 60_000
    assert Image.open(BytesIO(drawn)).size == (540, 304)


@pytest.mark.parametrize("account", ["sr-000001", "sr-000006"])
def test_a_child_spends_much_in_every_currency(account, now):
    for dice in range(10):
        facts = facts_for(Random(dice), player(SEED, account), now, "minor")
        assert fill_fields(Random(1), [Field("amount", "money", required=True)], facts)["amount"] >= 20_000
