"""A token that may be used once is used once, by however many at the same moment."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from playerdesk.kernel import PURGE_USED_TOKENS, connect, now, use_once

pytestmark = pytest.mark.anyio


async def test_only_the_first_of_many_may_use_it(dsn):
    database = await connect(dsn, size=6)
    token = secrets.token_hex(8)
    until = now() + timedelta(minutes=5)
    uses = await asyncio.gather(*(use_once(database, "game:x", token, until) for _ in range(12)))
    assert sum(uses) == 1
    assert await use_once(database, "game:y", token, until)
    await database.close()


async def test_it_is_remembered_until_it_has_expired_for_everybody(dsn):
    database = await connect(dsn, size=2)
    fresh, old = secrets.token_hex(8), secrets.token_hex(8)
    await use_once(database, "game:x", fresh, now() + timedelta(minutes=5))
    await use_once(database, "game:x", old, now() - timedelta(minutes=6))
    await PURGE_USED_TOKENS.run(database)
    assert not await use_once(database, "game:x", fresh, now() + timedelta(minutes=5))
    assert await use_once(database, "game:x", old, now() + timedelta(minutes=5))
    await database.close()
