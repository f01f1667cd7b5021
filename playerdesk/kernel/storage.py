"""Where the bytes of attachments lie: a folder by default, S3-compatible storage by setting."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from obstore.store import S3Store

from playerdesk.kernel.settings import Settings

log = structlog.get_logger("files")


class Storage(Protocol):
    """Keys are our own random ids; a key is written once and never changed."""

    async def put(self, key: str, content: bytes) -> None:
        """When it returns, the bytes survive a power cut."""
        ...

    async def get(self, key: str) -> bytes | None: ...

    async def delete(self, key: str) -> None:
        """Deleting what is not there is fine."""
        ...

    def keys(self, before: datetime) -> AsyncIterator[str]:
        """Everything that was written before this moment."""
        ...


class Folder:
    """`<data>/files/ab/cd/<id>`; a file is either whole or not there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, key: str, content: bytes) -> None:
        await asyncio.to_thread(self._put, key, content)

    async def get(self, key: str) -> bytes | None:
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def keys(self, before: datetime) -> AsyncIterator[str]:
        for path in await asyncio.to_thread(lambda: sorted(self.root.glob("??/??/*"))):
            try:
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue
            if written < before:
                yield path.name

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / key[2:4] / key

    def _put(self, key: str, content: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{key}.{secrets.token_hex(4)}.part")
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        self._sync(path.parent)

    @staticmethod
    def _sync(folder: Path) -> None:
        """The name of a file is in its folder, which has to reach the disk too."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Bucket:
    """S3-compatible storage (AWS, MinIO, OSS, COS …) through obstore."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def put(self, key: str, content: bytes) -> None:
        await self._store.put_async(key, content)

    async def get(self, key: str) -> bytes | None:
        try:
            found = await self._store.get_async(key)
        except FileNotFoundError:
            return None
        return bytes(await found.bytes_async())

    async def delete(self, key: str) -> None:
        try:
            await self._store.delete_async(key)
        except FileNotFoundError:
            return

    async def keys(self, before: datetime) -> AsyncIterator[str]:
        async for batch in self._store.list(chunk_size=500):
            for entry in batch:
                if entry["last_modified"] < before:
                    yield str(entry["path"]).rsplit("/", 1)[-1]


async def open_storage(settings: Settings) -> Storage:
    """What the settings say."""
    if settings.storage == "disk":
        await asyncio.to_thread((settings.data_dir / "files").mkdir, parents=True, exist_ok=True)
        return Folder(settings.data_dir / "files")
    address = urlsplit(settings.storage)
    options: dict[str, Any] = {
        "region": settings.s3_region or "us-east-1",
        "endpoint": settings.s3_endpoint,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key,
    }
    plain = (settings.s3_endpoint or "").startswith("http://")
    return Bucket(
        S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            client_options={"allow_http": plain, "timeout": "30s"},
            **{name: value for name, value in options.items() if value is not None},
        )
    )
