"""The code of official support is the same on both screens, and nobody else's."""


async def test_the_agent_reads_the_code_that_the_player_sees(game, other_game):
    agent, player, stranger = await game.agent(), game.player("hero-1"), game.player("hero-2")
    ticket = await player.ask()
    row = (await agent.get(f"/tickets/{ticket['id']}"))["ticket"]
    shown = (await player.get("/session"))["officialMark"]["signature"]
    card = await agent.get(f"/players/{row['playerId']}")
    assert card["officialCodes"] == [{"issuer": game.key, "account": "hero-1", "code": shown}]
    assert len(shown) == 8
    assert shown != (await stranger.get("/session"))["officialMark"]["signature"]
    assert shown != (await other_game.player("hero-1").get("/session"))["officialMark"]["signature"], "the same name elsewhere"
