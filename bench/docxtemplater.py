"""npm ``docxtemplater`` on the shipped templates: the same paper, written from the same facts.

Its tags are others, so that a template is made for it first: ours, rendered with a tag for each printed fact.  Every
branch is then taken and every row there, which spares it the conditions and loops that ours works out each time.  The
code of the paper it draws itself, where ours does.
"""

import io
import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import zxingcpp
from lxml import etree
from markupsafe import Markup
from PIL import Image

from bench import npm
from engine.documents import code, package
from engine.documents.facts import Facts
from engine.documents.render import Compiled

_PEER = Path(__file__).with_suffix(".mjs")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    return npm.missing("docxtemplater") or npm.missing("lean-qr")


def seconds(compiled: Compiled, facts: Facts, rounds: int, times: int) -> list[float]:
    """Seconds that it takes for a document, by round.  Raises RuntimeError when it writes another paper than ours."""
    given = _Tagged()
    tagged = compiled.render(Facts({name: given.of(value) for name, value in facts.values.items()}, facts.sources))
    with TemporaryDirectory() as folder:
        template, made, question = (Path(folder) / name for name in ("template.docx", "made.docx", "given.json"))
        template.write_bytes(tagged)
        asked = {"template": str(template), "made": str(made), "values": given.values, "rounds": rounds, "times": times}
        place = compiled.place
        parts = sorted(place.parts) if place else []
        asked["code"] = {"text": place.holds(facts) if place else "", "parts": parts, "mask": code.MASK}
        question.write_text(json.dumps(asked))
        command = [npm.node(), str(_PEER), str(question), str(npm.MODULES)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        check(made.read_bytes(), compiled.render(facts), parts)
    found: list[float] = json.loads(done.stdout)
    return found


class _Tag(str):
    """A printed fact that conditions see as it is, and that prints its tag."""

    tag: str

    def __str__(self) -> str:
        return "{" + self.tag + "}"

    def __html__(self) -> str:
        return Markup(str(self))

    def __bool__(self) -> bool:
        return self.holds

    holds: bool


class _Tagged:
    """The same facts, each with a tag; ``values`` are the facts by their tags."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        if isinstance(value, SimpleNamespace):
            return SimpleNamespace(**{name: self.of(one) for name, one in vars(value).items()})
        if isinstance(value, list):
            return [self.of(one) for one in value]
        if isinstance(value, Mapping):
            return {name: self.of(one) for name, one in value.items()}
        if type(value).__name__ == "Codes" or not isinstance(value, str):
            return value
        made = _Tag(value)
        made.tag, made.holds = f"v{len(self.values)}", bool(value)
        self.values[made.tag] = value
        return made


def check(theirs: bytes, ours: bytes, pictures: Iterable[str]) -> None:
    """Raises RuntimeError unless a peer's paper says the same as ours, its codes too."""
    if _says(theirs) != _says(ours):
        raise RuntimeError("a peer writes another paper")
    if any(_held(theirs, part) != _held(ours, part) for part in pictures):
        raise RuntimeError("a peer draws another code")


def _held(content: bytes, part: str) -> list[str]:
    """What the codes of a picture hold."""
    with Image.open(io.BytesIO(package.parts(content)[part])) as picture:
        return [one.text for one in zxingcpp.read_barcodes(picture.convert("L"))]


def _says(content: bytes) -> list[str]:
    """The text of each paragraph of the body; a line break is one."""
    body = etree.fromstring(package.parts(content)[package.DOCUMENT])
    return [
        "".join("\n" if one.tag == f"{_W}br" else one.text or "" for one in paragraph.iter(f"{_W}t", f"{_W}br"))
        for paragraph in body.iter(f"{_W}p")
    ]
