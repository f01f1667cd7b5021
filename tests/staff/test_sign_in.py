"""The door: right and wrong passwords, too many tries, sessions that end."""

import asyncio
import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.kernel import Rejected, TooMany, Unauthenticated
from playerdesk.staff import add_person, authenticate, sign_in, sign_out
from playerdesk.staff.rules import ATTEMPTS_WINDOW, wait_before_next
from playerdesk.staff.sessions import purge_sessions
from playerdesk.staff.sign_in import purge_attempts
from tests.staff.given import PASSWORD

pytestmark = pytest.mark.anyio


def an_address() -> str:
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


async def enter(database, login, password=PASSWORD, ip=None):
    return await sign_in(database, login, password, ip=ip or an_address(), user_agent="test")


async def test_the_right_password_opens_a_session_and_she_is_online(database, agent):
    signed_in = await enter(database, f"  {agent.login.upper()} ")
    known = await authenticate(database, signed_in.token)
    assert known is not None
    assert (known.id, known.roles) == (agent.id, ["agent", "lead"])
    assert {"tickets.reply", "board.see"} <= known.permissions
    assert "people.manage" not in known.permissions
    async with database.reading() as reader:
        assert await reader.value("SELECT state FROM staff.presence WHERE person_id = $1", agent.id) == "online"


async def test_only_the_digest_of_the_token_is_stored(database, agent):
    signed_in = await enter(database, agent.login)
    async with database.reading() as reader:
        stored = await reader.value("SELECT token_hash FROM staff.session WHERE person_id = $1", agent.id)
    assert stored == hashlib.sha256(signed_in.token.encode()).digest()


@pytest.mark.parametrize("password", ["wrong", "", "x" * 10_000, "\x00", PASSWORD.upper()])
async def test_a_wrong_password_and_a_wrong_login_get_the_same_answer(database, agent, password):
    with pytest.raises(Unauthenticated) as known:
        await enter(database, agent.login, password)
    with pytest.raises(Unauthenticated) as unknown:
        await enter(database, f"nobody-{secrets.token_hex(4)}", password)
    assert (known.value.code, known.value.message) == (unknown.value.code, unknown.value.message)


async def test_an_unknown_login_takes_as_long_as_a_known_one(database, agent):
    async def took(login):
        best = 9.0
        for _ in range(3):
            started = time.perf_counter()
            with pytest.raises(Unauthenticated):
                await enter(database, login, "wrong")
            best = min(best, time.perf_counter() - started)
        return best

    known, unknown = await took(agent.login), await took(f"nobody-{secrets.token_hex(4)}")
    assert unknown > known / 3


async def test_five_failures_close_the_door_for_this_login_even_for_the_right_password(database, agent):
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await enter(database, agent.login, "wrong")
    with pytest.raises(TooMany) as refused:
        await enter(database, agent.login)
    assert 0 < refused.value.extra["retryAfterSeconds"] <= 300


async def test_a_success_forgives_the_failures_before_it(database, agent):
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(Unauthenticated):
                await enter(database, agent.login, "wrong")
        await enter(database, agent.login)


async def test_many_tries_at_once_do_not_slip_under_the_limit(database, agent):
    results = await asyncio.gather(
        *(enter(database, agent.login, f"guess {n}") for n in range(12)), return_exceptions=True
    )
    assert sum(isinstance(result, Unauthenticated) for result in results) == 5
    assert sum(isinstance(result, TooMany) for result in results) == 7


async def test_one_address_cannot_try_login_after_login(database):
    ip = an_address()
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            await enter(database, f"nobody-{secrets.token_hex(4)}", "wrong", ip)
    with pytest.raises(TooMany):
        await enter(database, f"nobody-{secrets.token_hex(4)}", "wrong", ip)


async def test_hashing_does_not_hold_up_the_loop(database, agent):
    longest = 0.0

    async def beat():
        nonlocal longest
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - started)

    beating = asyncio.create_task(beat())
    await asyncio.gather(*(enter(database, agent.login) for _ in range(4)))
    beating.cancel()
    assert longest < 0.5


async def test_signing_out_ends_the_session_and_she_is_offline(database, agent):
    signed_in = await enter(database, agent.login)
    await authenticate(database, signed_in.token)
    async with database.transaction() as tx:
        await sign_out(tx, signed_in.token)
    assert await authenticate(database, signed_in.token) is None
    async with database.reading() as reader:
        assert await reader.value("SELECT state FROM staff.presence WHERE person_id = $1", agent.id) == "offline"


async def test_a_session_slides_while_it_is_used_and_ends_when_it_is_not(database, agent):
    signed_in = await enter(database, agent.login)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE staff.session SET seen_at = now() - interval '2 hours', expires_at = now() + interval '10 hours'"
            " WHERE person_id = $1", agent.id,
        )
    assert await authenticate(database, signed_in.token)
    database.memory.clear()
    async with database.transaction() as tx:
        left = await tx.value("SELECT expires_at - now() FROM staff.session WHERE person_id = $1", agent.id)
        assert left > timedelta(hours=11)
        await tx.execute("UPDATE staff.session SET expires_at = now() - interval '1 s' WHERE person_id = $1", agent.id)
    assert await authenticate(database, signed_in.token) is None
    await purge_sessions(database)
    async with database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM staff.session WHERE person_id = $1", agent.id) == 0


async def test_whoever_is_suspended_is_out(database, agent):
    signed_in = await enter(database, agent.login)
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET suspended_at = now() WHERE id = $1", agent.id)
    assert await authenticate(database, signed_in.token) is None
    with pytest.raises(Unauthenticated):
        await enter(database, agent.login)


@pytest.mark.parametrize("token", ["", "x", "x" * 1000, "\x00", "💥"])
async def test_no_other_token_is_a_session(database, token):
    assert await authenticate(database, token) is None


async def test_old_tries_are_forgotten(database):
    login = f"nobody-{secrets.token_hex(4)}"
    with pytest.raises(Unauthenticated):
        await enter(database, login, "wrong")
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.sign_in_attempt SET at = now() - interval '2 hours' WHERE login = $1", login)
    await purge_attempts(database)
    async with database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM staff.sign_in_attempt WHERE login = $1", login) == 0


async def test_two_people_cannot_share_a_login(database, agent):
    async with database.transaction() as tx:
        with pytest.raises(Rejected, match="login_taken"):
            await add_person(tx, agent.login.upper(), "另一位", PASSWORD)


@given(st.lists(st.integers(0, 600), max_size=12), st.integers(1, 6))
def test_after_waiting_as_told_there_is_always_one_more_try(ages, most):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    failures = sorted((at - timedelta(seconds=age) for age in ages), reverse=True)
    wait = wait_before_next(failures, most, at)
    recent = sum(failure > at - ATTEMPTS_WINDOW for failure in failures)
    assert (wait == 0) == (recent < most)
    assert wait_before_next(failures, most, at + timedelta(seconds=wait)) == 0
