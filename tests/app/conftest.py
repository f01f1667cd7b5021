"""One running desk for the tests of a file; each test brings a game and people of its own."""

from tests.app.fixtures import desk, game, other_game

__all__ = ["desk", "game", "other_game"]
