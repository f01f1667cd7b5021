"""Attachments: what is taken, what is refused, what is left of it, and who may open it."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore
from PIL import Image

from playerdesk.kernel.database import Database, Reader, connect
from playerdesk.kernel.errors import Rejected, TooLarge
from playerdesk.kernel.files import Files, attachments_of
from playerdesk.kernel.files_kinds import clean_name, recognise
from playerdesk.kernel.files_links import linked, use_key
from playerdesk.kernel.own_secrets import own_secret
from playerdesk.kernel.storage import Bucket, Folder, Storage


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return Folder(tmp_path) if request.param == "folder" else Bucket(MemoryStore())


@pytest.fixture
def files(storage: Storage) -> Files:
    use_key(b"k" * 32)
    return Files(storage, 1 << 20)


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 400), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


async def test_a_picture_is_kept_with_a_thumbnail_and_without_what_the_phone_noted(
    files: Files, database: Database
):
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif[0x0112] = 6  # lying on its side
    sent = picture("JPEG", exif=exif, comment=b"hidden words")
    assert b"SecretPhone" in sent
    info = await files.save(database, "截图 1.jpg", sent, "player:1")
    assert (info.name, info.media_type, info.width, info.height) == ("截图 1.jpg", "image/jpeg", 400, 640)
    kept, thumbnail = await files.content(info.id), await files.content(info.id, thumbnail=True)
    assert b"SecretPhone" not in kept
    assert b"hidden words" not in kept
    small = Image.open(io.BytesIO(thumbnail))
    assert (small.format, small.size) == ("WEBP", (200, 320))
    assert info.size == len(kept)


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("JPEG", "a.JPEG"), ("GIF", "a.gif"), ("WEBP", "a.webp")])
def test_every_picture_format_survives_and_what_was_glued_to_it_does_not(kind: str, name: str):
    from playerdesk.kernel.files_pictures import rewrite

    found = recognise(name, picture(kind) + b"<script>alert(1)</script>PK\x03\x04")
    again = rewrite(found.content, found.media_type)
    assert b"script" not in again.content
    assert Image.open(io.BytesIO(again.content)).format == kind
    assert (again.width, again.height) == (640, 400)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_keeps_moving_and_a_flood_of_frames_stands_still(kind: str):
    from playerdesk.kernel.files_pictures import rewrite

    def moving(count: int) -> bytes:
        frames = [Image.new("RGB", (40, 30), (i * 47 % 256, i * 91 % 256, 9)) for i in range(count)]
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
        return out.getvalue()

    media_type = f"image/{kind.lower()}"
    assert Image.open(io.BytesIO(rewrite(moving(5), media_type).content)).n_frames == 5
    assert Image.open(io.BytesIO(rewrite(moving(300), media_type).content)).n_frames == 1


def test_a_transparent_picture_stays_transparent():
    from playerdesk.kernel.files_pictures import rewrite

    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    again = Image.open(io.BytesIO(rewrite(out.getvalue(), "image/png").content))
    assert again.convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


def test_a_decompression_bomb_is_refused_before_it_unfolds():
    from playerdesk.kernel.files_pictures import rewrite

    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Rejected, match="picture_too_big"):
        rewrite(out.getvalue(), "image/png")


def test_half_a_picture_is_refused():
    from playerdesk.kernel.files_pictures import rewrite

    with pytest.raises(Rejected, match="picture_broken"):
        rewrite(picture("JPEG")[:300], "image/jpeg")


def a_zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7\n...", "application/pdf"),
        ("logs.zip", a_zip("game.log"), "application/zip"),
        ("clip.mp4", b"\x00\x00\x00\x20ftypisom" + b"\0" * 40, "video/mp4"),
        ("crash.log", "错误 at 0x1\n".encode(), "text/plain"),
        ("crash.txt", "充值没有到账".encode("gb18030"), "text/plain"),
        ("note", b"just words", "text/plain"),
        ("really-a-jpeg.png", picture("JPEG"), "image/jpeg"),
    ],
)
def test_honest_files_are_taken(name: str, content: bytes, media_type: str):
    assert recognise(name, content).media_type == media_type


def test_chinese_windows_text_becomes_utf8_and_a_picture_gets_its_true_extension():
    assert recognise("a.txt", "充值没有到账".encode("gb18030")).content == "充值没有到账".encode()
    assert recognise("a.png", picture("JPEG")).name == "a.jpg"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"", "file_empty"),
        ("a.html", b"<html><script>alert(1)</script>", "file_type_not_allowed"),
        ("a.svg", b"<svg onload=alert(1)>", "file_type_not_allowed"),
        ("a.txt", b"\xef\xbb\xbf <!DOCTYPE html><script>alert(1)</script>", "file_disguised"),
        ("a.log", b"<svg onload=alert(1)></svg>", "file_disguised"),
        ("a.png", b"<svg onload=alert(1)></svg>", "file_disguised"),
        ("a.png", b"MZ\x90\0\3\0\0\0", "file_disguised"),
        ("a.exe", b"MZ\x90\0\3\0\0\0", "file_type_not_allowed"),
        ("a.pdf", picture("PNG"), "file_disguised"),
        ("a.zip", a_zip("META-INF/MANIFEST.MF"), "file_disguised"),
        ("a.zip", b"PK\x03\x04broken", "file_disguised"),
        ("a.docx", a_zip("[Content_Types].xml"), "file_type_not_allowed"),
        ("a.sh", b"#!/bin/sh\nrm -rf /", "file_type_not_allowed"),
        ("noname", b"\x7fELF\2\1\1\0", "file_type_not_allowed"),
    ],
)
def test_empty_active_and_disguised_files_are_refused(name: str, content: bytes, code: str):
    with pytest.raises(Rejected) as refused:
        recognise(name, content)
    assert refused.value.code == code
    assert "file" in refused.value.fields


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\图.png", "图.png"),
        ("x\u202egnp.exe", "xgnp.exe"),
        ("", "file"),
        ("...", "file"),
        ('a"b\r\nSet-Cookie: x.png', "a_b Set-Cookie_ x.png"),
        ("长" * 300 + ".png", "长" * 96 + ".png"),
    ],
)
def test_names_lose_their_tricks(given: str, kept: str):
    assert clean_name(given) == kept


async def test_reading_stops_at_the_limit(files: Files, database: Database):
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1 << 18
            yield b"\0" * (1 << 18)

    with pytest.raises(TooLarge):
        await files.save(database, "a.mp4", endless(), "player:1")
    assert read <= (1 << 20) + (1 << 18)


async def test_attachments_are_the_owners_own(files: Files, database: Database):
    mine = await files.save(database, "a.txt", b"mine", "player:7")
    async with database.reading() as reader:
        noted = await attachments_of(reader, [mine.id], "player:7")
        assert noted[0]["id"] == mine.id
        assert noted[0]["hasThumbnail"] is False
        assert linked(noted, "player")[0]["url"] == mine.url
        with pytest.raises(Rejected, match="attachment_unknown"):
            await attachments_of(reader, [mine.id], "player:8")
        with pytest.raises(Rejected, match="attachment_unknown"):
            await attachments_of(reader, ["nonsense"], "player:7")


async def test_unused_files_are_swept_and_used_ones_stay(files: Files, storage: Storage, fresh_dsn: str):
    database = await connect(fresh_dsn, size=2)
    used = await files.save(database, "a.txt", b"used", "player:1")
    unused = await files.save(database, "b.png", picture(), "player:1")
    await storage.put("f" * 32, b"no row: the process died")

    async def still_used(_: Reader, ids: list[str]) -> set[str]:
        return set(ids) & {used.id}

    assert await files.sweep(database, still_used) == 0  # younger than a day
    assert await files.sweep(database, still_used, older_than=timedelta(seconds=-1)) == 1
    assert await storage.get(unused.id) is None
    assert await storage.get(unused.id + ".thumb") is None
    assert await storage.get(used.id) == b"used"
    assert await files.sweep_strays(database, older_than=timedelta(seconds=-2)) == 1
    assert await storage.get("f" * 32) is None
    assert await storage.get(used.id) == b"used"
    await database.close()


async def test_the_installations_secret_is_made_once(database: Database):
    async with database.transaction() as tx:
        first = await own_secret(tx, "test")
    async with database.transaction() as tx:
        assert await own_secret(tx, "test") == first
    assert len(first) == 32
