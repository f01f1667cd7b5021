"""What is wrong with a rule is said, each at its place."""

import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place
from playerdesk.blueprints.actions import check_body
from playerdesk.rules.addresses import is_inside, wrong_address

NAME = {"zh": "规则", "en": "Rule"}
NOTE = {"do": "note", "text": "x"}


async def places(desk, **body):
    full = {"name": NAME, "when": {"events": ["opened"]}, "then": [NOTE], **body}
    found = await desk.ask(lambda reader: check_body(reader, KINDS, Place("rule", desk.brand_key, "r"), full))
    return {each.place for each in found if each.severity == "error"}


@pytest.mark.parametrize(("body", "place"), [
    ({"name": {"zh": " ", "en": ""}}, "name"),
    ({"when": {}}, "when"),
    ({"when": {"events": ["opened"], "since": "created", "hours": 3}}, "when"),
    ({"when": {"since": "created", "hours": 0}}, "when.hours"),
    ({"when": {"since": "created"}}, "when.hours"),
    ({"when": {"events": ["nonsense"]}}, "when.events.0"),
    ({"if": {"field": "nothing", "is": 1}}, "if.field"),
    ({"if": {"all": [{"field": "assignee", "is": {"me": True}}]}}, "if"),
    ({"if": {"all": [{"field": "queue", "in": [{"key": "gone"}]}]}}, "if.all.0"),
    ({"if": {"all": [{"field": "subject", "contains": "x"}] * 61}}, "if"),
    ({"when": {"events": ["resolved"]}, "if": {"field": "said", "contains": "x"}}, "if"),
    ({"then": []}, "then"),
    ({"then": [NOTE] * 21}, "then"),
    ({"then": [{"do": "priority", "to": 7}]}, "then.0.to"),
    ({"then": [{"do": "assign", "to": "nobody"}]}, "then.0.to"),
    ({"then": [{"do": "queue"}]}, "then.0.to"),
    ({"then": [{"do": "queue", "to": "gone"}]}, "then.0.to"),
    ({"then": [{"do": "process", "to": "gone"}]}, "then.0.to"),
    ({"then": [{"do": "status", "to": "closed"}]}, "then.0.to"),
    ({"then": [{"do": "tag"}]}, "then.0.add"),
    ({"then": [{"do": "tag", "add": ["a"], "remove": ["a"]}]}, "then.0.remove"),
    ({"then": [{"do": "reply", "text": "{{nothing}}"}]}, "then.0.text"),
    ({"then": [{"do": "notify"}]}, "then.0.people"),
    ({"then": [{"do": "field", "field": "gone", "value": 1}]}, "then.0.field"),
    ({"then": [{"do": "priority", "to": 0}, {"do": "priority", "to": 1}]}, "then.1"),
    ({"then": [{"do": "webhook", "to": "ftp://example.com"}]}, "then.0.to"),
    ({"then": [{"do": "webhook", "to": "http://127.0.0.1:8000/"}]}, "then.0.to"),
    ({"then": [{"do": "webhook", "to": "http://[::ffff:10.0.0.1]/"}]}, "then.0.to"),
])
async def test_each_mistake_is_told_at_its_place(desk, body, place):
    assert place in await places(desk, **body)


async def test_a_rule_that_sets_itself_off_is_refused_unless_its_condition_ends_it(desk):
    again = {"when": {"events": ["assigned"]}, "then": [{"do": "queue", "to": desk.queue_key}]}
    assert await places(desk, **again) == {"then.0"}
    ends = {"field": "queue", "not_in": [{"key": desk.queue_key}]}
    assert await places(desk, **again, **{"if": ends}) == set()


async def test_two_rules_that_would_take_turns_are_warned_of(desk):
    await desk.rule(["changed"], {"field": "subject", "contains": "zzz"}, {"do": "priority", "to": 0})
    body = {"name": NAME, "when": {"events": ["changed"]}, "if": {"field": "subject", "contains": "y"},
            "then": [{"do": "priority", "to": 1}]}
    found = await desk.ask(lambda reader: check_body(reader, KINDS, Place("rule", desk.brand_key, "other"), body))
    assert [(each.place, each.severity) for each in found] == [("then", "warning")]


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1%eth0", "fc00::1",
    "::ffff:127.0.0.1", "2002:7f00:1::", "100.64.0.1", "224.0.0.1",
])
def test_addresses_inside_are_known(address):
    assert is_inside(address)


def test_the_world_may_be_called_and_inside_what_the_operator_allows():
    assert not is_inside("8.8.8.8")
    assert wrong_address("https://example.com/hook?a=1", frozenset()) is None
    assert wrong_address("https://user:secret@example.com/", frozenset()) is not None
    assert wrong_address("http://tools.internal/", frozenset()) is not None
    assert wrong_address("http://tools.internal/", frozenset({"tools.internal"})) is None
    assert wrong_address("http://127.0.0.1/", frozenset({"127.0.0.1"})) is None
