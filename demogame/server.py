"""The game's own web side: its phone page, tokens for the players tried by hand, and the desk's webhook.

- `GET  /`                          the page in `page/`
- `GET  /demo/players`              brands, servers, and the cast to choose from
- `GET  /demo/token?account=…`      a signed player token and where the desk is
- `GET  /demo/mail?account=…`       what the desk pushed to this player, newest first
- `GET  /demo/rate`, `POST {perMinute}`  how many new questions a minute
- `POST /demo/webhook`              the desk's push: verified, each id once
- `POST /demo/fields`               what the desk asks live about a player: verified
- `GET  /demo/frame?context=…`      a page to embed beside a ticket, for whom the token says
- `GET  /demo/past?until=…`         what players asked of support in the last month, once the desk knows them all
"""

import asyncio
import ipaddress
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import (
    ClientException,
    NotAuthorizedException,
    NotFoundException,
    ServiceUnavailableException,
)
from litestar.params import FromQuery, JSONBody
from litestar.static_files import create_static_files_router
from msgspec import Struct, field

from demogame import blocks, ledger
from demogame.crowd import Crowd
from demogame.mailbox import Letter, Mailbox, Pushed
from demogame.past import asked
from demogame.rate import Rate
from demogame.signing import PLAYER_SECONDS, Keyring, Refused
from demogame.world import BRANDS, CAST, Character, Player, brand_of, player

log = logging.getLogger("game")
PAGE = Path(__file__).parent / "page"
AnyRequest = Request[Any, Any, Any]


