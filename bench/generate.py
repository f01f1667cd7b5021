"""What runs inside a load generator's process: requests, chats, or sockets that only stay connected."""

import asyncio
import sys
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from time import monotonic_ns, perf_counter
from typing import Any

import msgspec
import uvloop

from bench.figures import percentile
from bench.wire import Http, Ws

Words = asyncio.StreamReader


class _Part(msgspec.Struct, rename="camel"):
    """As much of a frame as is looked at."""

    op: str
    kind: str = ""
    ticket_id: int = 0
    data: msgspec.Raw = msgspec.Raw()


class _Entry(msgspec.Struct):
    body: str


_said = msgspec.json.Decoder(_Part | list[_Part])
_entry = msgspec.json.Decoder(_Entry)
KEY = b"@@key@@"
"""Replaced by a fresh id in every request."""


def say(value: Any) -> None:
    """One line to whoever started us."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


async def _words() -> Words:
    reader = asyncio.StreamReader(limit=1 << 28)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


class Run:
    """One run of requests over several connections."""

    def __init__(self, templates: list[bytes], total: int, turn: int) -> None:
        self.templates = templates
        self.left = total
        self.turn = turn
        self.took: list[float] = []
        self.answers: Counter[str] = Counter()
        self.sample = b""

    async def over(self, connection: Http) -> None:
        while self.left > 0:
            self.left -= 1
            self.turn += 1
            template = self.templates[self.turn % len(self.templates)]
            began = perf_counter()
            status, body = await connection.ask(template.replace(KEY, uuid.uuid4().hex.encode()))
            self.took.append(perf_counter() - began)
            self.answers[str(status)] += 1
            if status >= 300:
                self.sample = body


async def http(spec: dict[str, Any], words: Words) -> None:
    """Each word is a run of `total` requests over `concurrency` connections, the templates taken in turn."""
    templates = [text.encode() for text in spec["requests"]]
    connections = [await Http.connect(spec["port"]) for _ in range(spec["concurrency"])]
    say("ready")
    turn = 0
    while word := (await words.readline()).decode().strip():
        run = Run(templates, int(word) if word.isdigit() else spec["total"], turn)
        began = perf_counter()
        await asyncio.gather(*map(run.over, connections))
        seconds, turn = perf_counter() - began, run.turn
        say({
            "seconds": seconds, "count": len(run.took), "p50": percentile(run.took, 50) * 1000,
            "p99": percentile(run.took, 99) * 1000, "answers": run.answers,
            "sample": run.sample[:500].decode("utf-8", "replace"),
        })


async def chat_players(spec: dict[str, Any], words: Words) -> None:
    """Players in live chats, each writing in turn so that together they reach the rate."""
    counts = Counter[str]()

    def hear(text: bytes) -> None:
        if b'"op":"ack"' in text:
            counts["acknowledged"] += 1
        elif b'"op":"refused"' in text:
            counts["refused"] += 1
            counts[text.decode()[:200]] += 1

    chats: list[tuple[Ws, int]] = []
    for token, ticket_id in spec["chats"]:
        ws = await Ws.connect(spec["port"], "/player/v1/live", hear)
        ws.send(msgspec.json.encode({"op": "hello", "token": token}))
        chats.append((ws, ticket_id))
        if len(chats) % 50 == 0:
            await asyncio.sleep(0.05)  # the desk may take its time to greet; the rate counts later
    say("ready")
    await words.readline()
    sent, run = 0, uuid.uuid4().hex[:8]
    began = perf_counter()
    while (elapsed := perf_counter() - began) < spec["seconds"]:
        due = int(elapsed * spec["rate"])
        while sent < due:
            ws, ticket_id = chats[sent % len(chats)]
            body = f"{sent // len(chats)} {monotonic_ns()} 在吗？"
            ws.send(msgspec.json.encode({
                "op": "send", "ticketId": ticket_id, "clientKey": f"{run}-{sent}", "body": body,
            }))
            sent += 1
        await asyncio.sleep(0.002)
    seconds = perf_counter() - began
    await _until(lambda: counts["acknowledged"] + counts["refused"] >= sent, 10)
    say({"sent": sent, "seconds": seconds, "counts": dict(counts), "closed": sum(ws.closed for ws, _ in chats)})
    await words.readline()


async def chat_agents(spec: dict[str, Any], words: Words) -> None:
    """Agents' screens, each with its chats on it; every message is checked for place and lateness."""
    last: dict[int, int] = {}
    late: list[float] = []
    wrong: Counter[str] = Counter()

    def hear(text: bytes) -> None:
        at = monotonic_ns()
        said = _said.decode(text)
        for part in said if isinstance(said, list) else [said]:
            if part.kind == "entry":
                entry(part.ticket_id, _entry.decode(part.data).body, at)
            elif part.op == "reset":
                wrong["resets"] += 1

    def entry(ticket_id: int, body: str, at: int) -> None:
        turn, sent, _ = body.split(" ", 2)
        late.append((at - int(sent)) / 1e6)
        number = int(turn)
        before = last.get(ticket_id, -1)
        if number <= before:
            wrong["doubled or out of order"] += 1
        else:
            wrong["lost"] += number - before - 1
        last[ticket_id] = max(before, number)

    screens: list[Ws] = []
    for cookie, tickets in spec["screens"]:
        ws = await Ws.connect(spec["port"], "/agent/v1/live", hear, headers=[cookie])
        ws.send(msgspec.json.encode({"op": "subscribe", "topics": [f"ticket:{ticket}" for ticket in tickets]}))
        screens.append(ws)
    beats = asyncio.create_task(_beat(screens, 8))
    say("ready")
    while word := (await words.readline()).decode().strip():
        await _until(lambda wanted=int(word): len(late) >= wanted, 10)
        say({
            "heard": len(late), "p50": percentile(late, 50), "p95": percentile(late, 95), "p99": percentile(late, 99),
            "max": max(late, default=0.0), "wrong": dict(wrong), "closed": sum(ws.closed for ws in screens),
        })
    beats.cancel()


