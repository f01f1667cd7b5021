"""A player who asks over HTTP, and refusals as they should read."""

from tests.given import number

KEY = {"Idempotency-Key": "k"}


def error(answer, status):
    assert answer.status_code == status, answer.text
    found = answer.json()["error"]
    assert found["message"]
    assert found["requestId"]
    assert "Traceback" not in answer.text
    assert "asyncpg" not in answer.text
    return found


async def ask(player, body="充值648元没到账", **changes):
    changes = {"category": "other", "body": body, "clientKey": f"b-{number()}", **changes}
    return await player.http.post("/tickets", json=changes)


async def asked(player, body="充值648元没到账", **changes):
    """The number of the ticket it has become."""
    answer = await ask(player, body, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]
