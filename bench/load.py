"""Load generators as processes of their own: started, told to go, asked for what they saw."""

import asyncio
import sys
from typing import Any

import msgspec


class Load:
    """One generator (`python -m bench.generate KIND`): ready when started, gives its result when it has gone."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, kind: str, **spec: Any) -> "Load":
        """Started and connected, waiting for the word."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.generate", kind, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, limit=1 << 28,
        )
        load = cls(process)
        load._say(msgspec.json.encode(spec))
        await load.hear()
        return load

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")

    async def hear(self, timeout: float = 300) -> Any:
        """The next thing it says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(timeout):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a load generator ended with {await self._process.wait()}")
        return msgspec.json.decode(line)

    async def go(self, word: str = "go") -> Any:
        """Run, and answer what was seen."""
        self._say(word.encode())
        return await self.hear()

    async def stop(self) -> None:
        """No more words: it ends."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
