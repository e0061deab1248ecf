"""What is wrong in a Word template, so that whoever edits it finds the place: part, paragraph, tag."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.errors import InvalidDefinition

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARTS = {"document": "正文", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注", "core": "文件属性", "app": "文件属性"}  # fmt: skip # noqa: E501
#: Where a tag begins.
START = re.compile(r"\{[{%]")
_TAG = re.compile(r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|\{[{%][^{}\n]*")
_LONGEST = 60


@dataclass(frozen=True)
class Fault:
    """One thing wrong: in which part, in which paragraph with its text, which tag.

    The first paragraph of a part is 1; 0 where it is none.
    """

    part: str
    said: str
    paragraph: int = 0
    text: str = ""
    tag: str = ""

    @property
    def place(self) -> str:
        """Where it is, as a person looks for it."""
        named = title(self.part)
        return f"{named}第 {self.paragraph} 段" if self.paragraph else named

    def refusal(self, file: str) -> InvalidDefinition:
        """The same as what stops a template from being published."""
        where = f"在{self.place}" if self.paragraph else ""
        shown = f"“{self.text}”" if self.text else ""
        ends = f"（{where}{shown}）" if where or shown else ""
        return InvalidDefinition(file, self.tag or self.part, f"{self.said.removesuffix('。')}{ends}。")

    def record(self) -> dict[str, str | int]:
        """As plain values, for a child process to tell and the store to keep; read again by ``Fault(**record)``."""
        return {"part": self.part, "said": self.said, "paragraph": self.paragraph, "text": self.text, "tag": self.tag}


def title(part: str) -> str:
    """What a part is called."""
    name = part.rpartition("/")[2].partition(".")[0]
    return _PARTS.get(name.rstrip("0123456789"), part)


@dataclass(frozen=True)
class Places:
    """The paragraphs of a part by their text, and for each tag that begins in it the number of its paragraph."""

    part: str
    texts: Sequence[str]
    tags: Sequence[tuple[int, str]]
    _numbers: Mapping[etree._Element, int]

    @classmethod
    def of(cls, root: etree._Element, part: str) -> "Places":
        """Read a part; a text box counts as paragraphs of its own."""
        paragraphs = [*root.iter(f"{W}p")]
        numbers = {paragraph: number for number, paragraph in enumerate(paragraphs, 1)}
        whole, owners, last = [], [], None
        for text in root.iter(f"{W}t"):
            owner = numbers.get(next(text.iterancestors(f"{W}p"), text), 0)
            # tags do not reach from one paragraph into another
            said = ("\n" if owner != last else "") + (text.text or "")
            whole.append(said)
            owners += [owner] * len(said)
            last = owner
        joined = "".join(whole)
        tags = [(owners[found.start()], tag_at(joined, found.start())) for found in START.finditer(joined)]
        return cls(part, [own_text(paragraph) for paragraph in paragraphs], tags, numbers)

    def fault(self, said: str, element: etree._Element, tag: str = "") -> Fault:
        """A fault in the paragraph that holds the element, or that the element is."""
        holder = element if element in self._numbers else next(element.iterancestors(f"{W}p"), None)
        if holder is None:
            holder = next(element.iter(f"{W}p"), None)
        return self.at(said, 0 if holder is None else self._numbers[holder], tag)

    def at(self, said: str, paragraph: int, tag: str = "") -> Fault:
        """A fault in the paragraph of that number."""
        text = self.texts[paragraph - 1].strip() if paragraph else ""
        return Fault(self.part, said, paragraph, short(text), short(tag))


def own_text(paragraph: etree._Element) -> str:
    """The text of a paragraph without that of text boxes in it."""
    return "".join(
        text.text or "" for text in paragraph.iter(f"{W}t") if next(text.iterancestors(f"{W}p")) is paragraph
    )


def short(text: str) -> str:
    """The beginning of a text that is too long to be shown."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "……"


def tag_at(text: str, start: int) -> str:
    """The tag that begins at this sign, as far as it goes."""
    found = _TAG.match(text, start)
    return found[0].strip() if found else text[start : start + 2]
