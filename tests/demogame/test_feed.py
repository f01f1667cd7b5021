"""What the game tells the desk, and how often."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from demogame import feed
from demogame.feed import Feed, Progress
from demogame.world import CAST, account_of, player
from demogame.world import SKYREACH as SKY

SEED = "playerdesk"


@pytest.fixture
def few(monkeypatch):
    """Make the world small: the cast and 60 others."""
    people = [player(SEED, a) for a in CAST] + [player(SEED, account_of(SKY, n)) for n in range(100, 160)]
    monkeypatch.setattr(feed, "in_order", lambda _, **__: people)
    monkeypatch.setattr(feed, "everybody", lambda _, **__: iter(people))
    monkeypatch.setattr(feed, "SLICE", 20)
    return people


async def told(feeding, until):
    task = asyncio.create_task(feeding.run())
    for _ in range(400):
        await asyncio.sleep(0.02)
        if until() or task.done():
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def kinds(fake):
    return Counter(record["type"] for record in fake.records.values())


async def test_the_desk_learns_everything_once(fake, desk, few, tmp_path):
    feeding = Feed(desk, SEED, tmp_path / "feed.json")
    await told(feeding, lambda: feeding.progress.players_in == len(few))
    assert kinds(fake)["player"] == len(few)
    assert kinds(fake)["server"] == 6
    assert kinds(fake)["purchase"] > 50
    assert max(fake.batches) <= 2000
    before = dict(fake.records)

    sent = len(fake.batches)
    again = Feed(desk, SEED, tmp_path / "feed.json")
    await told(again, again.met.is_set)
    assert {k: before[k] for k in before if "purchase" in k[1]} == {k: fake.records[k] for k in before if "purchase" in k[1]}
    assert len(fake.batches) <= sent + 2 + 2 * len(CAST) + 3


async def test_a_desk_that_forgot_everything_is_told_again(fake, desk, few, tmp_path):
    (tmp_path / "feed.json").write_bytes(feed.msgspec.json.encode(Progress(datetime.now(UTC), len(few))))
    feeding = Feed(desk, SEED, tmp_path / "feed.json")
    await told(feeding, lambda: kinds(fake)["player"] == len(few))
    assert kinds(fake)["player"] == len(few)


async def test_what_happened_while_the_game_was_down_is_sent_later(fake, desk, few, tmp_path):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    first = Feed(desk, SEED, tmp_path / "feed.json", started=yesterday)
    await told(first, lambda: first.progress.players_in == len(few))
    first.progress.until = yesterday
    first._save(len(few))
    sessions = kinds(fake)["session"]
    second = Feed(desk, SEED, tmp_path / "feed.json")
    await told(second, lambda: second.progress.until > yesterday)
    assert kinds(fake)["session"] > sessions


async def test_a_desk_that_is_away_for_a_moment_misses_nothing(fake, desk, few, tmp_path):
    fake.away = 2
    feeding = Feed(desk, SEED, tmp_path / "feed.json")
    await told(feeding, lambda: feeding.progress.players_in == len(few))
    assert kinds(fake)["player"] == len(few)
