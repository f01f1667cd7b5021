"""A whole desk in processes that can be killed: database, server, worker."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from playerdesk.brands import make_player_token
from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.postgres import Postgres, create_database

SECRET = "a-secret-of-the-fault-tests-32-bytes-long"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Desk:
    """Starts the parts as an operator would, and ends them as a power cut would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.postgres = Postgres(folder)
        self.parts: dict[str, subprocess.Popen[bytes]] = {}

    async def start(self) -> None:
        await asyncio.to_thread(self.postgres.start)
        await create_database(self.postgres.dsn)
        await migrate(self.postgres.dsn)

    def start_part(self, name: str) -> None:
        environment = {
            **os.environ, "PLAYERDESK_DATABASE_URL": self.postgres.dsn, "PLAYERDESK_DATA": str(self.folder),
            "PLAYERDESK_PORT": str(self.port), "PLAYERDESK_DEMO": "0", "PLAYERDESK_LOG_LEVEL": "error",
        }
        self.parts[name] = subprocess.Popen([sys.executable, "-m", "playerdesk", name], env=environment)

    async def ready(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=2) as client:
            for _ in range(200):
                try:
                    if (await client.get("/readyz")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError("the server does not become ready")

    def kill(self, name: str) -> None:
        """No good-bye: what was not committed is gone, what was must not be."""
        self.parts[name].send_signal(signal.SIGKILL)
        self.parts[name].wait()

    async def kill_database(self, how: signal.Signals) -> None:
        """End the database at once (SIGQUIT: an immediate shutdown, SIGKILL: the machine's worst) and bring it back."""
        pid = int((self.postgres.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, how)
        self.postgres.let_go()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(self.postgres.start)

    def stop(self) -> None:
        for part in self.parts.values():
            if part.poll() is None:
                part.kill()
                part.wait()
        self.postgres.stop()


def player_token(account: str) -> str:
    return make_player_token("faults", "faults-1", SECRET, account, name=account)
