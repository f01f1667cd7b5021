"""Live data from the company's own API: asked signed, for five seconds at most, and never in anybody's way.

The last good answer is kept and shown with its age when a new one cannot be had. An API that fails again and again
is left alone for a while.
"""

import asyncio
import secrets
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal, LiteralString

import httpx
import msgspec
import structlog

from playerdesk.brands import webhook_headers
from playerdesk.kernel import Database, Refused, now
from playerdesk.players.block_settings import block_setting
from playerdesk.players.fields import BadField, Descriptor, read_fields
from playerdesk.players.shown_fields import ShownField, shown_fields

log = structlog.get_logger("pull")

SECONDS = 5.0
MOST_BYTES = 256 << 10
FRESH = timedelta(seconds=10)
FAILURES = 5
REST_SECONDS = 30.0
AT_ONCE = 20

Problem = Literal["timeout", "unreachable", "refused", "unreadable", "too_large", "resting", "unsigned"]


class Lookup(msgspec.Struct, frozen=True):
    """A number that a player wrote, to be looked up: which kind of thing ("match", "order"), and the number."""

    what: str
    number: str


class LookupAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """`unknown`: the game has no such thing; `failed`: it could not be asked; `off`: the brand answers no such questions."""

    state: Literal["found", "unknown", "failed", "off"]
    fields: list[ShownField] = []


class Subject(msgspec.Struct, frozen=True, rename="camel"):
    """Whom and what it is about."""

    player_id: int
    brand_id: int
    account: str
    server: str | None = None
    role_id: str | None = None
    character: str | None = None
    case_type: str = ""
    ticket_id: int | None = None
    language: str = "zh"
    lookup: Lookup | None = None


class LiveFields(msgspec.Struct, frozen=True, rename="camel"):
    """`off`: the brand has no such API. `kept`: the last good answer, from `at`; `none`: there was none yet."""

    state: Literal["fresh", "kept", "none", "off"]
    fields: list[ShownField] = []
    at: datetime | None = None
    problem: Problem | None = None
    brand_id: int = 0
    record_id: str = ""
    case_type: str = ""


class Failed(Exception):
    """No answer that could be used."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem} {detail}".strip())
        self.problem: Problem = problem


class Breaker:
    """Counts what fails in a row; open, it lets one try through every `REST_SECONDS`."""

    def __init__(self) -> None:
        self.failures = 0
        self.until = 0.0

    def check(self, at: float) -> None:
        if self.failures >= FAILURES:
            if at < self.until:
                raise Failed("resting")
            self.until = at + REST_SECONDS

    def tell(self, at: float, *, well: bool) -> None:
        self.failures = 0 if well else self.failures + 1
        if self.failures >= FAILURES:
            self.until = at + REST_SECONDS


_KEPT: LiteralString = """
    SELECT fields, at FROM players.pulled
    WHERE player_id = $1 AND brand_id = $2 AND role_key = $3 AND case_type = $4
