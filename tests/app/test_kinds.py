"""The contract of every kind of document: what is published is what the domain says is true, and back."""

import msgspec
import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, adopt, publish_body, retire

NAME = {"zh": "测试", "en": "Test"}
SAMPLES: dict[str, list[tuple[str, dict]]] = {
    "brand": [("shop-of-tests", {
        "name": NAME, "theme": {"accent": "#aa3355", "greeting": NAME}, "tone": NAME, "modules": {"chat": False, "rating": True},
    })],
    "queue": [("sample-queue", {"name": NAME, "push": False, "position": 3})],
    "department": [("sample-department", {"name": NAME})],
    "team": [("sample-team", {"name": NAME})],
    "form": [("sample-form", {"name": NAME, "fields": [
        {"key": "way", "kind": "choice", "label": NAME, "required": True, "options": [
            {"key": "alipay", "name": NAME}, {"key": "wechat", "name": NAME}]},
        {"key": "order", "kind": "text", "label": NAME, "help": NAME, "pattern": "[0-9]{10,20}", "message": NAME,
         "show": {"field": "way", "is": "alipay"}, "need": {"all": []}, "min": 10},
        {"key": "paid", "kind": "money", "label": NAME, "max": 64800, "default": 600},
        {"key": "where", "kind": "tree", "label": NAME, "options": [
            {"key": "a", "name": NAME, "options": [{"key": "a1", "name": NAME}]}]},
        {"key": "match", "kind": "lookup", "label": NAME, "lookup": "match", "audience": "agent"},
        {"key": "when", "kind": "date", "label": NAME, "min": "today-30d", "max": "today"},
        {"key": "agree", "kind": "consent", "label": NAME}]})],
    "category": [("sample-category", {
        "name": NAME, "icon": "wallet", "priority": 1, "position": 7, "queue": "{game}-q", "parent": "other",
        "articles": [{"title": NAME, "url": "https://example.com/help"}], "aliases": ["old-one"], "form": "recharge"})],
    "rule": [
        ("urgent-words", {
            "name": NAME, "when": {"events": ["opened", "player_message"]},
            "if": {"any": [{"field": "said", "contains": "闪退"}, {"field": "tier", "is": "high"}]},
            "then": [
                {"do": "priority", "to": 0}, {"do": "tag", "add": ["急"]}, {"do": "notify", "leads": True, "text": "{{player.name}}"},
                {"do": "webhook", "to": "https://example.com/hook"},
            ],
            "stop": True, "position": 2.5,
        }),
        ("silence", {
            "name": NAME, "when": {"since": "last_message", "hours": 72.0}, "if": {"field": "status", "is": "pending"},
            "then": [{"do": "reply", "text": "还在吗？"}, {"do": "status", "to": "resolved", "text": "没有回音"}], "on": False,
        }),
    ],
    "role": [("sample_role", {"name": NAME, "scope": "team", "permissions": ["tickets.read", "players.read"]})],
    "calendar": [("night-shift", {
        "name": {"zh": "晚班", "en": "Late shift"}, "timeZone": "Asia/Shanghai", "chineseHolidays": True,
        "week": {"mon": [["14:00", "18:00"], ["19:00", "24:00"]], "sat": [["00:00", "24:00"]]},
        "exceptions": {"2026-10-02": {"hours": [["10:00", "16:00"]], "note": "周年庆"}, "2026-10-03": {"hours": []}},
    })],
    "service_level": [("standard", {
        "name": {"zh": "本游戏的标准", "en": "Of this game"},
        "targets": [
            {"channel": "game", "tier": "high", "first": 600, "next": 600, "warn": 0.8, "calendar": "always"},
            {"channel": "game", "first": 28800, "resolution": 259200, "calendar": "office"},
        ],
        "escalation": [{
            "key": "late", "at": "breach", "afterSeconds": 600, "tiers": ["high"],
            "do": [{"kind": "notify", "who": "lead"}, {"kind": "priority"}],
        }],
    })],
    "tag": [("sample-tag", {"name": NAME, "tone": "red", "byHand": False, "description": {"zh": "测试", "en": ""}})],
    "segment": [("sample-segment", {"name": NAME, "if": {"all": [
        {"field": "tier", "in": ["high"]}, {"not": {"field": "last_login", "within_last": "7d"}},
        {"any": [{"field": "spent_90d", "at_least": 200000}, {"field": "servers", "has": "nowhere/s1"}]},
    ]}})],
    "process": [("sample_process", {"name": NAME, "start": "review", "steps": [
        {"key": "review", "name": NAME, "by": [{"kind": "role", "key": "agent"}], "deadline": {"minutes": 60}, "stage": NAME,
         "fields": [{"key": "amount", "kind": "number", "label": NAME, "required": True}], "next": [{"to": "check"}], "x": 1.5},
        {"key": "check", "name": NAME, "kind": "decision", "next": [
            {"to": "review", "when": {"field": "answer.review.amount", "less": 1}}, {"to": "end"}]},
        {"key": "end", "name": NAME, "kind": "end", "tells": NAME, "resolves": True},
    ]})],
    "tier_model": [("standard", {
        "windowDays": 60, "currency": "CNY",
        "thresholds": {"CNY": {"high": 500000, "mid": 50000, "low": 100}, "USD": {"high": 70000, "mid": 7000, "low": 1}},
        "tiers": {
            "high": {
                "name": {"zh": "至尊", "en": "Supreme"}, "headStartSeconds": 7200, "manager": True,
                "privileges": [{"key": "birthday", "name": {"zh": "生日礼包", "en": "Birthday gift"}}],
            },
            "mid": {"name": {"zh": "尊享", "en": "Prime"}, "headStartSeconds": 900},
            "low": {"name": {"zh": "常客", "en": "Regular"}, "selfServiceFirst": True},
        },
    })],
    "channel_doors": [("standard", {"doors": [
        {"channel": "chat", "tier": "none", "open": False, "instead": {"zh": "请留言", "en": "Leave a message"}},
        {"channel": "chat", "calendar": "office", "mostWaiting": 30},
    ]})],
}
"""For every kind: bodies that can be published on a fresh game, each with the key it is published as."""


FOREVER = {"brand", "tier_model"}
"""What cannot be taken out of use."""


def test_every_kind_has_samples():
    assert {kind.name for kind in KINDS} == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
async def test_what_is_published_is_what_is_true(game, name):
    kind = KINDS[name]
    for key, sample in SAMPLES[name]:
        place = Place(name, game.key if kind.branded else "", key)
        await game.agent()  # somebody works here
        body = msgspec.json.decode(msgspec.json.encode(sample).replace(b"{game}", game.key.encode()))
        async with game.desk.database.transaction() as tx:
            await adopt(tx, KINDS, name)
            await publish_body(tx, KINDS, place, body, None)
        async with game.desk.database.transaction() as tx:
            found = [each.body for each in await kind.living(tx) if (each.brand_key, each.key) == (place.brand_key, key)]
            assert found == [kind.normal(body)]
            assert kind.normal(found[0]) == found[0]
            assert msgspec.json.decode(msgspec.json.encode(found[0])) == found[0], "a body is plain JSON"
            versions = await adopt(tx, KINDS, name)
            assert versions == 0, "nothing was changed past the documents"
            if name in FOREVER:
                continue
            await retire(tx, KINDS, place, None, None)
            assert not [each for each in await kind.living(tx) if (each.brand_key, each.key) == (place.brand_key, key)]
