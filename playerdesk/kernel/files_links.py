"""Links to attachments: whoever was given one may open it until it expires; nobody can make one up.

The key is set once when a process starts, because rows become JSON in places that know no database.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from playerdesk.kernel.errors import Forbidden, Text

_STEP = 12 * 3600
_keys: list[bytes] = []

EXPIRED = Text(
    zh="链接已过期，请刷新页面后重试。", en="This link has expired. Reload the page and open the file again."
)


def use_key(key: bytes) -> None:
    """Called once at start with `own_secret(tx, "file links")`."""
    _keys[:] = [key]


def link(file_id: str, *, thumbnail: bool = False, at: float | None = None) -> str:
    """Good for 24 to 36 hours, and the same for 12 hours, so that browsers keep what they loaded."""
    expires = (int(time.time() if at is None else at) // _STEP + 3) * _STEP
    size = "size=thumb&" if thumbnail else ""
    return f"/files/{file_id}?{size}e={expires}&s={_sign(file_id, expires)}"


def check_link(file_id: str, expires: int, signature: str) -> None:
    """Refuses a link that is forged or over."""
    genuine = hmac.compare_digest(_sign(file_id, expires).encode(), signature.encode())
    if not genuine or expires < time.time():
        raise Forbidden("link_expired", EXPIRED)


def linked(attachments: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Attachments as they are stored with a message, made into what a screen needs (FileInfo)."""
    return [
        {
            "id": a["id"], "name": a["name"], "mediaType": a["mediaType"], "size": a["size"],
            "width": a.get("width"), "height": a.get("height"), "url": link(a["id"]),
            "thumbnailUrl": link(a["id"], thumbnail=True) if a.get("hasThumbnail") else None,
        }
        for a in attachments
    ]


def _sign(file_id: str, expires: int) -> str:
    if not _keys:
        raise RuntimeError("files_links.use_key was not called at start")
    mac = hmac.new(_keys[0], f"{file_id}:{expires}".encode(), sha256).digest()
    return urlsafe_b64encode(mac[:16]).decode().rstrip("=")
