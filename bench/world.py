"""Who there is on the measured desk: brands, queues, categories, people with sessions, players with tokens."""

import hashlib
import secrets
from typing import Any

import msgspec

from bench.desk import Desk
from playerdesk.app.demo.categories import CATEGORIES
from playerdesk.app.demo.seed import BRANDS, QUEUES
from playerdesk.app.wiring import WIRING
from playerdesk.brands import add_brand, add_server, add_signing_key, make_player_token
from playerdesk.forms import define_category
from playerdesk.kernel import Tx, connect
from playerdesk.sla import set_default_targets
from playerdesk.staff import add_member, add_queue

AGENTS = 300
QUEUES_AN_AGENT = 2

_SESSION = """
    INSERT INTO staff.session (token_hash, person_id, csrf, ip, user_agent, expires_at)
    SELECT h, p, 'csrf', '127.0.0.1', 'bench', now() + interval '1 day' FROM unnest($1::bytea[], $2::bigint[]) AS s (h, p)
"""


class World(msgspec.Struct):
    """What the load generators need to know."""

    secrets: list[str]
    players: int
    queue_ids: list[int]
    person_ids: list[int]
    sessions: list[str]
    categories: int
    long_tickets: list[int] = []
    """Tickets of twenty messages."""
    tickets: int = 0

    def token(self, player_id: int, seconds: int = 7200) -> str:
        """As the game's back end signs it."""
        place = player_id % len(BRANDS)
        brand = BRANDS[place]
        return make_player_token(
            brand[0], f"{brand[0]}-1", self.secrets[place], f"p{player_id}", seconds=seconds, lang="zh",
            server=brand[5][0][0], role=f"r{player_id}", character=f"玩家{player_id}", name=f"玩家{player_id}",
        )

    def cookie(self, place: int) -> str:
        return f"Cookie: playerdesk_session={self.sessions[place % len(self.sessions)]}; playerdesk_csrf=csrf"


def brand_of(player_id: int) -> int:
    """A player's brand (ids count from 1)."""
    return player_id % len(BRANDS) + 1


async def make_world(desk: Desk, players: int) -> World:
    """Through the desk's own actions; people without passwords, but signed in."""
    database = await connect(desk.dsn, wiring=WIRING, size=2)
    try:
        async with database.transaction() as tx:
            world = await _brands_and_queues(tx, players)
            await set_default_targets(tx)
            await _people(tx, world)
    finally:
        await database.close()
    return world


async def _brands_and_queues(tx: Tx, players: int) -> World:
    keys = [secrets.token_urlsafe(32) for _ in BRANDS]
    for (key, name, _accent, _zh, _en, servers), secret in zip(BRANDS, keys, strict=True):
        brand_id = await add_brand(tx, key, name)
        for position, (server, title) in enumerate(servers, 1):
            await add_server(tx, brand_id, server, title, position=position)
        await add_signing_key(tx, brand_id, f"{key}-1", "HS256", secret)
    queues = {
        key: await add_queue(tx, key, name, is_vip_pool=key == "vip", position=position)
        for position, (key, name) in enumerate(QUEUES, 1)
    }
    for position, (key, name, icon, priority, queue, fields) in enumerate(CATEGORIES, 1):
        await define_category(
            tx, key, name, icon=icon, priority=priority, queue_id=queues[queue], fields=fields, position=position
        )
    return World(keys, players, list(queues.values()), [], [], len(CATEGORIES))


async def _people(tx: Tx, world: World) -> None:
    people: list[Any] = await tx.fetch(
        "INSERT INTO staff.person (login, name, password_hash, roles, chat_capacity, ticket_capacity)"
        " SELECT 'agent' || i, '客服' || i, '!', CASE WHEN i = 1 THEN '{agent,lead}' ELSE '{agent}' END::text[], 10, 40"
        " FROM generate_series(1, $1::int) AS i RETURNING id",
        AGENTS,
    )
    world.person_ids = [row[0] for row in people]
    await tx.execute("INSERT INTO staff.presence (person_id) SELECT id FROM staff.person")
    for place, person_id in enumerate(world.person_ids):
        for turn in range(QUEUES_AN_AGENT):
            await add_member(tx, world.queue_ids[(place + turn) % len(world.queue_ids)], person_id)
    world.sessions = [secrets.token_urlsafe(24) for _ in world.person_ids]
    await tx.execute(
        _SESSION, [hashlib.sha256(session.encode()).digest() for session in world.sessions], world.person_ids
    )
