"""A message in another language: asked of the configured service, in time or not at all, and never without a trace."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from tests.app.desk import AGame, running_desk
from tests.given import number


@asynccontextmanager
async def a_service(answer, *, after: float = 0.0, status: int = 200):
    """A translation service on this machine; what it was asked stands in the list."""
    asked: list[dict] = []

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        asked.append(json.loads(await reader.readexactly(length)))
        await asyncio.sleep(after)
        body = json.dumps(answer).encode()
        writer.write(b"HTTP/1.1 %d OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/translate", asked


async def a_ticket(desk):
    game = await AGame(desk).set_up()
    agent = await game.agent()
    ticket = {"category": "other", "body": "I lost my sword", "clientKey": f"t-{number()}"}
    opened = await game.player().post("/tickets", ticket)
    return agent, opened["id"]


async def test_a_message_is_translated_and_the_asking_is_traced(fresh_dsn, tmp_path):
    good = {"translatedText": "我的剑丢了", "detectedLanguage": {"language": "en", "confidence": 90}}
    async with a_service(good) as (url, asked), running_desk(fresh_dsn, tmp_path, translate_url=url, translate_key="k") as desk:
        agent, ticket = await a_ticket(desk)
        assert (await agent.get("/writing"))["translates"] is True
        said = await agent.post(f"/tickets/{ticket}/entries/1/translation", {"to": "zh"})
        assert said == {"text": "我的剑丢了", "language": "en"}
        assert asked == [{"q": "I lost my sword", "source": "auto", "target": "zh", "format": "text", "api_key": "k"}]
        async with desk.database.reading() as reader:
            assert await reader.value("SELECT count(*) FROM audit.trace WHERE action = 'message.translated'") == 1


@pytest.mark.parametrize(("answer", "status"), [({"error": "busy"}, 503), ({"nothing": 1}, 200), ([], 200)])
async def test_a_service_that_fails_is_said_in_words(fresh_dsn, tmp_path, answer, status):
    async with a_service(answer, status=status) as (url, _), running_desk(fresh_dsn, tmp_path, translate_url=url) as desk:
        agent, ticket = await a_ticket(desk)
        refused = await agent.http.post(f"/tickets/{ticket}/entries/1/translation", json={"to": "zh"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (502, "translation_failed")


async def test_a_service_that_hangs_is_given_up(fresh_dsn, tmp_path, monkeypatch):
    import httpx

    monkeypatch.setattr("playerdesk.tickets.writing.translation.TIMEOUT", httpx.Timeout(0.3))
    async with a_service({}, after=5) as (url, _), running_desk(fresh_dsn, tmp_path, translate_url=url) as desk:
        agent, ticket = await a_ticket(desk)
        refused = await agent.http.post(f"/tickets/{ticket}/entries/1/translation", json={"to": "zh"})
        assert refused.status_code == 502


async def test_without_a_service_there_is_no_button_and_no_route(desk, game):
    agent = await game.agent()
    assert (await agent.get("/writing"))["translates"] is False
    refused = await agent.http.post("/tickets/1/entries/1/translation", json={"to": "zh"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_translator")
