"""Photos as phones make them, for the tests: of any size, with a position, turned; and files that only seem to be."""

import random
import struct
import zipfile
import zlib
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw, PngImagePlugin


def photo(
    width: int = 800,
    height: int = 600,
    kind: str = "JPEG",
    *,
    turned: int = 1,
    place: bool = True,
    taken: str = "2026:01:04 09:30:12",
    ground: str = "navy",
) -> bytes:
    """A photo with a red upper left quarter, as the camera saw it; ``turned`` is the orientation in its EXIF.

    ``taken`` is its device's time, empty where that does not tell.
    """
    image = Image.new("RGB", (width, height), ground)
    image.paste("red", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    told = exif.get_ifd(ExifTags.IFD.Exif)
    if taken:
        told[ExifTags.Base.DateTimeOriginal] = taken
    told[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (31.0, 46.0, 48.36)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (119.0, 56.0, 48.84)
        gps[ExifTags.GPS.GPSHPositioningError] = 12.0
    written = BytesIO()
    image.save(written, kind, exif=exif.tobytes())
    return written.getvalue()


def scene(number: int, *, taken: str = "", aside: int = 0) -> bytes:
    """A photo of a board with something around it, another for each ``number``; ``aside`` is a step in pixels."""
    drawn = random.Random(number)
    image = Image.new("RGB", (800, 600), "#78826e")
    brush = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = drawn.randrange(800) - aside, drawn.randrange(600) - aside // 2
        ground = tuple(drawn.randrange(40, 220) for _ in range(3))
        brush.rectangle((x, y, x + drawn.randrange(20, 200), y + drawn.randrange(20, 160)), fill=ground)
    brush.rectangle((240 - aside, 120 - aside // 2, 560 - aside, 480 - aside // 2), fill="#f5f5f0")
    for y in range(144, 460, 11):
        brush.line((264 - aside, y - aside // 2, 264 - aside + drawn.randrange(120, 270), y - aside // 2), "#1e1e1e", 4)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    written = BytesIO()
    image.save(written, "JPEG", quality=92, exif=exif.tobytes())
    return written.getvalue()


def sent_on(content: bytes, quality: int = 55, share: float = 0.5) -> bytes:
    """The photo as a messenger sends it on: smaller, compressed, and without what it told."""
    written = BytesIO()
    with Image.open(BytesIO(content)) as opened:
        opened.resize((int(opened.width * share), int(opened.height * share))).save(written, "JPEG", quality=quality)
    return written.getvalue()


def located(content: bytes) -> bool:
    """Whether a photo tells where it was taken."""
    with Image.open(BytesIO(content)) as opened:
        return bool(opened.getexif().get_ifd(ExifTags.IFD.GPSInfo))


def noisy(width: int, height: int) -> bytes:
    """A JPEG with as much in it as a real scene, about a third of a byte for each pixel."""
    image = Image.effect_noise((width // 8, height // 8), 60).resize((width, height)).convert("RGB")
    written = BytesIO()
    image.save(written, "JPEG", quality=95)
    return written.getvalue()


def bomb() -> bytes:
    """A PNG of some hundred bytes that says it has 2,500 million pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_script() -> bytes:
    """A PNG with a script in a comment."""
    comment = PngImagePlugin.PngInfo()
    comment.add_text("Comment", "<script>alert(1)</script>")
    written = BytesIO()
    Image.new("RGB", (40, 40)).save(written, "PNG", pnginfo=comment)
    return written.getvalue()


def with_archive() -> bytes:
    """A photo behind which a ZIP archive hangs."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "a")
    return photo() + packed.getvalue()
