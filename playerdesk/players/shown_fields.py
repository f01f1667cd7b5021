"""The company's fields as a screen may have them: hidden ones left out, personal ones masked. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from playerdesk.players.fields import Descriptor, FieldType, tier_reaches
from playerdesk.players.masking import RULES, STARS, mask_value


class ShownField(msgspec.Struct, frozen=True, rename="camel"):
    """A field ready to show. `masked`: its value is read by unmasking, with a reason, by who `can_show`."""

    key: str
    label: str
    value: Any
    type: FieldType
    group: str
    href: str
    edit: bool
    masked: bool
    can_show: bool
    updated_at: datetime | None


class Block(msgspec.Struct, frozen=True, rename="camel"):
    """What one source says about one account."""

    brand_id: int
    source: str
    record_id: str
    fields: list[ShownField]
    received_at: datetime


def shown_fields(fields: Sequence[Descriptor], tier: str, permissions: Collection[str]) -> list[ShownField]:
    """What is to be seen of these fields for a player of this tier."""
    return [_shown(each, permissions) for each in fields if not each.hidden and tier_reaches(tier, each.tier)]


def _shown(field: Descriptor, permissions: Collection[str]) -> ShownField:
    value, href, edit, can_show = field.value, field.href, field.edit, False
    if field.pii is not None:
        # A link may say what the value does not.
        href, edit, can_show = "", False, RULES[field.pii][0] in permissions
        if isinstance(value, list):
            values: list[Any] = value
            value = [mask_value(field.pii, str(each), ()) for each in values]
        else:
            value = mask_value(field.pii, value, ()) if isinstance(value, str) else STARS
    return ShownField(
        field.key, field.label, value, field.type, field.group, href, edit, field.pii is not None, can_show,
        field.updated_at,
    )
