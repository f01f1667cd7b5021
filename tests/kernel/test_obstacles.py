"""What keeps the desk from starting is said before it starts, in both languages, with what to do."""

import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, get

from playerdesk.kernel import check
from playerdesk.kernel.check import explain, refuse_if_hopeless
from playerdesk.kernel.http import EXCEPTION_HANDLERS, public
from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.obstacles import Unable, about_folder, is_full, little_room
from playerdesk.kernel.postgres_server import Postgres, PostgresProblem
from playerdesk.kernel.settings import BadSettings, Settings, load
from tests.conftest import database_on


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def test_a_taken_port_is_said_before_anything_is_started(taken: int, tmp_path: Path):
    with pytest.raises(Unable) as refused:
        await refuse_if_hopeless(Settings(data_dir=tmp_path, port=taken, demo=False))
    assert f"port {taken} is taken by another program" in refused.value.text.en
    assert f"PLAYERDESK_PORT={taken + 10} make run" in refused.value.text.en
    assert f"端口 {taken} 已被别的程序占用" in refused.value.text.zh
    assert not (tmp_path / "postgres").exists()


async def test_the_demo_games_port_counts_only_with_the_demo(taken: int, tmp_path: Path):
    free = Settings(data_dir=tmp_path, port=taken - 1, demo_port=taken, demo=False)
    await refuse_if_hopeless(free)
    with pytest.raises(Unable, match="PLAYERDESK_DEMO_PORT"):
        await refuse_if_hopeless(Settings(data_dir=tmp_path, port=taken - 1, demo_port=taken))


async def test_the_data_folder_is_made_also_for_a_desk_with_a_database_of_its_own(tmp_path: Path):
    url = "postgresql://desk@127.0.0.1/desk"
    await refuse_if_hopeless(Settings(data_dir=tmp_path / "a" / "b", database_url=url, port=1, demo=False))
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(Unable, match="PLAYERDESK_DATA"):
        await refuse_if_hopeless(Settings(data_dir=tmp_path / "file" / "data", database_url=url, port=1, demo=False))


async def test_a_desk_that_was_just_killed_is_given_time_to_let_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    asked = 0

    def serving(_: Path) -> bool:
        return True

    def bind(settings: Settings) -> list[object]:
        nonlocal asked
        asked += 1
        return [] if asked > 2 else [check.Finding("error", "PLAYERDESK_PORT", check.Text(zh="占", en="taken"))]

    monkeypatch.setattr(check, "is_serving", serving)
    monkeypatch.setattr(check, "_ports", bind)
    await refuse_if_hopeless(Settings(data_dir=tmp_path))
    assert asked == 3


@pytest.mark.parametrize(
    ("number", "said", "gesagt"),
    [
        (errno.EACCES, "hand it to this user", "没有权限"), (errno.ENOSPC, "Make room", "磁盘已满"),
        (errno.EROFS, "cannot be written to", "只读"), (errno.ENOTDIR, "is a file and no folder", "不是文件夹"),
        (errno.EIO, "Input/output error", "换一个文件夹"),
    ],
)
def test_each_trouble_with_the_folder_says_what_to_do(number: int, said: str, gesagt: str):
    text = about_folder(Path("/there"), OSError(number, os.strerror(number)))
    assert said in text.en
    assert gesagt in text.zh
    assert "PLAYERDESK_DATA" in text.en
    assert "PLAYERDESK_DATA" in text.zh


def test_little_room_is_said_with_how_much_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert little_room(tmp_path) is None
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 30, 1 << 30, 5 << 20))  # type: ignore[attr-defined]
    text = little_room(tmp_path)
    assert text
    assert "only 5 MB left" in text.en
    assert "只剩 5 MB" in text.zh
    assert is_full("initdb: error: could not write: No space left on device")


async def test_a_file_where_the_folder_should_be(tmp_path: Path):
    (tmp_path / "data").write_text("")
    with pytest.raises(Unable, match="is a file and no folder"):
        await refuse_if_hopeless(Settings(data_dir=tmp_path / "data", port=1, demo=False))


def test_a_folder_that_is_none_or_closed_is_not_reported_as_a_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "data").write_text("")
    assert load({"PLAYERDESK_DATA": str(tmp_path / "data")}).data_dir == tmp_path / "data"

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.setattr(os, "access", lambda *_: False)
    load({"PLAYERDESK_DATA": str(tmp_path)})
    monkeypatch.setattr(os, "access", lambda *_: True)
    with pytest.raises(BadSettings, match="chmod"):
        load({"PLAYERDESK_DATA": str(tmp_path)})


def test_a_second_desk_is_told_in_both_languages_where_the_first_is(tmp_path: Path):
    holder = Postgres(tmp_path)
    holder.take()
    try:
        with pytest.raises(PostgresProblem) as refused:
            Postgres(tmp_path).take()
    finally:
        holder.let_go()
    assert f"kill {os.getpid()}" in refused.value.text.en
    assert f"进程 {os.getpid()}" in refused.value.text.zh


async def test_a_database_that_is_not_there_is_no_stack_trace():
    with pytest.raises(Unable, match="cannot be reached"):
        await migrate("postgresql://nobody@127.0.0.1:1/x")


async def test_a_database_that_does_not_exist_is_named(server: str):
    with pytest.raises(Unable, match="createdb"):
        await migrate(database_on(server, "there_is_none"))


def test_at_the_terminal_it_is_one_message_and_no_trace(taken: int, tmp_path: Path):
    environment = {
        **os.environ, "PLAYERDESK_DATA": str(tmp_path), "PLAYERDESK_PORT": str(taken), "PLAYERDESK_DEMO": "0", "LC_ALL": "zh_CN.UTF-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "playerdesk", "run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "已被别的程序占用" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("failure", [asyncpg.DiskFullError("could not extend file"), OSError(errno.ENOSPC, "No space left on device")])
async def test_a_disk_that_fills_up_later_is_said_to_whoever_asks(failure: Exception):
    @get("/", guards=[public])
    async def write() -> None:
        raise failure

    app = Litestar([write], exception_handlers=EXCEPTION_HANDLERS)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://desk") as client:
        answer = await client.get("/", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "磁盘已满" in answer.json()["error"]["message"]


async def test_check_says_the_same_of_the_port(taken: int, tmp_path: Path, fresh_dsn: str):
    found = await explain(Settings(data_dir=tmp_path, database_url=fresh_dsn, port=taken, demo=False))
    assert any("taken by another program" in each.text.en for each in found if each.level == "error")
