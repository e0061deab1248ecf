"""Foot- and endnotes of two Word files side by side: those that stayed are marked inside, like the text.

A note that went, or came, does so with its reference; one that went is taken along for whoever rejects.
"""

from collections.abc import Iterable

from engine.documents import aligning, outlining
from engine.documents.aligning import Text
from engine.documents.marking import Marker
from engine.documents.reading import NOTES, Story, Word
from engine.documents.settling import Element, W

_ID = f"{W}id"
#: The kind of a note, which names its part, and its id.
Note = tuple[str, str]


def meet(before: Word, after: Word) -> list[tuple[Note, Note]]:
    """Which notes of two files are each other's; from now on both files call these the same, whatever they say."""
    mine, theirs = _referred(before), _referred(after)
    pairs = [
        (mine[one], theirs[other])
        for one, other in aligning.align(_texts(before, mine), _texts(after, theirs))
        if one is not None and other is not None
    ]
    for number, (was, now) in enumerate(pairs):
        before.called[was] = after.called[now] = f"第{number}处"
    return pairs


def _texts(word: Word, notes: Iterable[Note]) -> list[Text]:
    said = ((kind, word.notes.get((kind, key), "")) for kind, key in notes)
    return [Text((kind, text), kind, text) for kind, text in said]


def _referred(word: Word) -> list[Note]:
    """The notes that the main text refers to, in order, each once."""
    found = ((NOTES[str(node.tag)], str(node.get(f"{W}id"))) for node in word.body.root.iter(*NOTES))
    return [one for one in dict.fromkeys(found) if word.note(*one) is not None]


def mark(marker: Marker, before: Word, after: Word, stayed: Iterable[tuple[Note, Note]]) -> list[Story]:
    """Mark what changed inside the notes that stayed; returns the new file's parts that hold notes."""
    for was, now in stayed:
        mine, theirs = before.note(*was), after.note(*now)
        old, new = before.noted(was[0]), after.noted(now[0])
        if mine is not None and theirs is not None and outlining.reads(old, mine) != outlining.reads(new, theirs):
            marker.container(mine, theirs, old, new)
    held = [after.noted(kind) for kind in NOTES.values() if after.has(f"word/{kind}.xml")]
    for story in held:
        _in_order(story.root, after)
    return held


def _in_order(root: Element, word: Word) -> None:
    """Put notes in the order of their references and number them so, as Word does; LibreOffice goes by nothing else."""
    kept = [key for kind, key in _referred(word) if root.tag == W + kind]
    notes = {str(one.get(_ID)): one for one in root}
    rest = [one for key, one in notes.items() if key not in kept]
    first = max((int(key) for key in notes if key not in kept and key.isdecimal()), default=0) + 1
    ids = {key: str(number) for number, key in enumerate(kept, start=first)}
    for node in word.body.root.iter(*NOTES):
        if root.tag == W + NOTES[str(node.tag)]:
            node.set(_ID, ids.get(str(node.get(_ID)), str(node.get(_ID))))
    for key in kept:
        notes[key].set(_ID, ids[key])
    root[:] = [*rest, *(notes[key] for key in kept)]
