"""`playerdesk run`: database, server, worker and demo game as one, with one readable log.

Each part is a process of its own. One that dies is started again with back-off; Ctrl-C or SIGTERM
stops all of them in order, the database last.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

import structlog

from playerdesk.app.demo.seed import DEMO_FILE, DemoFiles, seed_demo
from playerdesk.kernel.check import refuse_if_hopeless
from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.postgres import Postgres, PostgresProblem, start
from playerdesk.kernel.settings import Settings

log = structlog.get_logger("desk")

STOP_SECONDS = 12
SLOWEST_RESTART_SECONDS = 15.0
ALIVE_SECONDS = 60.0
"""A part that lived this long has not failed to start; its back-off begins anew."""


class Part:
    """A process kept alive; one that has a job to do once is left alone when it has done it."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], *, once: bool = False) -> None:
        self.name = name
        self._once = once
        self._command = command
        self._environment = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    async def keep_alive(self) -> None:
        """Start it, and start it again whenever it ends by itself."""
        clock = asyncio.get_running_loop().time
        wait = 0.5
        while not self._stopping:
            started = clock()
            # Its own group: Ctrl-C reaches us only, and we stop the parts in order.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, start_new_session=True,
                preexec_fn=_behind_the_others if self._once else _die_with_parent,
            )
            code = await self._process.wait()
            if self._stopping or (self._once and code == 0):
                return
            wait = 0.5 if clock() - started > ALIVE_SECONDS else min(wait * 2, SLOWEST_RESTART_SECONDS)
            log.warning("a part ended and is started again", part=self.name, code=code, seconds=wait)
            await asyncio.sleep(wait)

    async def stop(self) -> None:
        """Ask it to end, then make it."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            log.warning("a part did not stop in time", part=self.name)
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _die_with_parent() -> None:
    """Runs in the new process: if the supervisor is killed, so are its parts, and the ports are free again.

    Linux only; elsewhere a killed supervisor leaves its parts behind, as the handbook says.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _behind_the_others() -> None:
    """The same, and what has time does not take it from the others."""
    _die_with_parent()
    os.nice(10)


_PR_SET_PDEATHSIG = 1
DATABASE_CHECK_SECONDS = 1.0


async def _keep_database_alive(postgres: Postgres) -> None:
    """The embedded server is a part like the others: one that died is brought back."""
    while True:
        await asyncio.sleep(DATABASE_CHECK_SECONDS)
        try:
            if await asyncio.to_thread(postgres.revive):
                log.warning("the database had ended and was started again")
        except PostgresProblem as problem:
            log.warning("the database does not start; trying again", error=str(problem))
            await asyncio.sleep(5)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncGenerator[str, None]:
    """The address of the database; the embedded one is watched over for as long as the block lasts."""
    if settings.database_url:
        yield settings.database_url
        return
    postgres = await start(settings)
    watch = asyncio.create_task(_keep_database_alive(postgres))
    try:
        yield postgres.dsn
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await asyncio.to_thread(postgres.stop)
        log.info("database stopped")


async def run_all(settings: Settings) -> None:
    """Run the whole desk until asked to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(each, stop.set)
    await refuse_if_hopeless(settings)
    async with _database(settings) as dsn:
        await migrate(dsn)
        demo = await seed_demo(settings, dsn) if settings.demo else None
        parts = _parts(settings, dsn, demo)
        tasks = [asyncio.create_task(part.keep_alive()) for part in parts]
        greeting = asyncio.create_task(_welcome(settings, demo))
        await stop.wait()
        greeting.cancel()
        log.info("stopping")
        # The players' side first, so that nobody knocks at a closing door.
        for part in reversed(parts):
            await part.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _parts(settings: Settings, dsn: str, demo: DemoFiles | None) -> list[Part]:
    # The children find the running database by this variable and start none of their own.
    environment = {"PLAYERDESK_DATABASE_URL": dsn, "PLAYERDESK_DATA": str(settings.data_dir)}
    me = [sys.executable, "-m", "playerdesk"]
    parts = [Part("server", [*me, "server"], environment), Part("worker", [*me, "worker"], environment)]
    if demo is not None:
        parts.append(Part("demo game", [sys.executable, "-m", "demogame"], {
            "DEMOGAME_KEYS": str(demo.keys), "DEMOGAME_DESK": f"http://127.0.0.1:{settings.port}",
            "DEMOGAME_PORT": str(settings.demo_game_port), "DEMOGAME_RATE": str(settings.demo_rate),
            "DEMOGAME_STATE": str(settings.data_dir / "demogame"),
        }))
        if settings.demo_rate > 0 and os.environ.get("DEMOGAME_ONLY_CAST") != "1":
            parts.append(Part("demo past", [sys.executable, "-m", "playerdesk.app.demo.past"], environment, once=True))
    return parts


async def _answers(host: str, port: int) -> None:
    """Until somebody listens there."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(reachable, port)
            writer.close()
            return
        await asyncio.sleep(0.1)


async def _welcome(settings: Settings, demo: DemoFiles | None) -> None:
    """Said when it is true: whoever opens the address at once finds the desk there."""
    await _answers(settings.host, settings.port)
    if demo is None:
        log.info("the desk is open", url=settings.public_url)
        return
    await _answers("127.0.0.1", settings.demo_game_port)
    lines = [
        "", "  PlayerDesk", f"    workspace 工作台   {settings.public_url}/",
        f"    demo game 演示游戏  http://127.0.0.1:{settings.demo_game_port}/",
        f"    interfaces 接口文档  {settings.public_url}/schema", "",
        f"  Accounts 账号 (also on the sign-in page; kept in {settings.data_dir / DEMO_FILE})",
        *(f"    {each['login']:<10} {each['password']:<14} {each['name']} · {each['role']['zh']} {each['role']['en']}"
          for each in demo.accounts),
        "", "  Ctrl-C stops everything; the data stays. 按 Ctrl-C 停止，数据保留。", "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
