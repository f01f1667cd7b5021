"""One readable log: text for people, JSON for machines, a request's id on each of its lines, nobody's secrets."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from playerdesk.kernel.origin import request_id
from playerdesk.kernel.settings import Settings

# What people write and what lets them in never reaches the log, whoever passes it along.
_PRIVATE = frozenset({
    "authorization", "body", "cookie", "csrf", "dsn", "email", "headers", "name", "note", "password", "phone", "secret",
    "text", "token",
})
_CHATTY = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "yoyo", "asyncio", "PIL", "websockets")


def configure(settings: Settings, process: str) -> None:
    """Once at the start of each process; `process` (server, worker, …) stands on every line."""
    machine = settings.log_format == "json"
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if machine else "%H:%M:%S", utc=machine),
        _Origin(process),
        hide_private,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_ending(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def hide_private(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what must not be written down; the key stays, so that one sees it was there."""
    for key in _PRIVATE & event.keys():
        event[key] = "…"
    return event


class _Origin:
    """Which process and which request a line belongs to."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = self._process
        if (request := request_id.get()) != "-":
            event["request"] = request
        return event


def _ending(settings: Settings) -> list[Processor]:
    if settings.log_format == "json":
        return [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [_line, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0, pad_level=False)]


def _line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """`server/http` in one word; the level is only shown when it says something."""
    event["logger"] = f"{event.pop('process')}/{event['logger']}"
    if event.get("level") == "info":
        event.pop("level")
    return event
