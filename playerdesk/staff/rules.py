"""Who may do what, and when a sign-in or a screen counts as gone. Pure."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

ROLES = ("agent", "vip_manager", "lead", "admin")
STATES = ("online", "busy", "break", "offline")

Role = Literal["agent", "vip_manager", "lead", "admin"]
State = Literal["online", "busy", "break", "offline"]
Locale = Literal["zh-CN", "en"]

GRACE = timedelta(seconds=60)
"""How long a screen may be silent before its work goes back."""

IDLE = timedelta(hours=12)
"""How long a session lives without being used."""

ATTEMPTS_WINDOW = timedelta(minutes=5)
FAILURES_PER_LOGIN = 5
FAILURES_PER_IP = 20
"""More than for one login: an office shares one address."""

_EVERYONE = frozenset({
    "tickets.read", "tickets.reply", "tickets.assign", "tickets.resolve", "tickets.merge", "tickets.bulk",
    "players.read", "players.edit", "players.spend",
})
_CARE = frozenset({"players.phone", "players.email", "players.merge"})
_LEADING = frozenset({"board.see", "tickets.export", "views.share", "macros.share", "audit.read"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "agent": _EVERYONE,
    "vip_manager": _EVERYONE | _CARE,
    "lead": _EVERYONE | _CARE | _LEADING,
    "admin": _EVERYONE | _CARE | _LEADING | {"players.id_number", "people.manage", "settings.manage"},
}


class Agent(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody on staff who has signed in, as every route sees her."""

    kind: Literal["staff"] = "staff"
    id: int
    name: str
    roles: list[str]
    permissions: frozenset[str]
    brand_ids: list[int]
    locale: str

    def serves(self, brand_id: int) -> bool:
        """Whether tickets of this brand are hers to see."""
        return not self.brand_ids or brand_id in self.brand_ids


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything these roles together may do."""
    granted: frozenset[str] = frozenset()
    for role in roles:
        granted |= PERMISSIONS.get(role, frozenset())
    return granted


def wait_before_next(failures: Sequence[datetime], most: int, at: datetime) -> int:
    """Seconds to wait before another try, 0 when one is free; `failures` newest first."""
    recent = [failure for failure in failures if failure > at - ATTEMPTS_WINDOW]
    if len(recent) < most:
        return 0
    return max(1, math.ceil((recent[most - 1] + ATTEMPTS_WINDOW - at).total_seconds()))
