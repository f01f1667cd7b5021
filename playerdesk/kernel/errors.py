"""The only ways to say no. Anything else that is raised is a bug and answers 500 with a trace id."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec


class Text(msgspec.Struct, frozen=True):
    """A sentence for a person, in the two languages of the desk."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        return self.en if language.lower().startswith("en") else self.zh


class Refused(Exception):
    """A request that cannot be granted, worded for the person who asked.

    `fields` names the fields at fault; `extra` rides along in the answer (for example the
    messages a stale reply has missed) and must be JSON-encodable by msgspec.
    """

    status: ClassVar[int]

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        fields: Mapping[str, Text] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message
        self.fields = fields or {}
        self.extra = extra or {}


class Rejected(Refused):
    """422: what was sent is not acceptable; the fields say why."""

    status = 422


class Forbidden(Refused):
    """403: this person may not do this."""

    status = 403


class NotFound(Refused):
    """404: there is no such thing, or not for this person."""

    status = 404


class Conflict(Refused):
    """409: somebody was faster, or it was already done differently."""

    status = 409


class Unauthenticated(Refused):
    """401: who are you? The token or session is missing, forged or over."""

    status = 401


class TooMany(Refused):
    """429: wait before trying again; `extra` holds retryAfterSeconds."""

    status = 429


class TooLarge(Refused):
    """413: more bytes than the desk takes."""

    status = 413
