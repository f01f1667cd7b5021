"""The routes of the door, with the cookies and the guard against foreign pages."""

import secrets
from datetime import datetime

import pytest

from playerdesk.staff.presence import let_go
from playerdesk.staff.rules import GRACE
from tests.staff.given import PASSWORD

pytestmark = pytest.mark.anyio


async def enter(client, agent, **headers):
    return await client.post(
        "/agent/v1/sign-in", json={"login": agent.login, "password": PASSWORD}, headers=headers
    )


async def test_signing_in_answers_who_i_am_and_sets_two_cookies(client, agent):
    response = await enter(client, agent)
    assert response.status_code == 200
    me = response.json()
    assert (me["login"], me["roles"], me["presence"]["state"]) == (agent.login, ["agent", "lead"], "online")
    assert me["permissions"] == sorted(me["permissions"])
    cookies = response.headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("playerdesk_session="))
    csrf = next(cookie for cookie in cookies if cookie.startswith("playerdesk_csrf="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "HttpOnly" not in csrf
    assert "Secure" not in session


async def test_over_https_the_cookies_are_secure(client, agent):
    client.base_url = "https://desk.example"
    response = await enter(client, agent)
    assert all("Secure" in cookie for cookie in response.headers.get_list("set-cookie"))


async def test_without_a_session_nobody_is_anybody(client):
    response = await client.get("/agent/v1/me")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "signed_out"


async def test_a_change_needs_the_secret_of_the_session(client, agent):
    await enter(client, agent)
    csrf = client.cookies["playerdesk_csrf"]
    assert (await client.put("/agent/v1/me/presence", json={"state": "busy"})).status_code == 403
    wrong = await client.put(
        "/agent/v1/me/presence", json={"state": "busy"}, headers={"X-CSRF-Token": secrets.token_urlsafe(24)}
    )
    assert wrong.json()["error"]["code"] == "csrf"
    right = await client.put("/agent/v1/me/presence", json={"state": "busy"}, headers={"X-CSRF-Token": csrf})
    assert right.status_code == 200
    assert right.json()["presence"]["state"] == "busy"


async def test_a_foreign_page_cannot_change_anything_even_with_the_secret(client, agent):
    await enter(client, agent)
    headers = {"X-CSRF-Token": client.cookies["playerdesk_csrf"], "Origin": "https://evil.example"}
    refused = await client.put("/agent/v1/me/presence", json={"state": "busy"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "foreign_page")
    own = {**headers, "Origin": "http://desk.example"}
    assert (await client.put("/agent/v1/me/presence", json={"state": "busy"}, headers=own)).status_code == 200
    assert (await enter(client, agent, Origin="https://evil.example")).status_code == 403


async def test_signing_out_deletes_the_session(client, agent):
    await enter(client, agent)
    session = client.cookies["playerdesk_session"]
    headers = {"X-CSRF-Token": client.cookies["playerdesk_csrf"]}
    assert (await client.post("/agent/v1/sign-out", headers=headers)).status_code == 204
    client.cookies.set("playerdesk_session", session)
    assert (await client.get("/agent/v1/me")).status_code == 401


async def test_i_can_change_my_language(client, agent):
    await enter(client, agent)
    headers = {"X-CSRF-Token": client.cookies["playerdesk_csrf"], "Accept-Language": "en"}
    assert (await client.patch("/agent/v1/me", json={"locale": "en"}, headers=headers)).json()["locale"] == "en"
    refused = await client.patch("/agent/v1/me", json={"locale": "fr"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["fields"]) == (422, {"locale": "Choose zh-CN or en."})
    assert (await client.put("/agent/v1/me/presence", json={"state": "asleep"}, headers=headers)).status_code == 422


async def test_wrong_credentials_say_so_in_the_language_of_the_browser(client, agent):
    response = await client.post(
        "/agent/v1/sign-in", json={"login": agent.login, "password": "nope"}, headers={"Accept-Language": "en-US"}
    )
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "wrong_credentials"
    assert response.json()["error"]["message"].startswith("The login or password is wrong")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"login": 1, "password": 2}', b"\xff\xfe", b'{"login": "\\u0000"'])
async def test_rubbish_at_the_door_is_refused_politely(client, body):
    response = await client.post("/agent/v1/sign-in", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"]["message"]


async def test_the_demo_accounts_are_public(client):
    assert (await client.get("/agent/v1/demo-accounts")).json()["accounts"][0]["login"] == "lin"


async def test_whose_screen_was_lost_is_told_so_until_she_says_something_else(client, agent, database):
    await enter(client, agent)
    headers = {"X-CSRF-Token": client.cookies["playerdesk_csrf"]}
    assert (await client.get("/agent/v1/me")).json()["lostSince"] is None
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.presence SET seen_at = now() - interval '5 minutes' WHERE person_id = $1", agent.id)
    await let_go(database)
    lost = (await client.get("/agent/v1/me")).json()
    assert lost["presence"]["state"] == "offline"
    assert datetime.fromisoformat(lost["presence"]["since"]) - datetime.fromisoformat(lost["lostSince"]) == GRACE
    back = (await client.put("/agent/v1/me/presence", json={"state": "online"}, headers=headers)).json()
    assert (back["presence"]["state"], back["lostSince"]) == ("online", None)
    chosen = (await client.put("/agent/v1/me/presence", json={"state": "offline"}, headers=headers)).json()
    assert chosen["lostSince"] is None, "she chose this herself"
