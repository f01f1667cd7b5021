"""Tell the desk who plays and what they buy: first the whole past, then life as it happens."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from demogame import blocks, ledger, records
from demogame.desk import Desk, DeskAway, DeskRefused
from demogame.records import Record
from demogame.world import BRANDS, CAST, Brand, Player, account_of, player

log = logging.getLogger("feed")
HISTORY = timedelta(days=100)
BATCH = 2_000
SLICE = 300
TICK_SECONDS = 10.0
HORIZON = timedelta(hours=1)


class Progress(Struct):
    """How far the desk has been told: so many players in, and everything until then."""

    until: datetime
    players_in: int = 0


class Feed:
    """The game's upload to the desk."""

    def __init__(
        self, desk: Desk, seed: str, state: Path, started: datetime | None = None, *, only_cast: bool = False
    ) -> None:
        """Continue from the state file if there is one; `only_cast`: the crowd stays untold."""
        self._desk, self._seed, self._path, self._only_cast = desk, seed, state, only_cast
        self._refused: Counter[str] = Counter()
        self._now = started or datetime.now(UTC)
        self.met = asyncio.Event()
        """Set once the desk knows the servers and the cast."""
        self.told = asyncio.Event()
        """Set once it knows everybody; never where there is nobody but the cast."""
        self.progress = self._load() or Progress(until=self._now)

    async def run(self) -> None:
        """Bring the desk up to date, then keep it so for ever."""
        await self._meet()
        self.met.set()
        await self._tell_past()
        if not self._only_cast:
            self.told.set()
        await self._tell_present()

    async def _meet(self) -> None:
        """Introduce the servers and the cast; if their old orders are news, the desk has forgotten us."""
        for brand in BRANDS:
            if self._desk.keyring.has(brand.key):
                await self._send(brand, records.servers(brand))
        news = 0
        for account in CAST:
            who = player(self._seed, account)
            past = ledger.between(self._seed, who, self.progress.until - HISTORY, self.progress.until)
            known = records.about(who, msgspec.structs.replace(past, purchases=[]))
            await self._send(who.brand, known + blocks.told(who, self._now))
            # Orders never change, so an old one that is news tells a desk that has lost its memory.
            news += await self._send(who.brand, records.happened(who, ledger.Ledger(past.purchases, [], [])))
        if news and self.progress.players_in:
            log.info("the desk starts anew: telling it everything again")
            self.progress = Progress(until=self._now)

    async def _tell_past(self) -> None:
        began = time.monotonic()
        order = await asyncio.to_thread(in_order, self._seed, only_cast=self._only_cast)
        total = len(order)
        if self.progress.players_in < total:
            log.info("sending %d players with their last %d days", total, HISTORY.days)
        waiting: dict[str, list[Record]] = {brand.key: [] for brand in BRANDS}
        for at in range(self.progress.players_in, total, SLICE):
            for n, who in enumerate(order[at : at + SLICE]):
                if n % 20 == 0:
                    await asyncio.sleep(0)
                past = ledger.between(self._seed, who, self.progress.until - HISTORY, self.progress.until)
                waiting[who.brand.key].extend(records.about(who, past))
                if who.segment in ("high", "mid"):
                    waiting[who.brand.key].extend(blocks.told(who, self._now))
            sent = time.monotonic()
            await self._flush(waiting)
            self._save(min(total, at + SLICE))
            # Leave the desk as much time for its people as it spent on us.
            await asyncio.sleep(min(0.5, 0.5 * (time.monotonic() - sent)))
            if (at // SLICE + 1) % 20 == 0 or at + SLICE >= total:
                log.info("%d of %d players in (%d s)", min(total, at + SLICE), total, time.monotonic() - began)

    async def _flush(self, waiting: dict[str, list[Record]]) -> None:
        for brand in BRANDS:
            batch = waiting[brand.key]
            for start in range(0, len(batch), BATCH):
                await self._send(brand, batch[start : start + BATCH])
            batch.clear()

    async def _tell_present(self) -> None:
        """Send each event when its time comes; after a stop this first catches up."""
        log.info("live: purchases and sessions as they happen")
        while True:
            ahead = max(datetime.now(UTC), self.progress.until) + HORIZON
            coming = await self._coming(self.progress.until, ahead)
            while self.progress.until < ahead:
                now = min(ahead, datetime.now(UTC))
                await self._tell_due(coming, now, ahead)
                self.progress.until = max(self.progress.until, now)
                self._save(self.progress.players_in)
                await asyncio.sleep(TICK_SECONDS)

    async def _tell_due(self, coming: dict[Player, datetime], now: datetime, ahead: datetime) -> None:
        waiting: dict[str, list[Record]] = {brand.key: [] for brand in BRANDS}
        for n, who in enumerate([who for who, at in coming.items() if at <= now]):
            if n % 20 == 0:
                await asyncio.sleep(0)
            del coming[who]
            fresh = ledger.between(self._seed, who, self.progress.until, now)
            waiting[who.brand.key].extend(
                records.about(who, fresh) if fresh.sessions else records.happened(who, fresh),
            )
            later = _first_after(ledger.between(self._seed, who, now, ahead))
            if later:
                coming[who] = later
        await self._flush(waiting)

    async def _coming(self, since: datetime, until: datetime) -> dict[Player, datetime]:
        """Look ahead once an hour, a few players at a time, so that nothing else has to wait."""
        coming: dict[Player, datetime] = {}
        for n, who in enumerate(everybody(self._seed, only_cast=self._only_cast)):
            first = _first_after(ledger.between(self._seed, who, since, until))
            if first:
                coming[who] = first
            if n % 20 == 0:
                await asyncio.sleep(0.01)
        return coming

    async def _send(self, brand: Brand, batch: list[Record]) -> int:
        """Send one batch, for as long as it takes; return how much of it was news."""
        if not batch or not self._desk.keyring.has(brand.key):
            return 0
        while True:
            try:
                answer = await self._desk.batch(brand.key, batch)
            except DeskAway:
                await asyncio.sleep(1)
            except DeskRefused as error:
                log.warning("the desk refused a batch: %s", error)
                if error.status < 500:
                    return 0
                await asyncio.sleep(10)
            else:
                self._complain(answer.rejected[0].code if answer.rejected else "", len(answer.rejected))
                return answer.accepted

    def _complain(self, code: str, count: int) -> None:
        if code and not self._refused[code]:
            log.warning("%d records rejected: %s (said once)", count, code)
        self._refused[code] += count

    def _load(self) -> Progress | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Progress)
        except (OSError, msgspec.MsgspecError):
            return None

    def _save(self, players_in: int) -> None:
        self.progress.players_in = players_in
        beside = self._path.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(self.progress))
        beside.replace(self._path)


def everybody(seed: str, *, only_cast: bool = False) -> Iterator[Player]:
    """Walk all players of all games."""
    if only_cast:
        return (player(seed, account) for account in CAST)
    return (player(seed, account_of(brand, n)) for brand in BRANDS for n in range(1, brand.players + 1))


def in_order(seed: str, *, only_cast: bool = False) -> list[Player]:
    """Sort players so that the desk knows those first who will be looked at first."""
    rank = {"high": 1, "mid": 2, "low": 3, "none": 4}
    return sorted(everybody(seed, only_cast=only_cast), key=lambda p: 0 if p.account in CAST else rank[p.segment])


def _first_after(part: ledger.Ledger) -> datetime | None:
    moments = [p.at for p in part.purchases] + [r.at for r in part.refunds] + [s.ended_at for s in part.sessions]
    return min(moments, default=None)
