"""The built clients: the workspace at /, the player's widget at /widget/, the interfaces at /schema/."""

import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio

from playerdesk.kernel.settings import Settings

_TYPES = {
    ".html": b"text/html; charset=utf-8", ".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml", ".png": b"image/png", ".webp": b"image/webp", ".woff2": b"font/woff2",
    ".json": b"application/json", ".ico": b"image/x-icon", ".webmanifest": b"application/manifest+json",
    ".map": b"application/json",
}

# The workspace is never framed; the widget is, by any game's page, but runs nothing from elsewhere.
_COMMON = "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; object-src 'none'"  # noqa: E501
_AGENT_POLICY = f"{_COMMON}; frame-ancestors 'none'; frame-src 'self'"
_WIDGET_POLICY = f"{_COMMON}; frame-ancestors *".encode()

_FOREVER = b"public, max-age=31536000, immutable"
_ASK_AGAIN = b"no-cache"
_ELSEWHERE = ("/agent/", "/player/v1/", "/game/", "/files/")
_PLAIN = {"/healthz", "/readyz", "/metrics", "/schema/openapi.json"}
_MOUNTED = {"widget": "player", "schema": "schema"}

_COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".webmanifest"}

_NOT_BUILT = """<!doctype html><meta charset=utf-8><title>PlayerDesk</title>
<p>客户端还没有构建，请运行 <code>make clients</code>。</p><p>The clients are not built yet: run <code>make clients</code>.</p>"""


class Pages:
    """Serves files from the package; anything that is not one is a page of the workspace."""

    def __init__(
        self, root: Path, settings: Settings, frame_origins: Callable[[], Awaitable[list[str]]] | None = None
    ) -> None:
        """`frame_origins`: whose pages may be embedded in the workspace, beside a ticket."""
        self._frame_origins = frame_origins
        self.root = root
        self.settings = settings
        self._kept: dict[Path, bytes] = {}
        self._gzipped: dict[bytes, bytes] = {}

    def serves(self, scope: Any) -> bool:
        path = scope["path"]
        return scope["method"] in ("GET", "HEAD") and not path.startswith(_ELSEWHERE) and path not in _PLAIN

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        if path == "/widget":
            await _redirect(send, b"/widget/")
            return
        first, _, rest = path[1:].partition("/")
        client = _MOUNTED.get(first, "agent")
        if client == "agent":
            rest = path[1:]
        content, name, status = await self._find(client, rest)
        headers = self._headers(client, name, path)
        if name.endswith(".html"):
            headers.append((b"content-security-policy", await self._policy(client)))
        if Path(name).suffix in _COMPRESSED and _takes_gzip(scope):
            content = self._compressed(content)
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", str(len(content)).encode()))
        body = b"" if scope["method"] == "HEAD" else content
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _policy(self, client: str) -> bytes:
        if client == "player":
            return _WIDGET_POLICY
        try:
            origins = await self._frame_origins() if self._frame_origins is not None else []
        except Exception:  # noqa: BLE001 -- the page comes without a database, too, and then embeds nothing
            origins = []
        return " ".join([_AGENT_POLICY, *origins]).encode()

    def _compressed(self, content: bytes) -> bytes:
        """Each content is compressed once a process; there are few, and a cheap phone waits for the bytes."""
        known = self._gzipped.get(content)
        if known is None:
            known = self._gzipped[content] = gzip.compress(content, 9, mtime=0)
        return known

    async def _find(self, client: str, rest: str) -> tuple[bytes, str, int]:
        folder = (self.root / client).resolve()
        wanted = (folder / (rest or "index.html")).resolve()
        if not wanted.is_relative_to(folder):
            return b"", "none.html", 404
        if (content := await self._read(wanted)) is not None:
            return content, wanted.name, 200
        if "." in wanted.name:
            return b"", "none.html", 404
        page = await self._read(folder / "index.html")
        return (_NOT_BUILT.encode(), "index.html", 503) if page is None else (page, "index.html", 200)

    async def _read(self, path: Path) -> bytes | None:
        if path in self._kept:
            return self._kept[path]
        file = anyio.Path(path)
        if not await file.is_file():
            return None
        content = await file.read_bytes()
        if "assets" in path.parts:  # hashed names never change their content
            self._kept[path] = content
        return content

    def _headers(self, client: str, name: str, path: str) -> list[tuple[bytes, bytes]]:
        hashed = "/assets/" in path
        headers = [
            (b"content-type", _TYPES.get(Path(name).suffix, b"application/octet-stream")),
            (b"vary", b"accept-encoding"),
            (b"cache-control", _FOREVER if hashed else _ASK_AGAIN),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]
        if path == "/widget/v1.js":
            headers.append((b"access-control-allow-origin", b"*"))
        return headers


async def _redirect(send: Any, to: bytes) -> None:
    """The widget's own links are relative to its folder."""
    await send({"type": "http.response.start", "status": 308, "headers": [(b"location", to), (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _takes_gzip(scope: Any) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
