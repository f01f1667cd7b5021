"""`playerdesk run` as an operator meets it at 3 a.m.: its parts die, or it dies itself."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from playerdesk.kernel.postgres import Postgres

from .desk import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


class Whole:
    """The whole desk by its one command, without the demo."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "PLAYERDESK_DATA": str(self.folder), "PLAYERDESK_PORT": str(self.port),
            "PLAYERDESK_DEMO": "0", "PLAYERDESK_LOG_LEVEL": "error",
        }
        return subprocess.Popen([sys.executable, "-m", "playerdesk", "run"], env=environment)

    async def becomes(self, *, ready: bool, seconds: float = 60) -> None:
        async with asyncio.timeout(seconds), httpx.AsyncClient(timeout=2) as client:
            while True:
                try:
                    good = (await client.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200
                except httpx.HTTPError:
                    good = False
                if good is ready:
                    return
                await asyncio.sleep(0.2)

    def children(self) -> list[int]:
        shown = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in shown.split()]


@pytest.fixture
async def desk(tmp_path: Path):
    desk = Whole(tmp_path)
    await desk.becomes(ready=True)
    yield desk
    desk.process.terminate()
    desk.process.wait(30)


async def test_a_database_that_was_killed_is_started_again(desk):
    pid_file = Postgres(desk.folder).cluster / "postmaster.pid"
    before = int(pid_file.read_text().split()[0])
    os.kill(before, signal.SIGKILL)
    await desk.becomes(ready=False, seconds=10)
    await desk.becomes(ready=True)
    assert int(pid_file.read_text().split()[0]) != before


async def test_killed_parts_come_back(desk):
    before = set(desk.children())
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    await desk.becomes(ready=False, seconds=10)
    await desk.becomes(ready=True)
    assert len(set(desk.children()) - before) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has died")
async def test_a_killed_supervisor_takes_its_parts_along_and_the_next_run_takes_over(desk):
    parts = desk.children()
    desk.process.kill()
    desk.process.wait()
    async with asyncio.timeout(15):
        while any(Path(f"/proc/{pid}").exists() for pid in parts):
            await asyncio.sleep(0.1)
    desk.process = desk.start()
    await desk.becomes(ready=True)
