"""Pictures are decoded and written anew: what a phone noted (place, device) and what a hoaxer hid is gone."""

from io import BytesIO
from typing import Any

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from playerdesk.kernel.errors import Text
from playerdesk.kernel.files_kinds import refusal

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_MODES = {
    "JPEG": ("RGB", "L"), "WEBP": ("RGB", "RGBA"), "GIF": ("P", "L", "RGB"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"),
}
_MOST_PIXELS = 50_000_000
"""A photo of a good phone; more is a bomb or a poster."""
_MOST_MOVING_PIXELS = 100_000_000
_MOST_FRAMES = 200
_THUMBNAIL = 320

BROKEN = Text(zh="图片已损坏，无法打开，请重新截图。", en="The picture is damaged and cannot be opened. Please take it again.")
TOO_BIG = Text(
    zh="图片的像素太多，请缩小后再发送。", en="The picture has too many pixels. Please send a smaller version."
)


class Picture(msgspec.Struct, frozen=True):
    """A clean copy and its thumbnail (WebP, at most 320 pixels wide or high)."""

    content: bytes
    width: int
    height: int
    thumbnail: bytes


def rewrite(content: bytes, media_type: str) -> Picture:
    """Blocks; run it in a thread."""
    kind = _FORMATS[media_type]
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise refusal("picture_too_big", TOO_BIG)
            if _moves(image):
                return _rewrite_moving(image, kind)
            image.load()
            still = ImageOps.exif_transpose(image)
            return Picture(_encode_still(still, kind), still.width, still.height, _thumbnail(still))
    except Image.DecompressionBombError:
        raise refusal("picture_too_big", TOO_BIG) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError):
        raise refusal("picture_broken", BROKEN) from None


def _moves(image: Image.Image) -> bool:
    """Whether to keep the animation; one that is too long becomes its first frame."""
    frames = int(getattr(image, "n_frames", 1))
    reasonable = frames <= _MOST_FRAMES and frames * image.width * image.height <= _MOST_MOVING_PIXELS
    return frames > 1 and reasonable and image.format in {"GIF", "WEBP"}


def _rewrite_moving(image: Image.Image, kind: str) -> Picture:
    out = BytesIO()
    loop = int(image.info.get("loop", 0))
    nothing: dict[str, Any] = {"comment": b"", "exif": b"", "xmp": b"", "icc_profile": b""}
    image.save(out, kind, save_all=True, loop=loop, quality=80, **nothing)
    width, height = image.size
    image.seek(0)
    return Picture(out.getvalue(), width, height, _thumbnail(image))


def _encode_still(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    bare = _bare(image, kind)
    if kind == "JPEG":
        bare.save(out, kind, quality=88, optimize=True)
    elif kind == "WEBP":
        bare.save(out, kind, quality=85)
    else:
        bare.save(out, kind)
    return out.getvalue()


def _bare(image: Image.Image, kind: str) -> Image.Image:
    """Pixels only: no EXIF, no comments, no text chunks ride along."""
    transparent = "A" in image.getbands() or "transparency" in image.info
    if image.mode not in _MODES[kind]:
        image = image.convert("RGBA" if transparent and kind != "JPEG" else "RGB")
    bare = image.copy()
    bare.info = {}
    if "transparency" in image.info and kind in {"PNG", "GIF"}:
        bare.info["transparency"] = image.info["transparency"]
    return bare


def _thumbnail(image: Image.Image) -> bytes:
    small = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    small.info = {}
    out = BytesIO()
    small.save(out, "WEBP", quality=75)
    return out.getvalue()
