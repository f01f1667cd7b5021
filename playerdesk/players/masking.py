"""What of a player's personal data a caller may read. Pure; everything that leaves for a screen or a file goes through here.

A masked text is still a text and says that something is there; a hidden figure is None. Free text (messages, notes) is
not masked: an agent must read what the player wrote, and role ids look like phone numbers.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec

STARS = "****"


def masked_phone(value: str) -> str:
    """`13812348000` → `138****8000`; of a short number only the last two digits stay."""
    digits = value.strip()
    return f"{digits[:3]}{STARS}{digits[-4:]}" if len(digits) >= 10 else STARS + (digits[-2:] if len(digits) > 4 else "")


def masked_email(value: str) -> str:
    """`linlin@example.com` → `l****@example.com`."""
    name, at, domain = value.strip().rpartition("@")
    return f"{name[:1] if len(name) > 1 else ''}{STARS}@{domain}" if at else masked_account(value)


def masked_id_number(value: str) -> str:
    """`110101199003074514` → `1****4`: neither birthplace nor birthday stays."""
    text = value.strip()
    return f"{text[:1]}{STARS}{text[-1:]}" if len(text) >= 8 else STARS


def masked_account(value: str) -> str:
    """An account elsewhere, such as WeChat or QQ: `wx_linruoxi` → `wx****xi`."""
    text = value.strip()
    return f"{text[:2]}{STARS}{text[-2:]}" if len(text) >= 8 else f"{text[:1] if len(text) > 1 else ''}{STARS}"


RULES: dict[str, tuple[str, Callable[[str], str]]] = {
    "phone": ("players.phone", masked_phone),
    "email": ("players.email", masked_email),
    "id_number": ("players.id_number", masked_id_number),
    "wechat": ("players.phone", masked_account),
    "qq": ("players.phone", masked_account),
}
"""Kind of personal data (of an identity, or the `pii` of a field) → the permission that shows it, and its mask."""

SPEND = "players.spend"

_SPEND_FIELDS: dict[str, Any] = {
    "spent30d_minor": None, "spent90d_minor": None, "spent_total_minor": None, "last_purchase_at": None,
    "tier_reason": None, "purchases": [],
}


class _Identity(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...


Entry = TypeVar("Entry", bound=_Identity)
Card = TypeVar("Card", bound=msgspec.Struct)


def mask_value(kind: str, value: str, permissions: Collection[str]) -> str:
    """A value of this kind as the holder of these permissions may read it; other kinds than those of `RULES` stay."""
    rule = RULES.get(kind)
    return value if rule is None or rule[0] in permissions else rule[1](value)


def mask_identities(identities: Iterable[Entry], permissions: Collection[str]) -> list[Entry]:
    """Rows with `kind` and `value` (frozen structs), each value masked by its kind."""
    return [
        msgspec.structs.replace(each, value=mask_value(each.kind, each.value, permissions))  # type: ignore[type-var]
        for each in identities
    ]


def mask_card(card: Card, permissions: Collection[str]) -> Card:
    """A player's card, or anything with fields of the same names, as the holder of these permissions may read it."""
    known = {field.name for field in msgspec.structs.fields(card)}
    changes: dict[str, Any] = {}
    if "identities" in known:
        changes["identities"] = mask_identities(getattr(card, "identities"), permissions)  # noqa: B009
    if SPEND not in permissions:
        changes |= {name: hidden for name, hidden in _SPEND_FIELDS.items() if name in known}
        if "tier_history" in known:
            history: list[Any] = getattr(card, "tier_history")  # noqa: B009
            changes["tier_history"] = [msgspec.structs.replace(each, reason=None) for each in history]
    return msgspec.structs.replace(card, **changes)


def mask_record(record: Mapping[str, str], kinds: Mapping[str, str], permissions: Collection[str]) -> dict[str, str]:
    """A row of an export: `kinds` says which columns hold personal data, and of which kind."""
    return {name: mask_value(kinds.get(name, ""), value, permissions) for name, value in record.items()}
