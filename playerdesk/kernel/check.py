"""`playerdesk check`: whether this machine can run the desk, and what to do where it cannot."""

import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg

from playerdesk.kernel.errors import Text
from playerdesk.kernel.migrations import NewerDatabase, missing
from playerdesk.kernel.postgres import PostgresProblem, dsn_of_running, running
from playerdesk.kernel.settings import Finding, Settings
from playerdesk.kernel.storage import open_storage

CLIENTS = Path(__file__).parent.parent / "clients"
_OLDEST_POSTGRES = 15


async def explain(settings: Settings) -> list[Finding]:
    """Every check, in the order one would mend things."""
    found = [_data_folder(settings)]
    found += [_port(settings, "PLAYERDESK_PORT", settings.port)]
    if settings.demo:
        found.append(_port(settings, "PLAYERDESK_DEMO_PORT", settings.demo_game_port))
    found += [finding async for finding in _database(settings)]
    found += [await _storage(settings), _clients(), *_public_address(settings)]
    return found


def _data_folder(settings: Settings) -> Finding:
    subject = "PLAYERDESK_DATA"
    probe = settings.data_dir / f".probe-{os.getpid()}"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as failure:
        return _error(subject, f"无法写入 {settings.data_dir}（{failure.strerror}）；请换一个文件夹或修改权限。",
                      f"cannot write to {settings.data_dir} ({failure.strerror}); choose another folder or mend its rights.")
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
            return _error(subject, f"无法使用 {settings.host}:{port}（{failure.strerror}）；请换一个端口，例如 {port + 10}",
                          f"cannot listen on {settings.host}:{port} ({failure.strerror}); choose another, for example {port + 10}")
    return _ok(subject, f"端口 {port} 可用", f"port {port} is free")


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
        yield _error(subject, str(failure), str(failure))
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        why = str(failure) or type(failure).__name__
        yield _error(subject, f"连不上数据库：{why}。请检查地址、用户、密码以及数据库是否已启动。",
                     f"the database cannot be reached: {why}. Check the address, user and password, and that it runs.")


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
        yield _error(subject, str(failure), str(failure))
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
