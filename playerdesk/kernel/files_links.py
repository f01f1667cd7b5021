"""Links to attachments: nobody can make one up, each ends, and each says for whom it was made.

A player's link opens the file to whoever holds it, for minutes; her page is given new ones while it is open. A
colleague's opens nothing without a session of this desk (`app/downloads.py` asks for it).

The key is set once when a process starts, because rows become JSON in places that know no database.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Literal

from playerdesk.kernel.errors import Forbidden, Text

Reader = Literal["player", "staff"]

_STEP: dict[Reader, int] = {"player": 15 * 60, "staff": 12 * 3600}
_keys: list[bytes] = []

EXPIRED = Text(
    zh="链接已过期，请刷新页面后重试。", en="This link has expired. Reload the page and open the file again."
)


def use_key(key: bytes) -> None:
    """Called once at start with `own_secret(tx, "file links")`."""
    _keys[:] = [key]


def link(file_id: str, reader: Reader, *, thumbnail: bool = False, at: float | None = None) -> str:
    """The same for a while, so that browsers keep what they loaded, and good for one to two of those whiles."""
    step = _STEP[reader]
    expires = (int(time.time() if at is None else at) // step + 2) * step
    size = "size=thumb&" if thumbnail else ""
    staff = "staff=1&" if reader == "staff" else ""
    return f"/files/{file_id}?{size}{staff}e={expires}&s={_sign(file_id, expires, reader)}"


def check_link(file_id: str, reader: Reader, expires: int, signature: str) -> None:
    """Refuses a link that is forged, over, or was made for others."""
    genuine = hmac.compare_digest(_sign(file_id, expires, reader).encode(), signature.encode())
    if not genuine or expires < time.time():
        raise Forbidden("link_expired", EXPIRED)


def linked(attachments: Iterable[Mapping[str, Any]], reader: Reader) -> list[dict[str, Any]]:
    """Attachments as they are stored with a message, made into what a screen needs (FileInfo)."""
    return [
        {
            "id": a["id"], "name": a["name"], "mediaType": a["mediaType"], "size": a["size"],
            "width": a.get("width"), "height": a.get("height"), "url": link(a["id"], reader),
            "thumbnailUrl": link(a["id"], reader, thumbnail=True) if a.get("hasThumbnail") else None,
        }
        for a in attachments
    ]


def _sign(file_id: str, expires: int, reader: Reader) -> str:
    if not _keys:
        raise RuntimeError("files_links.use_key was not called at start")
    mac = hmac.new(_keys[0], f"{file_id}:{expires}:{reader}".encode(), sha256).digest()
    return urlsafe_b64encode(mac[:16]).decode().rstrip("=")
