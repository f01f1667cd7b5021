"""Attachments over HTTP: links that end, uploads that stop, downloads in which nothing runs."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, post
from PIL import Image

from playerdesk.kernel.database import Database, connect
from playerdesk.kernel.errors import Forbidden
from playerdesk.kernel.files import Files
from playerdesk.kernel.files_http import body_limit, disposition, file_routes, receive
from playerdesk.kernel.files_links import check_link, link, use_key
from playerdesk.kernel.http import EXCEPTION_HANDLERS, public
from playerdesk.kernel.storage import Folder


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await connect(dsn, size=3)
    yield database
    await database.close()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    use_key(b"k" * 32)
    return Files(Folder(tmp_path), 1 << 20)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 400), "red").save(out, "PNG")
    return out.getvalue()


def test_links_cannot_be_made_up_and_end():
    use_key(b"k" * 32)
    address = link("abc", at=1_000_000)
    assert address == link("abc", at=1_000_000 + 3600)
    query = dict(part.split("=") for part in address.split("?")[1].split("&"))
    with pytest.raises(Forbidden):
        check_link("abc", int(query["e"]), query["s"])
    fresh = dict(part.split("=") for part in link("abc").split("?")[1].split("&"))
    check_link("abc", int(fresh["e"]), fresh["s"])
    for file_id, expires, signature in [
        ("abd", int(fresh["e"]), fresh["s"]), ("abc", int(fresh["e"]) + 1, fresh["s"]), ("abc", int(fresh["e"]), "é"),
    ]:
        with pytest.raises(Forbidden):
            check_link(file_id, expires, signature)


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
        assert (await client.get(link("0" * 32))).status_code == 404
        too_big = await client.post("/upload", files={"file": ("a.mp4", b"\0" * ((1 << 20) + 9), "video/mp4")})
        assert too_big.status_code == 413
        assert too_big.json()["error"]["code"] == "file_too_large"
        far_too_big = await client.post("/upload", files={"file": ("a.mp4", b"\0" * (5 << 20), "video/mp4")})
        assert far_too_big.status_code == 413
        missing = await client.post("/upload", data={"x": "y"})
        assert missing.status_code == 422
        assert "file" in missing.json()["error"]["fields"]
