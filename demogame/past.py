"""What players asked of support in the last weeks, before this desk was there: a pure function of seed and moment.

The game hands it over as any company would hand over the record of the tool it had before: who asked what and when,
and what she had to say afterwards. What the desk made of it is the desk's own story.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Literal

from msgspec import Struct

from demogame import mood, texts
from demogame.feed import everybody
from demogame.texts import CATEGORIES, Facts
from demogame.views import Category, ChatState, SessionView
from demogame.world import CAST, Player, Segment, player

DAYS = 30
A_DAY = 80.0
SHANGHAI = timedelta(hours=8)
# New questions in each hour of the day in Shanghai: the night is short of people, the evening is not.
HOURS = (4, 2.5, 1.5, 1, 0.7, 0.7, 1, 1.8, 2.8, 3.5, 4, 4.5, 6, 5.5, 4, 4, 4.2, 5, 6.5, 8.5, 10, 10.5, 9, 6.5)
# Monday to Sunday.
WEEK = (0.92, 0.9, 0.92, 0.96, 1.1, 1.32, 1.26)
OUTAGE_DAYS_AGO, OUTAGE_HOUR, OUTAGE = 9, 20, 70
"""One evening a server fell over."""
SESSION = SessionView([Category(key) for key in CATEGORIES], ChatState(available=True))


class Asked(Struct):
    """One question of the past, with all its player would say in it."""

    at: datetime
    brand: str
    account: str
    language: str
    server: str
    server_name: str
    role_id: str
    character: str
    category: str
    live: bool
    tone: str
    body: str
    lines: dict[str, str]
    """What she says when asked for more, when it is solved, when it is not; and beside her stars."""
    values: dict[str, str]
    """The facts of her trouble: order number, amount …"""


def asked(seed: str, until: datetime) -> list[Asked]:
    """Everything asked in the days before `until`, the oldest first."""
    rng = Random(f"{seed}|past|{until.date()}")
    people: dict[Segment, list[Player]] = {"high": [], "mid": [], "low": [], "none": []}
    for who in everybody(seed):
        if who.account not in CAST:
            people[who.segment].append(who)
    counts: dict[Segment, int] = {kind: len(players) for kind, players in people.items()}
    found = [
        _one(rng, mood.closest(rng, people[mood.segment(rng, counts)], _there(at).hour), at) for at in _moments(rng, until)
    ]
    # On that evening everybody has the same to say.
    found += [
        _one(rng, rng.choice(people[mood.segment(rng, counts)]), at, "lag") for at in _outage(rng, until)
    ]
    for account in CAST:
        who = player(seed, account)
        for _ in range({"high": 4, "mid": 3, "low": 2, "none": 1}[who.segment]):
            found.append(_one(rng, who, until - timedelta(days=rng.uniform(1.5, DAYS - 0.5))))
    return sorted(found, key=lambda each: each.at)


def _there(at: datetime) -> datetime:
    return at + SHANGHAI


def _moments(rng: Random, until: datetime) -> list[datetime]:
    start = (until - timedelta(days=DAYS)).replace(minute=0, second=0, microsecond=0)
    usual = sum(HOURS)
    found: list[datetime] = []
    swing: dict[int, float] = {}
    for hour in range(DAYS * 24 + 1):
        begins = start + timedelta(hours=hour)
        there = _there(begins)
        day = swing.setdefault(there.toordinal(), rng.lognormvariate(0, 0.09))
        expected = A_DAY * WEEK[there.weekday()] * day * HOURS[there.hour] / usual
        at = rng.expovariate(expected)
        while at < 1:
            found.append(begins + timedelta(hours=at))
            at += rng.expovariate(expected)
    return [at for at in found if until - timedelta(days=DAYS) <= at < until]


def _outage(rng: Random, until: datetime) -> list[datetime]:
    evening = (_there(until) - timedelta(days=OUTAGE_DAYS_AGO)).replace(hour=OUTAGE_HOUR, minute=5, second=0, microsecond=0)
    return [evening - SHANGHAI + timedelta(minutes=min(110.0, rng.expovariate(1 / 30))) for _ in range(OUTAGE)]


def _one(rng: Random, who: Player, at: datetime, category: str = "") -> Asked:
    wish = mood.decide(rng, who, SESSION, _there(at).hour)
    about = category or wish.category
    facts = texts.facts_for(rng, who, at, about)
    return Asked(
        at=at.replace(microsecond=rng.randrange(10**6)), brand=who.brand.key, account=who.account, language=who.language,
        server=who.main.server.key, server_name=who.main.server.name, role_id=who.main.role_id, character=who.main.name,
        category=about, live=wish.live, tone=wish.tone, body=texts.opening(rng, facts, about, wish.tone),
        lines=_lines(rng, facts, about, wish.tone), values=facts.values,
    )


def _lines(rng: Random, facts: Facts, category: str, tone: str) -> dict[str, str]:
    kinds: tuple[Literal["details", "done", "undone", "thanks", "holding", "angry", "reopening"], ...] = (
        "details", "done", "undone", "thanks", "holding", "angry", "reopening",
    )
    lines = {kind: texts.say(rng, facts, kind) for kind in kinds}
    if category in ("recharge", "refund", "minor"):
        lines["details"] = texts.say(rng, facts, "payment")
    elif category in ("lag", "bug"):
        lines["details"] = texts.say(rng, facts, "device")
    if tone == "angry":
        lines["holding"] = lines["angry"]
    verdicts: tuple[Literal["good", "middle", "slow", "bad"], ...] = ("good", "middle", "slow", "bad")
    return lines | {"more": texts.more(rng, facts, category)} | {
        f"stars_{kind}": texts.comment(rng, facts, kind) for kind in verdicts
    }
