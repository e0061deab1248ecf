"""What a template says and asks for, so that a change to a Word file can be reviewed as text."""

from collections.abc import Iterator

from engine.documents import inspect, package
from engine.documents.dialect import Use

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def show(content: bytes, *, file: str) -> list[Use]:
    """Every use of a fact in a template, in order, with the text of its paragraph.

    Raises InvalidDefinition for a file that could not be published, unknown names apart.
    """
    return [use for source in inspect.read(package.read(content, file), file) for use in source.uses()]


def paragraphs(content: bytes, *, file: str) -> Iterator[str]:
    """What each paragraph of an issued paper's body and tables says, in order; it was looked through when it came."""
    parts = package.parts(content)
    for paragraph in package.tree(parts[package.DOCUMENT], package.DOCUMENT, file).iter(f"{_WORD}p"):
        yield "".join(map(str, paragraph.itertext(f"{_WORD}t", with_tail=False)))
