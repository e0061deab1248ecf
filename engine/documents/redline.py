"""A redline 修订稿: the new Word file with tracked changes, so that accepting all gives it and rejecting all the old.

Words, figures, tables, pictures, automatic numbers, headers, footers and notes are tracked; looks are those of the new
file.  No redline leaves unless both views were read back and agree, and its marks stand in order with ids of their own.
"""

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from engine.documents import noting, orderly, package
from engine.documents.borrowing import Borrower, Unmarked, written
from engine.documents.marking import Marker
from engine.documents.outlining import outline
from engine.documents.package import Archive
from engine.documents.reading import Word
from engine.documents.settling import Element, W

_SETTINGS = "word/settings.xml"
_STORY = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
#: What stands before the switch for tracking among the settings.
_BEFORE_TRACKING = {
    W + name
    for name in (
        "writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
        "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
        "printFractionalCharacterWidth", "printFormsData", "embedTrueTypeFonts", "embedSystemFonts",
        "saveSubsetFonts", "saveFormsData", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader",
        "bordersDoNotSurroundFooter", "gutterAtTop", "hideSpellingErrors", "hideGrammaticalErrors",
        "activeWritingStyle", "proofState", "formsDesign", "attachedTemplate", "linkStyles",
        "stylePaneFormatFilter", "stylePaneSortMethod", "documentType", "mailMerge", "revisionView",
    )
}  # fmt: skip


def make(old: Mapping[str, bytes], new: Mapping[str, bytes], by: str, at: str) -> bytes:
    """The redline between the parts of two Word files; ``by`` and ``at`` (ISO 8601, UTC) stand on every mark.

    Tracked changes that a file brings along count as accepted.  Raises Unmarked, naming what it is, where a change
    cannot be tracked so that both views come out exactly.
    """
    before, after = Word(old), Word(new)
    wanted = outline(before), outline(after)
    stayed = noting.meet(before, after)
    marker = Marker(Borrower(before, after), by, at)
    marker.container(before.body.top, after.body.top, before.body, after.body)
    touched = [after.body]
    for kind, story in after.margins.items():
        if kind in before.margins:
            marker.container(before.margins[kind].root, story.root, before.margins[kind], story)
        else:
            marker.all_new(story)
        touched.append(story)
    touched += noting.mark(marker, before, after, stayed)
    if _disorder([story.root for story in touched], old, new):
        raise Unmarked("修订标记的次序")
    parts = {**new, **{story.name: written(story.root) for story in touched}, **marker.borrower.parts()}
    if _SETTINGS in parts:
        parts[_SETTINGS] = _tracking(parts[_SETTINGS])
    for view, whole, what in (("reject", wanted[0], "原稿"), ("accept", wanted[1], "新稿")):
        if outline(Word(parts, view)) != whole:  # type: ignore[arg-type]
            raise Unmarked(f"{what}中的内容")
    archive = Archive()
    for name, part in parts.items():
        archive.add(name, [part])
    return archive.close()


def _disorder(made: Sequence[Element], old: Mapping[str, bytes], new: Mapping[str, bytes]) -> set[str]:
    """What stands out of order in a redline; what did so already in one of the files is not its doing."""
    found = {*orderly.faults(made)}
    for parts in (old, new) if found else ():
        found -= {*orderly.faults(package.tree(parts[name], name, name) for name in _stories(parts))}
    return found


def _stories(parts: Mapping[str, bytes]) -> list[str]:
    return [name for name in parts if _STORY.fullmatch(name)]


def _tracking(settings: bytes) -> bytes:
    """Settings under which whoever goes on working in the file leaves marks too."""
    root = package.tree(settings, _SETTINGS, _SETTINGS)
    if root.find(f"{W}trackRevisions") is None:
        place = sum(1 for child in root if child.tag in _BEFORE_TRACKING)
        root.insert(place, etree.Element(f"{W}trackRevisions"))
    return written(root)
