"""What the handbook gives people to copy or run does what the page says."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from playerdesk.brands import (
    add_brand,
    add_signing_key,
    set_webhook,
    verify_game_token,
    verify_player_token,
    webhook_headers,
)
from playerdesk.kernel import Database, Event, PastEvent, Text, Tx, connect, read_on
from playerdesk.kernel.migrations import migrate
from playerdesk.players.records import read_record

pytestmark = pytest.mark.anyio

HANDBOOK = Path(__file__).parents[2] / "docs" / "handbook"
KID, SECRET, BRAND = "copied-1", "0123456789abcdef0123456789abcdef", "copied"
BODY = '{"records": []}'
PUSH = '{"id": "m-1-2"}'

NODE = """
import { playerToken, gameToken, checkPush } from "./support.mjs";
const [body, push, pushed] = process.argv.slice(2);
let refused = "";
try { checkPush(push, pushed + " "); } catch (problem) { refused = problem.message; }
console.log(JSON.stringify([playerToken("a-1", "s1", "r-9", "剑客"), gameToken(body), checkPush(push, pushed).jti, refused]));
"""
GO = """
package main

import ("encoding/json"; "fmt"; "os"; "x/support")

func main() {
    claims, err := support.CheckPush(os.Args[2], []byte(os.Args[3]))
    if err != nil { panic(err) }
    _, refused := support.CheckPush(os.Args[2], []byte(os.Args[3]+" "))
    said, _ := json.Marshal([]any{support.PlayerToken("a-1", "s1", "r-9", "剑客", "zh"),
        support.GameToken([]byte(os.Args[1])), claims["jti"], refused.Error()})
    fmt.Println(string(said))
}
"""


@pytest.fixture
async def database(fresh_dsn: str):
    database = await connect(fresh_dsn, size=3)
    yield database
    await database.close()


@pytest.fixture
async def push(database: Database) -> str:
    """The desk's Authorization header for PUSH, from a brand whose key the examples hold."""
    async with database.transaction() as tx:
        brand_id = await add_brand(tx, BRAND, Text(zh="星陨", en="Starfall"))
        await add_signing_key(tx, brand_id, KID, "HS256", SECRET)
        await set_webhook(tx, brand_id, "http://127.0.0.1:9/", KID)
        return (await webhook_headers(tx, brand_id, PUSH.encode(), delivery="m-1-2"))["Authorization"]


def copied(name: str, folder: Path) -> Path:
    """The example with the reader's own key in it."""
    text = (HANDBOOK / "examples" / name).read_text(encoding="utf-8")
    for placeholder, own in (("mygame-1", KID), ("the secret that was printed", SECRET), ('"mygame"', f'"{BRAND}"')):
        assert placeholder in text
        text = text.replace(placeholder, own)
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def in_python(folder: Path, push: str) -> list[str]:
    said = runpy.run_path(str(copied("support.py", folder)))
    with pytest.raises(ValueError, match="changed") as refused:
        said["check_push"](push, PUSH.encode() + b" ")
    return [
        said["player_token"]("a-1", "s1", "r-9", "剑客"), said["game_token"](BODY.encode()),
        said["check_push"](push, PUSH.encode())["jti"], str(refused.value),
    ]


def in_node(folder: Path, push: str) -> list[str]:
    copied("support.mjs", folder)
    (folder / "try.mjs").write_text(NODE, encoding="utf-8")
    return ran(["node", "try.mjs", BODY, push, PUSH], folder)


def in_go(folder: Path, push: str) -> list[str]:
    copied("support.go", folder / "support")
    (folder / "go.mod").write_text("module x\ngo 1.19\n")
    (folder / "main.go").write_text(GO, encoding="utf-8")
    return ran(["go", "run", ".", BODY, push, PUSH], folder)


def ran(command: list[str], folder: Path) -> list[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("example", [in_python, in_node, in_go])
async def test_the_desk_believes_the_examples_and_they_believe_the_desk(database, push, tmp_path, example):
    player, game, delivery, refused = example(tmp_path, push)
    claims = await verify_player_token(database, player)
    assert (claims.account, claims.server_key, claims.role_id, claims.character_name) == ("a-1", "s1", "r-9", "剑客")
    assert (await verify_game_token(database, game, BODY.encode())).brand_key == BRAND
    assert delivery == "m-1-2"
    assert "changed" in refused


def test_the_batch_of_the_page_is_taken():
    page = (HANDBOOK / "connect-a-game.md").read_text(encoding="utf-8")
    batch = re.search(r'```json\n(\{"records".*?)```', page, re.DOTALL)
    assert batch
    records = json.loads(batch.group(1))["records"]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert {type(read_record(record, at)).__name__ for record in records} == {
        "ServerRecord", "PlayerRecord", "CharacterRecord", "SessionRecord", "PurchaseRecord", "RefundRecord"
    }


def test_a_first_desk_is_set_up_once_and_again(fresh_dsn, tmp_path):
    environment = {**os.environ, "PLAYERDESK_DATABASE_URL": fresh_dsn, "PLAYERDESK_DATA": str(tmp_path)}
    command = [sys.executable, str(HANDBOOK / "first_desk.py")]
    first, again = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert len(re.findall(r"^login ", first, re.MULTILINE)) == 3
    assert "secret=" in first
    assert "login" not in again
    assert "secret" not in again
    with psycopg.connect(fresh_dsn) as connection:
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM brands.signing_key), (SELECT count(*) FROM staff.person),"
            " (SELECT count(*) FROM forms.category), (SELECT count(*) FROM staff.person WHERE deputy_id IS NOT NULL)"
        ).fetchone()
    assert counted == (1, 3, 2, 2)


class SomethingSaid(Event, frozen=True):
    word: str


async def test_after_a_restore_what_was_read_stays_read_and_what_was_not_is_read_once(database, fresh_dsn):
    heard: list[str] = []

    async def digest(_: Tx, events: list[PastEvent]) -> None:
        heard.extend(event.data["word"] for event in events)

    async def say(word: str) -> None:
        async with database.transaction() as tx:
            await tx.emit(SomethingSaid(word=word))

    async def listen() -> None:
        await read_on(database, "listener", ["SomethingSaid"], digest)

    await listen()
    await say("before")
    await listen()
    await say("unheard")
    async with database.transaction() as tx:  # as from a server that had counted a million transactions more
        await tx.execute("UPDATE kernel.event SET xid = (xid::text::bigint + 1000000)::text::xid8")
        await tx.execute(
            "UPDATE kernel.cursor SET snapshot = format('%1$s:%1$s:',"
            " (SELECT max(xid::text::bigint) FROM kernel.event WHERE data ->> 'word' = 'unheard'))"
        )
    await say("lost without mending")
    await listen()
    assert heard[:1] == ["before"]
    assert "lost without mending" not in heard
    with psycopg.connect(fresh_dsn, autocommit=True) as connection:
        connection.execute("DELETE FROM kernel.event WHERE data ->> 'word' LIKE 'lost%'")
        connection.execute("UPDATE kernel.cursor SET snapshot = (SELECT format('%1$s:%1$s:', max(xid::text::bigint)) FROM kernel.event)")
    await migrate(fresh_dsn)  # every start looks whether the database has moved
    heard.clear()
    await say("after")
    await listen()
    await listen()
    assert heard == ["unheard", "after"]
