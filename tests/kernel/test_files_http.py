"""Attachments over HTTP: links that end, uploads that stop, downloads in which nothing runs."""

import io
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, post
from PIL import Image

from playerdesk.kernel.database import Database
from playerdesk.kernel.errors import Forbidden
from playerdesk.kernel.files import Files
from playerdesk.kernel.files_http import body_limit, disposition, file_routes, receive
from playerdesk.kernel.files_links import check_link, link, use_key
from playerdesk.kernel.http import EXCEPTION_HANDLERS, public
from playerdesk.kernel.storage import Folder


@pytest.fixture
def files(tmp_path: Path) -> Files:
    use_key(b"k" * 32)
    return Files(Folder(tmp_path), 1 << 20)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 400), "red").save(out, "PNG")
    return out.getvalue()


def query(address: str) -> dict[str, str]:
    return dict(part.split("=") for part in address.split("?")[1].split("&"))


def test_links_cannot_be_made_up_are_made_for_somebody_and_end():
    use_key(b"k" * 32)
    now = 1_800_000_900
    for reader, least, kept in (("player", 15 * 60, 15 * 60), ("staff", 12 * 3600, 12 * 3600)):
        begun = now // kept * kept
        address = link("abc", reader, at=begun)
        assert address == link("abc", reader, at=begun + kept - 1), "browsers keep what they loaded"
        assert least < int(query(address)["e"]) - (begun + kept - 1) + 1 <= 2 * least
        with pytest.raises(Forbidden):
            check_link("abc", reader, begun - 1, query(link("abc", reader, at=begun - 5 * kept))["s"])
        fresh = query(link("abc", reader))
        check_link("abc", reader, int(fresh["e"]), fresh["s"])
        others = "staff" if reader == "player" else "player"
        for file_id, whose, expires, signature in [
            ("abd", reader, int(fresh["e"]), fresh["s"]), ("abc", reader, int(fresh["e"]) + 1, fresh["s"]),
            ("abc", others, int(fresh["e"]), fresh["s"]), ("abc", reader, int(fresh["e"]), "é"),
        ]:
            with pytest.raises(Forbidden):
                check_link(file_id, whose, expires, signature)


async def test_a_player_s_link_that_is_over_opens_nothing_and_is_never_kept_longer(files: Files, database: Database, monkeypatch):
    info = await files.save(database, "a.png", picture(), "player:1")
    app = Litestar([file_routes(database, files)], exception_handlers=EXCEPTION_HANDLERS)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://desk") as client:
        got = await client.get(info.url)
        assert got.status_code == 200
        kept = int(got.headers["cache-control"].split("max-age=")[1].split(",")[0])
        left = int(query(info.url)["e"]) - time.time()
        assert 0 < kept <= left + 1
        monkeypatch.setattr("playerdesk.kernel.files_links.time.time", lambda: float(query(info.url)["e"]) + 1)
        assert (await client.get(info.url)).json()["error"]["code"] == "link_expired"
        assert (await client.get(info.thumbnail_url)).status_code == 403


def test_the_file_name_survives_the_header():
    header = disposition('充值".png', inline=True)
    assert header == "inline; filename=\"___.png\"; filename*=UTF-8''%E5%85%85%E5%80%BC%22.png"


async def test_upload_and_download_over_http(files: Files, database: Database):
    @post("/upload", guards=[public], request_max_body_size=body_limit(files))
    async def upload(request: Request[Any, Any, Any]) -> dict[str, Any]:
        return msgspec.to_builtins(await receive(request, database, files, "player:1"))

    app = Litestar([upload, file_routes(database, files)], exception_handlers=EXCEPTION_HANDLERS)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://desk") as client:
        sent = await client.post("/upload", files={"file": ("截图.png", picture(), "text/html")})
        assert sent.status_code == 201, sent.text
        info = sent.json()
        got = await client.get(info["url"])
        assert got.headers["content-type"] == "image/png"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in got.headers["content-security-policy"]
        assert got.headers["content-disposition"].startswith("inline")
        small = await client.get(info["thumbnailUrl"])
        assert small.headers["content-type"] == "image/webp"
        note = (await client.post("/upload", files={"file": ("a.txt", b"<b>hi</b>", "text/html")})).json()
        text = await client.get(note["url"])
        assert text.headers["content-type"] == "text/plain; charset=utf-8"
        assert text.headers["content-disposition"].startswith("attachment")
        assert (await client.get(info["url"].replace("s=", "s=x"))).status_code == 403
        assert (await client.get(f"/files/{info['id']}")).status_code == 403
        assert (await client.get(f"/files/..%2f..%2fetc?{info['url'].split('?')[1]}")).status_code == 404
        assert (await client.get(link("0" * 32, "player"))).status_code == 404
        too_big = await client.post("/upload", files={"file": ("a.mp4", b"\0" * ((1 << 20) + 9), "video/mp4")})
        assert too_big.status_code == 413
        assert too_big.json()["error"]["code"] == "file_too_large"
        far_too_big = await client.post("/upload", files={"file": ("a.mp4", b"\0" * (5 << 20), "video/mp4")})
        assert far_too_big.status_code == 413
        missing = await client.post("/upload", data={"x": "y"})
        assert missing.status_code == 422
        assert "file" in missing.json()["error"]["fields"]
