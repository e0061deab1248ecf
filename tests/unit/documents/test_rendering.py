"""Rendering: docxtpl is the oracle, facts print exactly, what could fail or run is not published."""

import io
import re
import zipfile
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from docxtpl import DocxTemplate
from jinja2 import TemplateAssertionError, UndefinedError
from jinja2.sandbox import SecurityError

from engine.documents import catalogue, code, dialect, facts, inspect, package, printing, show
from engine.documents.facts import Facts
from engine.documents.registers import REGISTERS
from engine.errors import InvalidDefinition
from engine.use_cases.library import Library
from tests.documents import word

#: Mark-up, line ends of every kind, tags of ours, rare characters (CJK extensions B and G), a name of twenty signs.
NASTY = "<b>&amp;&甲\n乙{{ x }}{% if %}{%p x %}𠮷野家龘𰻝一二三四五六七八九十一二三四五六七八九十”’"
#: The same as a person may type it, with what no paper can show.
TYPED = NASTY.replace("\n", "\r\n").replace("甲", "\x00\x07甲\u202e\ufeff\x1b")


def sample(library: Library, text: str) -> Facts:
    """Facts in which every text is ``text`` with its name, and every list has two rows."""
    tasks = {name: {one.key: one for one in form.fields} for name, form in library.forms.items()}
    values: dict[str, Any] = {
        name: SimpleNamespace(
            **(codes(fields) | {key: filled(f"{name}.{key}", one, text) for key, one in fields.items()})
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
def test_what_a_person_wrote_prints_exactly_and_as_docxtpl_prints_it(kind: str, library: Library) -> None:
    content = library.templates[catalogue.KINDS[kind].template]
    given = sample(library, printing.text(TYPED))
    rendered = inspect.publish(content, library.schema, file=kind).render(given)
    printed = "\n".join(word.paragraphs(rendered))
    used = {one.name for one in show.show(content, file=kind) if one.role == "text"}
    typed = {name for name in used if not (name.startswith("pack.") or name.endswith(("_code", "_capitals")))}
    assert sum(f"{name.replace('[]', '')}{NASTY}" in printed for name in typed) >= min(6, len(typed))
    theirs, saved = DocxTemplate(io.BytesIO(content)), io.BytesIO()
    theirs.render(dict(given.values), autoescape=True)
    theirs.save(saved)
    assert word.paragraphs(rendered) == word.paragraphs(saved.getvalue())


def test_an_answer_reaches_the_paper_as_it_was_typed(library: Library) -> None:
    form = library.form("announce_result")
    given = {"posted_on": date(2026, 4, 30), "places": TYPED, "committee_told_on": date(2026, 4, 30)}
    known = facts.build({form.name: facts.Answered(form.fields, given)}, {})
    made = template("地点：{{ announce_result.places }}。", "日期：{{ announce_result.posted_on }}")
    rendered = inspect.publish(made, library.schema, file="sample.docx").render(known)
    assert word.paragraphs(rendered)[:2] == [f"地点：{NASTY}。", "日期：2026年4月30日"]


def test_a_fact_that_is_not_known_yet_is_named(library: Library) -> None:
    with pytest.raises(InvalidDefinition, match="事实尚未产生"):
        library.template("service_contract").render(facts.build({}, {}))


def template(*paragraphs: str) -> bytes:
    made = word.blank()
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
        ("{{ pack.no_such_rule }}", "没有这项事实"),
        ("{{ answered.no_such_task }}", "没有这项事实"),
        ("{{ vote.items }}", "没有这项事实"),
        ("{% for row in roster.unit %}{{ row.area }}{% endfor %}", "没有这项列表"),
        ("{% for row in roster.units %}{{ row.aera }}{% endfor %}", "roster.units[].area"),
        ("{{ estate.total_area|int }}", "不可使用"),
        ("{% if estate.total_area > 100 %}大{% endif %}", "不能比较大小"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "只可写事实的名称"),
        ("{{ ''.__class__.__mro__ }}", "只可写事实的名称"),
        ("{{ lipsum }}", "没有这项事实"),
        ("{{ self }}", "没有这项事实"),
        ("{{ estate|attr('__class__') }}", "不可使用"),
        ("{{ '%s'.format(estate) }}", "只可写事实的名称"),
        ("{% for x in range(9) %}{% endfor %}", "循环请写作"),
        ("{% include 'other' %}", "只可使用 if 和 for"),
        ("{% macro m() %}{% endmacro %}", "只可使用 if 和 for"),
        ("重要条款 {%p if estate.name %}", "独占一段"),
    ],
)
def test_a_template_that_could_fail_or_run_is_not_published(paragraph: str, says: str, library: Library) -> None:
    with pytest.raises(InvalidDefinition, match=re.escape(says)):
        inspect.publish(template("标题", paragraph), library.schema, file="sample.docx")


@pytest.mark.parametrize(
    "text",
    [
        "{{ a.__class__ }}",
        "{{ a._private }}",
        "{{ a.name.upper() }}",
        "{{ a.name.__class__.__mro__ }}",
        "{{ a.rows.append(1) }}",
        "{{ a.rows.__len__() }}",
        "{{ a.method }}",
        "{{ a.method() }}",
        "{{ cycler }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{{ a.name|attr('upper') }}",
    ],
)
def test_even_a_template_that_was_never_inspected_sees_facts_only(text: str) -> None:
    group = SimpleNamespace(name="甲", rows=["乙"], _private="丙", method=print)
    with pytest.raises((SecurityError, UndefinedError, TemplateAssertionError)):
        dialect.ENVIRONMENT.from_string(text).render(a=group)


def test_three_thousand_ballots_are_one_file_of_three_thousand_pages(library: Library) -> None:
    given = sample(library, "")
    content = library.template("ballot").render_many([given] * 3_000)
    body = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    assert body.count(b"<w:pageBreakBefore") == 2_999


def _numbers(content: bytes) -> list[str]:
    """The numbers of the drawings in the body."""
    return re.findall(r'<wp:docPr id="(\d+)"', package.parts(content)[package.DOCUMENT].decode())


def test_no_two_drawings_of_a_file_have_one_number(library: Library) -> None:
    known = sample(library, "甲")
    one, many = library.template("ballot").render(known), library.template("ballot").render_many([known] * 3)
    assert len(_numbers(one)) == len(set(_numbers(one))) == 2, "the ballot's, and its stub's"
    assert len(_numbers(many)) == len(set(_numbers(many))) == 3 * 2


def test_a_drawing_in_a_row_that_repeats_has_a_number_in_each(library: Library) -> None:
    parts = package.parts(library.templates[catalogue.KINDS["ballot"].template])
    body = parts[package.DOCUMENT].decode()
    drawing, _ = re.findall(r"<w:r><w:drawing>.*?</w:drawing></w:r>", body)
    place = body.rindex("<w:r>", 0, body.index("{{ row.no }}"))
    archive = package.Archive()
    for name, part in {**parts, package.DOCUMENT: (body[:place] + drawing + body[place:]).encode()}.items():
        archive.add(name, [part])
    template = inspect.publish(archive.close(), library.schema, file="ballot.docx")
    found = _numbers(template.render(sample(library, "甲")))
    assert len(found) == len(set(found)) == 2 + 2
    assert len(set(_numbers(template.render_many([sample(library, "甲")] * 2)))) == 2 * (2 + 2)


def test_a_code_is_read_back_as_what_it_holds() -> None:
    for text in ("abcdefghijklmnopqrstuvwxyz", "https://daoru.example.gov.cn/v/abcdefghijklmnop#000001.058220197559"):
        assert word.scanned(code.picture(text)) == text
