"""The second factor: set up, asked for, used once, limited in tries; sessions and passwords of one's own."""

import pyotp
import pytest

from playerdesk.kernel import Database
from playerdesk.staff.password_rules import weakness
from tests.staff.given import PASSWORD

pytestmark = pytest.mark.anyio


async def enter(client, agent, password=PASSWORD):
    answer = await client.post("/agent/v1/sign-in", json={"login": agent.login, "password": password})
    if answer.status_code == 200:
        client.headers["X-CSRF-Token"] = client.cookies["playerdesk_csrf"]
    return answer


async def set_up(client) -> tuple[pyotp.TOTP, list[str], str]:
    """The app, the recovery codes, and the code that was used: asked anew it could be one of the next half minute."""
    asked = (await client.post("/agent/v1/me/totp")).json()
    assert asked["svg"].startswith("<svg")
    assert asked["secret"] in asked["uri"]
    totp = pyotp.TOTP(asked["secret"])
    wrong = await client.post("/agent/v1/me/totp/confirm", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_code")
    used = totp.now()
    confirmed = await client.post("/agent/v1/me/totp/confirm", json={"code": used})
    assert confirmed.status_code == 200, confirmed.text
    return totp, confirmed.json()["codes"], used


def leave(client):
    client.cookies.clear()
    client.headers.pop("X-CSRF-Token", None)


async def second(client, token, code):
    return await client.post("/agent/v1/sign-in/second", json={"token": token, "proof": {"code": code}})


async def test_the_app_is_asked_for_and_each_code_works_once(client, agent, database: Database):
    await enter(client, agent)
    totp, codes, used = await set_up(client)
    assert len(set(codes)) == 10
    leave(client)
    first = await enter(client, agent)
    assert (first.status_code, first.json()["error"]["code"], first.json()["error"]["ways"]) == (401, "second_factor", ["totp"])
    assert "playerdesk_session" not in client.cookies
    token = first.json()["error"]["token"]
    replayed = await second(client, token, used)
    assert (replayed.status_code, replayed.json()["error"]["code"]) == (401, "wrong_code"), "used when it was set up"
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.totp SET last_step = 0 WHERE person_id = $1", agent.id)
    code = totp.now()
    assert (await second(client, token, code)).json()["login"] == agent.login
    assert (await client.get("/agent/v1/me")).status_code == 200
    leave(client)
    assert (await second(client, token, code)).json()["error"]["code"] == "expired", "the step is over"


async def test_a_recovery_code_works_once_and_is_kept_as_a_digest(client, agent, database: Database):
    await enter(client, agent)
    _, codes, _ = await set_up(client)
    for status in (200, 401):
        leave(client)
        token = (await enter(client, agent)).json()["error"]["token"]
        assert (await second(client, token, codes[0].upper().replace("-", " "))).status_code == status
    async with database.reading() as reader:
        kept = await reader.fetch("SELECT code_hash FROM staff.recovery_code WHERE person_id = $1", agent.id)
        secret = await reader.value("SELECT secret FROM staff.totp WHERE person_id = $1", agent.id)
    assert not any(code.encode() in bytes(row[0]) for row in kept for code in codes)
    assert len(bytes(secret)) > 44, "sealed, with a nonce and a tag"


async def test_codes_cannot_be_guessed(client, agent):
    await enter(client, agent)
    await set_up(client)
    leave(client)
    token = (await enter(client, agent)).json()["error"]["token"]
    answers = [(await second(client, token, f"{n:06}")).status_code for n in range(6)]
    assert answers == [401] * 5 + [429]


async def test_a_role_may_demand_two_factors(client, agent, database: Database):
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO staff.role (key, name, permissions, scope, two_factors) VALUES"
                         " ('careful', '{\"zh\": \"x\", \"en\": \"x\"}', '{board.see}', 'brand', true) ON CONFLICT DO NOTHING")
        await tx.execute("UPDATE staff.person SET roles = '{agent,careful}' WHERE id = $1", agent.id)
    database.memory.clear()
    me = (await enter(client, agent)).json()
    assert (me["must"], me["permissions"]) == ("enrol", [])
    totp, *_ = await set_up(client)
    me = (await client.get("/agent/v1/me")).json()
    assert me["must"] is None
    assert "board.see" in me["permissions"]
    assert totp


async def test_who_has_a_factor_proves_it_before_changing_anything(client, agent, database: Database):
    await enter(client, agent)
    _, codes, _ = await set_up(client)
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.session SET confirmed_at = now() - interval '1 hour' WHERE person_id = $1", agent.id)
    refused = await client.delete("/agent/v1/me/totp")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "confirm_first")
    assert (await client.post("/agent/v1/me/confirm", json={"password": PASSWORD})).status_code == 401, "a password is not enough"
    assert (await client.post("/agent/v1/me/confirm", json={"proof": {"code": codes[1]}})).status_code == 204
    assert (await client.delete("/agent/v1/me/totp")).status_code == 204
    leave(client)
    assert (await enter(client, agent)).status_code == 200


async def test_a_new_password_asks_the_old_one_and_ends_the_other_sessions(client, agent, database: Database):
    await enter(client, agent)
    other = client.cookies["playerdesk_session"]
    leave(client)
    await enter(client, agent)
    for old, new, status in (("wrong", "a fine long sentence", 422), (PASSWORD, "short", 422), (PASSWORD, "password1234", 422),
                             (PASSWORD, "a fine long sentence", 204)):
        answer = await client.put("/agent/v1/me/password", json={"old": old, "new": new})
        assert answer.status_code == status, answer.text
    assert (await client.get("/agent/v1/me")).status_code == 200
    leave(client)
    client.cookies.set("playerdesk_session", other)
    assert (await client.get("/agent/v1/me")).status_code == 401
    leave(client)
    assert (await enter(client, agent)).status_code == 401
    assert (await enter(client, agent, "a fine long sentence")).status_code == 200


async def test_sessions_are_listed_and_ended_one_by_one(client, agent):
    await enter(client, agent)
    first = client.cookies["playerdesk_session"]
    leave(client)
    await enter(client, agent)
    shown = (await client.get("/agent/v1/me/security")).json()
    assert len(shown["sessions"]) == 2
    (foreign,) = [each["id"] for each in shown["sessions"] if each["id"] != shown["thisSession"]]
    assert (await client.delete(f"/agent/v1/me/sessions/{foreign}")).status_code == 204
    assert (await client.delete(f"/agent/v1/me/sessions/{foreign}")).status_code == 404
    leave(client)
    client.cookies.set("playerdesk_session", first)
    assert (await client.get("/agent/v1/me")).status_code == 401


@pytest.mark.parametrize("bad", [
    "short", "password", "1234567890", "aaaaaaaaaaaa", "qwertyuiop", "Password2026!", "woaini1314520", "linlin12345",
    "playerdesk1", "x" * 257,
])
def test_weak_passwords_are_known(bad):
    assert weakness(bad, "linlin", "林若曦") is not None


@pytest.mark.parametrize("good", ["correct horse battery", "今天的风好大我想回家吃饭呀", "tr0ub4dor&3xyz", "demo-1a2b3c4d"])
def test_long_ones_are_welcome_whatever_they_are_made_of(good):
    assert weakness(good, "linlin", "林若曦") is None
