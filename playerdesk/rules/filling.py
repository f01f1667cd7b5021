"""Words with {{variables}}, filled in with what the ticket says; {{server|您的服务器}} has words for when it is unknown."""

import re
from collections.abc import Mapping

WRITTEN = re.compile(r"\{\{\s*([\w.]+)\s*(?:\|([^{}]*))?\}\}")

VARIABLES = frozenset({
    "player.name", "character", "server", "ticket.number", "ticket.title", "category", "brand", "agent.name", "rule.name",
    "priority", "status",
})


def unknown(text: str) -> list[str]:
    """The variables nobody knows."""
    return sorted({found[1] for found in WRITTEN.finditer(text)} - VARIABLES)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with all of them filled in; what has neither value nor other words is left out."""
    return WRITTEN.sub(lambda found: values.get(found[1], "") or found[2] or "", text)
