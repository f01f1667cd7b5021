"""Three processes a desk can begin with (examples/*.json): refund review, stolen account, product suggestion."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

NAMES = ("refund_review", "stolen_account", "product_suggestion")

DEPARTMENTS = {
    "front": {"zh": "一线客服部", "en": "Front office"}, "middle": {"zh": "运营支持部", "en": "Middle office"},
    "back": {"zh": "产品研发部", "en": "Back office"},
}
"""The departments the examples name."""


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Their bodies, by key."""
    folder = files("playerdesk.processes") / "examples"
    return {name: msgspec.json.decode((folder / f"{name}.json").read_bytes()) for name in NAMES}
