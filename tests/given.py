"""Builders: the smallest true thing of each kind, in words a test reads like."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from playerdesk.brands import add_brand
from playerdesk.forms import define_category
from playerdesk.kernel import Text, Tx
from playerdesk.staff import add_member, add_queue, set_presence
from playerdesk.tickets import Opened, OpenTicket, Post, Posted, open_tickets, post_messages

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Friday noon in Shanghai."""

_numbers = count(1)


def number() -> int:
    """A number no other builder has used in this process."""
    return next(_numbers)


async def a_brand(tx: Tx, key: str | None = None, *, zone: str = "Asia/Shanghai") -> int:
    key = key or f"brand-{number()}"
    return await add_brand(tx, key, Text(key, key), time_zone=zone)


async def a_queue(tx: Tx, *, vip: bool = False, push: bool = True, brand_id: int | None = None) -> int:
    key = f"queue-{number()}"
    return await add_queue(tx, key, Text(key, key), is_vip_pool=vip, push=push, brand_id=brand_id)


async def an_agent(
    tx: Tx, *queue_ids: int, state: str = "online", chats: int = 5, tickets: int = 20, roles: tuple[str, ...] = ("agent",),
    brand_ids: tuple[int, ...] = (),
) -> int:
    # Hashing a real password takes a moment on purpose; here nobody signs in with it.
    login = f"agent-{number()}"
    person_id: int = await tx.value(
        "INSERT INTO staff.person (login, name, password_hash, roles, chat_capacity, ticket_capacity, brand_ids)"
        " VALUES ($1, $1, '-', $2, $3, $4, $5) RETURNING id",
        login, list(roles), chats, tickets, list(brand_ids),
    )
    await tx.execute("INSERT INTO staff.presence (person_id) VALUES ($1)", person_id)
    for queue_id in queue_ids:
        await add_member(tx, queue_id, person_id)
    if state != "offline":
        await set_presence(tx, person_id, state)
    return person_id


async def a_player(tx: Tx, *, tier: str = "none", manager_id: int | None = None, name: str = "云中客") -> int:
    return await tx.value(
        "INSERT INTO players.player (name, tier, vip_manager_id) VALUES ($1, $2, $3) RETURNING id",
        name, tier, manager_id,
    )


async def a_category(tx: Tx, queue_id: int | None = None, *, brand_id: int | None = None, priority: int = 2) -> int:
    key = f"category-{number()}"
    return await define_category(tx, key, Text(key, key), brand_id=brand_id, queue_id=queue_id, priority=priority)


def a_question(brand_id: int, player_id: int, **changes: Any) -> OpenTicket:
    values: dict[str, Any] = {
        "brand_id": brand_id, "player_id": player_id, "channel": "chat" if changes.get("live") else "game", "live": False,
        "category_id": None, "subject": "", "body": "充值648元没到账", "client_key": f"key-{number()}",
    }
    return OpenTicket(**{**values, **changes})


async def a_ticket(tx: Tx, brand_id: int, player_id: int, at: datetime = NOON, **changes: Any) -> int:
    (opened,) = await open_tickets(tx, [a_question(brand_id, player_id, **changes)], at)
    assert isinstance(opened, Opened), opened
    return opened.ticket_id


async def said(tx: Tx, ticket_id: int, author: str, author_id: int, body: str, at: datetime = NOON, **more: Any) -> Posted:
    (posted,) = await post_messages(
        tx, [Post(ticket_id=ticket_id, author=author, author_id=author_id, body=body, client_key=f"k{number()}", **more)], at
    )
    assert isinstance(posted, Posted), posted
    return posted


