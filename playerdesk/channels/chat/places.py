"""Where a waiting chat stands in line, and how long it will take."""

import msgspec

from playerdesk.brands import module_on
from playerdesk.channels.doors import Shut, shut_for
from playerdesk.forms import categories
from playerdesk.kernel import Database, Reader, now
from playerdesk.routing import on_duty_count
from playerdesk.staff import default_queue
from playerdesk.tickets import expected_seconds, wait_of


class Place(msgspec.Struct, frozen=True, rename="camel"):
    """waiting: in line; live: somebody is there; ended: it is a ticket now."""

    state: str
    place: int | None
    expected_wait_seconds: int | None


async def place_of(database: Database, ticket_id: int, live: bool) -> Place | None:
    """The place of one chat; None for what is not live."""
    if not live:
        return None
    async with database.reading() as reader:
        wait = await wait_of(reader, ticket_id, now())
        if wait is None:
            return Place("live", None, None)
        agents = await on_duty_count(reader, [wait.queue_id or 0], wait.brand_id)
    return Place("waiting", wait.ahead + 1, expected_seconds(wait.ahead, wait.accepted_recently, agents))


class ChatDoor(msgspec.Struct, frozen=True, rename="camel"):
    """What the widget shows before a chat: is somebody there, how many wait, how long."""

    available: bool
    waiting: int
    expected_wait_seconds: int | None
    offered: bool = True
    """Whether the brand has live chat at all."""
    closed: Shut | None = None
    """Why it is not open for her now, and what to do instead."""


async def chat_door(database: Database, brand_id: int, player_id: int) -> ChatDoor:
    """The state of live chat for one player of a brand."""
    async with database.reading() as reader:
        if not await module_on(reader, brand_id, "chat"):
            return ChatDoor(available=False, waiting=0, expected_wait_seconds=None, offered=False)
        shut = await shut_for(reader, brand_id, player_id, "chat", now())
        if shut is not None:
            return ChatDoor(available=False, waiting=0, expected_wait_seconds=None, closed=shut)
        agents = await on_duty_count(reader, await _queues(reader, brand_id), brand_id)
        waiting: int = await reader.value(
            "SELECT count(*)::int FROM (SELECT 1 FROM tickets.ticket WHERE brand_id = $1 AND live"
            " AND assignee_id IS NULL AND status IN ('new', 'open') LIMIT 1000) AS w",
            brand_id,
        )
        recently: int = await reader.value(
            "SELECT count(*)::int FROM tickets.session WHERE accepted_at > now() - interval '15 minutes'"
        )
    return ChatDoor(agents > 0, waiting, expected_seconds(waiting, recently, agents))


async def _queues(reader: Reader, brand_id: int) -> list[int]:
    """Where a chat of this brand can land, whatever it is about."""
    named = [category.queue_id for category in await categories(reader, brand_id)]
    home = await default_queue(reader, brand_id) if None in named else None
    return sorted({queue_id for queue_id in (*named, home and home.id) if queue_id is not None})


_PLACES = """
    SELECT t.id, t.queue_id, t.brand_id, row_number() OVER (PARTITION BY t.queue_id ORDER BY t.rank_at, t.id)
    FROM (
        SELECT id, queue_id, brand_id, rank_at FROM tickets.ticket
        WHERE live AND assignee_id IS NULL AND status IN ('new', 'open') LIMIT 2000
    ) AS t
"""


async def places(reader: Reader) -> dict[int, Place]:
    """The place of every waiting chat, in one statement."""
    waiting = await reader.fetch(_PLACES)
    if not waiting:
        return {}
    agents = {
        (queue_id, brand_id): await on_duty_count(reader, [queue_id or 0], brand_id)
        for queue_id, brand_id in {(row[1], row[2]) for row in waiting}
    }
    recently: int = await reader.value(
        "SELECT count(*)::int FROM tickets.session WHERE accepted_at > now() - interval '15 minutes'"
    )
    return {
        row[0]: Place("waiting", row[3], expected_seconds(row[3] - 1, recently, agents[row[1], row[2]])) for row in waiting
    }


async def waiting_chats(reader: Reader, player_id: int) -> list[int]:
    """The player's chats that stand in line."""
    rows = await reader.fetch(
        "SELECT id FROM tickets.ticket WHERE player_id = $1 AND live AND assignee_id IS NULL AND status IN ('new', 'open')",
        player_id,
    )
    return [row[0] for row in rows]
