"""Photos of the demo: a notice on a wall or a thing in a plant room, drawn, each another one."""

import random
from datetime import datetime
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw

_SIZE = (480, 360)
_WALLS = ("#8b8f86", "#a59a87", "#7d868c", "#94897b", "#6f7d74", "#9d9f9a")
_INK, _PAPER, _SEAL, _FRAME = "#26282b", "#f4f2ea", "#b3342d", "#5c4632"


def notice(seed: random.Random, taken: datetime) -> bytes:
    """A notice with its seal on a board, with what hangs around it."""
    image, brush = _wall(seed)
    left, top = seed.randrange(110, 190), seed.randrange(24, 60)
    wide, high = seed.randrange(170, 210), seed.randrange(230, 270)
    brush.rectangle((left - 14, top - 14, left + wide + 14, top + high + 14), fill=_FRAME)
    brush.rectangle((left, top, left + wide, top + high), fill=_PAPER)
    brush.rectangle((left + wide // 4, top + 14, left + wide * 3 // 4, top + 26), fill=_INK)
    for y in range(top + 42, top + high - 56, 10):
        brush.line((left + 16, y, left + wide - 16 - seed.randrange(50), y), _INK, 3)
    x, y = left + wide - seed.randrange(60, 72), top + high - seed.randrange(58, 70)
    brush.ellipse((x, y, x + 44, y + 44), outline=_SEAL, width=4)
    return _written(image, taken)


def thing(seed: random.Random, taken: datetime) -> bytes:
    """A thing that was handed over, or the place where it is missing."""
    image, brush = _wall(seed)
    for _ in range(seed.randrange(3, 6)):
        x, y = seed.randrange(380), seed.randrange(80, 260)
        wide, high = seed.randrange(50, 120), seed.randrange(60, 200)
        brush.rectangle((x, y, x + wide, y + high), fill=_shade(seed), outline=_INK, width=3)
        brush.ellipse((x + wide // 3, y + 12, x + wide // 3 + 24, y + 36), outline=_PAPER, width=4)
    return _written(image, taken)


def _wall(seed: random.Random) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", _SIZE, seed.choice(_WALLS))
    brush = ImageDraw.Draw(image)
    for _ in range(22):
        x, y = seed.randrange(-40, 480), seed.randrange(-40, 360)
        brush.rectangle((x, y, x + seed.randrange(30, 150), y + seed.randrange(30, 130)), fill=_shade(seed))
    return image, brush


def _shade(seed: random.Random) -> tuple[int, int, int]:
    grey = seed.randrange(50, 200)
    return grey, max(0, grey - seed.randrange(20)), max(0, grey - seed.randrange(40))


def _written(image: Image.Image, taken: datetime) -> bytes:
    exif = Image.Exif()
    told = exif.get_ifd(ExifTags.IFD.Exif)
    told[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    told[ExifTags.Base.OffsetTimeOriginal] = f"{taken:%z}"[:3] + ":00"
    written = BytesIO()
    image.save(written, "JPEG", quality=72, exif=exif.tobytes())
    return written.getvalue()
