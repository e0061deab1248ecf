"""Photos and scans as phones send them: really decoded, turned upright, made small.  Here and in
:mod:`engine.reading_scans` alone is Pillow known.

The original is kept as it came.  What others see is drawn anew from its pixels, so that neither a position nor a
script in it travels on.
"""

import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageOps

# what lies beside the photo in its file is not looked at: a small image in it could show something else
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
#: So many pixels a photo may have: a JPEG is read at a fraction of its size, the others in full; an iPhone makes 48 MP.
_MOST_PIXELS: Mapping[str, int] = {
    "JPEG": 120_000_000, "MPO": 120_000_000, "HEIF": 50_000_000, "PNG": 40_000_000, "WEBP": 40_000_000,
}  # fmt: skip
_TOO_LARGE = "照片的像素太多，打不开；请在相机设置中调低分辨率后重拍。"
#: A photo is stored in a few passes; thousands of them would be read for minutes.
_MOST_PASSES = 200
SCREEN, SMALL = 1600, 320
SMALL_BYTES = 30 * 1024
#: A fingerprint of looks compares so many parts in each of so many rows.
_SIDE = 16
_PDF_TAIL = 4096
#: What a browser, or a program that unpacks, could take for something else than a photo.
_DISGUISED = re.compile(rb"<script|<!doctype html|<\?php |%pdf-1\.", re.IGNORECASE)
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 66_000
#: How each kind of photo begins; an iPhone keeps HEIC, its camera's "高效" format.
_PHOTO = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|....ftyp(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1)", re.DOTALL
)
#: Decoding takes memory: one photo at a time in each process.
_ONE = threading.Lock()


class Unfit(ValueError):
    """Raised for a file that is no photo or scan that can be shown; says in Chinese what to do."""


@dataclass(frozen=True)
class Picture:
    """A photo as others see it: a copy for the screen and a small one, both JPEG, upright and without a position.

    ``taken_at`` is the device's own time and ``latitude``, ``longitude`` (degrees) and ``accuracy`` (metres) its
    position, empty or None where the photo does not tell.  ``looks`` is a fingerprint of what is seen (:func:`_looks`).
    """

    width: int
    height: int
    screen: bytes
    small: bytes
    looks: str = ""
    taken_at: str = ""
    latitude: str = ""
    longitude: str = ""
    accuracy: int | None = None


def read(content: bytes) -> Picture | None:
    """The photo in ``content``, or None for a PDF, which is kept as it is.  Raises Unfit."""
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-_PDF_TAIL:]:
            raise Unfit("PDF 文件不完整；请重新导出后再上传。")
        return None
    _plausible(content)
    with _ONE, warnings.catch_warnings():
        # a tag that is written wrongly is no reason to refuse what it describes
        warnings.simplefilter("ignore")
        try:
            return _decoded(content)
        except Unfit:
            raise
        except Image.DecompressionBombError as error:
            raise Unfit(_TOO_LARGE) from error
        except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
            raise Unfit("照片已损坏或没有传完整，打不开；请重新拍照，或从相册另存后再上传。") from error


