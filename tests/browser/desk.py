"""The whole desk as `playerdesk run` starts it, on ports and in a folder of its own, with the sample players only."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from playerdesk.kernel.postgres_server import Postgres

Found = TypeVar("Found")

HIGH_PAYER = "sr-000001"
"""剑舞红尘 on 云海之巅: her VIP manager is 林若曦."""
OTHERS = ("chen", "wang", "he", "zhao", "zhou", "lin", "admin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: str, look: Callable[[], Found], seconds: float = 30) -> Found:
    """The first true answer; asks again every tenth of a second."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"{what}: not within {seconds:g} s"
        time.sleep(0.1)
    return found


class Colleague:
    """Somebody at the desk without a screen: sets the stage through the same interface the workspace uses."""

    def __init__(self, desk: "Desk", login: str) -> None:
        self._client = httpx.Client(base_url=f"{desk.url}/agent/v1", timeout=10)
        me = self.call("POST", "/sign-in", {"login": login, "password": desk.passwords[login]})
        self.id: int = me["id"]
        self.name: str = me["name"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        token = self._client.cookies.get("playerdesk_csrf", "")
        answer = self._client.request(method, path, json=body, headers={"X-CSRF-Token": token})
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def be(self, state: str) -> None:
        self.call("PUT", "/me/presence", {"state": state})


class Desk:
    """Started once for all browser tests; each test finds it empty and everybody off duty."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.game = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "desk.log"
        self.translator = free_port()
        """Where a service for translations would be; it is up to a test to run one."""
        self._environment = environment
        self._database = environment.get("PLAYERDESK_DATABASE_URL") or Postgres(folder / "data").dsn

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ, "PLAYERDESK_DATA": str(self.folder / "data"), "PLAYERDESK_PORT": self.url.rpartition(":")[2],
            "PLAYERDESK_DEMO_PORT": self.game.rpartition(":")[2], "PLAYERDESK_DEMO_RATE": "0", "DEMOGAME_ONLY_CAST": "1",
            "PLAYERDESK_TRANSLATE_URL": f"http://127.0.0.1:{self.translator}/translate",
            **self._environment,
        }
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "playerdesk", "run"]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        self.wait_until_ready()
        accounts = json.loads((self.folder / "data" / "demo.json").read_text())["accounts"]
        self.passwords: dict[str, str] = {each["login"]: each["password"] for each in accounts}
        wait_for("the game's payers are known", self._payers_are_known, 60)
        self.sql("UPDATE players.player SET vip_manager_id = (SELECT id FROM staff.person WHERE login = 'lin')"
                 " WHERE tier = 'high'")

    def wait_until_ready(self) -> None:
        wait_for("the desk and the game answer", lambda: self._answers(f"{self.url}/readyz", f"{self.game}/healthz"), 90)

    def _answers(self, *addresses: str) -> bool:
        assert self._process.poll() is None, self.log.read_text()[-4000:]
        try:
            return all(httpx.get(address, timeout=2).is_success for address in addresses)
        except httpx.HTTPError:
            return False

    def _payers_are_known(self) -> bool:
        return self.sql("SELECT count(*) FROM players.player WHERE tier = 'high'")[0][0] >= 4

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self, part: str = "server") -> None:
        """The server, or the worker, dies as in a crash; whoever started it starts it again."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        served = [pid for pid in children if part.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
        assert len(served) == 1, served
        os.kill(int(served[0]), signal.SIGKILL)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self._database, autocommit=True) as connection:
            found = connection.execute(statement, values)  # type: ignore[arg-type]
            return found.fetchall() if found.description else []

    @cache  # noqa: B019 -- a desk lives as long as its tests
    def colleague(self, login: str) -> Colleague:
        return Colleague(self, login)

    def clear(self) -> None:
        """Nothing to do, nobody there, everybody reads Chinese: a language chosen at sign-in stays with the person."""
        admin = self.colleague("admin")
        for row in admin.call("GET", "/tickets?view=open&limit=100")["rows"]:
            admin.call("POST", f"/tickets/{row['id']}/resolve", {"solution": "测试结束"})
        for login in OTHERS:
            self.colleague(login).be("offline")
        self.sql("UPDATE staff.person SET locale = 'zh-CN' WHERE locale <> 'zh-CN'")

    def queue(self, key: str) -> int:
        return self.sql("SELECT id FROM staff.queue WHERE key = %s", key)[0][0]

    def player_token(self, account: str) -> str:
        return httpx.get(f"{self.game}/demo/token", params={"account": account}).json()["token"]

    def ask(self, account: str, body: str, category: str = "other", **more: Any) -> int:
        """A player without a screen opens a ticket; its number."""
        ticket = {"category": category, "body": body, "clientKey": f"{time.monotonic_ns()}", **more}
        return self.as_player(account, "POST", "/tickets", ticket)["id"]

    def say(self, account: str, ticket_id: int, body: str) -> None:
        message = {"body": body, "clientKey": f"{time.monotonic_ns()}"}
        self.as_player(account, "POST", f"/tickets/{ticket_id}/messages", message)

    def as_player(self, account: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.player_token(account)}"}
        answer = httpx.request(method, f"{self.url}/player/v1{path}", json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None
