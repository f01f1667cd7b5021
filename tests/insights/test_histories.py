"""Every figure is the number of tickets it opens, and the rollup is what a raw recount gives."""

import math
import random
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from playerdesk.insights import board, drill_page
from playerdesk.insights.actions import digest
from playerdesk.insights.jobs import digest_news
from playerdesk.insights.rules import DIGESTED
from playerdesk.kernel import PastEvent, Refused
from playerdesk.sla.jobs import ring_once
from playerdesk.surveys import rate
from playerdesk.tickets import Post, assign, end_chats, post_messages, reopen, resolve, row
from tests.given import a_brand, a_category, a_queue, an_agent, number
from tests.sla.given import T0, a_ticket

ZONES = ("Asia/Shanghai", "Asia/Kathmandu")
DRILLED = {
    "opened": "opened", "first_response": "first_responses", "within": "within", "resolved": "resolved",
    "rated": "rated", "reopened": "reopened", "breached": "breached",
}


async def a_history(database, seed, steps=160):
    """Agents and players doing things over two days; returns the brands with their zones."""
    dice = random.Random(seed)
    brands, agents, tickets = {}, [], []
    async with database.transaction() as tx:
        for zone in ZONES:
            brand = await a_brand(tx, zone=zone)
            brands[brand] = (zone, await a_category(tx, await a_queue(tx, brand_id=brand), brand_id=brand))
        agents = [await an_agent(tx) for _ in range(3)]
    at = T0
    for _ in range(steps):
        at += timedelta(seconds=dice.choice((3, 20, 200, 2000, 4000)) * dice.random())
        if not tickets or dice.random() < 0.25:
            brand = dice.choice(list(brands))
            channel = dice.choice(("chat", "game"))
            tickets.append(await a_ticket(
                database, at, dice.choice(("high", "mid", "low", "none")), brand_id=brand, channel=channel,
                live=channel == "chat", category_id=dice.choice((None, brands[brand][1])),
            ))
        else:
            await something(database, dice, dice.choice(tickets), dice.choice(agents), at)
        if dice.random() < 0.3:
            async with database.transaction() as tx:
                await ring_once(tx, at)
        if dice.random() < 0.1:
            await digest_news(database)
    while await digest_news(database):
        pass
    return {brand: zone for brand, (zone, _) in brands.items()}


async def something(database, dice, ticket, agent, at):
    deed = dice.choice(("answer", "answer", "ask", "resolve", "reopen", "rate", "rate", "leave", "assign"))
    try:
        async with database.transaction() as tx:
            if deed in ("answer", "ask"):
                author = "staff" if deed == "answer" else "player"
                author_id = agent if deed == "answer" else (await row(tx, ticket)).player_id
                await post_messages(tx, [Post(
                    ticket_id=ticket, author=author, author_id=author_id, body="好", client_key=f"m-{number()}"
                )], at)
            elif deed == "resolve":
                await resolve(tx, ticket, agent, "补发", at)
            elif deed == "reopen":
                await reopen(tx, ticket, "player", None, at)
            elif deed == "rate":
                await rate(tx, ticket, dice.randint(1, 5), [], "", at)
            elif deed == "leave":
                await end_chats(tx, [ticket], "left", at)
            else:
                await assign(tx, ticket, agent, agent, None, at)
    except Refused:
        pass  # a move the rules do not allow at this moment


async def log_of(database):
    async with database.reading() as reader:
        return [
            PastEvent(*record) for record in await reader.fetch(
                "SELECT position, at, kind, data::jsonb FROM kernel.event WHERE kind = ANY($1) ORDER BY position",
                list(DIGESTED),
            )
        ]


