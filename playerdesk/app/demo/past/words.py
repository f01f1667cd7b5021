"""What the demo's agents wrote: templates in TOML beside this file, filled with the facts of a player's trouble."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec


@cache
def _templates(language: str) -> dict[str, Any]:
    """One set for players who write Chinese, one for all others."""
    which = "zh" if language == "zh" else "en"
    return msgspec.toml.decode((Path(__file__).parent / f"words_{which}.toml").read_bytes())


def general(dice: Random, language: str, kind: str, facts: Mapping[str, str]) -> str:
    """A greeting, "one moment", a note after a call …"""
    return _fill(dice.choice(_templates(language)[kind]), facts)


def about(dice: Random, language: str, category: str, kind: str, facts: Mapping[str, str]) -> str:
    """A question or an answer in a matter of this category; empty where there is nothing to ask."""
    templates = _templates(language)
    ways: list[str] = (templates.get(category) or templates["other"]).get(kind, [])
    return _fill(dice.choice(ways), facts) if ways else ""


def _fill(template: str, facts: Mapping[str, str]) -> str:
    return template.format_map(defaultdict(str, facts))
