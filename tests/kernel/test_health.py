"""Alive, ready, measured, and a log that keeps secrets."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import structlog
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from playerdesk.kernel import log as logs
from playerdesk.kernel import metrics
from playerdesk.kernel.database import Database, connect
from playerdesk.kernel.health_http import health_routes, readiness
from playerdesk.kernel.heartbeat import beat
from playerdesk.kernel.http import EXCEPTION_HANDLERS, request_id
from playerdesk.kernel.migrations import names
from playerdesk.kernel.settings import Settings


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, size=2)
    yield database
    await database.close()


def client(database: Database, **settings: Any) -> AsyncClient:
    app = Litestar(health_routes(database, Settings(**settings)), exception_handlers=EXCEPTION_HANDLERS)
    return AsyncClient(transport=ASGITransport(app), base_url="http://desk")


async def test_ready_needs_a_worker_that_was_heard_of_lately(database: Database):
    async with client(database) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        degraded = await http.get("/readyz")
        assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
        await beat(database)
        await beat(database)
        assert (await http.get("/readyz")).json() == {
            "status": "ok", "database": "ok", "migrations": "ok", "worker": "ok",
        }
    async with database.transaction() as tx:
        await tx.execute("UPDATE kernel.heartbeat SET beat_at = now() - interval '2 minutes'")
    found = await readiness(database)
    assert found.status == "degraded"
    assert found.worker.startswith("silent for 120 s")


async def test_missing_and_unknown_migrations_make_a_server_unready(database: Database, fresh_dsn: str):
    connection = await asyncpg.connect(fresh_dsn)
    await connection.execute("DELETE FROM _yoyo_migration WHERE migration_id = $1", names()[-1])
    async with client(database) as http:
        answer = await http.get("/readyz")
        assert answer.status_code == 503
        assert names()[-1] in answer.json()["migrations"]
    await connection.execute(
        "INSERT INTO _yoyo_migration (migration_hash, migration_id, applied_at_utc) VALUES ('x', '9999_x', now())"
    )
    assert "9999_x" in (await readiness(database)).migrations
    await connection.close()


async def test_an_unreachable_database_is_an_answer(database: Database):
    await database.close()
    async with client(database) as http:
        answer = await http.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["database"].startswith("not reachable")
        assert (await http.get("/healthz")).status_code == 200
        assert "playerdesk_metric_failures_total" in (await http.get("/metrics")).text


async def test_metrics_tell_requests_by_template_and_figures_by_name(database: Database):
    metrics.requests_seen({"method": "GET", "path_template": "/tickets/{id}"}, 200, 0.004)
    metrics.requests_seen({"method": "GET", "path": "/wp-admin/1"}, 404, 0.001)
    metrics.loop_rounds("timers", 0.002)
    metrics.watch_connections("agents", lambda: 7)

    async def late(_: Any) -> float:
        return 1.5

    metrics.watch_figure("timer_late_seconds", late)
    async with client(database) as http:
        text = (await http.get("/metrics")).text
    assert 'playerdesk_request_seconds_count{method="GET",route="/tickets/{id}",status="200"} 1.0' in text
    assert 'route="unmatched",status="404"' in text
    assert "wp-admin" not in text
    assert 'playerdesk_live_connections{kind="agents"} 7.0' in text
    assert 'playerdesk_figure{name="timer_late_seconds"} 1.5' in text
    assert 'playerdesk_pool_connections_open{pool="main"}' in text


async def test_metrics_can_ask_for_a_token(database: Database):
    async with client(database, metrics_token="s3cret") as http:
        assert (await http.get("/metrics")).status_code == 401
        assert (await http.get("/metrics", headers={"Authorization": "Bearer s3cret"})).status_code == 200


@pytest.fixture
def logging_as_it_was():
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], level = before[0], before[1]
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("logging_as_it_was")
def test_the_log_has_the_request_and_not_the_password(capsys: pytest.CaptureFixture[str]):
    logs.configure(Settings(log_format="json"), "server")
    token = request_id.set("abc123")
    structlog.get_logger("http").warning("刚刚失败", password="hunter2", body="my phone is 138", path="/x")
    logging.getLogger("uvicorn.error").warning("started %s", "here")
    request_id.reset(token)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["event"] == "刚刚失败"
    assert (first["logger"], first["process"], first["request"], first["path"]) == ("http", "server", "abc123", "/x")
    assert first["password"] == first["body"] == "…"
    assert second["event"] == "started here"


@pytest.mark.usefixtures("logging_as_it_was")
def test_the_text_log_is_one_line_a_thing(capsys: pytest.CaptureFixture[str]):
    logs.configure(Settings(), "worker")
    structlog.get_logger("jobs").info("job done", job="push")
    structlog.get_logger("jobs").debug("not shown")
    (line,) = capsys.readouterr().out.splitlines()
    assert "job done" in line
    assert "worker/jobs" in line
    assert "job=push" in line
