"""Brands, servers, keys, and the middleware that hears their back ends."""

import hashlib
import time

import jwt
import pytest

from playerdesk.brands import (
    GameToken,
    add_brand,
    add_signing_key,
    brand_by_key,
    find_server,
    make_game_token,
    put_servers,
    servers,
    set_webhook,
    webhook_headers,
)
from playerdesk.kernel import Rejected, Text, TooLarge, Unauthenticated

pytestmark = pytest.mark.anyio


async def test_a_brand_is_found_by_its_key_and_changed_by_adding_it_again(database, brand):
    async with database.transaction() as tx:
        again = await add_brand(tx, brand.key, Text(zh="新名", en="Renamed"), theme={"accent": "#112233"})
    assert again == brand.id
    async with database.reading() as reader:
        found = await brand_by_key(reader, brand.key)
    assert found is not None
    assert (found.name.zh, found.theme, found.time_zone) == ("新名", {"accent": "#112233"}, "Asia/Shanghai")


async def test_servers_say_which_were_new_or_renamed(database, brand):
    async with database.transaction() as tx:
        assert await put_servers(tx, brand.id, [("s2", "星落"), ("s1", "云海")]) == {"s2"}
        assert await put_servers(tx, brand.id, [("s1", "云海之巅"), ("s2", "星落")]) == {"s1"}
        assert {server.name for server in await servers(tx, brand.id)} == {"云海之巅", "星落"}
    found = await find_server(database, brand.id, "s1")
    assert found is not None
    assert found.name == "云海之巅"


@pytest.mark.parametrize(
    ("algorithm", "material", "code"),
    [
        ("HS256", "too short", "secret_too_short"),
        ("HS256", "-----BEGIN PUBLIC KEY-----" + "x" * 40, "secret_is_a_key"),
        ("RS256", "x" * 40, "algorithm_unknown"),
        ("none", "", "algorithm_unknown"),
        ("ES256", "x" * 40, "key_unreadable"),
        ("EdDSA", "-----BEGIN PRIVATE KEY-----", "private_key"),
    ],
)
async def test_a_key_that_proves_nothing_is_refused(database, brand, algorithm, material, code):
    with pytest.raises(Rejected) as refused:
        async with database.transaction() as tx:
            await add_signing_key(tx, brand.id, "k", algorithm, material)
    assert refused.value.code == code


async def test_a_key_id_belongs_to_one_brand(database, brand, other_brand):
    with pytest.raises(Rejected, match="kid_taken"):
        async with database.transaction() as tx:
            await add_signing_key(tx, other_brand.id, brand.kid, "HS256", "y" * 40)


async def test_a_webhook_is_signed_for_its_body(database, brand):
    async with database.transaction() as tx:
        await set_webhook(tx, brand.id, "https://game.example/hook", brand.kid)
        headers = await webhook_headers(tx, brand.id, b"body", delivery="d-1")
    claims = jwt.decode(headers["Authorization"].removeprefix("Bearer "), brand.secret, algorithms=["HS256"], audience="game.playerdesk")
    assert claims["jti"] == "d-1"
    assert claims["body_sha256"] == hashlib.sha256(b"body").hexdigest()
    assert claims["exp"] > time.time()


async def test_a_webhook_needs_a_key_that_can_sign(database, brand):
    with pytest.raises(Rejected, match="webhook_key_invalid"):
        async with database.transaction() as tx:
            await set_webhook(tx, brand.id, "https://game.example/hook", brand.private["ES256"][0])
    with pytest.raises(Rejected, match="webhook_url_invalid"):
        async with database.transaction() as tx:
            await set_webhook(tx, brand.id, "javascript:alert(1)", brand.kid)


def game_request(body: bytes, token: str = "", *, pieces: int = 1, length: int | None = None):
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    size = max(1, -(-len(body) // pieces))
    parts = [body[n : n + size] for n in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": n < len(parts) - 1} for n, part in enumerate(parts)
    ]

    async def receive():
        return messages.pop(0)

    return {"type": "http", "method": "POST", "path": "/game/v1/batch", "headers": headers}, receive


async def heard(database, scope, receive):
    seen = {}

    async def app(scope, receive, send):
        seen["caller"] = scope.get("user")
        seen["body"] = (await receive())["body"]

    await GameToken(app, lambda: database)(scope, receive, None)
    return seen


async def test_the_middleware_proves_the_whole_body_and_hands_it_on(database, brand):
    body = b"x" * 100_000
    token = make_game_token(brand.key, brand.kid, brand.secret, body=body)
    seen = await heard(database, *game_request(body, token, pieces=7))
    assert seen["body"] == body
    assert (seen["caller"].kind, seen["caller"].brand_id) == ("game", brand.id)


async def test_a_caller_without_a_token_is_not_a_game(database):
    with pytest.raises(Unauthenticated, match="token_missing"):
        await heard(database, *game_request(b"{}"))


@pytest.mark.parametrize("announce", [True, False])
async def test_more_than_eight_mebibytes_are_not_even_read(database, announce):
    body = b"x" * (8 * 1024 * 1024 + 1)
    with pytest.raises(TooLarge):
        await heard(database, *game_request(body, pieces=16, length=len(body) if announce else None))
