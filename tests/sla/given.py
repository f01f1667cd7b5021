"""Brands, players, agents and tickets for tests about what stands above tickets."""

from datetime import UTC, datetime, timedelta
from itertools import count

from playerdesk.kernel import Database, Event, Tx
from playerdesk.tickets import OpenTicket, Post, lock_one, open_tickets, post_messages

T0 = datetime(2026, 11, 16, 2, tzinfo=UTC)
"""A Monday morning, ten o'clock in Shanghai."""

_numbers = count(1)


def later(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def unique(name: str) -> str:
    return f"{name}-{next(_numbers)}-{id(_numbers)}"


async def a_brand(tx: Tx, zone: str = "Asia/Shanghai") -> int:
    key = unique("b").lower()
    return await tx.value(
        "INSERT INTO brands.brand (key, name, time_zone) VALUES ($1, $2, $3) RETURNING id",
        key, {"zh": key, "en": key}, zone,
    )


async def a_player(tx: Tx, tier: str = "none") -> int:
    return await tx.value("INSERT INTO players.player (name, tier) VALUES ('玩家', $1) RETURNING id", tier)


async def an_agent(tx: Tx, state: str = "offline", queue_id: int | None = None, roles: tuple[str, ...] = ("agent",)) -> int:
    person = await tx.value(
        "INSERT INTO staff.person (login, name, password_hash, roles) VALUES ($1, $1, '', $2) RETURNING id",
        unique("agent"), list(roles),
    )
    await tx.execute("INSERT INTO staff.presence (person_id, state) VALUES ($1, $2)", person, state)
    if queue_id is not None:
        await tx.execute("INSERT INTO staff.queue_member VALUES ($1, $2)", queue_id, person)
    return person


async def a_queue(tx: Tx, brand_id: int | None = None) -> int:
    return await tx.value(
        "INSERT INTO staff.queue (key, name, brand_id) VALUES ($1, $2, $3) RETURNING id",
        unique("q"), {"zh": "队列", "en": "queue"}, brand_id,
    )


async def a_category(tx: Tx, brand_id: int, queue_id: int | None = None) -> int:
    return await tx.value(
        "INSERT INTO forms.category (brand_id, key, name, queue_id) VALUES ($1, $2, $3, $4) RETURNING id",
        brand_id, unique("c"), {"zh": "类", "en": "kind"}, queue_id,
    )


def a_question(brand_id: int, player_id: int, **changes: object) -> OpenTicket:
    fields: dict[str, object] = {
        "brand_id": brand_id, "player_id": player_id, "channel": "chat", "live": True, "category_id": None,
        "subject": "充值648元没到账", "body": "充值648元没到账", "client_key": unique("k"),
    }
    return OpenTicket(**{**fields, **changes})  # type: ignore[arg-type]


async def a_ticket(database: Database, at: datetime = T0, tier: str = "none", **changes: object) -> int:
    """A ticket of a new player of a new brand; the reactions of the database run."""
    async with database.transaction() as tx:
        brand = changes.pop("brand_id", None) or await a_brand(tx)
        player = await a_player(tx, tier)
        (opened,) = await open_tickets(tx, [a_question(brand, player, **changes)], at)  # type: ignore[arg-type]
        return opened.ticket_id  # type: ignore[union-attr]


async def says(database: Database, ticket_id: int, author: str, at: datetime, author_id: int | None = None) -> None:
    """A message by the player or, when nobody is named, by a new agent."""
    async with database.transaction() as tx:
        if author_id is None:
            author_id = (await lock_one(tx, ticket_id)).player_id if author == "player" else await an_agent(tx)
        (posted,) = await post_messages(
            tx, [Post(ticket_id=ticket_id, author=author, author_id=author_id, body="好的", client_key=unique("m"))], at
        )
        if isinstance(posted, BaseException):
            raise posted


async def events(database: Database, kind: str, ticket_id: int) -> list[Event]:
    """What the log says happened to a ticket, as dicts."""
    async with database.reading() as reader:
        return [
            row[0] for row in await reader.fetch(
                "SELECT data::jsonb FROM kernel.event WHERE kind = $1 AND (data->>'ticketId')::bigint = $2"
                " ORDER BY position",
                kind, ticket_id,
            )
        ]