def recounted(log, brand, zone, day):
    """A day of a brand counted anew from the log, in the plainest way: metric -> {ticket: (hour, channel, measure)}."""
    found = defaultdict(dict)
    for event in log:
        data = event.data
        if data["brandId"] != brand:
            continue
        metric, measure = None, 0
        match event.kind:
            case "TicketOpened":
                metric = "opened"
            case "MessagePosted" if data["firstResponse"] and data["waitedSeconds"] is not None:
                metric, measure = "first_response", data["waitedSeconds"]
            case "ClockStopped" if data["clock"] == "first" and data["met"]:
                metric = "within"
            case "ClockBreached":
                metric = "breached"
            case "TicketResolved":
                metric = "resolved"
            case "TicketReopened":
                metric = "reopened"
            case "TicketRated":
                metric, measure = "rated", data["score"]
        at = datetime.fromisoformat(data["firstAt"] if metric == "rated" else data["at"]).astimezone(ZoneInfo(zone))
        if metric is None or at.date() != day:
            continue
        hour = at.replace(minute=0, second=0, microsecond=0)
        if metric == "rated" and data["ticketId"] in found[metric]:
            hour = found[metric][data["ticketId"]][0]
        if metric == "rated" or data["ticketId"] not in found[metric]:
            found[metric][data["ticketId"]] = (hour, data["channel"], measure)
    return found


async def all_pages(reader, metric, brands, **where):
    ids, after = [], None
    while True:
        page, after = await drill_page(reader, metric, brands, after=after, limit=7, **where)
        ids += page
        if after is None:
            return ids


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_figures_drills_and_a_raw_recount_agree(database, seed):
    brands = await a_history(database, seed)
    log = await log_of(database)
    assert len(log) > 100
    compared = 0
    async with database.reading() as reader:
        for brand, zone in brands.items():
            days = {datetime.fromisoformat(e.data["at"]).astimezone(ZoneInfo(zone)).date() for e in log}
            for day in days:
                shown = await board(reader, [brand], day)
                raw = recounted(log, brand, zone, day)
                for metric, field in DRILLED.items():
                    behind = await all_pages(reader, metric, [brand], day=day)
                    assert len(behind) == len(set(behind)) == getattr(shown.total, field)
                    assert set(behind) == set(raw[metric])
                    compared += len(behind)
                    for hour in shown.hours:
                        of_hour = await all_pages(reader, metric, [brand], hour=hour.hour, channel=hour.channel)
                        assert len(of_hour) == getattr(hour.figures, field)
                        assert set(of_hour) == {
                            t for t, (h, c, _) in raw[metric].items() if (h, c) == (hour.hour, hour.channel)
                        }
                    for channel in shown.channels:
                        of_day = await all_pages(reader, metric, [brand], day=day, channel=channel.channel)
                        assert len(of_day) == getattr(channel.figures, field)
                missed = await all_pages(reader, "missed", [brand], day=day)
                counted = len(missed) + shown.total.within
                assert shown.total.within_percent == (round(100 * shown.total.within / counted, 2) if counted else None)
                waits = [measure for _, _, measure in raw["first_response"].values()]
                if waits:
                    assert shown.total.first_response_average == pytest.approx(sum(waits) / len(waits), abs=0.01)
                    real = sorted(waits)[math.ceil(0.9 * len(waits) - 1e-9) - 1]
                    assert shown.total.first_response_p90 == pytest.approx(real, rel=0.05, abs=0.1)
                scores = [measure for _, _, measure in raw["rated"].values()]
                assert shown.total.satisfaction == (pytest.approx(sum(scores) / len(scores), abs=0.01) if scores else None)
    assert compared > 50


async def test_counting_the_same_events_again_changes_nothing(database):
    await a_history(database, 4)
    before = await everything(database)
    assert len(before) > 50
    async with database.transaction() as tx:
        await digest(tx, await log_of(database))
    assert await everything(database) == before


async def everything(database):
    async with database.reading() as reader:
        return [tuple(r) for r in await reader.fetch(
            "SELECT dimension, brand_id, day, metric, hour, value, n, total, within, histogram FROM insights.hour"
            " ORDER BY 1, 2, 3, 4, 5, 6"
        )]


async def test_every_dimension_adds_up_to_the_same_number_of_tickets(database):
    await a_history(database, 5)
    async with database.reading() as reader:
        rows = await reader.fetch(
            "SELECT metric, array_agg(DISTINCT n) FROM ("
            " SELECT metric, dimension, sum(n)::bigint AS n FROM insights.hour WHERE dimension <> 'person'"
            " GROUP BY 1, 2) AS s GROUP BY 1"
        )
        facts = dict(tuple(r) for r in await reader.fetch("SELECT metric, count(*) FROM insights.fact GROUP BY 1"))
    assert dict(tuple(r) for r in rows) == {metric: [n] for metric, n in facts.items()}
    assert set(facts) >= {"opened", "first_response", "first_clock", "resolved", "rated", "breached", "assigned"}
