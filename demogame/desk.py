"""Calls to the desk: a time limit on each, bounded retries with back-off, refusals as one exception."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from demogame.signing import Keyring
from demogame.views import BatchView, ErrorBody, ErrorView

log = logging.getLogger("desk")
ATTEMPTS = 5
LONGEST_PAUSE = 8.0
AGAIN = {429, 502, 503, 504}


class DeskRefused(Exception):
    """The desk said no: repeating the same call will not help."""

    def __init__(self, status: int, error: ErrorBody) -> None:
        """Keep the status and the reason."""
        super().__init__(f"{status} {error.code}: {error.message} {error.fields or ''}".strip())
        self.status = status
        self.code = error.code
        self.fields = error.fields


class DeskAway(Exception):
    """The desk did not answer in time, several times over."""


class Desk:
    """One keep-alive client for all of the game's traffic."""

    def __init__(self, base: str, keyring: Keyring) -> None:
        """Talk to the desk at `base`, signing with these keys."""
        self.base = base
        self.away = False
        self.keyring = keyring
        # The desk is named in our own settings: a proxy of the environment has no business here.
        limits = httpx.Limits(max_connections=24, max_keepalive_connections=12)
        timeout = httpx.Timeout(20, connect=3)
        self._client = httpx.AsyncClient(base_url=base, timeout=timeout, limits=limits, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ready(self) -> bool:
        """Tell whether the desk answers at all."""
        try:
            answers = (await self._client.get("/readyz", timeout=3)).is_success
        except httpx.HTTPError:
            return False
        if answers:
            self._note(away=False)
        return answers

    async def batch(self, brand: str, records: list[dict[str, Any]]) -> BatchView:
        """Send what happened in one game; safe to repeat."""
        body = msgspec.json.encode({"records": records})

        def headers() -> dict[str, str]:  # a game token is good once, so every attempt signs anew
            token = self.keyring.game_token(brand, body)
            return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

        answer = await self.call("POST", "/game/v1/batch", headers, content=body)
        return msgspec.json.decode(answer, type=BatchView)

    async def call(
        self,
        method: str,
        path: str,
        headers: Callable[[], dict[str, str]],
        *,
        content: bytes | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> bytes:
        """Send one request and return the body of the answer."""
        problem = ""
        for attempt in range(ATTEMPTS):
            pause = min(LONGEST_PAUSE, 0.5 * 2**attempt) * random.uniform(0.7, 1.3)
            try:
                answer = await self._client.request(method, path, headers=headers(), content=content, files=files)
            except httpx.TransportError as error:
                problem = type(error).__name__
            else:
                if answer.is_success:
                    self._note(away=False)
                    return answer.content
                refusal = _refusal(answer)
                wait = refusal.retry_after_seconds or 0
                if answer.status_code not in AGAIN or wait > LONGEST_PAUSE:
                    raise DeskRefused(answer.status_code, refusal)
                problem, pause = f"status {answer.status_code}", max(pause, wait)
            if attempt + 1 < ATTEMPTS:
                await asyncio.sleep(pause)
        self._note(away=True, why=problem)
        raise DeskAway(f"{method} {path}: {problem}")

    def _note(self, *, away: bool, why: str = "") -> None:
        """Say once when the desk goes and once when it comes back."""
        if away != self.away:
            self.away = away
            log.warning("the desk does not answer (%s): waiting", why) if away else log.info("the desk is back")


def _refusal(answer: httpx.Response) -> ErrorBody:
    try:
        return msgspec.json.decode(answer.content, type=ErrorView).error
    except msgspec.MsgspecError:
        return ErrorBody(message=answer.text[:200])
