"""What became of each question: who took it when, what was said, when it was solved and how it was liked. Pure.

The people are a little simulation: whoever is on duty and free soonest takes the next, so the waiting of an evening or of
an outage comes out by itself. A matter that would not be over by the end of what is told is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Literal

import msgspec

from playerdesk.app.demo.past import words
from playerdesk.app.demo.past.game import Asked
from playerdesk.app.demo.past.shifts import MANAGERS, Duty

Deed = Literal["assign", "staff", "player", "leave", "resolve", "rate", "note", "close", "read"]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
REOPEN_DAYS = timedelta(days=7)
CHATS_AT_ONCE = 3
LOW = 2


class Step(msgspec.Struct, frozen=True):
    """Something that happened to a ticket after it was opened."""

    at: datetime
    do: Deed
    who: str = ""
    text: str = ""
    score: int = 0
    slow: bool = False


class Life(msgspec.Struct, frozen=True):
    """A question from beginning to end. `key` is the same each time the past is told."""

    key: str
    asked: Asked
    steps: list[Step]


class Crew(msgspec.Struct, frozen=True):
    """Who works on what: people by queue, queues by category, the managers of those who have one, tiers of accounts."""

    members: Mapping[str, Sequence[str]]
    queue_of: Mapping[str, str]
    manager_of: Mapping[str, str]
    tier_of: Mapping[str, str]
    names: Mapping[str, str]


def lives(questions: Sequence[Asked], crew: Crew, duty: Duty, until: datetime, seed: str) -> list[Life]:
    """Those that were over by then, in the order in which they were asked."""
    free: dict[str, datetime] = {}
    found: list[Life] = []
    for n, asked in enumerate(questions):
        if asked.account not in crew.tier_of:
            continue  # the desk does not know her
        story = _Story(asked, crew, duty, free, Random(f"{seed}|life|{n}"))  # noqa: S311 -- a story, no secret
        steps = story.tell(until)
        if steps:
            found.append(Life(f"past-{n}", asked, steps))
    return found


class _Over(Exception):
    """Nobody is there any more in what is told."""


class _Story:
    """One question while it is being told."""

    def __init__(self, asked: Asked, crew: Crew, duty: Duty, free: dict[str, datetime], dice: Random) -> None:
        self.asked, self.crew, self.duty, self.free, self.dice = asked, crew, duty, free, dice
        self.tier = crew.tier_of[asked.account]
        self.at = asked.at
        self.steps: list[Step] = []
        self.unsolved = False
        self.waited = timedelta(0)
        people = crew.members.get(crew.queue_of.get(asked.category, ""), ())
        manager = crew.manager_of.get(asked.account, "")
        self.first = [manager] if manager else list(MANAGERS) if self.tier == "high" else list(people)
        self.others = list(people) or duty.people

    def tell(self, until: datetime) -> list[Step]:
        """All steps, or none if it would not be over."""
        live = self.asked.live
        try:
            who = self._taken(live=live)
            live = live and not any(step.do == "leave" for step in self.steps)
            solver = self._chat(who) if live else self._letters(who)
            self._verdict(solver)
        except _Over:
            return []
        if self.at >= until:
            return []
        steps = sorted(self.steps, key=lambda step: step.at)
        if any(0 < step.score <= LOW for step in steps) and steps[-1].at >= until:
            # The lead would still have to look into it: nobody is left with work of the past.
            steps = [step for step in steps if step.do not in ("rate", "note", "close")]
        return [step for step in steps if step.at < until]

    # -- who and when

    def _soonest(self, logins: Sequence[str], at: datetime) -> tuple[datetime, str] | None:
        """Who can take it first: there, and done with what she had."""
        moments: list[tuple[datetime, str]] = []
        for login in logins:
            moment = self.duty.next(login, max(at, self.free.get(login, at)))
            if moment is not None:
                moments.append((moment, login))
        return min(moments, default=None)

    def _taken(self, *, live: bool) -> str:
        best: tuple[datetime, str] | None = None
        # Her own people, those of the queue, and when all of these are away or busy, whoever is there.
        for people, patience in ((self.first, 1), (self.others, 4), (self.duty.people, 0)):
            found = self._soonest(people, self.at)
            best = found if best is None or (found is not None and found < best) else best
            if best is not None and best[0] - self.at <= patience * (12 * SECOND if live else 3 * MINUTE):
                break
        if best is None:
            raise _Over
        moment, who = best
        if live:
            patience = self.dice.lognormvariate(5.2, 0.6) * SECOND
            if moment - self.at > patience:
                self._add(self.asked.at + patience, "leave")
        self._add(max(moment, self.at) + self.dice.uniform(0.4, 4) * SECOND, "assign", who)
        return who

    def _there(self, who: str, delay: timedelta) -> str:
        """Time passes until she, or a colleague if she has gone home, sees to it again."""
        back = self.duty.next(who, self.at + delay)
        if back is None or back - self.at - delay > HOUR:
            found = [(at, login) for login in self.duty.people if (at := self.duty.next(login, self.at + delay))]
            if back is not None:
                found.append((back, who))
            if not found:
                raise _Over
            back, who = min(found)
        self.at = back
        return who

    # -- what happens

    def _add(self, at: datetime, do: Deed, who: str = "", text: str = "", **more: int) -> None:
        self.at = max(at, self.at + SECOND)
        self.steps.append(Step(self.at, do, who, text, more.get("score", 0), bool(more.get("slow", 0))))

    def _player(self, kind: str, low: float, high: float) -> None:
        self._add(self.at + self.dice.uniform(low, high) * SECOND, "player", text=self.asked.lines[kind])

    def _staff(self, who: str, text: str, seconds: float) -> None:
        self._add(self.at + seconds * SECOND, "staff", who, text)
        if not self.waited:
            self.waited = self.at - self.asked.at

    def _facts(self, who: str) -> dict[str, str]:
        return {**self.asked.values, "name": self.asked.character, "agent": self.crew.names.get(who, who)}

    def _general(self, who: str, kind: str) -> str:
        return words.general(self.dice, self.asked.language, kind, self._facts(who))

    def _about(self, who: str, kind: str) -> str:
        return words.about(self.dice, self.asked.language, self.asked.category, kind, self._facts(who))

    def _chat(self, who: str) -> str:
        dice, began = self.dice, self.at
        self._staff(who, self._general(who, "hello"), dice.lognormvariate(1.5, 0.45))
        ask = self._about(who, "ask")
        if ask and dice.random() < 0.7:
            self._player("more", 6, 40)
            self._staff(who, ask, dice.uniform(8, 30))
            self._player("details", 10, 60)
        else:
            self._player("more", 6, 40)
        if dice.random() < 0.6:
            self._staff(who, self._general(who, "hold"), dice.uniform(5, 25))
            if dice.random() < 0.5:
                self._player("holding", 4, 20)
        self._staff(who, self._about(who, "done"), dice.lognormvariate(3.5, 0.35))
        self._answered(who, 5, 45, dice.uniform(20, 55))
        self.free[who] = max(self.free.get(who, began), began) + (self.at - began) / CHATS_AT_ONCE
        self._add(self.at + dice.uniform(10, 60) * SECOND, "resolve", who, self._about(who, "solution"))
        return who

    def _letters(self, who: str) -> str:
        dice = self.dice
        usual = {"high": 4.6, "mid": 5.2}.get(self.tier, 5.6)
        reading = min(5400.0, dice.lognormvariate(usual, 0.6) * (4 if self.tier != "high" and dice.random() < 0.06 else 1))
        self.free[who] = self.at + min(reading, 600) * SECOND
        ask = self._about(who, "ask")
        if ask and dice.random() < 0.6:
            self._staff(who, ask, reading)
            self._player("details", 60, 60 * dice.lognormvariate(3.2, 1.0))
            usual = {"high": 1.4, "mid": 2.6}.get(self.tier, 3.4)
            who = self._there(who, min(6 * HOUR, dice.lognormvariate(usual, 0.7) * MINUTE))
            self._staff(who, self._about(who, "done"), 1)
        else:
            self._staff(who, self._about(who, "done"), reading)
        self._answered(who, 60, 5400, dice.uniform(120, 500))
        who = self._there(who, dice.uniform(1, 25) * MINUTE)
        self._add(self.at, "resolve", who, self._about(who, "solution"))
        return who

    def _answered(self, who: str, soon: float, late: float, again: float) -> None:
        """Thanks, silence, or "it does not work"."""
        luck = self.dice.random()
        if luck < 0.09:
            self.unsolved = luck < 0.04
            self._player("undone", soon, late)
            helper = who if late < 60 else self._there(who, again * SECOND)
            self._staff(helper, self._general(helper, "again"), again if late < 60 else 1)
        elif luck < 0.7:
            self._player("done" if luck < 0.45 else "thanks", soon, late)

    def _verdict(self, who: str) -> None:
        dice = self.dice
        upset = self.unsolved or self.asked.tone == "angry"
        if dice.random() < (0.16 if upset else 0.022):
            self._player("reopening", 1200, 20 * 3600)
            who = self._there(who, dice.uniform(3, 50) * MINUTE)
            self._staff(who, self._general(who, "again"), 1)
            who = self._there(who, dice.uniform(5, 60) * MINUTE)
            self._add(self.at, "resolve", who, self._about(who, "solution"))
        solved = self.at
        rates = dice.random() < (0.6 if upset else 0.44)
        # Who is content looks at the last answer, or never again.
        if rates or dice.random() < 0.3:
            self._add(self.at + dice.uniform(5, 3600) * SECOND, "read")
        self.at = solved
        if rates:
            self._rated(who, upset=upset, solved=solved)
        else:
            self._add(solved + REOPEN_DAYS + dice.uniform(5, 600) * SECOND, "close")
        # Closing may lie ahead; what counts is that nothing is left to do.
        self.at = solved

    def _rated(self, who: str, *, upset: bool, solved: datetime) -> None:
        dice = self.dice
        minutes = self.waited / MINUTE
        slow = minutes > (3 if self.asked.live else 60)
        lost = min(2.0, 0.3 * minutes) if self.asked.live else min(2.0, minutes / 60)
        lost += 1.6 * self.unsolved + 0.8 * (self.asked.tone == "angry")
        score = max(1, min(5, round(4.95 - lost + dice.gauss(0, 0.55))))
        kind = "good" if score > 3 else "slow" if slow else "middle" if score == 3 else "bad"
        text = self.asked.lines[f"stars_{kind}"] if dice.random() < 0.45 else ""
        self._add(solved + dice.uniform(20, 5 * 3600) * SECOND, "rate", who, text, score=score, slow=int(slow))
        if score <= LOW:
            # The lead looked into it; what she has seen to is closed.
            lead = self._there("zhao", dice.uniform(1, 6) * HOUR)
            self._add(self.at, "note", lead, self._general(lead, "follow_up"))
            self._add(self.at + dice.uniform(30, 200) * SECOND, "close", lead)
        else:
            self._add(solved + REOPEN_DAYS + dice.uniform(5, 600) * SECOND, "close")
