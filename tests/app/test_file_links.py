"""Who may open an attachment's link: staff with their session, a player for minutes, each by the link made for her."""

import httpx

from tests.app.test_limited_eyes import PICTURE, put_on


def cookie(agent):
    return {"Cookie": f"playerdesk_session={agent.http.cookies['playerdesk_session']}"}


async def test_a_link_made_for_staff_opens_nothing_without_a_session(desk, game):
    agent, colleague, player = await game.agent(), await game.agent(), game.player()
    ticket = (await player.ask())["id"]
    file = (await agent.http.post("/files", files={"file": ("流水.png", PICTURE, "image/png")})).json()
    await agent.post(f"/tickets/{ticket}/replies", {"body": "见附件", "clientKey": "f", "attachments": [file["id"]], "baseSeq": 1})
    link = (await colleague.get(f"/tickets/{ticket}"))["entries"][-1]["attachments"][0]["url"]
    async with httpx.AsyncClient(base_url=desk.address) as anybody:
        assert (await anybody.get(link)).json()["error"]["code"] == "signed_out"
        assert (await anybody.get(link.replace("staff=1&", ""))).status_code == 403, "nor as if it were a player's"
        opened = await anybody.get(link, headers=cookie(colleague))
        assert (opened.status_code, opened.headers["cache-control"]) == (200, "private, no-cache")
        tag = {"If-None-Match": opened.headers["etag"]}
        same = await anybody.get(link, headers=cookie(colleague) | tag)
        assert (same.status_code, same.content) == (304, b""), "what she has is not sent again"
        assert (await anybody.get(link, headers=tag)).status_code == 401, "and nobody is told so without a session"
        gone = cookie(colleague)
        await colleague.post("/sign-out", {})
        assert (await anybody.get(link, headers=gone | tag)).status_code == 401
        await put_on(desk, agent, "bookkeeper")
        desk.database.memory.clear()
        assert (await anybody.get(link, headers=cookie(agent))).status_code == 404, "who may read no tickets sees no file of theirs"
        hers = (await player.http.get(f"/tickets/{ticket}")).json()["messages"][-1]["attachments"][0]["url"]
        assert "staff" not in hers
        assert (await anybody.get(hers)).status_code == 200
        left = int(opened.headers.get("age", 0)) + int((await anybody.get(hers)).headers["cache-control"].split("max-age=")[1].split(",")[0])
        assert 0 < left <= 30 * 60
