"""Player routes put together from several packages: the session, the verdict, uploads, the long poll."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.app.official_mark import official_code
from playerdesk.brands import brand_by_id, demand_module
from playerdesk.channels.chat.places import ChatDoor, chat_door
from playerdesk.channels.doors import Shut, shut_for
from playerdesk.channels.game.asking import MOST_FILES
from playerdesk.channels.game.shapes import PlayerTicket
from playerdesk.channels.game.views import check_own, my_ticket
from playerdesk.forms import Article, Field, categories, of_player
from playerdesk.kernel import Database, Text, clean_text, now
from playerdesk.kernel.files import FileInfo, Files
from playerdesk.kernel.files_http import receive
from playerdesk.kernel.http import answer, open_to_players
from playerdesk.players import players_by_id, tier_services
from playerdesk.surveys import REASONS, Reason, rate
from playerdesk.tickets import TEXT_LENGTH, player_unread

Caller = Request[Any, Any, Any]

MARK = Text(
    zh="官方客服。我们绝不会索要您的密码或验证码。",
    en="Official support. We never ask for your password or verification codes.",
)


class Verdict(msgspec.Struct):
    """One to five stars, why, and a word."""

    score: int
    reasons: list[str] = []
    comment: str = ""


class Named(msgspec.Struct, frozen=True):
    """A server, or a character with its role id."""

    key: str | None = None
    name: str | None = None
    role_id: str | None = msgspec.field(default=None, name="roleId")


class BrandLook(msgspec.Struct, frozen=True):
    """How the brand shows itself. `theme`: accent colour, logo, greeting."""

    key: str
    name: Text
    theme: dict[str, Any]


class ProblemType(msgspec.Struct, frozen=True):
    """What a player can ask about, and the short form it asks for."""

    key: str
    name: Text
    icon: str
    fields: list[Field]
    group: Text | None
    """The category above it, if any: those of one group stand together."""
    articles: list[Article]


class Mark(msgspec.Struct, frozen=True):
    """The signed mark of official support: the code is the same on the player's and the agent's screen."""

    text: str
    signature: str


class Limits(msgspec.Struct, frozen=True, rename="camel"):
    """How much fits."""

    text_length: int
    file_bytes: int
    files_per_message: int


class Session(msgspec.Struct, frozen=True, rename="camel"):
    """Everything a help screen needs to open."""

    player: Named
    brand: BrandLook
    server: Named | None
    character: Named | None
    language: str
    official_mark: Mark
    categories: list[ProblemType]
    chat: ChatDoor
    closed: Shut | None
    """New questions are not taken from her now, and why."""
    self_service_first: bool
    unread: int
    limits: Limits
    reasons: dict[str, list[Reason]]


class Updates(msgspec.Struct, frozen=True):
    """Frames as the socket sends them, and where to go on."""

    events: list[dict[str, Any]]
    cursor: str


@get("/player/v1/session", guards=[open_to_players], tags=["player"])
async def session(
    request: Caller, database: NamedDependency[Database], files: NamedDependency[Files]
) -> Response[Session]:
    """Everything a help screen needs to open: who she is, what she can ask, is somebody there."""
    caller = request.user
    async with database.reading() as reader:
        brand = await brand_by_id(reader, caller.brand_id)
        choices = await categories(reader, caller.brand_id)
        unread = await player_unread(reader, caller.player_id)
        closed = await shut_for(reader, caller.brand_id, caller.player_id, "game", now())
        known = await players_by_id(reader, [caller.player_id])
        services = await tier_services(reader)
    tier = known[caller.player_id].tier if caller.player_id in known else "none"
    assert brand is not None
    parents = {each.parent_id for each in choices}
    names = {each.id: each.name for each in choices}
    return answer(Session(
        player=Named(name=caller.name),
        brand=BrandLook(brand.key, brand.name, brand.theme),
        server=Named(key=caller.server_key, name=caller.server_name) if caller.server_key else None,
        character=Named(name=caller.character_name, role_id=caller.role_id) if caller.character_name else None,
        language=caller.language,
        official_mark=_mark(request.app.state.mark_key, caller),
        categories=[
            ProblemType(
                each.key, each.name, each.icon, of_player(each.fields), names.get(each.parent_id or 0), each.articles
            )
            for each in choices if each.id not in parents
        ],
        chat=await chat_door(database, caller.brand_id, caller.player_id),
        closed=closed,
        self_service_first=tier in services and services[tier].self_service_first,
        unread=unread,
        limits=Limits(TEXT_LENGTH, files.most_bytes, MOST_FILES if brand.modules.get("player_files", True) else 0),
        reasons={str(score): list(reasons) for score, reasons in REASONS.items()},
    ))


def _mark(key: bytes, caller: Any) -> Mark:
    """A short code that only this desk can make for this account: agents can read it back to a player."""
    return Mark(MARK.pick(caller.language), official_code(key, caller.brand_key, caller.account))


@post("/player/v1/tickets/{ticket_id:int}/rating", guards=[open_to_players], tags=["player"], status_code=200)
async def rate_mine(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Verdict]
) -> Response[PlayerTicket]:
    """The player's verdict on a solved ticket."""
    await check_own(database, request.user.player_id, ticket_id)
    async with database.transaction() as tx:
        await demand_module(tx, request.user.brand_id, "rating")
        await rate(tx, ticket_id, data.score, data.reasons, clean_text(data.comment))
    return answer(await my_ticket(database, request.user.player_id, ticket_id))


@post("/player/v1/files", guards=[open_to_players], tags=["player"])
async def upload(
    request: Caller, database: NamedDependency[Database], files: NamedDependency[Files]
) -> Response[FileInfo]:
    """A picture or document to attach."""
    async with database.reading() as reader:
        await demand_module(reader, request.user.brand_id, "player_files")
    return answer(await receive(request, database, files, f"player:{request.user.player_id}"), 201)


@get("/player/v1/updates", guards=[open_to_players], tags=["player"])
async def updates(
    request: Caller, cursor: FromQuery[str | None] = None, timeout: FromQuery[float] = 25
) -> Response[Updates]:
    """Long poll, for games that cannot hold a socket: the same frames, and where to go on."""
    desk = request.app.state.player_desk
    return answer(await desk.poll(request.user, cursor, max(0.0, min(timeout, 30.0))))


ROUTES = [session, rate_mine, upload, updates]
