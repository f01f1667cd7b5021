"""How often somebody asks: a Poisson stream whose rate can be changed while it runs."""

import asyncio
from random import Random

MOST = 6_000.0


class Rate:
    """New questions a minute; 0 stops them."""

    def __init__(self, per_minute: float) -> None:
        """Start with this rate."""
        self._per_minute = min(MOST, max(0.0, per_minute))
        self._changed = asyncio.Event()

    @property
    def per_minute(self) -> float:
        """Return the rate in force."""
        return self._per_minute

    def change(self, per_minute: float) -> None:
        """Set another rate; whoever waits for the old one starts anew."""
        self._per_minute = min(MOST, max(0.0, per_minute))
        self._changed.set()

    async def next_arrival(self, rng: Random) -> None:
        """Wait until the next question is due."""
        while True:
            self._changed.clear()
            wait = rng.expovariate(self._per_minute / 60) if self._per_minute else None
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                return
