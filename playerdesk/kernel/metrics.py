"""Figures for Prometheus: how fast we answer, how far behind we are, who is connected."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from playerdesk.kernel.database import Database, Reader

registry = CollectorRegistry()
ProcessCollector(registry=registry)
GCCollector(registry=registry)

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_requests = Histogram(
    "playerdesk_request_seconds", "Time to answer, by route and outcome.", ["method", "route", "status"],
    buckets=_QUICK, registry=registry,
)
_rounds = Histogram(
    "playerdesk_loop_round_seconds", "Time one round of a background loop took.", ["loop"], buckets=_QUICK,
    registry=registry,
)
_lag = Histogram(
    "playerdesk_event_loop_lag_seconds", "How late the event loop wakes: above 50 ms somebody hogs it.",
    buckets=_QUICK, registry=registry,
)
_pool_used = Gauge("playerdesk_pool_connections_in_use", "Database connections busy now.", ["pool"], registry=registry)
_pool_size = Gauge("playerdesk_pool_connections_open", "Database connections open now.", ["pool"], registry=registry)
_connected = Gauge("playerdesk_live_connections", "People connected now, by kind of screen.", ["kind"], registry=registry)
_asked = Gauge("playerdesk_figure", "Figures a package reads from the database when asked.", ["name"], registry=registry)
_failures = Counter(
    "playerdesk_metric_failures_total", "Figures that could not be read from the database.", registry=registry
)

_children: dict[tuple[str, str, int], Any] = {}
_questions: dict[str, Callable[[Reader], Awaitable[float]]] = {}


def requests_seen(scope: Any, status: int, seconds: float) -> None:
    """Note an answered request under its route's template; paths of strangers do not become labels."""
    key = (str(scope["method"]), str(scope.get("path_template") or "unmatched"), status)
    child = _children.get(key)
    if child is None:
        child = _children[key] = _requests.labels(key[0], key[1], str(status))
    child.observe(seconds)


def loop_rounds(name: str, seconds: float) -> None:
    """Note one round of a background loop (the `beat` of `run_loop`)."""
    _rounds.labels(name).observe(seconds)


def watch_pool(name: str, database: Database) -> None:
    """Show how busy a pool is, whenever somebody asks."""
    pool = database.pool
    _pool_size.labels(name).set_function(pool.get_size)
    _pool_used.labels(name).set_function(lambda: pool.get_size() - pool.get_idle_size())


def watch_connections(kind: str, count: Callable[[], int]) -> None:
    """Show how many screens of a kind are connected, whenever somebody asks."""
    _connected.labels(kind).set_function(count)


def watch_figure(name: str, ask: Callable[[Reader], Awaitable[float]]) -> None:
    """Show a figure only its package can read, for example how late the latest timer is."""
    _questions[name] = ask


async def watch_event_loop(every: float = 0.5) -> None:
    """Measure for ever how late this process's event loop wakes; run as a task."""
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + every
        await asyncio.sleep(every)
        _lag.observe(max(0.0, clock() - due))


async def render(database: Database) -> bytes:
    """Everything as Prometheus reads it; what the database cannot tell now is left out, not invented."""
    try:
        async with database.reading() as reader:
            for name, ask in _questions.items():
                _asked.labels(name).set(await ask(reader))
    except Exception:  # noqa: BLE001 -- counted; the other figures are still told
        _failures.inc()
    return generate_latest(registry)
