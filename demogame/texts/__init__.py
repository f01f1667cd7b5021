"""What players write: templates in TOML beside this file, and the hand that fills and roughens them."""

from demogame.texts.facts import Facts, facts_for
from demogame.texts.phrases import CATEGORIES, Talk, comment, more, opening, say

__all__ = ["CATEGORIES", "Facts", "Talk", "comment", "facts_for", "more", "opening", "say"]
