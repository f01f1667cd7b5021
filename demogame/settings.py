"""What the process is told by its environment."""

import os
from pathlib import Path

from msgspec import Struct


class Settings(Struct, frozen=True):
    """One value for each `DEMOGAME_…` variable."""

    keys: Path
    desk: str
    port: int
    rate: float
    seed: str
    state: Path
    only_cast: bool
    """The desk is told of the few sample players only, which takes a second instead of minutes."""


def from_environment() -> Settings:
    """Read `DEMOGAME_KEYS`, `_DESK`, `_PORT`, `_RATE`, `_SEED`, `_STATE` (a folder) and `_ONLY_CAST` (1)."""
    value = os.environ.get
    return Settings(
        keys=Path(value("DEMOGAME_KEYS", "./data/demogame-keys.json")),
        desk=value("DEMOGAME_DESK", "http://127.0.0.1:8000").rstrip("/"),
        port=int(value("DEMOGAME_PORT", "8001")),
        rate=float(value("DEMOGAME_RATE", "6")),
        seed=value("DEMOGAME_SEED", "playerdesk"),
        state=Path(value("DEMOGAME_STATE", "./data/demogame")),
        only_cast=value("DEMOGAME_ONLY_CAST", "") == "1",
    )
