"""Read a Word file as its paragraphs, and make a copy that lacks one."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import zxingcpp
from docx import Document
from docx.document import Document as DocxDocument
from docx.shared import Pt
from lxml import etree
from PIL import Image

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{([^{}]*)\}?\}?")
_TEXT_PART = re.compile(r"word/(document|header\d*|footer\d*)\.xml")


def paragraphs(content: bytes) -> list[str]:
    """The text of every paragraph of body, tables, headers and footers, in order; line breaks as ``\\n``."""
    return [text(paragraph) for root in parts(content).values() for paragraph in root.iter(f"{_W}p")]


def parts(content: bytes) -> dict[str, etree._Element]:
    """The parts that print, by name, the body first."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = sorted(name for name in archive.namelist() if _TEXT_PART.fullmatch(name))
    return {name: etree.fromstring(archive.read(name)) for name in names}


def text(paragraph: etree._Element) -> str:
    """What a paragraph says."""
    return "".join(
        "\n" if element.tag == f"{_W}br" else element.text or "" for element in paragraph.iter(f"{_W}t", f"{_W}br")
    )


def codes(content: bytes) -> list[bytes]:
    """The pictures of codes, in the order of the copies that show them."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = [name for name in archive.namelist() if re.fullmatch(r"word/media/code\d*\.png", name)]
    return [archive.read(name) for name in names]


def scanned(picture: bytes) -> str:
    """What the one code on a picture holds."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return found.text


def replaced(content: bytes, old: str, new: str) -> bytes:
    """A copy in which the parts that print say ``new`` for ``old``."""
    source, saved = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, part.replace(old.encode(), new.encode()) if _TEXT_PART.fullmatch(name) else part)
    return saved.getvalue()


def without(content: bytes, words: str) -> bytes:
    """A copy in which every paragraph that says ``words`` is empty; white space does not matter."""
    source = zipfile.ZipFile(io.BytesIO(content))
    saved = io.BytesIO()
    changed = parts(content)
    with zipfile.ZipFile(saved, "w") as archive:
        for name in source.namelist():
            for paragraph in changed[name].iter(f"{_W}p") if name in changed else ():
                if squeezed(words) in squeezed(text(paragraph)):
                    for run in paragraph.findall(f"{_W}r"):
                        paragraph.remove(run)
            archive.writestr(name, etree.tostring(changed[name]) if name in changed else source.read(name))
    return saved.getvalue()


def rewritten(content: bytes, change: Callable[[str], str]) -> bytes:
    """A copy in which the text of each paragraph is changed; a changed one is one run, looking as its first did."""
    source, saved, changed = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO(), parts(content)
    with zipfile.ZipFile(saved, "w") as archive:
        for name in source.namelist():
            for paragraph in changed[name].iter(f"{_W}p") if name in changed else ():
                texts = [*paragraph.iter(f"{_W}t")]
                said = "".join(node.text or "" for node in texts)
                if texts and change(said) != said:
                    for node in texts:
                        node.text = ""
                    texts[0].text = change(said)
            archive.writestr(
                name, etree.tostring(changed[name], encoding="utf-8") if name in changed else source.read(name)
            )
    return saved.getvalue()


def as_printed(says: str, record: Mapping[str, Any]) -> re.Pattern[str]:
    """What a paper says for these words, squeezed: facts by the recorded value, rows of a list by anything printed."""
    parts, last = [], 0
    for tag in _TAG.finditer(says):
        value = record.get(tag[1].strip(), {}).get("value")
        parts += [re.escape(squeezed(says[last : tag.start()]))]
        parts += [re.escape(squeezed(value)) if isinstance(value, str) else r"\S+?"]
        last = tag.end()
    return re.compile("".join([*parts, re.escape(squeezed(says[last:]))]))


def squeezed(words: str) -> str:
    """The words without white space."""
    return re.sub(r"\s", "", words)


def blank() -> DocxDocument:
    """A new file, its lines of fixed height as a template's have to be."""
    made = Document()
    made.styles["Normal"].paragraph_format.line_spacing = Pt(28)
    return made
