"""The player's live connection, and the long poll for games that cannot hold one."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

import msgspec
import structlog

from playerdesk.channels.chat.ears import Ear, PollEar, SocketEar
from playerdesk.channels.chat.places import places, waiting_chats
from playerdesk.channels.game.http import Say, pace, post_message
from playerdesk.channels.game.shapes import PlayerMessage, PlayerTicket
from playerdesk.channels.game.views import shape_messages, shape_tickets
from playerdesk.kernel import Database, Live, LiveEvent, Refused, now
from playerdesk.kernel.sockets import SIGN_IN_AGAIN, Socket
from playerdesk.kernel.ticks import Batches, Ticks
from playerdesk.players import PlayerCaller, player_caller
from playerdesk.tickets import Detail, Writers, details, mark_read, player_unread, told_entries

log = structlog.get_logger("player live")

SILENCE_SECONDS = 75.0
"""A cheap phone on a bad line beats every 25 s; two may be lost."""

HELLO_SECONDS = 10.0
PLACES_EVERY_SECONDS = 2.0
LARGEST_ID = 1 << 63

_WITHOUT_TICKET = frozenset({"MessagePosted", "MessagesRead"})
"""Frequent events after which the client can tell by itself where its ticket stands."""


class PlayerDesk:
    """All players connected to this process; one read a tick for all of them."""

    def __init__(self, database: Database, live: Live, writers: Writers) -> None:
        self.database = database
        self.live = live
        self.writers = writers
        self.connected = 0
        self._ticks: Ticks[Ear] = Ticks(live, self._push)
        self._waiting: dict[int, tuple[int, Any]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._ticks.run()), asyncio.create_task(self._places_forever())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- sockets

    async def serve(self, socket: Socket, scope: Any) -> None:
        """Run one socket: hello with a token first, then frames both ways until it ends."""
        hello = await socket.frame(HELLO_SECONDS)
        caller = None if hello is None else await self._admit(socket, hello)
        if hello is None or caller is None:
            return
        async with self.database.reading() as reader:
            unread = await player_unread(reader, caller.player_id)
            waiting = await waiting_chats(reader, caller.player_id)
        ear = SocketEar(self._ticks.mark, caller, socket)
        topic = f"player:{caller.player_id}"
        cursor = hello.get("cursor")
        cursor = cursor if isinstance(cursor, str) else ""
        # Listening from here on, so that nothing falls between the replay and what comes next. Until
        # the replay has arrived the client goes on from the cursor it came with.
        self.live.subscribe(ear, [topic])
        self.connected += 1
        try:
            socket.push({"op": "ready", "cursor": cursor or self.live.cursor, "unread": unread, "serverTime": now()})
            for ticket_id in waiting:
                self.waits(caller.player_id, ticket_id)
            if cursor:
                await self._replay(ear, cursor, topic)
            while (frame := await socket.frame(SILENCE_SECONDS)) is not None:
                if now() >= caller.expires_at:
                    socket.close_soon(SIGN_IN_AGAIN)
                    return
                await self._take(ear, caller, frame)
        finally:
            self.connected -= 1
            self.live.unsubscribe(ear, [topic])
            self.live.unsubscribe(ear, ear.typing_topics)
            self._ticks.forget(ear)

    async def _admit(self, socket: Socket, hello: dict[str, Any]) -> PlayerCaller | None:
        try:
            return await player_caller(self.database, str(hello.get("token", "")))
        except Refused as refusal:
            language = "en" if hello.get("lang") == "en" else "zh"
            socket.push({"op": "refused", "error": {"code": refusal.code, "message": refusal.message.pick(language)}})
            await asyncio.sleep(0)
            socket.close_soon(SIGN_IN_AGAIN)
            return None

    async def _replay(self, ear: Ear, cursor: str, topic: str) -> bool:
        """Bring what was missed; False when only a fresh fetch helps."""
        missed = await self.live.since(cursor, [topic])
        if missed is None:
            ear.push({"op": "reset", "cursor": self.live.cursor})
        elif missed:
            ear.hear(missed, self.live.cursor)
        return missed is not None

    async def _take(self, ear: SocketEar, caller: PlayerCaller, frame: dict[str, Any]) -> None:
        op, ticket_id = frame.get("op"), frame.get("ticketId")
        if not isinstance(ticket_id, int) or not 0 < ticket_id < LARGEST_ID:
            return
        if op == "send":
            await self._send(ear, caller, ticket_id, frame)
        elif op == "typing" and await self._is_own(caller, ticket_id):
            self.live.whisper(f"ticket:{ticket_id}", "player_typing", {})
        elif op == "read" and isinstance(number := frame.get("number"), int):
            if await self._is_own(caller, ticket_id):
                async with self.database.transaction() as tx:
                    await mark_read(tx, ticket_id, "player", number, now())
        elif op == "open" and await self._is_own(caller, ticket_id):
            # The conversation is on screen: hear when the agent types.
            self.live.unsubscribe(ear, ear.typing_topics)
            ear.typing_topics = {f"typing:{ticket_id}"}
            self.live.subscribe(ear, ear.typing_topics)

    async def _send(self, ear: SocketEar, caller: PlayerCaller, ticket_id: int, frame: dict[str, Any]) -> None:
        key = str(frame.get("clientKey", ""))
        try:
            pace.check(caller.player_id, monotonic())
            given: Any = frame.get("attachments")
            attachments = [str(each) for each in given] if isinstance(given, list) else []
            say = Say(str(frame.get("body", "")), key, attachments)
            message, _ = await post_message(self.database, self.writers, caller, ticket_id, say)
        except Refused as refusal:
            error = {"code": refusal.code, "message": refusal.message.pick(caller.language), **refusal.extra}
            ear.push({"op": "refused", "clientKey": key, "error": error})
        except Exception as failure:  # noqa: BLE001 -- the client keeps it and tries again
            log.warning("message not taken", error=repr(failure))
            ear.push({"op": "refused", "clientKey": key, "error": {"code": "recovering", "message": "", "again": True}})
        else:
            ear.answer(message.ticket_id, message.number, {"op": "ack", "clientKey": key, "message": message})

    async def _is_own(self, caller: PlayerCaller, ticket_id: int) -> bool:
        async with self.database.reading() as reader:
            owner = await reader.value("SELECT player_id FROM tickets.ticket WHERE id = $1", ticket_id)
        return owner == caller.player_id

    # -- long poll

    async def poll(self, caller: PlayerCaller, cursor: str | None, seconds: float) -> dict[str, Any]:
        """What happened since the cursor, at once or as soon as something does."""
        topic = f"player:{caller.player_id}"
        ear = PollEar(self._ticks.mark, caller.player_id, caller.language)
        ear.cursor = cursor or self.live.cursor
        self.live.subscribe(ear, [topic])
        try:
            if cursor and not await self._replay(ear, cursor, topic):
                return {"events": ear.frames, "cursor": self.live.cursor}
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await ear.ready.wait()
            # Where the frames end, and not further: what was heard but is still being read comes next time.
            return {"events": ear.frames, "cursor": ear.cursor if ear.frames or ear.owed else self.live.cursor}
        finally:
            self.live.unsubscribe(ear, [topic])
            self._ticks.forget(ear)

    # -- what is pushed

    async def _push(self, batches: Batches[Ear], cursor: str) -> None:
        facts = {event.position: msgspec.json.decode(event.data) for _, batch in batches for event in batch}
        events = {event.position: event for _, batch in batches for event in batch}
        places_said = sorted({
            (fact["ticketId"], fact["seq"]) for ear, batch in batches for event in batch
            if "seq" in (fact := facts[event.position]) and not _answered(ear, fact)
        })
        ids = sorted({facts[p]["ticketId"] for p, e in events.items() if _tells_ticket(e, facts[p])})
        read = {fact["playerId"] for fact in facts.values() if fact.get("reader") == "player"}
        async with self.database.reading(batch=True) as reader:
            entries = await told_entries(reader, places_said) if places_said else []
            shaped = await shape_messages(reader, entries)
            visible = [entry for entry in entries if entry.number is not None]
            message_at = {(e.ticket_id, e.seq): m for e, m in zip(visible, shaped, strict=True)}
            found: list[Detail] = await details(reader, ids) if ids else []
            ticket_of = {ticket.id: ticket for ticket in await shape_tickets(reader, found)}
            unread = {player_id: await player_unread(reader, player_id) for player_id in read}
        for ear, batch in batches:
            self._tell(ear, batch, facts, message_at, ticket_of, cursor)
            if ear.player_id in unread:
                # Read on one device, the badge goes out on the others too.
                ear.push({"op": "event", "kind": "unread", "data": {"unread": unread[ear.player_id]}})
            ear.told(len(batch), cursor)

    def _tell(
        self, ear: Ear, batch: list[LiveEvent], facts: dict[int, Any],
        message_at: dict[tuple[int, int], PlayerMessage], ticket_of: dict[int, PlayerTicket], cursor: str,
    ) -> None:
        told: dict[int, PlayerTicket] = {}
        for event in batch:
            fact = facts[event.position]
            ticket_id = fact["ticketId"]
            message = None if _answered(ear, fact) else message_at.get((ticket_id, fact.get("seq", 0)))
            if message is not None:
                ear.push({"op": "event", "kind": "message", "ticketId": ticket_id, "data": message, "cursor": cursor})
            elif event.kind == "MessagesRead" and fact["reader"] == "staff":
                ear.push({"op": "event", "kind": "read", "ticketId": ticket_id, "data": {"number": fact["number"]}})
            if event.kind == "ChatStarted":
                self.waits(ear.player_id, ticket_id)
            if ticket_id in ticket_of:
                told[ticket_id] = ticket_of[ticket_id]
        for ticket_id, ticket in told.items():
            ear.push({"op": "event", "kind": "ticket", "ticketId": ticket_id, "data": ticket, "cursor": cursor})

    # -- the place in line, for those who wait

    def waits(self, player_id: int, ticket_id: int) -> None:
        """A waiting chat is on the player's screen; tell her its place now and as it moves."""
        self._waiting[ticket_id] = (player_id, None)

    async def _places_forever(self) -> None:
        while True:
            await asyncio.sleep(PLACES_EVERY_SECONDS)
            if not self._waiting:
                continue
            try:
                async with self.database.reading() as reader:
                    current = await places(reader)
            except Exception as failure:  # noqa: BLE001 -- the next round comes
                log.warning("places not read", error=repr(failure))
                continue
            for ticket_id, (player_id, last) in tuple(self._waiting.items()):
                place = current.get(ticket_id)
                if place is None:
                    del self._waiting[ticket_id]
                elif place != last:
                    self._waiting[ticket_id] = (player_id, place)
                    self.live.tell_here(f"player:{player_id}", {
                        "op": "event", "kind": "place", "ticketId": ticket_id, "data": place,
                    })


def _answered(ear: Ear, fact: dict[str, Any]) -> bool:
    """Whether this is what she wrote on this line, which was answered there."""
    return bool(ear.answered) and (fact["ticketId"], fact.get("number")) in ear.answered


def _tells_ticket(event: LiveEvent, fact: dict[str, Any]) -> bool:
    """Whether the player's picture of the ticket has changed beyond what the message itself says."""
    if event.kind not in _WITHOUT_TICKET:
        return True
    return event.kind == "MessagePosted" and (fact["firstResponse"] or fact["status"] != fact["statusBefore"])

