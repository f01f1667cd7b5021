"""What a file really is, by its content; its name is only believed when the content agrees."""

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath

import msgspec
import puremagic

from playerdesk.kernel.cleaning import clean_line
from playerdesk.kernel.errors import Rejected, Text

IMAGES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
"""Formats we decode and write anew; each with the extension it gets."""

_BY_EXTENSION = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jfif": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp", ".pdf": "application/pdf", ".zip": "application/zip", ".mp4": "video/mp4",
    ".m4v": "video/mp4", ".txt": "text/plain", ".log": "text/plain",
}
_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"mp71", b"MSNV", b"dash"}
# What a browser or a shell would run, however it is called.
_ACTIVE = re.compile(
    r"\s*(<!doctype\s+html|<\?(xml|php)|<(html|head|body|script|svg|iframe|object|embed|math)\b|#!)", re.IGNORECASE
)
_NAME_LENGTH = 100

NOT_ALLOWED = Text(
    zh="不支持这种文件。可以发送图片（png、jpg、gif、webp）、pdf、txt、log、zip 或 mp4。",
    en="This kind of file is not accepted. Send a picture (png, jpg, gif, webp), pdf, txt, log, zip or mp4.",
)
DISGUISED = Text(
    zh="文件内容与扩展名不符，请发送原始文件。",
    en="The file is not what its name says. Please send the original file.",
)
EMPTY = Text(zh="文件是空的，请重新选择。", en="The file is empty. Please choose another one.")


class Kind(msgspec.Struct, frozen=True):
    """A file we accept: its true type, its cleaned name, its content (text is made UTF-8)."""

    media_type: str
    name: str
    content: bytes


def recognise(name: str, content: bytes) -> Kind:
    """Decide by the content; refuse what is empty, active, disguised or unknown."""
    if not content:
        raise refusal("file_empty", EMPTY)
    name = clean_name(name)
    extension = PurePosixPath(name).suffix.lower()
    claimed = _BY_EXTENSION.get(extension)
    if extension and claimed is None:
        raise refusal("file_type_not_allowed", NOT_ALLOWED)
    found = _media_type(content)
    text = None if found else _as_text(content)
    if text is not None and not _ACTIVE.match(text):
        found, content = "text/plain", text.encode()
    if found is None:
        raise refusal("file_disguised" if claimed else "file_type_not_allowed", DISGUISED if claimed else NOT_ALLOWED)
    if claimed and claimed != found and not (claimed in IMAGES and found in IMAGES):
        raise refusal("file_disguised", DISGUISED)
    return Kind(found, _with_extension(name, extension, found), content)


def clean_name(name: str) -> str:
    """No folders, no tricks, no more than 100 characters; the extension survives."""
    name = clean_line(re.split(r"[/\\]", name)[-1]).strip(". ")
    name = re.sub(r'[<>:"|?*\u061c\u200c-\u200f]', "_", name)
    stem, suffix = PurePosixPath(name or "file").stem, PurePosixPath(name).suffix
    return stem[: _NAME_LENGTH - len(suffix)] + suffix[:_NAME_LENGTH]


def refusal(code: str, text: Text) -> Rejected:
    return Rejected(code, text, fields={"file": text})


def _media_type(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content[4:8] == b"ftyp" and content[8:12] in _MP4_BRANDS:
        return "video/mp4"
    if content.startswith(b"PK") and _is_plain_zip(content):
        return "application/zip"
    return None


def _is_plain_zip(content: bytes) -> bool:
    """Programs and documents are zip files too; those were not asked for."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return not names & {"META-INF/MANIFEST.MF", "AndroidManifest.xml", "[Content_Types].xml"}


def _as_text(content: bytes) -> str | None:
    """UTF-8, or the encoding of Chinese Windows; None for binary data."""
    if b"\0" in content or _has_signature(content):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(character < " " and character not in "\t\n\r\f\x1b" for character in text)
        return text if controls * 100 <= len(text) else None
    return None


def _has_signature(content: bytes) -> bool:
    """Known binary formats that happen to decode as text."""
    try:
        guesses = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return False
    return any(guess.confidence >= 0.6 and not guess.mime_type.startswith("text/") for guess in guesses)


def _with_extension(name: str, extension: str, media_type: str) -> str:
    """The right one for pictures (a .png that is a jpeg becomes .jpg); one at all for files that had none."""
    if extension and _BY_EXTENSION[extension] == media_type:
        return name
    stem = name[: -len(extension)] if extension else name
    fallback = {"application/pdf": ".pdf", "application/zip": ".zip", "video/mp4": ".mp4", "text/plain": ".txt"}
    return stem + (IMAGES | fallback)[media_type]
