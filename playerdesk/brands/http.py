"""What stands beside a brand's document and is never in a text file: its keys and where answers are pushed; thin."""

import secrets
from datetime import datetime
from typing import Annotated, Any, LiteralString

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.audit import Trace, record
from playerdesk.brands.actions import add_signing_key, retire_signing_key, set_webhook
from playerdesk.brands.modules import MODULES
from playerdesk.brands.queries import Brand, brand_by_key
from playerdesk.kernel import Database, NotFound, Reader, Rejected, Text
from playerdesk.kernel.http import answer, any_staff, may, nothing

Caller = Request[Any, Any, Any]
Kid = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern="^[!-~]+$")]

NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")
NO_KEY = Text(zh="没有这个密钥。", en="There is no such key.")


class ModuleEntry(msgspec.Struct, frozen=True):
    """A function a brand can have or not: what is hidden without it, and what is kept."""

    key: str
    name: Text
    off: Text
    kept: Text


class ModuleBook(msgspec.Struct, frozen=True):
    """Every module there is."""

    modules: list[ModuleEntry]


class BrandKey(msgspec.Struct, frozen=True, rename="camel"):
    """A key a brand signs with; what it is made of is never shown again."""

    kid: str
    algorithm: str
    created_at: datetime
    retired_at: datetime | None


class Connection(msgspec.Struct, frozen=True, rename="camel"):
    """How a brand's back end and this desk know each other."""

    keys: list[BrandKey]
    webhook_url: str | None
    webhook_kid: str | None


class NewBrandKey(msgspec.Struct):
    """A key to be known from now on. HS256 without `material`: the desk makes a secret and shows it once."""

    kid: Kid
    algorithm: str = "HS256"
    material: str = ""


class MadeKey(msgspec.Struct, frozen=True):
    """The key, and its secret if the desk made it: this is the only time it is shown."""

    kid: str
    secret: str | None


class Webhook(msgspec.Struct):
    """Where answers are pushed to, and the key pushes are signed with; no address: they are not pushed."""

    url: str | None = None
    kid: str | None = None


_KEYS: LiteralString = """
    SELECT kid, algorithm, created_at, retired_at FROM brands.signing_key WHERE brand_id = $1 ORDER BY created_at DESC, id DESC
"""


async def _mine(reader: Reader, request: Caller, key: str) -> Brand:
    brand = await brand_by_key(reader, key)
    if brand is None or not request.user.serves(brand.id):
        raise NotFound("no_such_brand", NO_BRAND)
    return brand


async def _connection(reader: Reader, brand: Brand) -> Response[Connection]:
    url, kid = (await reader.fetch("SELECT webhook_url, webhook_kid FROM brands.brand WHERE id = $1", brand.id))[0]
    return answer(Connection(await reader.rows(BrandKey, _KEYS, brand.id), url, kid), 200)


@get("/agent/v1/modules", guards=[any_staff])
async def list_modules() -> Response[ModuleBook]:
    """What a brand can have or not."""
    return answer(ModuleBook([ModuleEntry(key, each.name, each.off, each.kept) for key, each in MODULES.items()]))


@get("/agent/v1/brands/{key:str}/connection", guards=[may("settings.manage")])
async def show_connection(
    request: Caller, database: NamedDependency[Database], key: FromPath[str]
) -> Response[Connection]:
    """The brand's keys, without their secrets, and its webhook."""
    async with database.reading() as reader:
        return await _connection(reader, await _mine(reader, request, key))


@post("/agent/v1/brands/{key:str}/keys", guards=[may("settings.manage")])
async def add_key(
    request: Caller, database: NamedDependency[Database], key: FromPath[str], data: JSONBody[NewBrandKey]
) -> Response[MadeKey]:
    """A key the brand signs with from now on."""
    made = secrets.token_urlsafe(32) if data.algorithm == "HS256" and not data.material else None
    async with database.transaction() as tx:
        brand = await _mine(tx, request, key)
        if await tx.value("SELECT EXISTS (SELECT FROM brands.signing_key WHERE kid = $1)", data.kid):
            taken = Text(zh="这个密钥编号已经用过，请换一个。", en="This key id was used before; choose another.")
            raise Rejected("kid_taken", taken, fields={"kid": taken})
        await add_signing_key(tx, brand.id, data.kid, data.algorithm, made or data.material)
        await _trace(tx, request, brand, "brand_key.added", {"kid": data.kid, "algorithm": data.algorithm})
    return answer(MadeKey(data.kid, made), 201)


@post("/agent/v1/brands/{key:str}/keys/{kid:str}/retire", guards=[may("settings.manage")])
async def retire_key(
    request: Caller, database: NamedDependency[Database], key: FromPath[str], kid: FromPath[str]
) -> Response[Connection]:
    """Nothing signed with it is believed any more."""
    async with database.transaction() as tx:
        brand = await _mine(tx, request, key)
        if kid not in {each.kid for each in await tx.rows(BrandKey, _KEYS, brand.id)}:
            raise NotFound("no_such_key", NO_KEY)
        await retire_signing_key(tx, kid)
        await _trace(tx, request, brand, "brand_key.retired", {"kid": kid})
        return await _connection(tx, brand)


@put("/agent/v1/brands/{key:str}/webhook", guards=[may("settings.manage")])
async def put_webhook(
    request: Caller, database: NamedDependency[Database], key: FromPath[str], data: JSONBody[Webhook]
) -> Response[None]:
    """Where answers are pushed to."""
    async with database.transaction() as tx:
        brand = await _mine(tx, request, key)
        await set_webhook(tx, brand.id, data.url or None, data.kid if data.url else None)
        await _trace(tx, request, brand, "brand.webhook_changed", data, {"url": brand.webhook_url, "kid": brand.webhook_kid})
    return nothing()


async def _trace(tx: Any, request: Caller, brand: Brand, action: str, after: Any, before: Any = None) -> None:
    await record(tx, Trace(
        actor_id=request.user.id, action=action, kind="brand", object_id=brand.key, brand_id=brand.id, before=before,
        after=msgspec.to_builtins(after),
    ))


ROUTES: list[Any] = [list_modules, show_connection, add_key, retire_key, put_webhook]
