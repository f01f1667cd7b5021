"""One player's open question, and how she behaves in it: pure decisions, no I/O.

Each function looks at what happened and changes the plans of the case; the
crowd carries out what is due. So a case can be saved, and tested, as a value.
"""

from random import Random
from typing import Literal
from uuid import uuid4

from msgspec import Struct, field

from demogame import texts
from demogame.reading import Meaning, meaning
from demogame.texts import Facts, Talk
from demogame.views import MessageView, TicketView

Act = Literal["say", "picture", "read", "nudge", "leave", "rate", "reopen"]
WAITING: tuple[Act, ...] = ("say", "picture", "nudge", "leave")
MOST_TURNS = 6
Reply = Talk | Literal["more", ""]
# What a player says to what she was told, with weights; "" is silence.
REPLIES: dict[Meaning, dict[Reply, int]] = {
    "picture": {"picture": 70, "no_picture": 30},
    "payment": {"payment": 1},
    "device": {"device": 1},
    "details": {"details": 1},
    "hold": {"holding": 75, "": 25},
    "done": {"done": 78, "undone": 12, "": 10},
    "bye": {"thanks": 80, "": 20},
    "greeting": {"more": 50, "greeting": 30, "": 20},
    "ask": {"more": 50, "details": 50},
    "other": {"agree": 60, "doubt": 20, "": 20},
}
IN_ANGER: dict[Meaning, dict[Reply, int]] = {
    "hold": {"angry": 50, "holding": 30, "": 20},
    "other": {"angry": 60, "doubt": 40},
}


class Plan(Struct):
    """Something the player is going to do."""

    at: float
    act: Act
    text: str = ""
    key: str = field(default_factory=lambda: uuid4().hex)
    """What is said twice under one key is heard once."""


class Case(Struct):
    """A question somebody is waiting on; times are seconds since the epoch."""

    account: str
    ticket: int
    category: str
    tone: Literal["polite", "plain", "angry"]
    facts: Facts
    live: bool
    opened_at: float
    patience: float
    plans: list[Plan] = []
    last_number: int = 0
    turns: int = 0
    answered_at: float | None = None
    unsolved: bool = False
    verdict: bool = False
    """Whether the player has made up her mind about rating."""
    reopened: bool = False
    over: bool = False
    synced_at: float = 0

    @property
    def waited(self) -> float:
        """Return the seconds until the first answer."""
        return (self.answered_at or self.opened_at + 6 * self.patience) - self.opened_at


def begin(case: Case, rng: Random) -> None:
    """Plan what a player does while nobody answers."""
    start = case.opened_at
    if rng.random() < (0.55 if case.live else 0.2):
        case.plans.append(Plan(start + rng.uniform(4, 20), "say", texts.more(rng, case.facts, case.category)))
    for share in (0.45, 0.8):
        if case.live and rng.random() < 0.7:
            case.plans.append(Plan(start + share * case.patience, "say", texts.say(rng, case.facts, "waiting")))
    if case.live:
        if rng.random() < 0.75:
            case.plans.append(Plan(start + case.patience, "leave", texts.say(rng, case.facts, "leaving")))
        return
    if rng.random() < 0.6:
        act: Act = "nudge" if rng.random() < 0.5 else "say"
        case.plans.append(Plan(start + case.patience, act, texts.say(rng, case.facts, "nudging")))
    if rng.random() < 0.25:
        case.plans.append(Plan(start + 3 * case.patience, "say", texts.say(rng, case.facts, "nudging")))


def hear(case: Case, message: MessageView, rng: Random, now: float) -> None:
    """React to a line from staff or a notice of the desk."""
    if message.number <= case.last_number:
        return
    case.last_number = message.number
    if message.author == "staff":
        _answer(case, message.body, rng, now)
    elif message.notice == "chat_accepted":
        case.plans = [p for p in case.plans if p.act not in WAITING]
        if rng.random() < 0.4:
            case.plans.append(Plan(now + rng.uniform(2, 6), "say", texts.say(rng, case.facts, "greeting")))
    elif message.notice == "nobody_on_duty":
        case.live = False
        case.plans = [p for p in case.plans if p.act != "leave"]


def see(case: Case, ticket: TicketView, rng: Random, now: float) -> None:
    """React to the state of the ticket: rate it, reopen it, or let it rest."""
    case.live = case.live and ticket.live
    if ticket.status == "closed":
        case.over = True
    if ticket.status != "resolved" or case.verdict:
        return
    case.verdict = True
    case.plans = [p for p in case.plans if p.act == "read"]
    pause = rng.uniform(4, 40) if case.live or rng.random() < 0.4 else rng.uniform(60, 600)
    upset = case.unsolved or case.tone == "angry"
    if ticket.can_reopen and not case.reopened and rng.random() < (0.3 if upset else 0.03):
        case.plans.append(Plan(now + pause, "reopen", texts.say(rng, case.facts, "reopening")))
    elif ticket.can_rate and rng.random() < (0.75 if upset or case.waited > 600 else 0.6):
        case.plans.append(Plan(now + pause, "rate"))
    else:
        case.over = True


def go_on(case: Case) -> None:
    """Take up a reopened case again: there will be another verdict, but no second reopening."""
    case.reopened, case.verdict, case.unsolved, case.turns = True, False, True, 2


def due(case: Case, now: float) -> list[Plan]:
    """Take the plans whose time has come."""
    ripe = sorted((p for p in case.plans if p.at <= now), key=lambda p: p.at)
    case.plans = [p for p in case.plans if p.at > now]
    return ripe


def score(case: Case, rng: Random) -> int:
    """Return 1–5: long waits, an unsolved problem and a bad temper cost."""
    minutes = case.waited / 60
    lost = min(2.4, 0.4 * minutes) if case.live else min(2.2, minutes / 40)
    lost += 1.3 if case.unsolved else 0
    lost += 0.9 if case.tone == "angry" else 0
    return max(1, min(5, round(4.85 - lost + rng.gauss(0, 0.5))))


def comment(case: Case, stars: int, rng: Random) -> str:
    """Return the words beside the stars."""
    slow = case.waited > (180 if case.live else 3600)
    kind = "good" if stars >= 4 else "slow" if slow else "middle" if stars == 3 else "bad"
    waited = {"minutes": str(max(1, round(case.waited / 60)))}
    facts = Facts(case.facts.brand, case.facts.language, case.facts.values | waited)
    return texts.comment(rng, facts, kind) if rng.random() < 0.6 else ""


def _answer(case: Case, body: str, rng: Random, now: float) -> None:
    case.answered_at = case.answered_at or now
    case.turns += 1
    # Several lines in a row get one reply, to the last of them.
    case.plans = [p for p in case.plans if p.act not in WAITING]
    reading = rng.uniform(1, 4) if case.live else rng.uniform(3, 30)
    case.plans.append(Plan(now + reading, "read"))
    if case.turns > MOST_TURNS:
        return
    kind = _reply(case, meaning(body), rng)
    if kind:
        typing = reading + (rng.uniform(2, 14) if case.live else rng.uniform(6, 90))
        act: Act = "picture" if kind == "picture" else "say"
        text = texts.more(rng, case.facts, case.category) if kind == "more" else texts.say(rng, case.facts, kind)
        case.plans.append(Plan(now + typing, act, text))


def _reply(case: Case, heard: Meaning, rng: Random) -> Reply:
    table = REPLIES | IN_ANGER if case.tone == "angry" else REPLIES
    replies = table[heard]
    kind = rng.choices(list(replies), list(replies.values()))[0]
    if heard == "done":
        case.unsolved = kind == "undone"
    return kind
