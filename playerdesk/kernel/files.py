"""Attachments: taken in with care, kept in storage, tied to whoever uploaded them, swept when never used."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec

from playerdesk.kernel.clock import now
from playerdesk.kernel.database import Database, Reader
from playerdesk.kernel.errors import NotFound, Rejected, Text, TooLarge
from playerdesk.kernel.files_kinds import IMAGES, Kind, recognise
from playerdesk.kernel.files_links import link, use_key
from playerdesk.kernel.files_pictures import Picture, rewrite
from playerdesk.kernel.own_secrets import own_secret
from playerdesk.kernel.settings import Settings
from playerdesk.kernel.storage import Storage, open_storage

GONE = Text(zh="没有找到这个文件，它可能已被删除。", en="This file is not here; it may have been deleted.")
NOT_YOURS = Text(
    zh="有附件不存在或不是您上传的，请重新上传。", en="An attachment does not exist or is not yours. Please upload it again."
)

# Pictures take a core for a moment each; two at a time leave the others to answer people.
_painters = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")

_SAVE = """
    INSERT INTO kernel.file (id, name, media_type, size, sha256, width, height, has_thumbnail, owner)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


class FileInfo(msgspec.Struct, frozen=True, rename="camel"):
    """A file as a screen needs it; the links are signed and end."""

    id: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    url: str
    thumbnail_url: str | None


class StoredFile(msgspec.Struct, frozen=True, rename="camel"):
    """A file as it is noted with a message: everything but the links, which expire."""

    id: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    has_thumbnail: bool


_STORED = "id, name, media_type, size, width, height, has_thumbnail"


class Files:
    """The attachments of this installation."""

    def __init__(self, storage: Storage, most_bytes: int) -> None:
        self._storage = storage
        self.most_bytes = most_bytes

    async def save(
        self, database: Database, name: str, content: bytes | AsyncIterator[bytes], owner: str
    ) -> FileInfo:
        """Check, clean and keep a file for its owner ("player:5", "staff:3"); no connection is held meanwhile."""
        kind = recognise(name, await self._read(content))
        picture = await _paint(kind)
        kept = picture.content if picture else kind.content
        file_id = secrets.token_hex(16)
        await self._storage.put(file_id, kept)
        if picture:
            await self._storage.put(file_id + ".thumb", picture.thumbnail)
        width, height = (picture.width, picture.height) if picture else (None, None)
        async with database.transaction() as tx:
            await tx.execute(
                _SAVE, file_id, kind.name, kind.media_type, len(kept), sha256(kept).digest(), width, height,
                picture is not None, owner,
            )
        reader = "staff" if owner.startswith("staff:") else "player"
        return FileInfo(
            file_id, kind.name, kind.media_type, len(kept), width, height, link(file_id, reader),
            link(file_id, reader, thumbnail=True) if picture else None,
        )

    async def find(self, reader: Reader, file_id: str, *, thumbnail: bool = False) -> StoredFile:
        """What is known of the file; refuses what is not there."""
        row = await reader.row(StoredFile, f"SELECT {_STORED} FROM kernel.file WHERE id = $1", file_id)
        if row is None or (thumbnail and not row.has_thumbnail):
            raise NotFound("file_not_found", GONE)
        return row

    async def content(self, file_id: str, *, thumbnail: bool = False) -> bytes:
        """Its bytes; refuses what is not there."""
        content = await self._storage.get(file_id + ".thumb" if thumbnail else file_id)
        if content is None:
            raise NotFound("file_not_found", GONE)
        return content

    async def sweep(
        self,
        database: Database,
        still_used: Callable[[Reader, list[str]], Awaitable[set[str]]],
        *,
        older_than: timedelta = timedelta(hours=24),
    ) -> int:
        """Delete files that no message refers to; how many. `still_used` answers which of these ids are in use."""
        before = now() - older_than
        swept = 0
        last = ""
        while True:
            async with database.transaction() as tx:
                ids = [
                    str(row[0])
                    for row in await tx.fetch(
                        "SELECT id FROM kernel.file WHERE created_at < $1 AND id > $2 ORDER BY id LIMIT 500", before, last
                    )
                ]
                unused = sorted(set(ids) - await still_used(tx, ids)) if ids else []
                await tx.execute("DELETE FROM kernel.file WHERE id = ANY($1)", unused)
            for file_id in unused:
                await self._storage.delete(file_id)
                await self._storage.delete(file_id + ".thumb")
            swept += len(unused)
            if len(ids) < 500:
                return swept
            last = ids[-1]

    async def sweep_strays(self, database: Database, *, older_than: timedelta = timedelta(hours=24)) -> int:
        """Delete stored bytes that have no row: the process died between the two."""
        swept = 0
        async for key in self._storage.keys(now() - older_than):
            async with database.reading() as reader:
                known = await reader.value("SELECT EXISTS (SELECT FROM kernel.file WHERE id = $1)", key.split(".")[0])
            if not known or key.endswith(".part"):
                await self._storage.delete(key)
                swept += 1
        return swept

    async def _read(self, content: bytes | AsyncIterator[bytes]) -> bytes:
        """Stop reading the moment it is too much."""
        if isinstance(content, bytes):
            if len(content) > self.most_bytes:
                raise self._too_large()
            return content
        read = bytearray()
        async for chunk in content:
            read += chunk
            if len(read) > self.most_bytes:
                raise self._too_large()
        return bytes(read)

    def _too_large(self) -> TooLarge:
        most = f"{self.most_bytes / (1 << 20):g} MB"
        text = Text(
            zh=f"文件太大，最多 {most}，请压缩后再发送。", en=f"The file is too large; at most {most}. Please make it smaller."
        )
        return TooLarge("file_too_large", text, fields={"file": text}, extra={"mostBytes": self.most_bytes})


async def open_files(database: Database, settings: Settings) -> Files:
    """The attachments of this installation, once a process; sets the key their links are signed with."""
    async with database.transaction() as tx:
        use_key(await own_secret(tx, "file links"))
    return Files(await open_storage(settings), settings.max_upload_bytes)


async def attachments_of(reader: Reader, ids: Sequence[str], owner: str) -> list[dict[str, Any]]:
    """These uploads of this owner, in this order, as they are noted with a message; refuses others' files."""
    if not ids:
        return []
    rows = await reader.rows(
        StoredFile, f"SELECT {_STORED} FROM kernel.file WHERE id = ANY($1) AND owner = $2",
        [each for each in ids if each.isalnum()], owner,
    )
    found = {row.id: row for row in rows}
    wanted = list(dict.fromkeys(ids))
    if any(file_id not in found for file_id in wanted):
        raise Rejected("attachment_unknown", NOT_YOURS, fields={"attachments": NOT_YOURS})
    return [msgspec.to_builtins(found[file_id]) for file_id in wanted]


async def _paint(kind: Kind) -> Picture | None:
    if kind.media_type not in IMAGES:
        return None
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_painters, rewrite, kind.content, kind.media_type)
