"""The whole month: asked of the game, planned, and told in small transactions with a rest between them."""

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import LiteralString

import msgspec
import structlog

from playerdesk.app.demo.past.game import asked
from playerdesk.app.demo.past.lives import Crew, Life, lives
from playerdesk.app.demo.past.shifts import Duty, stretches
from playerdesk.app.demo.past.telling import Desk, tell
from playerdesk.brands import brands
from playerdesk.forms import categories
from playerdesk.kernel import Database, Reader, now
from playerdesk.staff import people, queues
from playerdesk.staff.presence import History, remember_presence

log = structlog.get_logger("past")

NOTE_FILE = "demo-past.json"
DAYS = timedelta(days=30)
BATCH = 20
WAIT_SECONDS, MOST_WAITS = 3.0, 400
SEED = "playerdesk"
"""The same past on every demo desk, up to the hour it begins."""

_BEGUN: LiteralString = "SELECT EXISTS (SELECT FROM tickets.ticket WHERE client_key LIKE 'past-%')"
_FIRST: LiteralString = """
    SELECT min(created_at) FROM tickets.ticket WHERE client_key IS NULL OR client_key NOT LIKE 'past-%'
"""
_PLAYERS: LiteralString = """
    SELECT i.value, p.id, p.tier, m.login FROM players.identity i JOIN players.player p ON p.id = i.player_id
    LEFT JOIN staff.person m ON m.id = p.vip_manager_id
    WHERE i.kind = 'game_account' AND i.value = ANY($1::text[]) AND p.merged_into IS NULL
"""
_MEMBERS: LiteralString = """
    SELECT q.key, p.login FROM staff.queue_member m JOIN staff.queue q ON q.id = m.queue_id
    JOIN staff.person p ON p.id = m.person_id ORDER BY q.key, p.login
"""


class Note(msgspec.Struct, frozen=True):
    """What is kept beside the database: up to when the past is told, so that a restart goes on with the same one."""

    until: datetime
    done: bool = False


async def tell_the_past(database: Database, address: str, kept: Path) -> int:
    """All that is not told yet; how much that was. Killed at any moment, the next call goes on."""
    note = _read(kept)
    async with database.reading() as reader:
        begun: bool = await reader.value(_BEGUN)
        first: datetime | None = await reader.value(_FIRST)
    if note is None or not begun:
        note = Note(min(first or now(), now()) - timedelta(minutes=1))
        _write(kept, note)
    if note.done:
        return 0
    until = note.until
    questions = await asked(address, until)
    for _ in range(MOST_WAITS):
        if questions is not None:
            break
        await asyncio.sleep(WAIT_SECONDS)
        questions = await asked(address, until)
    if questions is None:
        log.warning("the demo game has told nothing of the past")
        return 0
    shifts = stretches(until - DAYS, until, SEED)
    async with database.reading() as reader:
        desk, crew = await _who(reader, sorted({each.account for each in questions}))
    story = lives(questions, crew, Duty([s for s in shifts if s.login in desk.people]), until, SEED)
    async with database.transaction() as tx:
        await remember_presence(tx, [
            History(desk.people[s.login], s.state, s.start, s.end) for s in shifts if s.login in desk.people
        ])
    new = await _tell(database, desk, story)
    _write(kept, Note(until, done=True))
    return new


def _read(kept: Path) -> Note | None:
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Note)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(kept: Path, note: Note) -> None:
    fresh = kept.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(note))
    fresh.replace(kept)


async def _tell(database: Database, desk: Desk, story: list[Life]) -> int:
    """In small transactions, each followed by a rest: the desk has people to serve."""
    new = 0
    for place in range(0, len(story), BATCH):
        began = time.monotonic()
        async with database.transaction() as tx:
            new += await tell(tx, desk, story[place : place + BATCH])
        await asyncio.sleep(min(0.5, time.monotonic() - began))
    return new


async def _who(reader: Reader, accounts: list[str]) -> tuple[Desk, Crew]:
    staff = {person.login: person for person in await people(reader)}
    queue_keys = {queue.id: queue.key for queue in await queues(reader)}
    members: dict[str, list[str]] = {}
    for key, login in await reader.fetch(_MEMBERS):
        members.setdefault(key, []).append(login)
    rows = await reader.fetch(_PLAYERS, accounts)
    desk = Desk(
        {brand.key: brand.id for brand in await brands(reader)}, {row[0]: row[1] for row in rows},
        {login: person.id for login, person in staff.items()},
    )
    crew = Crew(
        members, {c.key: queue_keys.get(c.queue_id or 0, "") for c in await categories(reader)},
        {row[0]: row[3] for row in rows if row[3]}, {row[0]: row[2] for row in rows},
        {login: person.name for login, person in staff.items()},
    )
    return desk, crew