class Game(Struct):
    """What the routes need: the parts that run beside them."""

    seed: str
    desk: str
    keyring: Keyring
    mailbox: Mailbox
    rate: Rate
    crowd: Crowd
    told: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the desk knows all players."""


class AskedPlayer(Struct):
    """Whom the desk asks about."""

    account: str


class AskedNumber(Struct):
    """A number a player wrote into a form: of what, and which."""

    what: str
    number: str


class Asked(Struct):
    """A live question of the desk."""

    player: AskedPlayer
    lookup: AskedNumber | None = None


class RateView(Struct, rename="camel"):
    """New questions a minute."""

    per_minute: float


def build(game: Game) -> Litestar:
    """Put the routes together."""
    handlers: list[Any] = [
        healthz, *_player_routes(game), *_rate_routes(game), _webhook(game), *_block_routes(game), _past_route(game),
    ]  # fmt: skip
    if PAGE.is_dir():
        handlers.append(create_static_files_router(path="/", directories=[PAGE], html_mode=True))
    return Litestar(route_handlers=handlers, openapi_config=None, logging_config=None)


@get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


def _player_routes(game: Game) -> list[Any]:
    @get("/demo/players")
    async def players(request: AnyRequest) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {
            "deskUrl": desk_seen_from(game.desk, request),
            "brands": [
                {
                    "key": b.key,
                    "name": {"zh": b.name_zh, "en": b.name_en},
                    "servers": [{"key": s.key, "name": s.name} for s in b.servers],
                }
                for b in BRANDS
            ],
            "players": [_shown(game.seed, player(game.seed, account), now) for account in CAST],
        }

    @get("/demo/token")
    async def token(request: AnyRequest, account: FromQuery[str]) -> dict[str, Any]:
        who = _who(game.seed, account)
        if not game.keyring.has(who.brand.key):
            raise NotFoundException("The desk does not know this game yet. Restart the demo after seeding the desk.")
        return {
            "token": game.keyring.player_token(who),
            "expiresInSeconds": PLAYER_SECONDS,
            "deskUrl": desk_seen_from(game.desk, request),
            "player": _shown(game.seed, who, datetime.now(UTC)),
        }

    @get("/demo/mail")
    async def mail(account: FromQuery[str]) -> dict[str, list[Letter]]:
        return {"mail": game.mailbox.of(account)}

    return [players, token, mail]


def _rate_routes(game: Game) -> list[Any]:
    @get("/demo/rate")
    async def rate() -> dict[str, Any]:
        return {"perMinute": game.rate.per_minute, **game.crowd.sizes}

    @post("/demo/rate", status_code=200)
    async def change_rate(data: JSONBody[RateView]) -> dict[str, Any]:
        game.rate.change(data.per_minute)
        log.info("now %g new questions a minute", game.rate.per_minute)
        return {"perMinute": game.rate.per_minute, **game.crowd.sizes}

    return [rate, change_rate]


def _webhook(game: Game) -> Callable[..., Any]:
    @post("/demo/webhook", status_code=200)
    async def webhook(request: AnyRequest) -> Response[dict[str, Any]]:
        body = await request.body()
        try:
            push = game.keyring.check_push(request.headers.get("authorization", ""), body)
            pushed = msgspec.json.decode(body, type=Pushed)
        except Refused as refusal:
            log.warning("push refused: %s", refusal)
            raise NotAuthorizedException(str(refusal)) from refusal
        except msgspec.MsgspecError as error:
            log.warning("push not understood: %s", error)
            raise ClientException(str(error)) from error
        if getattr(brand_of(pushed.account), "key", None) != push.brand:
            raise NotFoundException(f"No account {pushed.account} in {push.brand}")
        fresh = game.mailbox.receive(pushed) is not None
        if fresh:
            game.crowd.wake(pushed.ticket_id)
        return Response({"received": True, "duplicate": not fresh})

    return webhook


def _block_routes(game: Game) -> list[Any]:
    @post("/demo/fields", status_code=200)
    async def fields(request: AnyRequest) -> dict[str, Any]:
        body = await request.body()
        try:
            game.keyring.check_push(request.headers.get("authorization", ""), body)
            asked = msgspec.json.decode(body, type=Asked)
        except Refused as refusal:
            raise NotAuthorizedException(str(refusal)) from refusal
        except msgspec.MsgspecError as error:
            raise ClientException(str(error)) from error
        who, now = _who(game.seed, asked.player.account), datetime.now(UTC)
        if asked.lookup is not None:
            return {"fields": blocks.looked_up(who, asked.lookup.what, asked.lookup.number, now)}
        return {"fields": blocks.live(who, now)}

    @get("/demo/frame")
    async def frame(context: FromQuery[str]) -> Response[str]:
        try:
            account = game.keyring.check_frame(context)
        except Refused as refusal:
            raise NotAuthorizedException(str(refusal)) from refusal
        return Response(blocks.page(_who(game.seed, account), datetime.now(UTC)), media_type="text/html; charset=utf-8")

    return [fields, frame]


def _past_route(game: Game) -> Callable[..., Any]:
    @get("/demo/past")
    async def past(until: FromQuery[datetime]) -> Response[bytes]:
        if not game.told.is_set():
            raise ServiceUnavailableException("The desk does not know all players yet. Try again in a minute.")
        # Some tenths of a second of pure reckoning: not on the loop that carries the players' talk.
        questions = await asyncio.to_thread(asked, game.seed, until.astimezone(UTC))
        return Response(msgspec.json.encode(questions), media_type="application/json")

    return past


def desk_seen_from(desk: str, request: AnyRequest) -> str:
    """Return the desk's address for the browser: a loopback name means the host the page came from."""
    parts = urlsplit(desk)
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if not host or not _is_loopback(parts.hostname or ""):
        return desk
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _who(seed: str, account: str) -> Player:
    if brand_of(account) is None:
        raise NotFoundException(f"No account {account}: try sr-000001 … sr-012000 or hc-000001 … hc-008000.")
    return player(seed, account)


def _shown(seed: str, who: Player, now: datetime) -> dict[str, Any]:
    spent = ledger.spent_in_90_days(seed, who, now)
    return {
        "account": who.account,
        "brand": who.brand.key,
        "name": who.name,
        "language": who.language,
        "tier": ledger.tier(spent),
        "spent90dMinor": spent,
        "currency": "CNY",
        "character": _character(who.main),
        "characters": [_character(c) for c in who.characters],
    }


def _character(role: Character) -> dict[str, Any]:
    return {
        "roleId": role.role_id,
        "name": role.name,
        "level": role.level,
        "server": {"key": role.server.key, "name": role.server.name},
    }
