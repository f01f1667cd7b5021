"""Files over HTTP: what they are, not what they say they are, and whose."""

import io
import zipfile

import httpx
import pytest
from PIL import Image

from tests.channels.given import ask, asked, error


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, kind)
    return out.getvalue()


async def send_file(player, name, content):
    return await player.http.post("/files", files={"file": (name, content, "image/png")})


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.exe", b"MZ" + b"\x00" * 100)
    return out.getvalue()


@pytest.mark.parametrize(("name", "content", "status"), [
    ("empty.png", b"", 422), ("page.png", b"<html><script>alert(1)</script>", 422), ("x.svg", b"<svg onload='alert(1)'/>", 422),
    ("x.exe", b"MZ" + b"\x00" * 200, 422), ("x.png", archive(), 422), ("half.png", picture()[:40], 422),
    ("huge.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * (50 << 20), 413), ("../../etc/passwd.png", picture(), 201),
    ("充值\u202egnp.png", picture(), 201), ("x" * 400 + ".png", picture(), 201),
], ids=["empty", "html", "svg", "program", "archive", "half", "50 MB", "path", "rtl name", "long name"])
async def test_a_file_is_what_it_is_and_not_what_it_says(game, name, content, status):
    answer = await send_file(game.player(), name, content)
    assert answer.status_code == status, answer.text
    if status == 201:
        info = answer.json()
        assert len(info["name"]) <= 255
        assert "/" not in info["name"]
        assert "\u202e" not in info["name"]
    else:
        assert "file" in error(answer, status)["fields"] or status == 413


async def test_a_picture_that_is_a_page_as_well_is_rewritten(game):
    polyglot = picture() + b"<script>alert(document.domain)</script><!--"
    player = game.player()
    info = (await send_file(player, "cat.png", polyglot)).json()
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        served = await http.get(info["url"])
    assert b"script" not in served.content
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"].startswith("nosniff")
    assert "sandbox" in served.headers["content-security-policy"]


async def test_nobody_attaches_another_s_file(game):
    one, other, agent = game.player(), game.player(), await game.agent()
    info = (await send_file(one, "cat.png", picture())).json()
    ticket = await asked(other)
    for player, path, body in (
        (other, "/tickets", {"category": "other", "body": "x", "clientKey": "f"}),
        (other, f"/tickets/{ticket}/messages", {"body": "x", "clientKey": "f"}),
        (agent, f"/tickets/{ticket}/replies", {"body": "x", "clientKey": "f", "baseSeq": 1}),
    ):
        answer = await player.http.post(path, json={**body, "attachments": [info["id"]]})
        assert list(error(answer, 422)["fields"]) == ["attachments"]
    own = await ask(one, "", attachments=[info["id"]])
    assert own.status_code == 201
    shown = (await one.get(f"/tickets/{own.json()['id']}"))["messages"][0]["attachments"][0]
    assert (shown["id"], shown["name"], shown["width"]) == (info["id"], "cat.png", 32)