def size(content: bytes) -> tuple[int, int]:
    """How many pixels wide and high a copy of ours is."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as opened:
        return opened.size


def grey(content: bytes, longer_side: int) -> Image.Image:
    """The photo in ``content`` upright and in grey, its longer side at most that many pixels.  Raises Unfit."""
    _plausible(content)
    with _ONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _opened(content) as opened:
                opened.draft("L", (longer_side, longer_side))
                upright = _flat(ImageOps.exif_transpose(opened)).convert("L")
        except Image.DecompressionBombError as error:
            raise Unfit(_TOO_LARGE) from error
        except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
            raise Unfit("照片已损坏，打不开。") from error
    upright.thumbnail((longer_side, longer_side), Image.Resampling.LANCZOS)
    return upright


def _opened(content: bytes) -> Image.Image:
    """The photo, not decoded yet.  Raises Unfit for one that would fill the memory."""
    opened = Image.open(BytesIO(content), formats=["JPEG", "HEIF", "PNG", "WEBP"])
    width, height = opened.size
    if width * height > _MOST_PIXELS[opened.format or "PNG"]:
        raise Unfit(_TOO_LARGE)
    if opened.format in {"JPEG", "MPO"} and content.count(b"\xff\xda") > _MOST_PASSES:
        raise Unfit("照片的编码不正常，打不开；请重新拍照后上传。")
    return opened


def _plausible(content: bytes) -> None:
    if content.lstrip()[:1] == b"<":
        raise Unfit("这是网页或 SVG 图形，不是照片；请上传 JPEG、HEIC、PNG、WebP 照片或 PDF 扫描件。")
    if not _PHOTO.match(content):
        raise Unfit("不是照片；请上传 JPEG、HEIC、PNG、WebP 照片或 PDF 扫描件，其他格式请先另存。")
    if _DISGUISED.search(content) or _ZIP_END in content[-_ZIP_TAIL:]:
        raise Unfit("照片里夹带了脚本、网页或压缩包，不能保存；请用手机重新拍照后上传。")


def _decoded(content: bytes) -> Picture:
    with _opened(content) as opened:
        width, height = opened.size
        told = _told(opened)
        opened.draft("RGB", (SCREEN, SCREEN))
        # a damaged photo fails here, and not when somebody wants to see it
        opened.load()
        upright = _flat(ImageOps.exif_transpose(opened))
        if opened.getexif().get(ExifTags.Base.Orientation) in {5, 6, 7, 8}:
            width, height = height, width
    upright.thumbnail((SCREEN, SCREEN), Image.Resampling.LANCZOS)
    screen, looks = _jpeg(upright, 82), _looks(upright)
    upright.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    small = next(one for quality in (75, 60, 45, 30, 15) if len(one := _jpeg(upright, quality)) <= SMALL_BYTES)
    return Picture(width, height, screen, small, looks, **told)


def _looks(upright: Image.Image) -> str:
    """256 bits in hexadecimal: whether each part of a photo is lighter than the one beside it (a difference hash).

    A copy that was sent on, compressed or made smaller has nearly the same bits; a photo that was taken anew has not.
    """
    grey = upright.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.BOX)
    at = grey.tobytes()
    rows = [at[start : start + _SIDE + 1] for start in range(0, len(at), _SIDE + 1)]
    bits = "".join("1" if row[x] > row[x + 1] else "0" for row in rows for x in range(_SIDE))
    return f"{int(bits, 2):0{_SIDE * _SIDE // 4}x}"


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white as on paper."""
    if image.mode in {"RGB", "L"}:
        return image.copy()
    over = image.convert("RGBA")
    paper = Image.new("RGB", over.size, "white")
    paper.paste(over, mask=over.getchannel("A"))
    return paper


def _jpeg(image: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


def _told(image: Image.Image) -> dict[str, Any]:
    """What the device wrote into the photo; what cannot be read was not told."""
    try:
        exif = image.getexif()
        tags, position = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, EOFError, ZeroDivisionError):
        return {}
    return {"taken_at": _moment(tags), **dict(_position(position))}


def _moment(tags: Mapping[int, Any]) -> str:
    """``2026-01-04T09:30:12``, with the offset where the device told one."""
    at = str(tags.get(ExifTags.Base.DateTimeOriginal) or "").strip("\0 ")
    offset = str(tags.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\0 ")
    try:
        moment = datetime.strptime(at, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the device's own time, as it says it
    except ValueError:
        return ""
    return moment.isoformat() + (offset if re.fullmatch(r"[+-]\d\d:\d\d", offset) else "")


def _position(tags: Mapping[int, Any]) -> Iterator[tuple[str, Any]]:
    gps = ExifTags.GPS
    latitude = _degrees(tags.get(gps.GPSLatitude), tags.get(gps.GPSLatitudeRef) == "S", 90)
    longitude = _degrees(tags.get(gps.GPSLongitude), tags.get(gps.GPSLongitudeRef) == "W", 180)
    if not latitude or not longitude:
        return
    yield from (("latitude", latitude), ("longitude", longitude))
    accuracy = _number(tags.get(gps.GPSHPositioningError))
    if accuracy is not None and 0 <= accuracy < 1_000_000:
        yield "accuracy", round(accuracy)


def _degrees(parts: Any, negative: bool, most: int) -> str:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return ""
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return ""
    whole, minutes, seconds = (number or Decimal(0) for number in numbers)
    found = (whole + minutes / 60 + seconds / 3600).quantize(Decimal("0.000001"))
    return str(-found if negative else found) if 0 <= found <= most else ""


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(int(value.numerator)) / Decimal(int(value.denominator))
    except (AttributeError, TypeError, ValueError, InvalidOperation, ZeroDivisionError, OverflowError):
        return None
    return number if number.is_finite() else None
