"""The batch as a game's back end sends it."""

import secrets

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.di import Provide
from litestar.middleware import DefineMiddleware

from playerdesk.brands import GameToken, add_signing_key, make_game_token
from playerdesk.kernel.http import EXCEPTION_HANDLERS
from playerdesk.players.http import ROUTES
from tests.players.given import a_player, a_purchase, who

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(database):
    app = Litestar(
        route_handlers=ROUTES, middleware=[DefineMiddleware(GameToken, database=lambda: database)],
        dependencies={"database": Provide(lambda: database, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS, logging_config=None,
    )
    async with AsyncClient(transport=ASGITransport(app), base_url="http://desk.example") as client:
        yield client


@pytest.fixture
async def post(client, database, brand):
    secret, kid = secrets.token_urlsafe(32), f"k-{secrets.token_hex(4)}"
    async with database.transaction() as tx:
        await add_signing_key(tx, brand.id, kid, "HS256", secret)

    async def send(body, **headers):
        body = body if isinstance(body, bytes) else msgspec.json.encode(body)
        token = make_game_token(brand.key, kid, secret, body=body)
        return await client.post(
            "/game/v1/batch", content=body, headers={"Authorization": f"Bearer {token}", **headers}
        )

    return send


async def test_a_batch_is_taken_in_and_answered(post, database, brand):
    response = await post({"records": [a_player("a"), a_purchase("a", "p1", 300_000), {"type": "gift"}]})
    assert response.status_code == 200
    assert response.json()["accepted"] == 2
    assert response.json()["rejected"][0] | {"message": ""} == {"index": 2, "code": "type_unknown", "message": ""}
    assert (await who(database, brand, "a")).tier == "high"


async def test_messages_come_in_the_language_of_the_caller(post):
    batch = {"records": [{"type": "purchase"}]}
    english = await post(batch, **{"Accept-Language": "en"})
    chinese = await post(batch)
    assert english.json()["rejected"][0]["message"] == "The field recordId is missing."
    assert chinese.json()["rejected"][0]["message"] == "缺少字段 recordId。"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"records": 5}', b"\xff\xfe", b'{"records": [}'])
async def test_what_is_not_a_batch_is_refused_with_the_way_to_write_one(post, body):
    response = await post(body)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "batch_unreadable"
    assert "records" in response.json()["error"]["message"]


async def test_more_than_five_thousand_records_are_too_many(post):
    assert (await post({"records": [{}] * 5001})).status_code == 413
    response = await post({"records": [{}] * 5000})
    assert len(response.json()["rejected"]) == 5000


async def test_more_than_eight_mebibytes_are_too_much(post):
    response = await post(b" " * (8 * 1024 * 1024 + 1))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


async def test_without_a_token_nothing_is_taken(client):
    response = await client.post("/game/v1/batch", json={"records": []})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "token_missing")
