"""`playerdesk check`: whether this machine can run the desk, and what to do where it cannot."""

import asyncio
import contextlib
import errno
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg

from playerdesk.kernel.errors import Text
from playerdesk.kernel.migrations import UNREACHABLE, NewerDatabase, missing, unreachable
from playerdesk.kernel.obstacles import Unable, about_folder, little_room
from playerdesk.kernel.postgres import PostgresProblem, dsn_of_running, running
from playerdesk.kernel.postgres_processes import is_serving
from playerdesk.kernel.settings import Finding, Settings
from playerdesk.kernel.storage import open_storage

CLIENTS = Path(__file__).parent.parent / "clients"
_OLDEST_POSTGRES = 15
_HIGHEST_PORT = 65535


async def explain(settings: Settings) -> list[Finding]:
    """Every check, in the order one would mend things."""
    found = [_data_folder(settings), *_ports(settings)]
    found += [finding async for finding in _database(settings)]
    found += [await _storage(settings), _clients(), *_public_address(settings)]
    return found


async def refuse_if_hopeless(settings: Settings, seconds: float = 15) -> None:
    """Before a start: what would only fail later, and less plainly. A desk that was just killed is given time to let go."""
    # With a database of its own, too: files, keys and the audit log's marks are kept there.
    found = [_data_folder(settings)]
    ports = _ports(settings)
    left_over = is_serving(settings.data_dir / "postgres")
    deadline = time.monotonic() + seconds
    while left_over and any(each.level == "error" for each in ports) and time.monotonic() < deadline:
        await asyncio.sleep(0.3)
        ports = _ports(settings)
    errors = [each for each in [*found, *ports] if each.level == "error"]
    if errors:
        raise Unable(Text(
            zh="\n".join(f"{each.subject}：{each.text.zh}" for each in errors),
            en="\n".join(f"{each.subject}: {each.text.en}" for each in errors),
        ))


def _ports(settings: Settings) -> list[Finding]:
    found = [_port(settings, "PLAYERDESK_PORT", settings.port)]
    if settings.demo:
        found.append(_port(settings, "PLAYERDESK_DEMO_PORT", settings.demo_game_port))
    return found


def _data_folder(settings: Settings) -> Finding:
    subject = "PLAYERDESK_DATA"
    probe = settings.data_dir / f".probe-{os.getpid()}"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as failure:
        return Finding("error", subject, about_folder(settings.data_dir, failure))
    if short := little_room(settings.data_dir):
        return Finding("error", subject, short)
    return _ok(subject, f"数据文件夹 {settings.data_dir} 可写", f"the data folder {settings.data_dir} is writable")


