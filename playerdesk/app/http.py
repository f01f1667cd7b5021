"""The server: every package's routes, the sockets, the clients' files, and what surrounds each request."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.middleware import DefineMiddleware

from playerdesk.app import (
    blueprints,
    bulk,
    categories,
    config,
    due,
    exports,
    lists,
    people,
    player_desk,
    player_forms,
    player_pages,
    processes,
    rule_order,
    saved_views,
    search,
    segments,
    step_forms,
    ticket_forms,
    tiers,
    traces,
    workspace,
)
from playerdesk.app.agent_live import AgentDesk
from playerdesk.app.downloads import downloads
from playerdesk.app.openapi import OPENAPI, complete
from playerdesk.app.pages import Pages
from playerdesk.app.player_sight import player_sight
from playerdesk.app.searching import FIGURES, export_pool, search_pool
from playerdesk.app.sockets import Sockets
from playerdesk.app.wiring import OUTBOXES, WIRING
from playerdesk.audit import FIGURES as AUDIT_FIGURES
from playerdesk.audit import Sightings
from playerdesk.brands import http as brands_http
from playerdesk.brands.middleware import GameToken
from playerdesk.channels.chat.live import PlayerDesk
from playerdesk.channels.game import http as game_http
from playerdesk.forms import http as forms_http
from playerdesk.insights import http as insights_http
from playerdesk.insights.simulation import http as simulation_http
from playerdesk.kernel import Database, Live, LiveEvent, connect
from playerdesk.kernel.files import Files, open_files
from playerdesk.kernel.files_http import body_limit, file_routes
from playerdesk.kernel.health_http import health_routes
from playerdesk.kernel.http import EXCEPTION_HANDLERS, new_request_id
from playerdesk.kernel.metrics import requests_seen, watch_connections, watch_event_loop, watch_figure
from playerdesk.kernel.origin import begin
from playerdesk.kernel.own_secrets import own_secret
from playerdesk.kernel.settings import Settings
from playerdesk.kernel.straight import Straight
from playerdesk.players import Puller, frame_origins
from playerdesk.players import http as players_http
from playerdesk.players.desk import http as players_desk_http
from playerdesk.players.middleware import PlayerToken
from playerdesk.processes import http as processes_http
from playerdesk.rules import http as rules_http
from playerdesk.rules.addresses import allow_inside
from playerdesk.sla import http as sla_http
from playerdesk.staff import http as staff_http
from playerdesk.staff.middleware import StaffSession
from playerdesk.tickets import Writers
from playerdesk.tickets import http as tickets_http
from playerdesk.tickets.craft import http as craft_http
from playerdesk.tickets.macros import http as macros_http
from playerdesk.tickets.writing import http as writing_http

log = structlog.get_logger("server")

PLANNED_ONCE = 8
"""Connections for the lanes (one statement in flight each), the lists and the live pushes."""

CLIENTS = Path(str(package_files("playerdesk"))) / "clients"

ROUTES: list[Any] = [
    *staff_http.ROUTES, *people.ROUTES, *forms_http.ROUTES, *tickets_http.ROUTES, *writing_http.ROUTES,
    *macros_http.ROUTES, *craft_http.ROUTES, *lists.ROUTES, *saved_views.ROUTES, *search.ROUTES, *exports.ROUTES,
    *workspace.ROUTES, *traces.ROUTES, *player_pages.ROUTES, *insights_http.ROUTES, *players_http.ROUTES,
    *players_desk_http.ROUTES, *game_http.ROUTES, *player_desk.ROUTES, *bulk.ROUTES,
    *blueprints.ROUTES, *config.ROUTES, *brands_http.ROUTES, *sla_http.ROUTES, *due.ROUTES, *tiers.ROUTES, *simulation_http.ROUTES,
    *processes_http.ROUTES, *processes.ROUTES, *step_forms.ROUTES, *player_forms.ROUTES, *ticket_forms.ROUTES, *categories.ROUTES,
    *rules_http.ROUTES, *rule_order.ROUTES,
    *segments.ROUTES,
]

DESIGNED = frozenset({"BrandChanged", "BlueprintChanged", "QueueChanged", "CategoryDefined", "FormDefined"})

CALLERS: tuple[Any, ...] = (StaffSession, PlayerToken, GameToken)
"""Who may be calling; each knows her own addresses."""

CORS = CORSConfig(
    # The player interface is called from any game's page, with a token and never with cookies.
    allow_origins=["*"], allow_methods=["GET", "POST"], max_age=86400,
    allow_headers=["authorization", "content-type", "idempotency-key", "accept-language"],
)


class Surroundings:
    """The outermost layer: request id, time taken, headers every answer carries; sockets and pages."""

    def __init__(self, app: Any, sockets: Sockets, pages: Pages, live: Live) -> None:
        self.app = app
        self.live = live
        self.sockets = sockets
        self.pages = pages

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        given = new_request_id()
        begin(given, (scope.get("client") or ("",))[0])
        if scope["type"] == "websocket":
            await self.sockets(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.pages.serves(scope):
            await self.pages(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500
        extra = [(b"x-request-id", given.encode()), (b"x-content-type-options", b"nosniff")]
        if scope["path"].startswith("/agent/"):
            # Whatever is answered was read later than this: from here on a screen asks its live line.
            extra.append((b"x-live-cursor", self.live.cursor.encode()))

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            requests_seen(scope, status, time.perf_counter() - started)


class Server:
    """Everything one server process holds, and the application that uses it."""

    def __init__(self, settings: Settings, dsn: str, demo_accounts: list[dict[str, Any]] | None = None) -> None:
        self.settings = settings
        allow_inside(settings.rules_inside)
        self.dsn = dsn
        self.demo_accounts = demo_accounts or []

    async def open(self) -> Any:
        """Connect, start the live parts, and answer the ASGI application."""
        self.database = await connect(self.dsn, wiring=WIRING, size=self.settings.pool_main, batches=PLANNED_ONCE)
        self.search_database = await search_pool(self.dsn, self.settings.pool_search)
        self.search_database.memory = self.database.memory  # what is remembered of brands and queues is the same
        self.export_database = await export_pool(self.dsn)
        self.export_database.memory = self.database.memory
        self.files = await open_files(self.database, self.settings)
        async with self.database.transaction() as tx:
            mark_key = await own_secret(tx, "official mark")
        game_http.pace.forget()
        self.live = Live(self.database, self.dsn)
        self.writers = Writers(self.database)
        self.sightings = Sightings(self.database)
        self.agent_desk = AgentDesk(self.database, self.live)
        self.player_desk = PlayerDesk(self.database, self.live, self.writers)
        self.puller = Puller(self.database)
        self.live.observers.append(self._forget)
        await self.live.start()
        self.agent_desk.start()
        self.player_desk.start()
        watch_connections("agent", lambda: len(self.agent_desk.screens))
        outbox_figures = {f"{name}_late_seconds": outbox.late for name, outbox in OUTBOXES.items()}
        for name, figure in (FIGURES | AUDIT_FIGURES | outbox_figures).items():
            watch_figure(name, figure)
        watch_connections("player", lambda: self.player_desk.connected)
        self._lag = asyncio.create_task(watch_event_loop())
        self.framework = self._application(mark_key)
        complete(self.framework.openapi_schema)
        sockets = Sockets(self.agent_desk, self.player_desk)
        pages = Pages(CLIENTS, self.settings, partial(frame_origins, self.database))
        return Surroundings(self._straight(self.framework), sockets, pages, self.live)

    async def close(self) -> None:
        self._lag.cancel()
        await self.agent_desk.stop()
        await self.player_desk.stop()
        await self.live.stop()
        await self.sightings.close()
        await self.search_database.close()
        await self.export_database.close()
        await self.puller.close()
        await self.database.close()

    def _forget(self, events: Sequence[LiveEvent], _: str) -> None:
        """What the desk is made of was changed, here or by another process: nothing remembered of it holds any more.

        A draft holds for nobody, and is kept with every second of typing: it costs nobody what is remembered.
        """
        if any(event.kind in DESIGNED and msgspec.json.decode(event.data).get("what") != "draft" for event in events):
            self.database.memory.clear()

    def _straight(self, app: Litestar) -> Straight:
        return Straight(
            app, {"database": self.database, "files": self.files, "writers": self.writers},
            [partial(who, database=lambda: self.database) for who in CALLERS],
        )

    def _application(self, mark_key: bytes) -> Litestar:
        def database() -> Database:
            return self.database

        # Each names the one before it, so that the framework resolves them one after the other: those
        # that know nothing of each other it would resolve in a task each, which costs more than a query.
        def files(database: NamedDependency[Database]) -> Files:  # noqa: ARG001
            return self.files

        def writers(database: NamedDependency[Database]) -> Writers:  # noqa: ARG001
            return self.writers

        return Litestar(
            route_handlers=[
                Router("/", guards=[player_sight], route_handlers=[
                    *ROUTES, file_routes(self.database, self.files, downloads(self.database, self.sightings)),
                    *health_routes(self.database, self.settings),
                ]),
            ],
            middleware=[DefineMiddleware(who, database=database) for who in CALLERS],
            dependencies={
                "database": Provide(database, sync_to_thread=False),
                "files": Provide(files, sync_to_thread=False),
                "writers": Provide(writers, sync_to_thread=False),
            },
            exception_handlers=EXCEPTION_HANDLERS,
            cors_config=CORS,
            openapi_config=OPENAPI,
            request_max_body_size=body_limit(self.files),
            state=State({
                "live": self.live, "agent_desk": self.agent_desk, "player_desk": self.player_desk,
                "mark_key": mark_key, "demo_accounts": self.demo_accounts, "settings": self.settings,
                "search_database": self.search_database, "export_database": self.export_database,
                "sightings": self.sightings, "puller": self.puller,
                "secure_cookies": self.settings.cookies_are_secure,
            }),
            logging_config=None,
            debug=False,
        )


@asynccontextmanager
async def serving(
    settings: Settings, dsn: str, demo_accounts: list[dict[str, Any]] | None = None
) -> AsyncGenerator[tuple[Server, Any], None]:
    """A server and its ASGI application for as long as the block runs."""
    server = Server(settings, dsn, demo_accounts)
    app = await server.open()
    try:
        yield server, app
    finally:
        await server.close()
