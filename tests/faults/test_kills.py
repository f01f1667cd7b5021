"""Whatever dies, nothing that was accepted is lost, doubled or out of order."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from playerdesk.brands import add_brand, add_signing_key
from playerdesk.forms import define_category
from playerdesk.kernel import Text, connect
from playerdesk.sla import set_default_targets
from playerdesk.staff import add_member, add_queue

from .desk import SECRET, Desk
from .player import Player

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CHATS = 200
THINGS_SAID = 8


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    await desk.start()
    database = await connect(desk.postgres.dsn, size=2)
    async with database.transaction() as tx:
        brand_id = await add_brand(tx, "faults", Text("故障", "Faults"))
        await add_signing_key(tx, brand_id, "faults-1", "HS256", SECRET)
        queue_id = await add_queue(tx, "help", Text("求助", "Help"))
        await define_category(tx, "help", Text("求助", "Help"), queue_id=queue_id)
        await set_default_targets(tx)
        person = await tx.value(
            "INSERT INTO staff.person (login, name, password_hash, chat_capacity) VALUES ('one', 'One', '-', 50) RETURNING id"
        )
        await tx.execute("INSERT INTO staff.presence (person_id, state) VALUES ($1, 'online')", person)
        await add_member(tx, queue_id, person)
    await database.close()
    desk.start_part("server")
    desk.start_part("worker")
    await desk.ready()
    yield desk
    desk.stop()


async def test_every_accepted_message_is_there_once_and_in_order_after_kills_of_server_worker_and_database(desk: Desk):
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(base_url=desk.url, timeout=8, limits=limits) as http:
        players = [Player(desk, http, f"player-{n}", THINGS_SAID) for n in range(CHATS)]
        async with asyncio.timeout(150):
            talking = asyncio.gather(*(player.run() for player in players))
            await asyncio.sleep(4)
            await desk.kill_database(signal.SIGQUIT)
            await asyncio.sleep(3)
            desk.kill("server")
            desk.kill("worker")
            desk.start_part("server")
            desk.start_part("worker")
            await desk.ready()
            await asyncio.sleep(1)
            await desk.kill_database(signal.SIGKILL)
            await talking
    await _check(desk, players)


async def _check(desk: Desk, players: list[Player]) -> None:
    database = await connect(desk.postgres.dsn, size=2)
    async with database.reading() as reader:
        said = await reader.fetch(
            "SELECT ticket_id, body, number FROM tickets.message WHERE author = 'player' ORDER BY ticket_id, seq"
        )
        tickets = await reader.value("SELECT count(*) FROM tickets.ticket")
        uneven = await reader.fetch(
            "SELECT t.id FROM tickets.ticket t JOIN tickets.message m ON m.ticket_id = t.id GROUP BY t.id"
            " HAVING max(m.seq) <> t.seq OR count(m.number) <> t.public_count OR max(m.number) <> t.public_count"
        )
        assigned_twice = await reader.fetch(
            "SELECT ticket_id FROM tickets.message WHERE change ->> 'what' = 'assigned' GROUP BY 1 HAVING count(*) > 1"
        )
    await database.close()
    assert tickets == CHATS
    assert uneven == []
    assert assigned_twice == []
    of_ticket: dict[int, list[tuple[str, int]]] = {}
    for ticket_id, body, number in said:
        of_ticket.setdefault(ticket_id, []).append((body, number))
    for player in players:
        rows = of_ticket[player.ticket_id]
        assert [body for body, _ in rows] == [f"{player.account} {n}" for n in range(THINGS_SAID + 1)]
        assert [number for _, number in rows][1:] == list(player.acknowledged.values())
        assert player.heard == list(range(1, player.heard[-1] + 1))
