"""A draft tried on last month's tickets finds what it would have met then, changes nothing, and says what it does not know."""

from datetime import timedelta

import msgspec

from playerdesk.kernel import now
from playerdesk.rules.document import RuleBody
from playerdesk.rules.trying import try_rule
from playerdesk.staff import Scope
from playerdesk.tickets import change_ticket, resolve
from tests.given import a_ticket, said

NAME = {"zh": "规则", "en": "Rule"}


async def tried(desk, scope=None, **body):
    full = msgspec.convert({"name": NAME, "then": [{"do": "priority", "to": 1}], **body}, RuleBody)
    return await desk.ask(try_rule, desk.brand_key, full, scope or Scope([desk.brand]))


async def test_it_sees_tickets_as_they_stood_then(desk):
    at = now() - timedelta(days=3)
    crash = await desk.do(a_ticket, desk.brand, desk.player, at, body="游戏闪退")
    other = await desk.do(a_ticket, desk.brand, desk.player, at, body="充值")
    await desk.do(said, other, "player", desk.player, "又闪退", at + timedelta(hours=1))
    # Today it stands otherwise: another priority, and over.
    await desk.do(change_ticket, crash, desk.agent, at + timedelta(hours=2), priority=1)
    await desk.do(resolve, crash, desk.agent, "补发", at + timedelta(hours=3))
    asked = {"all": [{"field": "said", "contains": "闪退"}, {"field": "priority", "is": 2}, {"field": "status", "in": ["new", "open"]}]}
    found = await tried(desk, when={"events": ["opened", "player_message"]}, **{"if": asked})
    assert (found.looked, found.fired, found.tickets, found.complete) == (2, 2, 2, True)
    assert [(each.ticket_id, each.event) for each in found.sample] == [(other, "player_message"), (crash, "opened")]
    assert found.changes == {"0": 2}
    assert (found.approximate, found.unknown) == ([], [])
    assert sum(found.by_day) == 2
    assert await desk.ask(lambda reader: reader.value("SELECT count(*) FROM rules.firing WHERE ticket_id = $1", crash)) == 0


async def test_what_was_so_already_is_no_change_and_what_is_not_known_is_said(desk):
    at = now() - timedelta(days=1)
    await desk.do(a_ticket, desk.brand, desk.player, at)
    found = await tried(
        desk, when={"events": ["opened", "warned"]}, then=[{"do": "priority", "to": 2}, {"do": "tag", "add": ["新"]}],
        **{"if": {"field": "tier", "is": "none"}},
    )
    assert found.changes == {"1": 1}
    assert (found.approximate, found.unknown) == (["tier"], ["warned"])


async def test_older_tickets_other_brands_and_those_out_of_sight_are_not_looked_at(desk):
    await desk.do(a_ticket, desk.brand, desk.player, now() - timedelta(days=31))
    await desk.do(a_ticket, desk.brand, desk.player, now() - timedelta(days=1))
    every = {"when": {"events": ["opened"]}}
    assert (await tried(desk, **every)).looked == 1
    assert (await tried(desk, Scope([desk.brand], [desk.agent], []), **every)).looked == 0
    assert (await tried(desk, Scope([]), **every)).looked == 0


async def test_when_time_is_over_it_says_how_far_it_came(desk):
    for days in range(3):
        await desk.do(a_ticket, desk.brand, desk.player, now() - timedelta(days=days, hours=1))
    body = msgspec.convert({"name": NAME, "when": {"events": ["opened"]}, "then": [{"do": "priority", "to": 1}]}, RuleBody)
    found = await desk.ask(try_rule, desk.brand_key, body, Scope([desk.brand]), 0.0)
    assert found.complete, "a brand that fits into one window is looked at whole"
    assert found.fired == 3


async def test_a_rule_of_time_counts_those_that_fit_today(desk):
    await desk.do(a_ticket, desk.brand, desk.player, now() - timedelta(hours=50))
    await desk.do(a_ticket, desk.brand, desk.player, now() - timedelta(hours=5))
    found = await tried(desk, when={"since": "created", "hours": 24}, **{"if": {"field": "status", "is": "new"}})
    assert (found.fired, found.sample[0].event, found.approximate) == (1, "time", ["status"])
