"""Is the process alive, may it be sent work, and how is it doing: /healthz, /readyz, /metrics."""

import hmac
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from playerdesk.kernel.clock import now
from playerdesk.kernel.database import Database
from playerdesk.kernel.errors import Text, Unauthenticated
from playerdesk.kernel.heartbeat import SILENT_SECONDS, last_beat
from playerdesk.kernel.http import answer, public
from playerdesk.kernel.metrics import render, watch_pool
from playerdesk.kernel.migrations import NewerDatabase, missing
from playerdesk.kernel.settings import Settings

_TOKEN_NEEDED = Text(
    zh="请用 PLAYERDESK_METRICS_TOKEN 的值作为 Bearer 令牌。",
    en="Send the value of PLAYERDESK_METRICS_TOKEN as a bearer token.",
)


class Readiness(msgspec.Struct, frozen=True, rename="camel"):
    """What stands, what does not, and what to do about it.

    Only `unready` takes a server out of service: without a worker people are still answered.
    """

    status: str
    database: str
    migrations: str
    worker: str


def health_routes(database: Database, settings: Settings) -> list[HTTPRouteHandler]:
    """The three routes, bound to this process's database."""
    watch_pool("main", database)

    @get("/healthz", guards=[public], include_in_schema=False)
    async def healthz() -> Response[bytes]:
        return answer({"status": "ok"})

    @get("/readyz", guards=[public], include_in_schema=False)
    async def readyz() -> Response[bytes]:
        found = await readiness(database)
        return answer(found, 503 if found.status == "unready" else 200)

    @get("/metrics", guards=[public], include_in_schema=False)
    async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        wanted = settings.metrics_token
        if wanted and not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Unauthenticated("metrics_token_needed", _TOKEN_NEEDED)
        return Response(await render(database), media_type="text/plain; version=0.0.4")

    return [healthz, readyz, metrics]


async def readiness(database: Database) -> Readiness:
    """Ask the database; an unreachable one is an answer too."""
    try:
        async with database.reading() as reader:
            lacking = await missing(reader.connection)
            heard = None if lacking else await last_beat(reader)
    except NewerDatabase as failure:
        return Readiness("unready", "ok", str(failure), "unknown")
    except Exception as failure:  # noqa: BLE001 -- an answer, whatever is wrong
        return Readiness("unready", f"not reachable: {type(failure).__name__}", "unknown", "unknown")
    if lacking:
        return Readiness("unready", "ok", f"run `playerdesk migrate`; missing: {', '.join(lacking)}", "unknown")
    if heard is None:
        return Readiness("degraded", "ok", "ok", "none has started; run `playerdesk worker`")
    silent = now() - heard
    if silent > timedelta(seconds=SILENT_SECONDS):
        return Readiness("degraded", "ok", "ok", f"silent for {silent.total_seconds():.0f} s; see its log")
    return Readiness("ok", "ok", "ok", "ok")
