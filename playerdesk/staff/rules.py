"""Who may do what, and when a sign-in or a screen counts as gone. Pure."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

ROLES = ("agent", "vip_manager", "lead", "admin")
"""The roles every desk has; it may define more (`roles`)."""

SCOPES = ("own", "team", "department", "vendor", "brand", "all")
"""How far a role's eyes reach, the narrowest first."""

STATES = ("online", "busy", "break", "offline")

ScopeKind = Literal["own", "team", "department", "vendor", "brand", "all"]
State = Literal["online", "busy", "break", "offline"]
Locale = Literal["zh-CN", "en"]

GRACE = timedelta(seconds=60)
"""How long a screen may be silent before its work goes back."""

IDLE = timedelta(hours=12)
"""How long a session lives without being used."""

ATTEMPTS_WINDOW = timedelta(minutes=5)
ONE_TIME = timedelta(minutes=10)
"""How long a step of signing in may take."""

INVITED = timedelta(days=7)
"""How long an invitation, or a link for a new password, may be followed."""

CONFIRMED = timedelta(minutes=15)
"""How long after she proved who she is somebody may change how she signs in."""

FAILURES_PER_LOGIN = 5
FAILURES_PER_IP = 20
"""More than for one login: an office shares one address."""

_EVERYONE = frozenset({
    "tickets.read", "tickets.reply", "tickets.assign", "tickets.resolve", "tickets.merge", "tickets.bulk",
    "players.read", "players.edit", "players.spend", "processes.work",
})
_CARE = frozenset({"players.phone", "players.email", "players.merge"})
_LEADING = frozenset({
    "board.see", "tickets.export", "views.share", "macros.share", "audit.read", "articles.decide", "blueprints.edit",
    "processes.steer", "players.manager",
})

PERMISSIONS: dict[str, frozenset[str]] = {
    "agent": _EVERYONE,
    "vip_manager": _EVERYONE | _CARE,
    "lead": _EVERYONE | _CARE | _LEADING,
    "admin": _EVERYONE | _CARE | _LEADING | {"players.id_number", "people.manage", "settings.manage", "blueprints.publish"},
}


ALL_PERMISSIONS = tuple(sorted(PERMISSIONS["admin"]))


class Agent(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody on staff who has signed in, as every route sees her."""

    kind: Literal["staff"] = "staff"
    id: int
    name: str
    roles: list[str]
    permissions: frozenset[str]
    brand_ids: list[int]
    """Empty: every brand."""
    locale: str
    scope: ScopeKind = "brand"
    person_ids: frozenset[int] | None = None
    """Whose tickets she may see; None: everybody's of her brands."""
    queue_ids: frozenset[int] | None = None
    """Whose waiting tickets she may see when `person_ids` limits her."""
    must: Literal["enrol", "prove"] | None = None
    """Her roles demand a second factor: she has none yet, or has not shown it. Until then she may do nothing."""
    session_id: int = 0

    @property
    def limited(self) -> bool:
        """Whether she sees less than the whole desk."""
        return bool(self.brand_ids) or self.person_ids is not None

    def reaches(self, brand_id: int, assignee_id: int | None, queue_id: int | None) -> bool:
        """Whether a ticket of this brand, in these hands or waiting in this queue, is hers to see."""
        if not self.serves(brand_id):
            return False
        if self.person_ids is None:
            return True
        if assignee_id is not None:
            return assignee_id in self.person_ids
        return queue_id is not None and queue_id in (self.queue_ids or ())

    def serves(self, brand_id: int) -> bool:
        """Whether tickets of this brand are hers to see."""
        return not self.brand_ids or brand_id in self.brand_ids


def same_sight(one: Agent, other: Agent) -> bool:
    """Whether both may do and see the same; what they are called does not matter."""
    return (one.permissions, one.brand_ids, one.person_ids, one.queue_ids) == (
        other.permissions, other.brand_ids, other.person_ids, other.queue_ids)


def widest(scopes: Iterable[ScopeKind]) -> ScopeKind:
    """The scope of somebody with several roles."""
    found: ScopeKind = "own"
    for scope in scopes:
        if SCOPES.index(scope) > SCOPES.index(found):
            found = scope
    return found


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything these built-in roles together may do, as this version of the desk ships them."""
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
