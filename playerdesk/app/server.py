"""One server process: uvicorn around the application."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

import structlog
import uvicorn

from playerdesk.app.http import serving
from playerdesk.app.joined import JoinedHttp
from playerdesk.app.standing_in import STANDING_IN
from playerdesk.app.swift import SwiftSocket
from playerdesk.kernel.garbage import settle, tidy_forever
from playerdesk.kernel.loops import run_loop
from playerdesk.kernel.metrics import loop_rounds
from playerdesk.kernel.settings import Settings

log = structlog.get_logger("server")


class _Uvicorn(uvicorn.Server):
    """Signals are ours: the supervisor stops its parts in order."""

    def install_signal_handlers(self) -> None:
        return


async def run_server(settings: Settings, dsn: str, demo_accounts: list[dict[str, Any]] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; open requests get a few seconds to finish."""
    async with serving(settings, dsn, demo_accounts) as (desk, app):
        config = uvicorn.Config(
            app, host=settings.host, port=settings.port, loop="uvloop", http=JoinedHttp, lifespan="off",
            ws=SwiftSocket, ws_per_message_deflate=False, ws_max_size=1 << 17, ws_ping_interval=30,
            ws_ping_timeout=30, access_log=False, log_config=None, server_header=False,
            forwarded_allow_ips=",".join(settings.trusted_proxies) or None, proxy_headers=bool(settings.trusted_proxies),
            timeout_graceful_shutdown=5, backlog=4096,
        )
        server = _Uvicorn(config)
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, lambda: setattr(server, "should_exit", True))
        log.info("server started", url=settings.public_url)
        settle()
        beside = [asyncio.create_task(tidy_forever()), asyncio.create_task(run_loop(STANDING_IN, desk.database, loop_rounds))]
        try:
            with suppress(asyncio.CancelledError):
                await server.serve()
        finally:
            for task in beside:
                task.cancel()