async def idle(spec: dict[str, Any], words: Words) -> None:
    """Sockets that say hello and then only stay alive."""
    ready = 0

    def hear(text: bytes) -> None:
        nonlocal ready
        ready += b'"op":"ready"' in text

    sockets: list[Ws] = []
    beats = asyncio.create_task(_beat(sockets, 25))
    say("ready")
    await words.readline()
    gate = asyncio.Semaphore(20)

    async def one(token: str) -> None:
        async with gate:
            ws = await Ws.connect(spec["port"], "/player/v1/live", hear, source=spec["source"])
            ws.send(msgspec.json.encode({"op": "hello", "token": token}))
            sockets.append(ws)
            await _until(lambda: ready >= len(sockets) - 20, 20)

    failed = [each for each in await asyncio.gather(*map(one, spec["tokens"]), return_exceptions=True) if each]
    await _until(lambda: ready >= len(sockets), 30)
    say({"connected": ready, "failed": len(failed), "why": repr(failed[0]) if failed else ""})
    await words.readline()
    say({"closed": sum(ws.closed for ws in sockets)})
    beats.cancel()


async def _beat(sockets: list[Ws], seconds: float) -> None:
    """Everybody says that she is still here, spread over the interval."""
    while True:
        for place, ws in enumerate(tuple(sockets), 1):
            ws.send(b'{"op":"beat"}')
            if place % 50 == 0:
                await asyncio.sleep(seconds * 50 / max(50, len(sockets)))
        await asyncio.sleep(min(seconds, 1.0) if len(sockets) > 50 else seconds)


async def _until(done: Callable[[], bool], seconds: float) -> None:
    end = perf_counter() + seconds
    while not done() and perf_counter() < end:  # noqa: ASYNC110 -- what is counted is counted by callbacks
        await asyncio.sleep(0.01)


KINDS: dict[str, Callable[[dict[str, Any], Words], Awaitable[None]]] = {
    "http": http, "chat_players": chat_players, "chat_agents": chat_agents, "idle": idle,
}


async def main(kind: str) -> None:
    words = await _words()
    await KINDS[kind](msgspec.json.decode(await words.readline()), words)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
