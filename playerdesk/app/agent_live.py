"""The workspace's live connection: who listens to what, and one read a tick for all screens."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from msgspec import structs

from playerdesk.app.agent_counters import Counters, ScreenCounters, counters_for
from playerdesk.app.agent_screen import DIRECTORY, News, Screen, number_of
from playerdesk.app.view_counters import ViewCounters
from playerdesk.brands.queries import brands, forget_directory
from playerdesk.forms.queries import forget_categories
from playerdesk.insights import board
from playerdesk.kernel import Database, Live, LiveEvent, now
from playerdesk.kernel.sockets import SIGN_IN_AGAIN, TRY_AGAIN_LATER, Socket
from playerdesk.kernel.ticks import Batches, Ticks
from playerdesk.sla import ClockView, clocks
from playerdesk.staff import Agent, same_sight, seen, still_signed_in
from playerdesk.staff.queries import forget_queues
from playerdesk.tickets import rows, told_entries

log = structlog.get_logger("agent live")

SILENCE_SECONDS = 35.0
"""A screen beats every 10 s; three missed beats and the connection is over."""

BEAT_SECONDS = 5.0
"""How often the beats of all screens are written, in one statement."""

SESSION_SECONDS = 2.0
"""How often the sessions of all screens are looked at again."""

_AT_A_TIME = 25
"""Screens whose numbers are told before others have their turn."""


class AgentDesk:
    """All screens connected to this process."""

    def __init__(self, database: Database, live: Live) -> None:
        self.database = database
        self.live = live
        self.screens: set[Screen] = set()
        self.views = ViewCounters(database)
        self._ticks: Ticks[Screen] = Ticks(live, self._push)
        self._stale_counters = True
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.live.observers.append(self._observe)
        running = (self._ticks.run, self._second_forever, self._beats, self._sessions)
        self._tasks = [asyncio.create_task(each()) for each in running]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _observe(self, events: Sequence[LiveEvent], cursor: str) -> None:
        self._stale_counters = True
        self.views.observe(events)
        if any(event.kind in DIRECTORY for event in events):
            # Another process may have changed what is remembered here, and screens are about to ask for it.
            for forget in (forget_directory, forget_queues, forget_categories):
                forget(self.database)

    def viewers(self, ticket_id: int) -> list[int]:
        """Who has this ticket on screen, in this process."""
        return sorted({screen.agent.id for screen in self.screens if screen.viewing == ticket_id})

    # -- one connection

    async def serve(self, socket: Socket, agent: Agent, since: str | None, session: str) -> None:
        """Run one connection until it ends; it ends with its session."""
        screen = Screen(self._ticks.mark, socket, agent, session)
        self.screens.add(screen)
        try:
            self.live.subscribe(screen, [f"agent:{agent.id}", "staff"])
            screen.topics.update((f"agent:{agent.id}", "staff"))
            # Until the replay has arrived the client goes on from the cursor it came with.
            socket.push({"op": "ready", "cursor": since or self.live.cursor, "serverTime": now()})
            if self._last_counters is not None and self.views.scope(agent) is not None:
                socket.push(self._counters_for(self._last_counters, agent))
            replayed = since is None
            while (frame := await socket.frame(SILENCE_SECONDS)) is not None:
                await self._take(screen, frame)
                if not replayed and frame.get("op") == "subscribe":
                    replayed = True
                    await self._replay(screen, since or "")
        finally:
            self.screens.discard(screen)
            self._ticks.forget(screen)
            self.live.unsubscribe(screen, screen.topics)
            if screen.viewing is not None:
                self._tell_viewers(screen.viewing)

    _last_counters: Counters | None = None

    async def _take(self, screen: Screen, frame: dict[str, Any]) -> None:
        op = frame.get("op")
        if op in ("subscribe", "unsubscribe"):
            given: Any = frame.get("topics")
            topics = [t for t in given if isinstance(t, str)][:200] if isinstance(given, list) else []
            if op == "subscribe":
                await self._subscribe(screen, topics, frame.get("since"))
            else:
                self._unsubscribe(screen, topics)
        elif op == "viewing":
            wanted = _ticket_id(frame)
            if wanted is not None and await self._foreign_tickets(screen, [f"ticket:{wanted}"]):
                wanted = None
            before, screen.viewing = screen.viewing, wanted
            for ticket_id in {before, screen.viewing} - {None}:
                self._tell_viewers(ticket_id)
        elif op == "typing" and (ticket_id := _ticket_id(frame)):
            if await self._foreign_tickets(screen, [f"ticket:{ticket_id}"]):
                return
            self.live.whisper(f"ticket:{ticket_id}", "typing", {"personId": screen.agent.id})
            self.live.whisper(f"typing:{ticket_id}", "typing", {})

    async def _subscribe(self, screen: Screen, topics: list[str], since: Any) -> None:
        """Hear these from now on; and what came since the screen asked for what it shows of them."""
        foreign = await self._foreign_tickets(screen, topics)
        allowed = [topic for topic in topics if screen.may_hear(topic) and topic not in foreign]
        for topic in set(topics) - set(allowed):
            screen.socket.push({"op": "refused", "topic": topic, "code": "not_permitted"})
        fresh = set(allowed) - screen.topics
        self.live.subscribe(screen, allowed)
        screen.topics.update(allowed)
        if fresh and isinstance(since, str) and since:
            await self._tell_missed(screen, fresh, since)
        if any(topic.startswith("board:") for topic in allowed):
            self._stale_counters = True
            self._boards.clear()

    async def _foreign_tickets(self, screen: Screen, topics: list[str]) -> set[str]:
        """Tickets out of the agent's sight, or not there yet; who sees the whole desk costs no question."""
        wanted = {topic: number for topic in topics if topic.startswith("ticket:") and (number := number_of(topic))}
        if not wanted or not screen.agent.limited:
            return set()
        async with self.database.reading() as reader:
            seen = {row.id for row in await rows(reader, sorted(set(wanted.values()))) if screen.sees(row)}
        return {topic for topic, number in wanted.items() if number not in seen}

    def _unsubscribe(self, screen: Screen, topics: list[str]) -> None:
        self.live.unsubscribe(screen, topics)
        screen.topics.difference_update(topics)

    def _tell_viewers(self, ticket_id: int | None) -> None:
        self.live.whisper(f"ticket:{ticket_id}", "viewers", {"personIds": self.viewers(ticket_id or 0)})

    async def _tell_missed(self, screen: Screen, topics: set[str], since: str) -> None:
        cursor = self.live.cursor
        events = await self.live.since(since, sorted(topics))
        if events is None:
            # What another process has already told, this one is about to hear of.
            if not self.live.is_behind(since):
                screen.socket.push({"op": "reset", "cursor": cursor})
        elif events:
            # Of these topics only: what the same events said to others has been told.
            news = [structs.replace(each, topics=sorted(topics.intersection(each.topics))) for each in events]
            screen.hear(news, cursor)

    async def _replay(self, screen: Screen, since: str) -> None:
        cursor = self.live.cursor
        events = await self.live.since(since, sorted(screen.topics))
        if events is None:
            screen.socket.push({"op": "reset", "cursor": cursor})
        elif events:
            screen.hear(events, cursor)
        else:
            screen.socket.push({"op": "rows", "rows": [], "cursor": cursor})

    # -- what is pushed

    async def _push(self, batches: Batches[Screen], cursor: str) -> None:
        facts = {event.position: msgspec.json.decode(event.data) for _, batch in batches for event in batch}
        ids = sorted({fact["ticketId"] for fact in facts.values() if "ticketId" in fact})
        watched = {i for i in ids if self.live.is_heard(f"ticket:{i}")}
        places = sorted({(f["ticketId"], f["seq"]) for f in facts.values() if f.get("ticketId") in watched and "seq" in f})
        designed = [fact for fact in facts.values() if "brandKey" in fact]
        async with self.database.reading(batch=True) as reader:
            numbers = {brand.key: brand.id for brand in await brands(reader)} if designed else {}
            row_of = {row.id: row for row in await rows(reader, ids)} if ids else {}
            entry_of = {(e.ticket_id, e.seq): e for e in await told_entries(reader, places)} if places else {}
            running = await clocks(reader, sorted(watched)) if watched else []
        for fact in designed:
            # A brand's own document is named by it. One that is only being designed is nobody's yet: 0.
            key = fact["key"] if fact["kind"] == "brand" else fact["brandKey"]
            fact["brandId"] = numbers.get(key, 0) if key else None
        clocks_of: dict[int, list[ClockView]] = {}
        for clock in running:
            clocks_of.setdefault(clock.ticket_id, []).append(clock)
        news = News(facts, row_of, entry_of, clocks_of, cursor)
        for screen, batch in batches:
            self._unsubscribe(screen, sorted(screen.tell(batch, news)))

    # -- once a second

    async def _second_forever(self) -> None:
        while True:
            await asyncio.sleep(1)
            if not self.screens:
                continue
            try:
                await self._push_boards()
                if self._stale_counters or self.views.busy:
                    self._stale_counters = False
                    await self._push_counters()
            except Exception as failure:  # noqa: BLE001 -- tried again in a second
                self._stale_counters = True
                log.warning("counters failed", error=repr(failure))

    def _counters_for(self, counters: Counters, agent: Agent) -> ScreenCounters:
        scope = self.views.scope(agent)
        assert scope is not None, "a round comes first"
        return counters_for(counters, agent, scope, self.views.of(agent))

    async def counters(self, agent: Agent) -> ScreenCounters:
        """The numbers of one person as they are now."""
        await self.views.round([agent])
        async with self.database.reading() as reader:
            return self._counters_for(await Counters.read(reader), agent)

    async def _push_counters(self) -> None:
        await self.views.round([screen.agent for screen in self.screens])
        async with self.database.reading() as reader:
            counters = await Counters.read(reader)
        self._last_counters = counters
        for place, screen in enumerate(tuple(self.screens), 1):
            if place % _AT_A_TIME == 0:
                await asyncio.sleep(0)  # messages wait for nobody's numbers
            if self.views.scope(screen.agent) is None:
                # Connected meanwhile, or the views have just changed: the next round is hers.
                self._stale_counters = True
                continue
            frame = self._counters_for(counters, screen.agent)
            if frame != self._sent_counters.get(id(screen)):
                self._sent_counters[id(screen)] = frame
                screen.socket.push(frame)
        alive = {id(screen) for screen in self.screens}
        self._sent_counters = {key: frame for key, frame in self._sent_counters.items() if key in alive}

    _sent_counters: dict[int, Any] = {}  # noqa: RUF012 -- replaced, never shared
    _boards: dict[str, bytes] = {}  # noqa: RUF012

    async def _push_boards(self) -> None:
        for topic in self.live.listened("board:"):
            value = topic.partition(":")[2]
            async with self.database.reading() as reader:
                fresh = await board(reader, [int(value)] if value.isdigit() else None, None)
            for screen in tuple(self.screens):
                if topic in screen.topics:
                    screen.socket.push({"op": "board", "topic": topic, "board": fresh})

    async def _sessions(self) -> None:
        """Whose session is over is cut off, and who may see something else now begins anew; one statement for all."""
        while True:
            await asyncio.sleep(SESSION_SECONDS)
            screens = tuple(self.screens)
            if not screens:
                continue
            try:
                agents = await still_signed_in(self.database, {screen.session for screen in screens})
            except Exception as failure:  # noqa: BLE001 -- asked again in a moment
                log.warning("sessions not read", error=repr(failure))
                continue
            for screen in screens:
                agent = agents.get(screen.session)
                if agent is None:
                    screen.socket.close_soon(SIGN_IN_AGAIN)
                elif not same_sight(agent, screen.agent):
                    screen.socket.close_soon(TRY_AGAIN_LATER)

    async def _beats(self) -> None:
        """Whoever has a screen connected is here; one statement for all of them."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            people = sorted({screen.agent.id for screen in self.screens})
            if people:
                try:
                    await seen(self.database, people)
                except Exception as failure:  # noqa: BLE001 -- the grace covers a few missed beats
                    log.warning("beats not written", error=repr(failure))


def _ticket_id(frame: dict[str, Any]) -> int | None:
    value = frame.get("ticketId")
    return value if isinstance(value, int) and 0 < value < 1 << 63 else None
