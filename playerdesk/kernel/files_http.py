"""GET /files/{id}: attachments, served so that a browser never runs anything in them."""

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
    "Cache-Control": "private, max-age=43200, immutable",
}
_ROOM_FOR_THE_FORM = 64 * 1024

NO_FILE = Text(zh="请在表单字段 file 中上传一个文件。", en="Send one file in the form field “file”.")


async def _nobody(_scope: Any, _file: StoredFile, _whole: bool) -> None: ...


def file_routes(
    database: Database, files: Files, tell: Callable[[Any, StoredFile, bool], Awaitable[None]] = _nobody
) -> HTTPRouteHandler:
    """The route, bound to this installation's attachments; `tell(scope, file, whole)` is asked before each is given out."""

    @get("/files/{file_id:str}", guards=[public], operation_id="getFile", include_in_schema=False)
    async def get_file(
        request: Request[Any, Any, Any],
        file_id: FromPath[str], e: FromQuery[int] = 0, s: FromQuery[str] = "", size: FromQuery[str] = "",
    ) -> Response[bytes]:
        if not file_id.isalnum():
            raise NotFound("file_not_found", GONE)
        check_link(file_id, e, s)
        thumbnail = size == "thumb"
        async with database.reading() as reader:
            row, content = await files.load(reader, file_id, thumbnail=thumbnail)
        await tell(request.scope, row, not thumbnail)
        media_type = "image/webp" if thumbnail else row.media_type
        headers = _HEADERS | {"Content-Disposition": disposition(row.name, inline=row.media_type in IMAGES)}
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