"""

_KEEP: LiteralString = """
    INSERT INTO players.pulled AS p (player_id, brand_id, role_key, case_type, fields, at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (player_id, brand_id, role_key, case_type) DO UPDATE SET fields = excluded.fields, at = excluded.at
    WHERE excluded.at > p.at
"""

Answer = tuple[list[Descriptor], list[BadField]]


class Puller:
    """Asks the companies' APIs for one server process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(SECONDS, connect=3), follow_redirects=False, trust_env=False,
            limits=httpx.Limits(max_connections=AT_ONCE),
        )
        self._breakers: dict[str, Breaker] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def pull(
        self, subject: Subject, tier: str, permissions: Collection[str], *, again: bool = False
    ) -> LiveFields:
        """The company's fields about this player now, or what was last known."""
        kept = await self._kept(subject)
        async with self._database.reading() as reader:
            url = (await block_setting(reader, subject.brand_id)).pull_url
        if not url:
            return LiveFields("off")

        def shown(state: Any, fields: list[Descriptor], at: datetime | None, problem: Problem | None = None) -> LiveFields:
            return LiveFields(
                state, shown_fields(fields, tier, permissions), at, problem, subject.brand_id, role_key(subject),
                subject.case_type,
            )

        if kept and kept[1] > now() - FRESH and not again:
            return shown("fresh", *kept)
        try:
            fields, _ = await self.ask(url, subject)
        except Failed as failure:
            return shown("kept", *kept, failure.problem) if kept else shown("none", [], None, failure.problem)
        at = now()
        async with self._database.transaction() as tx:
            await tx.execute(
                _KEEP, subject.player_id, subject.brand_id, role_key(subject), subject.case_type,
                msgspec.to_builtins(fields), at,
            )
        return shown("fresh", fields, at)

    async def look_up(self, subject: Subject) -> LookupAnswer:
        """What the game says about a number, for the eyes of the player: nothing personal, nothing for a tier only.

        It is a help and no gate: whatever goes wrong here, the form can be sent.
        """
        async with self._database.reading() as reader:
            url = (await block_setting(reader, subject.brand_id)).pull_url
        if not url:
            return LookupAnswer("off")
        try:
            fields, _ = await self.ask(url, subject)
        except Failed:
            return LookupAnswer("failed")
        plain = [field for field in fields if field.pii is None and field.tier == "none"]
        shown = shown_fields(plain, "none", ())
        return LookupAnswer("found" if shown else "unknown", shown)

    async def ask(self, url: str, subject: Subject) -> Answer:
        """One signed question, or Failed; used by the settings page as it is."""
        breaker = self._breakers.setdefault(url, Breaker())
        breaker.check(time.monotonic())
        try:
            async with asyncio.timeout(SECONDS):
                content = await self._exchange(url, subject)
            answer = _read(content)
        except TimeoutError:
            failure = Failed("timeout")
        except httpx.TimeoutException:
            failure = Failed("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            failure = Failed("unreachable", repr(problem))
        except Failed as problem:
            failure = problem
        else:
            breaker.tell(time.monotonic(), well=True)
            return answer
        breaker.tell(time.monotonic(), well=False)
        log.warning("no live data", brand=subject.brand_id, problem=str(failure)[:200])
        raise failure

    async def _exchange(self, url: str, subject: Subject) -> bytes:
        about = {} if subject.lookup is None else {"lookup": subject.lookup}
        body = msgspec.json.encode({
            **about,
            "player": {"account": subject.account, "id": subject.player_id},
            "role": {"server": subject.server, "roleId": subject.role_id, "name": subject.character},
            "caseType": subject.case_type, "ticketId": subject.ticket_id, "language": subject.language,
        })
        try:
            async with self._database.reading() as reader:
                headers = await webhook_headers(reader, subject.brand_id, body, delivery=secrets.token_urlsafe(12))
        except Refused as refused:
            raise Failed("unsigned", refused.code) from refused
        headers["Accept"] = "application/json"
        async with self._client.stream("POST", url, content=body, headers=headers) as response:
            if response.status_code in (204, 404):
                return b'{"fields": []}'
            if response.status_code != 200:
                raise Failed("refused", str(response.status_code))
            content = b""
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise Failed("too_large")
            return content

    async def _kept(self, subject: Subject) -> tuple[list[Descriptor], datetime] | None:
        async with self._database.reading() as reader:
            found = await reader.fetch(
                _KEPT, subject.player_id, subject.brand_id, role_key(subject), subject.case_type
            )
        return (msgspec.convert(found[0][0], list[Descriptor]), found[0][1]) if found else None


def role_key(subject: Subject) -> str:
    """Under which name the answer about this role is kept."""
    return f"{subject.server or ''}/{subject.role_id}" if subject.role_id else ""


def _read(content: bytes) -> Answer:
    try:
        body: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as failure:
        raise Failed("unreadable", str(failure)[:100]) from failure
    if not isinstance(body, dict) or "fields" not in body:
        raise Failed("unreadable", "no `fields`")
    return read_fields(body["fields"])