def _port(settings: Settings, subject: str, port: int) -> Finding:
    """A running desk of ours holds its port, which is fine."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, port))
        except OSError as failure:
            if dsn_of_running(settings):
                return _ok(subject, f"端口 {port} 由正在运行的 PlayerDesk 使用", f"port {port} is held by the running desk")
            return Finding("error", subject, _taken(settings, subject, port, failure))
    return _ok(subject, f"端口 {port} 可用", f"port {port} is free")


def _taken(settings: Settings, subject: str, port: int, failure: OSError) -> Text:
    other = f"{subject}={port + 10 if port <= _HIGHEST_PORT - 10 else port - 10}"
    if failure.errno == errno.EADDRINUSE:
        return Text(zh=f"端口 {port} 已被别的程序占用；请关掉它，或换一个端口：{other} make run",
                    en=f"port {port} is taken by another program; end that one, or choose another port: {other} make run")
    if failure.errno == errno.EACCES:
        return Text(zh=f"没有权限使用端口 {port}（1024 以下需要 root）；请换一个端口：{other} make run",
                    en=f"you may not listen on port {port} (below 1024 only root may); choose another: {other} make run")
    if failure.errno == errno.EADDRNOTAVAIL:
        return Text(zh=f"本机没有地址 {settings.host}；PLAYERDESK_HOST 请写 127.0.0.1（只限本机）或 0.0.0.0（全部）",
                    en=f"no address {settings.host} here; set PLAYERDESK_HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (all)")
    why = failure.strerror or str(failure)
    return Text(zh=f"无法使用 {settings.host}:{port}（{why}）；请检查 PLAYERDESK_HOST，或换一个端口：{other}",
                en=f"cannot listen on {settings.host}:{port} ({why}); check PLAYERDESK_HOST, or choose another port: {other}")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    subject = "PLAYERDESK_DATABASE_URL" if settings.database_url else "PostgreSQL"
    try:
        async with running(settings, join=True) as dsn:
            connection = await asyncpg.connect(dsn, timeout=10)
            try:
                async for finding in _inspect(connection, subject):
                    yield finding
            finally:
                await connection.close(timeout=5)
    except PostgresProblem as failure:
        yield Finding("error", subject, failure.text)
    except UNREACHABLE as failure:
        yield Finding("error", subject, unreachable(failure))


async def _inspect(connection: Any, subject: str) -> AsyncIterator[Finding]:
    version = int(await connection.fetchval("SHOW server_version_num")) // 10_000
    if version < _OLDEST_POSTGRES:
        yield _error(subject, f"PostgreSQL {version} 太旧，需要 {_OLDEST_POSTGRES} 或更新版本。",
                     f"PostgreSQL {version} is too old; {_OLDEST_POSTGRES} or newer is needed.")
        return
    yield _ok(subject, f"PostgreSQL {version} 已连接", f"PostgreSQL {version} answers")
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        yield _error(subject, f"数据库编码是 {encoding}，请用 UTF8 重新创建。",
                     f"the database's encoding is {encoding}; create it anew with UTF8.")
    with contextlib.suppress(asyncpg.PostgresError):
        if not await connection.fetchval("SELECT has_database_privilege(current_database(), 'CREATE')"):
            yield _error(subject, "数据库用户没有建表权限；请执行 GRANT CREATE ON DATABASE …",
                         "the database user may not create schemas; run GRANT CREATE ON DATABASE …")
    try:
        lacking = await missing(connection)
    except NewerDatabase as failure:
        yield Finding("error", subject, failure.text)
        return
    if lacking:
        yield Finding("warning", subject, Text(
            zh=f"有 {len(lacking)} 个升级尚未执行；`playerdesk run` 会自动执行，也可用 `playerdesk migrate`。",
            en=f"{len(lacking)} migrations are to be run; `playerdesk run` does so, or `playerdesk migrate`."))


async def _storage(settings: Settings) -> Finding:
    subject = "PLAYERDESK_STORAGE"
    key = f"probe-{os.getpid()}"
    try:
        storage = await open_storage(settings)
        await storage.put(key, b"x")
        kept = await storage.get(key)
        await storage.delete(key)
    except Exception as failure:  # noqa: BLE001 -- whatever it is, the operator is told
        return _error(subject, f"附件存储不可用：{failure}", f"attachments cannot be stored: {failure}")
    if kept != b"x":
        return _error(subject, "附件存储读回的内容不一致。", "what was stored did not come back the same.")
    return _ok(subject, "附件存储可用", "attachments can be stored")


def _clients() -> Finding:
    lacking = [name for name in ("agent", "player") if not any((CLIENTS / name).glob("*.html"))]
    if lacking:
        return Finding("warning", "clients", Text(
            zh=f"前端尚未构建：{', '.join(lacking)}；请运行 make clients",
            en=f"not built yet: {', '.join(lacking)}; run make clients"))
    return _ok("clients", "前端已构建", "the clients are built")


def _public_address(settings: Settings) -> list[Finding]:
    """Open to the world without encryption, or with the demo's printed passwords: worth a word."""
    found: list[Finding] = []
    local = settings.host in {"127.0.0.1", "::1", "localhost"}
    if settings.base_url and settings.base_url.startswith("http://") and not local:
        found.append(Finding("warning", "PLAYERDESK_BASE_URL", Text(
            zh="公网地址没有使用 https，登录信息会明文传输。",
            en="the public address is not https: sign-ins travel in the clear.")))
    if settings.demo and (settings.base_url or not local):
        found.append(Finding("warning", "PLAYERDESK_DEMO", Text(
            zh="演示模式会公开演示账号和密码；正式使用请设 PLAYERDESK_DEMO=0。",
            en="the demo shows its accounts and passwords to everybody; set PLAYERDESK_DEMO=0 for real use.")))
    return found


def _ok(subject: str, zh: str, en: str) -> Finding:
    return Finding("ok", subject, Text(zh=zh, en=en))


def _error(subject: str, zh: str, en: str) -> Finding:
    return Finding("error", subject, Text(zh=zh, en=en))
