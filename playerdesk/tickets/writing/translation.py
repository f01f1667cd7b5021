"""A message in another language, by whatever service the company runs or rents.

The service is asked as LibreTranslate is asked: POST {q, source, target, format, api_key} → {translatedText}. Other
services stand behind a small bridge that speaks this. Without a configured address there is nothing to ask.
"""

from typing import Any, Protocol

import httpx
import msgspec
import structlog

from playerdesk.kernel import NotFound, Refused, Text
from playerdesk.kernel.settings import Settings

log = structlog.get_logger("translation")

TIMEOUT = httpx.Timeout(6, connect=2)
LONGEST = 5000

UNREACHABLE = Text(zh="翻译服务暂时没有回应，请稍后再试。", en="The translation service does not answer. Please try again later.")
NONE_SET = Text(zh="还没有配置翻译服务。", en="No translation service is set up.")


class Unreachable(Refused):
    """502: whom we asked did not answer properly."""

    status = 502


class Translation(msgspec.Struct, frozen=True, rename="camel"):
    """A text in the wanted language, and what it was written in as far as the service says."""

    text: str
    language: str | None


class Translator(Protocol):
    """Whoever can translate."""

    async def translate(self, text: str, to: str) -> Translation: ...


class HttpTranslator:
    """A service at an address."""

    def __init__(self, url: str, key: str | None) -> None:
        self._url, self._key = url, key

    async def translate(self, text: str, to: str) -> Translation:
        """The text in the language `to` ("zh", "en" …); refuses when the service fails or takes too long."""
        asked: dict[str, Any] = {"q": text[:LONGEST], "source": "auto", "target": to, "format": "text"}
        if self._key:
            asked["api_key"] = self._key
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
                answer = await client.post(self._url, json=asked)
            answer.raise_for_status()
            said: dict[str, Any] = answer.json()
            found = said.get("detectedLanguage")
            language = found.get("language") if isinstance(found, dict) else None
            return Translation(str(said["translatedText"]), str(language) if language else None)
        except (httpx.HTTPError, ValueError, KeyError, AttributeError) as failure:
            log.warning("translation failed", error=repr(failure)[:300])
            raise Unreachable("translation_failed", UNREACHABLE) from None


def translator_of(settings: Settings) -> Translator:
    """The configured one; refuses when there is none."""
    if not settings.translate_url:
        raise NotFound("no_translator", NONE_SET)
    return HttpTranslator(settings.translate_url, settings.translate_key)
