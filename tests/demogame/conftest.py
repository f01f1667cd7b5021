"""What the demo game's tests share."""

from datetime import UTC, datetime

import msgspec
import pytest

from demogame.desk import Desk
from demogame.signing import BrandKey, Keyring
from tests.demogame.fake_desk import KEYS, FakeDesk, running


@pytest.fixture
def now():
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def keyring():
    return Keyring(msgspec.convert(KEYS, dict[str, BrandKey]))


@pytest.fixture
async def fake():
    desk = FakeDesk()
    async with running(desk.app()) as desk.url:
        yield desk


@pytest.fixture
async def desk(fake, keyring):
    client = Desk(fake.url, keyring)
    yield client
    await client.close()
