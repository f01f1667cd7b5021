"""Brands, servers and signing keys, as others see them; remembered for a few seconds."""

from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Database, Reader, Remembered, Text


class Brand(msgspec.Struct, frozen=True, rename="camel"):
    """A game or shop. `theme`: {"accent", "logo", "greeting": {"zh", "en"}}."""

    id: int
    key: str
    name: Text
    theme: dict[str, Any]
    time_zone: str
    reopen_days: int
    webhook_url: str | None
    webhook_kid: str | None
    modules: dict[str, bool] = {}
    """Functions that are switched off (`modules.MODULES`); what is not mentioned is on."""
    tone: Text | None = None
    """How agents talk to its players."""


class Server(msgspec.Struct, frozen=True, rename="camel"):
    """A server of a game."""

    brand_id: int
    key: str
    name: str


class SigningKey(msgspec.Struct, frozen=True):
    """How to check what a brand says; a retired key proves nothing any more."""

    kid: str
    brand_id: int
    brand_key: str
    algorithm: str
    material: str
    retired: bool


DIRECTORY_SECONDS = 5.0

_brands: Remembered[str, list[Brand]] = Remembered(DIRECTORY_SECONDS, grace=0.5)
_servers: Remembered[str, list[Server]] = Remembered(DIRECTORY_SECONDS)

_BRANDS: LiteralString = """
    SELECT id, key, name, theme, time_zone, reopen_days, webhook_url, webhook_kid, modules, tone FROM brands.brand ORDER BY id
"""

_SERVERS: LiteralString = "SELECT brand_id, key, name FROM brands.server ORDER BY brand_id, position, key"

_KEY: LiteralString = """
    SELECT k.kid, k.brand_id, b.key, k.algorithm, k.material, k.retired_at IS NOT NULL
    FROM brands.signing_key k JOIN brands.brand b ON b.id = k.brand_id
    WHERE k.kid = $1
"""


def forget_directory(reader: Reader | Database) -> None:
    """Called by whoever changes a brand, so that this process sees it at once."""
    _brands.forget(reader)
    _servers.forget(reader)


async def brands(reader: Reader) -> list[Brand]:
    """Every brand, oldest first."""
    known = _brands.get(reader, "all")
    if known is not None:
        return known
    records = await reader.fetch(_BRANDS)
    found = [
        Brand(record[0], record[1], Text(**record[2]), *tuple(record)[3:9], tone=record[9] and Text(**record[9]))
        for record in records
    ]
    return _brands.put(reader, "all", found)


async def brand_by_key(reader: Reader, key: str) -> Brand | None:
    """The brand with this key, such as ``starfall``."""
    return next((brand for brand in await brands(reader) if brand.key == key), None)


async def brand_by_id(reader: Reader, brand_id: int) -> Brand | None:
    """The brand with this number."""
    return next((brand for brand in await brands(reader) if brand.id == brand_id), None)


async def servers(reader: Reader, brand_id: int | None = None) -> list[Server]:
    """The servers of one brand, or of all, in the order the game gives them."""
    known = _servers.get(reader, "all")
    if known is None:
        known = _servers.put(reader, "all", await reader.rows(Server, _SERVERS))
    return known if brand_id is None else [server for server in known if server.brand_id == brand_id]


async def find_server(database: Database, brand_id: int, key: str) -> Server | None:
    """The same without a connection in hand: hot paths take one only when nothing is remembered."""
    known = _servers.get(database, "all")
    if known is None:
        async with database.reading() as reader:
            known = await servers(reader)
    return next((server for server in known if server.brand_id == brand_id and server.key == key), None)


async def signing_key(reader: Reader, kid: str) -> SigningKey | None:
    """The key with this id, retired or not. Not remembered here: whoever verifies decides for how long."""
    return await reader.row(SigningKey, _KEY, kid)
