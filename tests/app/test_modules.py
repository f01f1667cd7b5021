"""A brand's modules: switched at once, what is off is neither offered nor taken, what was there stays."""

import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, adopt, blueprint, publish_body


async def switch(game, **modules):
    async with game.desk.database.transaction() as tx:
        await adopt(tx, KINDS, "brand")
        place = Place("brand", "", game.key)
        found = await blueprint(tx, place)
        await publish_body(tx, KINDS, place, {**found.published, "modules": modules}, None)


async def test_without_chat_the_door_is_gone_and_who_asks_gets_a_ticket(game):
    player = game.player()
    assert (await player.get("/session"))["chat"]["offered"]
    await switch(game, chat=False)
    assert not (await player.get("/session"))["chat"]["offered"]
    ticket = await player.ask(body="有人吗", live=True)
    assert (ticket["live"], ticket["channel"]) == (False, "game")
    await switch(game, chat=True)
    assert (await player.get("/session"))["chat"]["offered"]


@pytest.mark.parametrize(("module", "flag", "path", "body"), [
    ("rating", "canRate", "rating", {"score": 5}), ("reopening", "canReopen", "reopen", {"body": "还没好"}),
])
async def test_what_players_do_after_the_answer(game, module, flag, path, body):
    player, agent = game.player(), await game.agent()
    ticket = (await player.ask(body="充值没到账"))["id"]
    await agent.post(f"/tickets/{ticket}/take")
    await agent.post(f"/tickets/{ticket}/resolve", {"solution": "已补发"})
    assert (await player.get(f"/tickets/{ticket}"))["ticket"][flag]
    await switch(game, **{module: False})
    assert not (await player.get(f"/tickets/{ticket}"))["ticket"][flag]
    refused = await player.http.post(f"/tickets/{ticket}/{path}", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "switched_off")


async def test_without_files_none_is_taken(game):
    player = game.player()
    await switch(game, player_files=False)
    assert (await player.get("/session"))["limits"]["filesPerMessage"] == 0
    refused = await player.http.post("/files", files={"file": ("a.txt", b"hello", "text/plain")})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "switched_off")
