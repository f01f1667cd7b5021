"""What goes over a player's wire, byte for byte."""

from playerdesk.routing import give_out

SECRETS = ["疑似盗号", "内部方案", "agent-", "assigneeId", "authorId", "assignedAt", "queueId", "staffUnread", "breached",
           "playerId", "personId", "handed_off", "priority", "solution", '"tier"', "rankAt"]


async def test_the_player_never_receives_a_note_an_internal_change_or_anything_about_staff_but_a_name(game):
    """Asserted on what came over the wire, byte for byte."""
    player, lin, zhou = game.player(), await game.agent(), await game.agent()
    async with game.desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET name = '小林' WHERE id = ANY($1::bigint[])", [lin.id, zhou.id])
    game.desk.database.memory.clear()  # names are remembered for seconds
    async with player.live() as line:
        ticket = (await player.ask(live=True))["id"]
        await give_out(game.desk.database)
        await line.say({"op": "open", "ticketId": ticket})
        async with lin.live(f"ticket:{ticket}", ticket=ticket) as hers:
            await hers.say({"op": "typing", "ticketId": ticket})
            await lin.post(f"/tickets/{ticket}/notes", {"body": "疑似盗号", "clientKey": "n"})
            await lin.http.patch(f"/tickets/{ticket}", json={"priority": 0, "categoryId": game.category, "status": "hold"})
            await lin.post(f"/tickets/{ticket}/hand-off", {"queueId": game.queue, "note": "疑似盗号"})
            await zhou.post(f"/tickets/{ticket}/assign", {"personId": zhou.id})
            await zhou.reply(ticket, "您好")
            await zhou.post(f"/tickets/{ticket}/resolve", {"solution": "内部方案"})
            await zhou.post(f"/tickets/{ticket}/reopen")
            await hers.quiet(0.3)
        await line.until(lambda f: f.get("kind") == "message" and f["data"]["notice"] == "reopened")
        await line.quiet(0.3)
    wire = "".join(line.texts)
    for path in ("/tickets", f"/tickets/{ticket}", f"/tickets/{ticket}/messages", "/session"):
        wire += (await player.http.get(path)).text
    wire += (await player.http.get("/updates", params={"cursor": line.frames[0]["cursor"], "timeout": 1})).text
    assert "小林" in wire
    assert [word for word in SECRETS if word in wire] == []
    numbers = [f["data"]["number"] for f in line.frames if f.get("kind") == "message"]
    assert sorted(numbers) == list(range(2, len(numbers) + 2)), "what she sees has no gaps"
