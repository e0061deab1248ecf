"""Pages as a scanner gives them: turned, blurred, pale and grainy, as JPEG; and papers with one digit changed."""

import io
import random
import re
import zipfile

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from engine.documents import package

_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")


def scanned(page: bytes, seed: random.Random, *, turned: int = 0) -> bytes:
    """The picture of a page as it comes from a scanner, ``turned`` by so many degrees more."""
    with Image.open(io.BytesIO(page)) as opened:
        picture = opened.convert("L")
    white = {"fillcolor": 255, "resample": Image.Resampling.BICUBIC}
    picture = picture.rotate(seed.uniform(-1.2, 1.2), **white)  # type: ignore[arg-type]
    picture = picture.filter(ImageFilter.GaussianBlur(seed.uniform(0.2, 0.9)))
    picture = ImageEnhance.Contrast(picture).enhance(seed.uniform(0.8, 1))
    grain = Image.effect_noise(picture.size, seed.uniform(3, 12))
    picture = ImageChops.add(picture, grain, 1, -128).rotate(turned, expand=True)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=seed.randint(55, 85))
    return written.getvalue()


def altered(word: bytes, seed: random.Random) -> bytes:
    """A Word file with one digit of its text changed."""
    parts = package.parts(word)
    body = parts[package.DOCUMENT].decode()
    places = [
        found.start(1) + at for found in _TEXT.finditer(body) for at, sign in enumerate(found[1]) if sign.isdigit()
    ]
    at = seed.choice(places)
    other = seed.choice([digit for digit in "0123456789" if digit != body[at]])
    parts[package.DOCUMENT] = f"{body[:at]}{other}{body[at + 1 :]}".encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()
