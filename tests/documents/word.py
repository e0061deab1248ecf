"""Read a Word file as its paragraphs, and make a copy that lacks one."""

import io
import re
import zipfile

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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


def squeezed(words: str) -> str:
    """The words without white space."""
    return re.sub(r"\s", "", words)
