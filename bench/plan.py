"""How much of everything: sizes that two cores, shared with the load generators, can do honestly."""

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """What is measured, and how long."""

    rounds: int = 3
    """Floor and desk in turn; the lowest cost of the rounds counts, for noise only ever adds."""
    floor_seconds: int = 4
    opens_alone: int = 2500
    opens_flood: int = 6000
    reads: int = 3000
    players: int = 1500
    chats: int = 2000
    chat_rate: int = 2000
    chat_seconds: int = 12
    idle: int = 19_000
    hold_seconds: int = 8
    """How long the idle ones are watched."""
    pending: int = 100_000
    rings: int = 3000
    ring_seconds: int = 12
    waiting: int = 10_000
    searches: int = 300
    replans: int = 100_000
    replies: int = 1200
    replies_a_second: int = 40
    settle_seconds: int = 8
    """Until a worker that has just started is at rest."""


QUICK = Plan(
    rounds=1, floor_seconds=1, opens_alone=300, opens_flood=600, reads=300, players=200, chats=100, chat_rate=100,
    chat_seconds=2, idle=300, hold_seconds=2, pending=5000, rings=200, ring_seconds=2, waiting=1000,
    searches=60, replans=2000, replies=40, settle_seconds=3,
)
"""Shows that everything runs; the figures mean little."""
