"""The crowd: players ask at a chosen rate, wait, talk, give up, say thanks and rate."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from demogame import mood
from demogame.arrivals import People, ask, gather, next_player, send_picture
from demogame.caller import Caller
from demogame.case import Case, Plan, comment, due, go_on, hear, score, see
from demogame.desk import Desk, DeskAway, DeskRefused
from demogame.line import Line
from demogame.rate import Rate
from demogame.views import MessageView, Option, TicketView
from demogame.world import player

log = logging.getLogger("crowd")
MOST_CASES = 3_000
MOST_CHATS = 40
AT_ONCE = 12
FORGET_AFTER = 48 * 3600
CHAT_SECONDS = 2400
LINGER_SECONDS = 60
SWEEP_SECONDS = 5
SAVE_SECONDS = 20
LETTER_SECONDS = 0.12
TICK_SECONDS = 0.5


class Crowd:
    """All simulated players with an open question."""

    def __init__(self, desk: Desk, seed: str, rate: Rate, path: Path) -> None:
        """Take up the cases of an earlier run."""
        self._desk, self._seed, self._rate, self._path = desk, seed, rate, path
        self._rng = Random()
        self._cases = {c.ticket: c for c in _load(path)}
        self._lines: dict[int, Line] = {}
        self._reasons: dict[str, dict[str, list[Option]]] = {}
        self._limit = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def sizes(self) -> dict[str, int]:
        """Return how many wait and how many chat, for the log and the page."""
        return {"openCases": len(self._cases), "chats": len(self._lines)}

    async def run(self) -> None:
        """Live until cancelled."""
        people = await asyncio.to_thread(gather, self._seed, self._desk)
        log.info("%d players may ask; %g new questions a minute", sum(people.counts.values()), self._rate.per_minute)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._arrive(people))
                group.create_task(self._act())
                group.create_task(self._sweep())
                group.create_task(self._keep())
        finally:
            self._save()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self, ticket: int) -> None:
        """Let the player look: the game has mail for her."""
        case = self._cases.get(ticket)
        if case and ticket not in self._lines:
            self._spawn(self._look(case))

    async def _arrive(self, people: People) -> None:
        while True:
            await self._rate.next_arrival(self._rng)
            busy = {case.account for case in self._cases.values()}
            who = next_player(self._rng, people, busy)
            if who and (not self._desk.away or await self._desk.ready()):
                self._spawn(self._turn_up(Caller(self._desk, who)))

    async def _turn_up(self, caller: Caller) -> None:
        case = await ask(self._rng, caller, MOST_CHATS - len(self._lines))
        way = "chats" if case.live else "asks"
        log.info("%s %s %s about %s #%d", case.account, caller.player.name, way, case.category, case.ticket)
        if len(self._cases) >= MOST_CASES:
            del self._cases[min(self._cases)]
        self._cases[case.ticket] = case
        if case.live:
            await self._chat(case, caller)

    async def _chat(self, case: Case, caller: Caller) -> None:
        """Hold the line while the chat lives, and a little longer for the rating."""

        def heard(event: MessageView | TicketView) -> None:
            if isinstance(event, MessageView):
                hear(case, event, self._rng, time.time())
            else:
                see(case, event, self._rng, time.time())

        line = Line(caller, case.ticket, heard, lambda: self._look(case))
        self._lines[case.ticket] = line
        listening = asyncio.create_task(line.run())
        quiet_since = time.time()
        try:
            while not case.over and not listening.done() and time.time() - case.opened_at < CHAT_SECONDS:
                await asyncio.sleep(1)
                quiet_since = time.time() if case.live or case.plans else quiet_since
                if time.time() - quiet_since > LINGER_SECONDS:
                    break
        finally:
            self._lines.pop(case.ticket, None)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _act(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.time()
            for case in list(self._cases.values()):
                plans = due(case, now)
                if plans:
                    self._spawn(self._carry_out(case, plans))
                elif case.over or now - case.opened_at > FORGET_AFTER:
                    self._cases.pop(case.ticket, None)

    async def _carry_out(self, case: Case, plans: list[Plan]) -> None:
        caller = Caller(self._desk, player(self._seed, case.account))
        for plan in plans:
            async with self._limit:
                try:
                    await self._do(case, plan, caller)
                except DeskAway:
                    plan.at = time.time() + self._rng.uniform(2, 20)
                    case.plans.append(plan)
                except DeskRefused as refusal:
                    log.info("#%d cannot %s: %s", case.ticket, plan.act, refusal)
                    case.over = case.over or (plan.act != "nudge" and refusal.status in {403, 404, 409, 410})

    async def _do(self, case: Case, plan: Plan, caller: Caller) -> None:
        match plan.act:
            case "say":
                await self._say(case, caller, plan, [])
            case "picture":
                await self._say(case, caller, plan, [await send_picture(self._rng, caller, case.facts)])
            case "read":
                await caller.read(case.ticket, case.last_number)
            case "nudge":
                await caller.nudge(case.ticket)
            case "leave":
                if self._rng.random() < 0.5:
                    await self._say(case, caller, plan, [])
                await caller.leave(case.ticket)
                case.live = False
                log.info("%s left the queue #%d", case.account, case.ticket)
            case "reopen":
                await caller.reopen(case.ticket, plan.text)
                go_on(case)
                log.info("%s reopened #%d", case.account, case.ticket)
            case "rate":
                await self._give_verdict(case, caller)

    async def _say(self, case: Case, caller: Caller, plan: Plan, attachments: list[str]) -> None:
        line = self._lines.get(case.ticket)
        if line:
            await line.typing()
            await asyncio.sleep(min(4.0, LETTER_SECONDS * len(plan.text)))
        # The same key again over HTTP: said once, whichever way got through.
        if not (line and await line.say(plan.text, attachments, plan.key)):
            await caller.post(case.ticket, plan.text, attachments, plan.key)

    async def _give_verdict(self, case: Case, caller: Caller) -> None:
        stars = score(case, self._rng)
        brand = caller.player.brand.key
        if brand not in self._reasons:
            self._reasons[brand] = (await caller.session()).reasons
        offered = [option.key for option in self._reasons[brand].get(str(stars), [])]
        slow = case.waited > (180 if case.live else 3600)
        await caller.rate(case.ticket, stars, mood.reason(self._rng, offered, slow), comment(case, stars, self._rng))
        case.over = True
        log.info("%s rated #%d with %d", case.account, case.ticket, stars)

    async def _look(self, case: Case) -> None:
        """Read the ticket as it is now: also mends whatever a broken line has missed."""
        case.synced_at = time.time()
        caller = Caller(self._desk, player(self._seed, case.account))
        async with self._limit:
            try:
                found = await caller.conversation(case.ticket)
            except DeskRefused as refusal:
                case.over = case.over or refusal.status in {403, 404}
                return
        for message in found.messages:
            hear(case, message, self._rng, time.time())
        see(case, found.ticket, self._rng, time.time())

    async def _sweep(self) -> None:
        """Mail can fail: now and then somebody opens the game and looks without being told."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            idle = [c for c in self._cases.values() if c.ticket not in self._lines and time.time() - c.synced_at > 60]
            if idle:
                self._spawn(self._look(min(idle, key=lambda c: c.synced_at)))

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            self._save()

    def _save(self) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(list(self._cases.values())))
        beside.replace(self._path)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_survive(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _survive(work: Coroutine[Any, Any, None]) -> None:
    """One player's bad luck ends her own errand only."""
    try:
        await work
    except DeskAway:
        return  # the desk's absence is logged once, where it is noticed
    except DeskRefused as refusal:
        log.warning("refused: %s", refusal)
    except Exception:
        log.exception("a player stumbled")


def _load(path: Path) -> list[Case]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Case])
    except (OSError, msgspec.MsgspecError):
        return []
