"""Tokens that prove nothing, and tickets that are somebody else's."""

import asyncio
import time

import httpx
import jwt
import pytest

from playerdesk.brands import make_game_token
from tests.channels.given import asked, error


@pytest.mark.parametrize("how", ["expired", "forged", "wrong brand", "from the future", "too long lived", "no algorithm",
                                 "another's key id", "without a subject", "rubbish", "endless"])
async def test_a_token_that_proves_nothing_opens_nothing_and_says_why_in_both_languages(game, other_game, how):
    at = int(time.time())
    claims = {"iss": game.key, "sub": "mei", "iat": at, "exp": at + 3600}
    key, kid, algorithm = game.secret, game.kid, "HS256"
    match how:
        case "expired":
            claims |= {"iat": at - 100, "exp": at - 1}
        case "forged":
            key = "x" * 40
        case "wrong brand":
            claims["iss"] = other_game.key
        case "from the future":
            claims |= {"iat": at + 3600, "exp": at + 7200}
        case "too long lived":
            claims["exp"] = at + 90_000
        case "no algorithm":
            key, algorithm = None, "none"
        case "another's key id":
            kid = other_game.kid
        case "without a subject":
            del claims["sub"]
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})
    token = {"rubbish": "a.b.c", "endless": "x" * 100_000}.get(how, token)
    said = set()
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        for language in ("zh-CN", "en"):
            headers = {"Authorization": f"Bearer {token[:60_000]}", "Accept-Language": language}
            answer = await http.get("/player/v1/session", headers=headers)
            said.add(error(answer, 401)["message"])
    assert len(said) == 2


async def test_a_signed_request_of_a_game_is_good_once_and_for_its_own_body(game):
    body = b'{"records": []}'
    token = make_game_token(game.key, game.kid, game.secret, body=body)
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        async def send(token, content):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            return await http.post("/game/v1/batch", content=content, headers=headers)

        other = make_game_token(game.key, game.kid, game.secret, body=body)
        assert error(await send(other, b'{"records": [1]}'), 401)["code"] == "token_body_mismatch"
        answers = await asyncio.gather(*(send(token, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 401} == {"token_replayed"}


async def test_a_player_s_token_sent_again_is_still_the_same_player(game):
    token = game.token("mei")
    one, two = game.player("mei"), game.player("mei")
    one.http.headers["Authorization"] = two.http.headers["Authorization"] = f"Bearer {token}"
    ticket = await asked(one)
    assert (await two.get(f"/tickets/{ticket}"))["ticket"]["id"] == ticket


async def test_clocks_that_differ_a_little_are_forgiven(game):
    at = int(time.time())
    player = game.player(iat=at + 30, exp=at + 3000)
    assert (await player.http.get("/session")).status_code == 200


async def test_another_player_s_ticket_does_not_exist(game, other_game):
    ticket = await asked(game.player())
    for stranger in (game.player(), other_game.player()):
        for method, path, body in (
            ("GET", "", None), ("GET", "/messages", None), ("GET", "/place", None), ("POST", "/read", {"number": 1}),
            ("POST", "/messages", {"body": "x", "clientKey": "x"}), ("POST", "/rating", {"score": 5}), ("POST", "/reopen", {}),
            ("POST", "/leave", {}), ("POST", "/nudge", {}),
        ):
            answer = await stranger.http.request(method, f"/tickets/{ticket}{path}", json=body)
            assert error(answer, 404)["code"] == "no_such_ticket", f"{method} {path}"
