"""GET /files/{id}: attachments, served so that a browser never runs anything in them."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from playerdesk.kernel.database import Database
from playerdesk.kernel.errors import NotFound, Text
from playerdesk.kernel.files import GONE, FileInfo, Files, StoredFile
from playerdesk.kernel.files_kinds import IMAGES, refusal
from playerdesk.kernel.files_links import check_link
from playerdesk.kernel.http import public

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}
_ROOM_FOR_THE_FORM = 64 * 1024

NO_FILE = Text(zh="请在表单字段 file 中上传一个文件。", en="Send one file in the form field “file”.")


Asked = Callable[[Any, StoredFile, bool, bool], Awaitable[None]]


async def _nobody(_scope: Any, _file: StoredFile, _whole: bool, _staff: bool) -> None: ...


def file_routes(database: Database, files: Files, ask: Asked = _nobody) -> HTTPRouteHandler:
    """The route, bound to this installation's attachments.

    `ask(scope, file, whole, staff)` is asked before each is given out: `staff` is whether the link was made for staff.
    """

    @get("/files/{file_id:str}", guards=[public], operation_id="getFile", include_in_schema=False)
    async def get_file(
        request: Request[Any, Any, Any],
        file_id: FromPath[str], e: FromQuery[int] = 0, s: FromQuery[str] = "", size: FromQuery[str] = "",
        staff: FromQuery[str] = "",
    ) -> Response[bytes]:
        if not file_id.isalnum():
            raise NotFound("file_not_found", GONE)
        for_staff = staff == "1"
        check_link(file_id, "staff" if for_staff else "player", e, s)
        thumbnail = size == "thumb"
        async with database.reading() as reader:
            row = await files.find(reader, file_id, thumbnail=thumbnail)
        # What a file is never changes; whether it may be seen does, so staff's browsers ask each time and are told "the same".
        tag = f'"{file_id}{"-thumb" if thumbnail else ""}"'
        known = tag in request.headers.get("if-none-match", "")
        await ask(request.scope, row, not thumbnail and not known, for_staff)
        left = max(0, e - int(time.time()))
        kept = {"ETag": tag, "Cache-Control": "private, no-cache" if for_staff else f"private, max-age={left}, immutable"}
        if known:
            return Response(b"", status_code=304, headers=_HEADERS | kept)
        content = await files.content(file_id, thumbnail=thumbnail)
        media_type = "image/webp" if thumbnail else row.media_type
        headers = _HEADERS | kept | {"Content-Disposition": disposition(row.name, inline=row.media_type in IMAGES)}
        return Response(content, media_type=media_type, headers=headers)

    return get_file


async def receive(request: Request[Any, Any, Any], database: Database, files: Files, owner: str) -> FileInfo:
    """Take in the upload of a multipart request; its route needs `request_max_body_size=body_limit(files)`."""
    form = await request.form()
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise refusal("file_missing", NO_FILE)
    return await files.save(database, upload.filename or "file", _chunks(upload), owner)


def body_limit(files: Files) -> int:
    """A little more than the largest file, so that our own words say what is wrong with a larger one."""
    return files.most_bytes + _ROOM_FOR_THE_FORM


def disposition(name: str, *, inline: bool) -> str:
    """The name for old browsers in ASCII, for all others in UTF-8 (RFC 6266, RFC 5987)."""
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _chunks(upload: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await upload.read(1 << 16):
        yield chunk
