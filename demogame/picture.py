"""A small generated screenshot: sky, hills, a dialog with an error. No font beyond Pillow's own is needed."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFont

SIZE = (540, 304)
SKIES = (
    ((38, 52, 110), (214, 120, 96)),
    ((18, 60, 92), (120, 190, 190)),
    ((60, 30, 84), (226, 160, 120)),
    ((20, 82, 60), (150, 200, 120)),
)


def screenshot(rng: Random, title: str, line: str) -> bytes:
    """Draw a game screen with a message box; texts must be Latin."""
    width, height = SIZE
    top, bottom = rng.choice(SKIES)
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line([(0, y), (width, y)], fill=_mix(top, bottom, share))
    for depth in range(3):
        level = height * (0.55 + 0.15 * depth)
        ridge = [(x, level + rng.uniform(-26, 26)) for x in range(0, width + 60, 60)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=_mix(bottom, (16, 18, 30), 0.4 + 0.2 * depth))
    _head_up(draw, rng)
    draw.rounded_rectangle((120, 92, 420, 212), 12, fill=(24, 26, 38), outline=(210, 180, 110), width=2)
    draw.text((270, 116), title, font=ImageFont.load_default(20), fill=(240, 214, 150), anchor="mm")
    draw.text((270, 148), line, font=ImageFont.load_default(15), fill=(226, 228, 236), anchor="mm")
    draw.rounded_rectangle((225, 172, 315, 200), 8, fill=(182, 60, 52))
    draw.text((270, 186), "OK", font=ImageFont.load_default(15), fill=(255, 255, 255), anchor="mm")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _head_up(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rounded_rectangle((10, 10, 170, 26), 6, fill=(40, 40, 50))
    draw.rounded_rectangle((10, 10, 10 + rng.randint(20, 158), 26), 6, fill=(196, 58, 58))
    draw.rounded_rectangle((10, 30, 140, 42), 5, fill=(40, 40, 50))
    draw.rounded_rectangle((10, 30, 10 + rng.randint(20, 128), 42), 5, fill=(62, 118, 206))
    ping, small = f"{rng.randint(20, 999)} ms", ImageFont.load_default(13)
    draw.text((SIZE[0] - 12, 12), ping, font=small, fill=(230, 230, 230), anchor="ra")


def _mix(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )
