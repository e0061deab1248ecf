"""Foot- and endnotes in a redline: tracked like the text, and those that went are there for whoever rejects."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from random import Random

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.documents import package, redline
from engine.documents.reading import NOTES, View, Word
from tests.documents.contracts import CLAUSES, contract, packed, parts
from tests.documents.editing import edited

_AT = "2026-06-01T01:00:00Z"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SINGLE = {"footnotes": "footnote", "endnotes": "endnote"}
_SAID = (
    "依据民法典第九百三十八条。",
    "面积以登记簿为准，共89.97平方米。",
    "本条经业主大会决定。",
    "见附件一，随合同一并签署。",
)
#: A note: on which paragraph its reference stands, and its paragraphs.
Note = tuple[int, Sequence[str]]


def noted(notes: Sequence[Note], kind: str = "footnotes", clauses: Sequence[str] = CLAUSES) -> dict[str, bytes]:
    """A contract with these notes, as Word writes them: two lines that part them from the text, then one by one."""
    return with_notes(parts(contract(clauses)), notes, kind)


def with_notes(found: Mapping[str, bytes], notes: Sequence[Note], kind: str = "footnotes") -> dict[str, bytes]:
    """A file with notes put into it."""
    one, body = _SINGLE[kind], found[package.DOCUMENT].decode()
    paragraphs = body.split("</w:p>")
    for number, (place, _) in enumerate(notes, start=1):
        paragraphs[place % (len(paragraphs) - 1)] += f'<w:r><w:{one}Reference w:id="{number}"/></w:r>'
    made = "".join(
        f'<w:{one} w:id="{number}">'
        + "".join(_paragraph(one, text, first=not at) for at, text in enumerate(texts))
        + f"</w:{one}>"
        for number, (_, texts) in enumerate(notes, start=1)
    )
    lines = f'<w:{one} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{one}>'
    lines += (
        f'<w:{one} w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:{one}>'
    )
    related = f'<Relationship Id="rIdN" Type="{_REL}/{kind}" Target="{kind}.xml"/></Relationships>'
    named = (
        f'<Override PartName="/word/{kind}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/></Types>'
    )
    types, rels = "[Content_Types].xml", "word/_rels/document.xml.rels"
    return {
        **found,
        package.DOCUMENT: "</w:p>".join(paragraphs).encode(),
        types: found[types].replace(b"</Types>", named.encode()),
        rels: found[rels].replace(b"</Relationships>", related.encode()),
        f"word/{kind}.xml": f'<w:{kind} xmlns:w="{_W}">{lines}{made}</w:{kind}>'.encode(),
    }


def _paragraph(one: str, text: str, *, first: bool) -> str:
    sign = f"<w:r><w:{one}Ref/></w:r>" if first else ""
    return f'<w:p>{sign}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def told(content: bytes | Mapping[str, bytes], view: View = "accept") -> list[str]:
    """What the notes say in the order of their references, read by hand under a view."""
    word = Word(content if isinstance(content, Mapping) else parts(content), view)
    return [word.notes[NOTES[str(one.tag)], str(one.get(f"{{{_W}}}id"))] for one in word.body.root.iter(*NOTES)]


def marked(content: bytes, kind: str = "footnotes") -> list[tuple[str, str]]:
    """The tracked changes inside the notes of a file."""
    text = parts(content)[f"word/{kind}.xml"].decode()
    found = re.findall(r"<w:(ins|del) [^>]*[^/]>(.*?)</w:\1>", text, re.DOTALL)
    return [(mark, re.sub(r"<[^>]+>", "", inside)) for mark, inside in found]


def made(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> bytes:
    """The redline, whose views are the two files in body and notes."""
    content = redline.make(old, new, "何静", _AT)
    assert told(content, "accept") == told(new)
    assert told(content, "reject") == told(old)
    return content


@pytest.mark.parametrize("kind", ["footnotes", "endnotes"])
def test_what_changed_in_a_note_is_marked_there_and_its_reference_stays(kind: str) -> None:
    old = noted([(1, [_SAID[0]]), (2, [_SAID[1]])], kind)
    new = noted([(1, [_SAID[0]]), (2, ["面积以登记簿为准，共98.79平方米。", "另有约定的除外。"])], kind)
    content = made(old, new)
    assert marked(content, kind)[:2] == [("del", "89.97"), ("ins", "98.79")]
    assert ("ins", "另有约定的除外。") in marked(content, kind)
    body = parts(content)[package.DOCUMENT].decode()
    assert "<w:ins" not in body
    assert "<w:del" not in body
    assert 'w:author="何静"' in parts(content)[f"word/{kind}.xml"].decode()


def test_a_note_that_went_stays_in_the_file_for_whoever_rejects_under_an_id_of_its_own() -> None:
    old, new = noted([(1, [_SAID[0]]), (2, [_SAID[1]])]), noted([(2, [_SAID[1]])])
    content = made(old, new)
    body = parts(content)[package.DOCUMENT].decode()
    assert re.search(r'<w:del [^>]*><w:r><w:footnoteReference w:id="(\d+)"/></w:r></w:del>', body)
    ids = re.findall(r'<w:footnote w:id="(\d+)"', parts(content)["word/footnotes.xml"].decode())
    assert len(ids) == len(set(ids)) == 2
    # LibreOffice goes by the order of the notes, not by their ids
    assert ids == re.findall(r'footnoteReference w:id="(\d+)"', body)


@pytest.mark.parametrize("kind", ["footnotes", "endnotes"])
def test_notes_go_into_a_file_that_has_none_and_come_out_of_it(kind: str) -> None:
    plain, with_one = parts(contract()), noted([(1, [_SAID[0]])], kind)
    gone, came = made(with_one, plain), made(plain, with_one)
    assert f"/word/{kind}.xml" in parts(gone)["[Content_Types].xml"].decode()
    assert f'Target="{kind}.xml"' in parts(gone)["word/_rels/document.xml.rels"].decode()
    assert "separator" in parts(gone)[f"word/{kind}.xml"].decode()
    assert marked(came, kind) == []
    for content in (gone, came):
        assert Document(BytesIO(content)).paragraphs[0].text == "物业服务合同"


def test_a_note_in_a_clause_that_moved_and_one_with_other_words_are_both_exact() -> None:
    moved = [CLAUSES[1], CLAUSES[2], CLAUSES[0], CLAUSES[3]]
    made(noted([(1, [_SAID[0]])]), noted([(3, [_SAID[0].replace("三十八", "三十九")])], clauses=moved))
    made(noted([(1, [_SAID[0]])]), noted([(1, ["完全是另外一件事"])]))
    made(noted([(1, [_SAID[0]]), (1, [_SAID[0]])]), noted([(1, [_SAID[0]])]))


def test_tracked_changes_that_notes_bring_along_count_as_accepted() -> None:
    new = noted([(1, [_SAID[0]])])
    name = "word/footnotes.xml"
    inserted = (
        '</w:t></w:r><w:ins w:id="7" w:author="李律师"><w:r><w:t>及第九百三十九条</w:t></w:r></w:ins><w:r><w:t>。'
    )
    new[name] = new[name].replace("。".encode(), inserted.encode(), 1)
    content = made(noted([(1, [_SAID[0]])]), new)
    assert marked(content) == [("ins", "及第九百三十九条")]
    assert "李律师" not in parts(content)[name].decode()


def changed(notes: Sequence[Note], chance: Random) -> list[Note]:
    """Notes as somebody went over them: words changed, paragraphs and whole notes added and removed, some moved."""
    found = [(place, [*texts]) for place, texts in notes]
    for _ in range(chance.randrange(5)):
        what = chance.randrange(5)
        if what == 0 or not found:
            found.append((chance.randrange(12), [chance.choice(_SAID)]))
            continue
        number = chance.randrange(len(found))
        texts = found[number][1]
        if what == 1:
            del found[number]
        elif what == 2:
            found[number] = (chance.randrange(12), texts)
        elif what == 3:
            texts.insert(chance.randrange(len(texts) + 1), chance.choice(_SAID))
        else:
            at = chance.randrange(len(texts))
            cut = chance.randrange(len(texts[at]) + 1)
            texts[at] = texts[at][:cut] + chance.choice(("应当", "3,600.00", "〇", "")) + texts[at][cut + 1 :]
    return found


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 12), st.sampled_from(["footnotes", "endnotes"]))
def test_both_views_are_exact_whatever_was_edited_in_text_and_notes(seed: int, times: int, kind: str) -> None:
    chance = Random(seed)
    notes: list[Note] = [
        (chance.randrange(12), [chance.choice(_SAID) for _ in range(chance.randrange(1, 4))])
        for _ in range(chance.randrange(5))
    ]
    plain = parts(contract(CLAUSES * 3))
    old = with_notes(plain, notes, kind)
    new = edited(with_notes(plain, changed(notes, chance), kind), chance, times)
    content = made(old, new)
    assert zipfile.is_zipfile(BytesIO(content))
    etree.fromstring(parts(content)[f"word/{kind}.xml"])
    assert parts(packed(parts(content)))
