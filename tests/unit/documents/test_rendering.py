"""Rendering: docxtpl is the oracle, facts print exactly, equal facts give equal bytes."""

import io
import re
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document
from docxtpl import DocxTemplate

from engine.documents import catalogue, facts, inspect
from engine.documents.facts import Facts
from engine.documents.registers import REGISTERS
from engine.errors import InvalidDefinition
from engine.use_cases.library import Library

NASTY = "<b>&甲\n乙{{ x }}{% if %}𠮷野家龘一二三四五六七八九十一二三四五六七八九十"


def body(content: bytes) -> str:
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    return re.sub(r"\s+", " ", re.sub(r"<w:br/>", "\n", xml))


def words(content: bytes) -> list[str]:
    """The text of every paragraph, tables included, in order."""
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL)
    return ["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(<w:br/>)", p) and _texts(p)) for p in paragraphs]


def _texts(paragraph: str) -> list[str]:
    return [text or "\n" for text, _ in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(<w:br/>)", paragraph)]


def sample(library: Library, text: str) -> Facts:
    """Facts in which every text is ``text`` with its name, and every list has two rows."""
    tasks = {name: {one.key: one for one in form.fields} for name, form in library.forms.items()}
    values: dict[str, Any] = {
        name: SimpleNamespace(
            **{key: filled(f"{name}.{key}", one, text) for key, one in fields.items()}, **codes(fields)
        )
        for name, fields in tasks.items()
    }
    for name, shape in REGISTERS.items():
        values[name] = register(name, shape, text)
    values["answered"] = facts.build({}, {}).values["answered"]
    return Facts(values)


def filled(name: str, one: Any, text: str) -> Any:
    if one.columns:
        row = SimpleNamespace(**{column.key: f"{name}.{column.key}{text}" for column in one.columns})
        return [row, row]
    return f"{name}{text}"


def codes(fields: dict[str, Any]) -> dict[str, str]:
    return {f"{key}_code": "A" for key in fields} | {f"{key}_capitals": "壹" for key in fields}


def register(name: str, shape: Any, text: str) -> Any:
    if isinstance(shape, list):
        return [register(name, shape[0], text)] * 2
    if isinstance(shape, dict) or hasattr(shape, "items"):
        if "*" in shape:
            return Anything(name)
        made = {key: register(f"{name}.{key}", inner, text) for key, inner in shape.items()}
        made |= {f"{key}_code": "A" for key in shape} | {f"{key}_capitals": "壹" for key in shape}
        return SimpleNamespace(**made)
    return f"{name}{text}"


class Anything:
    """A register that has every name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, key: str) -> str:
        return f"{self._name}.{key}"


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_a_template_says_what_docxtpl_makes_it_say(kind: str, library: Library) -> None:
    given = sample(library, "&<>甲")
    content = library.templates[catalogue.KINDS[kind].template]
    theirs = DocxTemplate(io.BytesIO(content))
    theirs.render(dict(given.values), autoescape=True)
    saved = io.BytesIO()
    theirs.save(saved)
    assert words(library.template(kind).render(given)) == words(saved.getvalue())


@pytest.mark.parametrize("kind", ["service_contract", "ballot", "settlement"])
def test_what_a_person_wrote_prints_exactly(kind: str, library: Library) -> None:
    rendered = library.template(kind).render(sample(library, NASTY))
    printed = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(rendered)).paragraphs)
    cells = "\n".join(
        cell.text for table in Document(io.BytesIO(rendered)).tables for row in table.rows for cell in row.cells
    )
    assert NASTY in printed + cells


def test_equal_facts_give_equal_bytes(library: Library) -> None:
    given = sample(library, "甲")
    assert library.template("service_contract").render(given) == library.template("service_contract").render(given)


def test_a_fact_that_is_not_known_yet_is_named(library: Library) -> None:
    with pytest.raises(InvalidDefinition, match="事实尚未产生"):
        library.template("service_contract").render(facts.build({}, {}))


def template(*paragraphs: str) -> bytes:
    made = Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "paragraph, says",
    [
        ("{{ estate.nmae }}", "estate.name"),
        ("{{ nobody.knows }}", "没有这项事实"),
        ("{{ estate.name.upper() }}", "不可调用"),
        ("{{ estate.__class__ }}", "只可写事实的名称"),
        ("{% set a = 1 %}", "只可使用 if 和 for"),
        ("{{ 7 * 7 }}", "只可写事实的名称"),
        ("｛｛ estate.name ｝｝", "全角"),
        ("{{ estate.name", "标签写法有误"),
    ],
)
def test_a_template_that_could_fail_or_run_is_not_published(paragraph: str, says: str, library: Library) -> None:
    with pytest.raises(InvalidDefinition, match=re.escape(says)):
        inspect.publish(template("标题", paragraph), library.schema, file="sample.docx")


def test_three_thousand_ballots_are_one_file_of_three_thousand_pages(library: Library) -> None:
    given = sample(library, "")
    content = library.template("ballot").render_many([given] * 3_000)
    assert body(content).count("w:pageBreakBefore") == 2_999
