"""A desk of its own for the measurements: PostgreSQL in a folder, server and worker as processes."""

import asyncio
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench.machine import cpu_seconds, cpu_seconds_of_family
from playerdesk.kernel.log import configure
from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import Settings


class Cost(msgspec.Struct):
    """CPU seconds between two moments; filled when the block ends."""

    server: float = 0.0
    database: float = 0.0

    @property
    def total(self) -> float:
        return self.server + self.database


class Part:
    """A server or worker process."""

    def __init__(self, name: str, environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "playerdesk", name], env=os.environ | environment, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )
        self.name = name
        self.log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Desk:
    """The database, and whatever runs on it."""

    def __init__(self, folder: Path, dsn: str, port: int) -> None:
        self.folder = folder
        self.dsn = dsn
        self.port = port
        self.postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])

    async def connect(self) -> Any:
        """A bare connection, for preparing and checking."""
        return await asyncpg.connect(self.dsn, server_settings={"timezone": "UTC", "jit": "off"})

    @contextmanager
    def part(self, name: str) -> Generator[Part, None, None]:
        """`server` or `worker` for as long as the block lasts."""
        environment = {
            "PLAYERDESK_DATABASE_URL": self.dsn, "PLAYERDESK_DATA": str(self.folder),
            "PLAYERDESK_PORT": str(self.port), "PLAYERDESK_DEMO": "0", "PLAYERDESK_LOG_LEVEL": "warning",
        }
        part = Part(name, environment, self.folder / f"{name}.log")
        try:
            yield part
        finally:
            part.stop()

    @asynccontextmanager
    async def server(self) -> AsyncGenerator[Part, None]:
        """A server that answers."""
        with self.part("server") as part:
            for _ in range(300):
                if part.process.poll() is not None:
                    raise RuntimeError(f"the server ended: {part.log.read_text()[-2000:]}")
                if await asyncio.to_thread(_answers, self.port):
                    break
                await asyncio.sleep(0.1)
            else:
                raise TimeoutError(f"the server does not answer: {part.log.read_text()[-2000:]}")
            yield part

    @contextmanager
    def cost(self, part: Part | None = None) -> Generator[Cost, None, None]:
        """CPU of a part and of PostgreSQL while the block runs."""
        cost = Cost()
        before, database = cpu_seconds(part.pid) if part else 0.0, cpu_seconds_of_family(self.postmaster)
        yield cost
        cost.database = cpu_seconds_of_family(self.postmaster) - database
        cost.server = (cpu_seconds(part.pid) if part else 0.0) - before


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncGenerator[Desk, None]:
    """PostgreSQL as the desk itself runs it, durable, migrated and empty."""
    settings = Settings(data_dir=folder, demo=False, log_level="warning")
    configure(settings, "bench")
    async with running(settings) as dsn:
        await migrate(dsn)
        yield Desk(folder, dsn, free_port())
