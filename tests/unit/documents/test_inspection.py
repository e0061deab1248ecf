"""An uploaded template: every fault is named by part, paragraph and tag; what it takes to find them has limits."""

import io

import pytest

from engine import trial
from engine.documents import catalogue, inspect, ordering, package
from engine.documents.faults import Fault
from engine.trial import Measure
from engine.use_cases import templating
from engine.use_cases.library import Library
from tests.documents import word
from tests.unit.documents.test_packages import HOSTILE, in_body, packed, plain, related, table
from tests.unit.documents.test_rendering import template

#: By a paragraph as somebody may write it: the tag at fault and what is said of it.
SEEDED = {
    "a fact spelt wrong": ("{{ estate.nmae }}", "{{ estate.nmae }}", "是否应为“estate.name”"),
    "a fact of no step": ("{{ nobody.knows }}", "{{ nobody.knows }}", "没有这项事实"),
    "a column spelt wrong": (
        "{% for row in roster.units %}{{ row.aera }}{% endfor %}",
        "{{ row.aera }}",
        "roster.units[].area",
    ),
    "a list spelt wrong": ("{% for row in roster.unit %}{% endfor %}", "{% for row in roster.unit %}", "没有这项列表"),
    "a tag in signs of full width": ("｛｛ estate.name ｝｝", "｛｛", "全角"),
    "a comma of full width": ("{{ estate.name，}}", "{{ estate.name，}}", "标签写法有误"),
    "a tag that does not end": ("{{ estate.name", "{{ estate.name", "标签写法有误"),
    "a condition that does not end": ("{% if estate.name %}甲", "{% if estate.name %}", "没有用 endif 结束"),
    "an end without a beginning": ("甲{% endif %}", "{% endif %}", "没有对应的 if"),
    "text beside a tag of its own": (
        "重要条款 {%p if estate.name %}甲{%p endif %}",
        "{%p if estate.name %}",
        "独占一段",
    ),
    "a tag of rich text": ("{{r estate.name }}", "{{r ", "不支持标签"),
    "a filter": ("{{ estate.name|upper }}", "{{ estate.name|upper }}", "不可使用"),
    "a call": ("{{ estate.name.upper() }}", "{{ estate.name.upper() }}", "不可调用"),
    "arithmetic": ("{{ 'a' * 100000000 }}", "{{ 'a' * 100000000 }}", "不可调用、取下标或计算"),
    "a private name": ("{{ estate.__class__ }}", "{{ estate.__class__ }}", "只可写事实的名称"),
    "the way to the system": (
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "只可写事实的名称",
    ),
    **{
        what: (f"{{{{ {inside} }}}}", f"{{{{ {inside} }}}}", says)
        for what, inside, says in (
            ("the globals of a function", "estate.name.__init__.__globals__", "只可写事实的名称"),
            ("the insides of an object", "estate.__dict__", "只可写事实的名称"),
            ("a name through a filter", "estate|attr('__class__')", "不可使用"),
            ("a format", "'{0.__class__}'.format(estate)", "不可调用"),
            ("the template itself", "self._TemplateReference__context", "只可写事实的名称"),
            ("a function of the engine", "lipsum(n=100000)", "不可调用"),
            ("a change of a list", "roster.units.append(1)", "不可调用"),
            ("a subscript", "roster.units[0].area", "下标"),
            ("a file of the system", "get_flashed_messages.__globals__", "只可写事实的名称"),
        )
    },
    "a range without end": (
        "{% for a in range(1000000000) %}甲{% endfor %}",
        "{% for a in range(1000000000) %}",
        "循环请写作",
    ),
    "signs of full width around a word": ("{％ if estate.name ％}甲{％ endif ％}", "{％", "全角"),
    "a brace of each width": ("{{ estate.name ｝}", "｝}", "全角"),
    "a picture": ("{{p estate.name }}", "{{p ", "不支持标签"),
    "a column of a table": ("{%tc if estate.name %}甲{%tc endif %}", "{%tc ", "不支持标签"),
    "a merged cell": ("{% colspan 2 %}", "{% colspan", "不支持标签"),
    "a macro of templates": ("{% macro a() %}甲{% endmacro %}", "{% macro a() %}", "只可使用 if 和 for"),
    "another file": ("{% include 'x' %}", "{% include 'x' %}", "只可使用 if 和 for"),
    "a variable": ("{% set a = 1 %}", "{% set a = 1 %}", "只可使用 if 和 for"),
    "a size of a text": (
        "{% if estate.total_area > 1 %}大{% endif %}",
        "{% if estate.total_area > 1 %}",
        "不能比较大小",
    ),
}


@pytest.mark.parametrize("seeded", SEEDED)
def test_a_seeded_fault_is_named_by_its_paragraph_and_its_tag(seeded: str, library: Library) -> None:
    paragraph, tag, says = SEEDED[seeded]
    (found,) = inspect.faults(template("标题", "{{ estate.name }}", paragraph, "落款"), library.schema, file="x")
    assert (found.place, found.text, found.tag) == ("正文第 3 段", paragraph, tag)
    assert says in found.said


def test_all_faults_of_a_file_are_named_at_once(library: Library) -> None:
    made = word.blank()
    for paragraph in (
        "{{ estate.nmae }}",
        "{%p if estate.name %}",
        "{{ a b }}",
        "{%p endif %}",
        "{{ estate.nmae|upper }}",
    ):
        made.add_paragraph(paragraph)
    made.sections[0].footer.paragraphs[0].text = "{{ estate.adress }}"
    saved = io.BytesIO()
    made.save(saved)
    found = inspect.faults(saved.getvalue(), library.schema, file="x")
    assert sorted((one.place, one.tag) for one in found) == [
        ("正文第 1 段", "{{ estate.nmae }}"),
        ("正文第 3 段", "{{ a b }}"),
        ("正文第 5 段", "{{ estate.nmae|upper }}"),
        ("页脚第 1 段", "{{ estate.adress }}"),
    ]


def test_what_would_run_is_named_though_a_tag_stands_wrong_elsewhere(library: Library) -> None:
    running = "{{ cycler.__init__.__globals__ }}"
    made = template(running, "｛｛ estate.name ｝｝", "{{ estate.name", "落款")
    found = {(one.place, one.tag) for one in inspect.faults(made, library.schema, file="x")}
    assert found == {("正文第 1 段", running), ("正文第 2 段", "｛｛"), ("正文第 3 段", "{{ estate.name")}


def test_a_faulty_place_hides_no_other_wherever_it_stands(library: Library) -> None:
    running = "{{ cycler.__init__.__globals__.os.popen('id').read() }}"
    made = word.blank()
    for paragraph in (
        "甲 {%p if estate.nmae %} 乙",
        running,
        "{%p endif %}",
        "{%p for row in roster.units %}",
        f"{{{{ row.area }}}} {{{{ row.aera }}}} {running}",
        "{%p endfor %}",
        "｛% if estate.name %｝{{ estate.adress }}{% endif %}",
        "{% if estate.name > 1 %}<A & B>{% endif %}",
        "{{p lipsum() }}",
        "{%p endif %}",
    ):
        made.add_paragraph(paragraph)
    rows = made.add_table(3, 1).rows
    for row, text in zip(rows, ("表头", "{%tr for one in vote.items %}{{ one.text }}", "{{ one.txet }}"), strict=True):
        row.cells[0].text = text
    saved = io.BytesIO()
    made.save(saved)
    found = inspect.faults(saved.getvalue(), library.schema, file="x")
    assert sorted((one.paragraph, one.tag) for one in found) == sorted(
        [
            (1, "{%p if estate.nmae %}"),
            (1, "{%p if estate.nmae %}"),
            (2, running),
            (5, "{{ row.aera }}"),
            (5, running),
            (7, "｛%"),
            (7, "{{ estate.adress }}"),
            (8, "{% if estate.name > 1 %}"),
            (9, "{{p "),
            (9, "{{p lipsum() }}"),
            (10, "{%p endif %}"),
            (12, "{%tr … %}"),
            (12, "{%tr for one in vote.items %}"),
            (13, "{{ one.txet }}"),
        ]
    ), [(one.paragraph, one.tag, one.said) for one in found]


_AWAY = b' TargetMode="External"'
_NOTES = (
    b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1">'
    b"<w:p><w:r><w:t>{{ estate.nmae }}</w:t></w:r></w:p></w:footnote></w:footnotes>"
)


def paragraph(inside: str) -> bytes:
    """A file whose second paragraph holds this mark-up."""
    return packed(in_body(f"<w:p>{inside}</w:p>".encode()))


def marked(name: str) -> bytes:
    return paragraph(f'<w:{name} w:id="1"><w:r><w:t>改</w:t></w:r></w:{name}>')


def field_code(code: str) -> bytes:
    return paragraph(f"<w:r><w:instrText>{code}</w:instrText></w:r>")


def in_font(attribute: str, font: str = "方正仿宋") -> bytes:
    return paragraph(f'<w:r><w:rPr><w:rFonts w:{attribute}="{font}"/></w:rPr><w:t>甲方</w:t></w:r>')


#: By what a whole file holds: the place, the tag or the words there, and what is said of it.
FILES = {
    "an insertion": (marked("ins"), "正文第 2 段", "", "修订"),
    "a deletion": (marked("del"), "正文第 2 段", "", "修订"),
    "a text that moved": (marked("moveTo"), "正文第 2 段", "", "修订"),
    **{
        f"a field {code.split()[0]}": (field_code(code), "正文第 2 段", code, "域")
        for code in ("DDE a", "DDEAUTO cmd", "INCLUDETEXT x", "INCLUDEPICTURE x", "LINK x", "DATABASE x", "IMPORT x")
    },
    "a tag in a field": (field_code("{{ estate.name }}"), "正文第 2 段", "{{ estate.name }}", "域代码"),
    "a tag in an attribute": (
        paragraph('<w:bookmarkStart w:id="0" w:name="{{ estate.name }}"/>'), "正文第 2 段", "{{ estate.name }}", "属性",
    ),
    "a fact spelt wrong in a footnote": (
        packed(plain() | {"word/footnotes.xml": _NOTES}), "脚注第 1 段", "{{ estate.nmae }}", "estate.name",
    ),
    "a tag in the author's name": (
        packed(plain() | {"docProps/core.xml": b"<a>{{ cycler.__init__ }}</a>"}), "文件属性", "{{", "标签只可写在",
    ),
    "a tag in an endnote": (
        packed(plain() | {"word/endnotes.xml": _NOTES}), "尾注", "{{", "标签只可写在",
    ),
    "a font that few have": (in_font("eastAsia"), "正文第 2 段", "方正仿宋", "请改用仿宋"),
    "lines that grow": (
        paragraph('<w:pPr><w:spacing w:line="360" w:lineRule="auto"/></w:pPr><w:r><w:t>甲</w:t></w:r>'),
        "正文第 2 段", "", "固定值",
    ),
    "a loop in one row": (
        table("事项", "{%tr for row in vote.items %}{{ row.text }}{%tr endfor %}"), "正文第 3 段", "{%tr", "独占一行",
    ),
    "a cell that comes out empty": (
        table("事项", "{%p if estate.name %}"), "正文第 3 段", "", "空段落",
    ),
    **{
        f"a relation: {kind}": (packed(related(kind.encode(), b"http://x/y", _AWAY)), "正文", "", says)
        for kind, says in (
            ("attachedTemplate", "模板"), ("image", "文件外"), ("aFChunk", "altChunk"), ("oleObject", "OLE"),
            ("package", "嵌入的文件"), ("control", "控件"), ("vbaProject", "宏"), ("subDocument", "子文档"),
            ("frame", "框架页"), ("comments", "批注"),
        )
    },
    "a macro": (packed(plain() | {"word/vbaProject.bin": b"x"}), "word/vbaProject.bin", "", "宏"),
    "an object": (packed(plain() | {"word/embeddings/a.xml": b"<a/>"}), "word/embeddings/a.xml", "", "嵌入对象"),
    "too many parts": (packed(plain() | {f"word/media/{n}.png": b"" for n in range(200)}), "", "", "200 个部件"),
    "a part of 300 MB": (packed(plain() | {"word/media/zeros.png": bytes(300_000_000)}), "", "", "50 MB"),
}  # fmt: skip


@pytest.mark.parametrize("seeded", FILES)
def test_a_seeded_fault_of_the_file_is_named_by_its_part_and_its_place(seeded: str, library: Library) -> None:
    content, place, tag, says = FILES[seeded]
    found = inspect.faults(content, library.schema, file="x")
    assert [one for one in found if one.place == place and tag in one.tag + one.text and says in one.said], found


@pytest.mark.parametrize("attribute, font", [("eastAsia", "仿宋"), ("eastAsia", "楷体_GB2312"), ("ascii", "Consolas")])
def test_a_known_font_raises_no_fault_nor_does_one_for_letters(attribute: str, font: str, library: Library) -> None:
    assert not inspect.faults(in_font(attribute, font), library.schema, file="x")


COUNTED = {
    "a gap": (["第一条 甲", "第三条 乙"], "第三条", "不连续"),
    "a number twice": (["第一条 甲", "第二条 乙", "第二条 丙"], "第二条", "重复"),
    "a beginning that is none": (["第二条 甲"], "第二条", "不连续"),
    "a clause that is not there": (["第一条 依照本合同第九条办理"], "第九条", "没有这一条"),
    "one of several": (["第一条 见第一条、第四条"], "第四条", "没有这一条"),
    "an inserted one without its first": (["第一条 甲", "第一条之二 乙"], "第一条之二", "不连续"),
}


@pytest.mark.parametrize("counted", COUNTED)
def test_clauses_counted_wrongly_are_named(counted: str) -> None:
    paragraphs, number, says = COUNTED[counted]
    ((said, at),) = ordering.wrong(package.read(template(*paragraphs), "x"))
    assert (at, says in said) == (number, True)


def test_clauses_of_laws_annexes_and_those_inserted_later_are_no_faults() -> None:
    made = template(
        "第一条 依照《民法典》第九百四十条、第九百四十一条",
        "第一条之一 依照物业管理条例第五十八条",
        "第二条 依照第一条之一和本合同第二条",
        *["附件一", "第一条 甲"],
    )
    assert not [*ordering.wrong(package.read(made, "x"))]


def test_what_is_counted_wrongly_in_a_specimen_is_named_by_the_paragraph_of_the_template(library: Library) -> None:
    made = template("第一条 甲", "{%p if estate.name %}", "第二条 乙", "{%p endif %}", "第三条 见第八条")
    found = {(one.place, one.tag) for one in tried(made, library).faults}
    assert found == {("正文第 5 段", "第三条"), ("正文第 5 段", "第八条")}


UNPAIRED = {
    "an end without a beginning": ("{% endif %}", "{% endif %}"),
    "a beginning without an end": ("{% if estate.name %}", "{% if estate.name %}"),
    "ends in the wrong order": (
        "{% for row in roster.units %}{% if row.area %}{% endfor %}{% endif %}",
        "{% endfor %}",
    ),
    "a block in a paragraph of its own": ("{%p if estate.name %}", "{%p if estate.name %}"),
    "text beside such a block": ("甲 {%p endif %}", "{%p endif %}"),
}  # fmt: skip


@pytest.mark.parametrize("unpaired", UNPAIRED)
def test_a_fact_spelt_wrong_is_named_beside_tags_that_lack_their_pair(unpaired: str, library: Library) -> None:
    paragraph, tag = UNPAIRED[unpaired]
    made = template("{{ estate.nmae }}", paragraph, "{% if estate.name %}{{ estate.adress }}{% endif %}", "落款")
    found = {(one.place, one.tag) for one in inspect.faults(made, library.schema, file="x")}
    assert {
        ("正文第 1 段", "{{ estate.nmae }}"), ("正文第 2 段", tag), ("正文第 3 段", "{{ estate.adress }}"),
    } <= found  # fmt: skip


def test_a_word_spelt_wrong_is_named_beside_the_end_that_lacks_its_beginning(library: Library) -> None:
    found = inspect.faults(template("{% iff estate.name %}甲{% endif %}"), library.schema, file="x")
    assert [one.tag for one in found] == ["{% endif %}", "{% iff estate.name %}"]


@pytest.mark.parametrize("fault", HOSTILE)
def test_what_could_run_or_fetch_is_named_too(fault: str, library: Library) -> None:
    parts, says = HOSTILE[fault]
    assert says in " ".join(one.said for one in inspect.faults(packed(parts), library.schema, file="x"))


def test_a_table_that_could_come_out_empty_is_named(library: Library) -> None:
    (found,) = inspect.faults(
        table("{%tr for row in vote.items %}", "{{ row.text }}", "{%tr endfor %}"), library.schema, file="x"
    )
    assert (found.place, "表头行" in found.said) == ("正文第 1 段", True)


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_a_shipped_template_raises_no_fault_and_makes_a_paper_of_each_specimen(kind: str, library: Library) -> None:
    found = trial.here(library.templates[catalogue.KINDS[kind].template], templating.measure(library, kind))
    assert found.faults == ()
    assert [*found.papers] == [*templating.titles(library, kind)]
    assert found.papers


def tried(content: bytes, library: Library) -> trial.Trial:
    measure = Measure(library.schema, {name: form.fields for name, form in library.forms.items()})
    return trial.run(content, measure)


def test_a_template_is_tried_with_carried_cases_and_specimens_in_a_process_of_its_own(library: Library) -> None:
    made = library.templates[catalogue.KINDS["service_contract"].template]
    found = trial.run(made, templating.measure(library, "service_contract"))
    assert found.faults == ()
    assert [*found.papers][-4:] == ["各项都有", "换一种选择", "再换一种选择", "能空的都空着"]
    assert next(iter(found.papers)) == "桂语苑：一幢 151 户，替换原物业，追回预交费 14 万元"


def test_a_fact_that_is_known_only_after_the_paper_is_found_by_trying_a_carried_case(library: Library) -> None:
    """A notice of a meeting cannot say when the contract will have been signed, though there is such a fact."""
    made = word.rewritten(
        library.templates["notices/meeting_notice.docx"],
        lambda text: text.replace("冻结", "冻结，合同于{{ sign_contract.signed_on }}签订"),
    )
    found = trial.run(made, templating.measure(library, "meeting_notice")).faults
    assert {one.tag for one in found} == {"sign_contract.signed_on"}, found
    assert "用样例“桂语苑" in found[0].said


def test_what_law_asks_for_and_a_template_dropped_is_named_with_its_source(library: Library) -> None:
    template = word.without(library.templates["notices/meeting_notice.docx"], "{{ freeze_roster.frozen_on }}")
    (found,) = trial.run(template, templating.measure(library, "meeting_notice")).faults
    assert "没有写明“业主名册于{{ freeze_roster.frozen_on }}冻结”" in found.said
    assert "《业主大会和业主委员会指导规则》第十二条" in found.said


def test_a_fact_asked_for_but_printed_outside_of_the_question_is_found_by_trying(library: Library) -> None:
    asked = ("{% if answered.settle_accounts %}有{% endif %}", "{{ settle_accounts.deposits_total }}")
    (found,) = tried(template(*asked), library).faults
    assert "试着生成时" in found.said
    assert "settle_accounts.deposits_total" in found.tag


HUNGRY = {
    "a loop over the roster within a loop over it": template(
        *["{%p for a in roster.units %}", "{%p for b in roster.units %}"],
        "{{ a.unit_no }}{{ b.unit_no }}" * 20,
        *["{%p endfor %}", "{%p endfor %}", "落款"],
    ),
    "parentheses without end": template("{{ " + "(" * 60_000 + "estate.name" + ")" * 60_000 + " }}"),
}


@pytest.mark.parametrize("hungry", HUNGRY)
def test_what_does_not_end_is_ended_and_said_in_a_sentence(
    hungry: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "SECONDS", 4)
    (found,) = tried(HUNGRY[hungry], library).faults
    assert isinstance(found, Fault)
    assert found.said.startswith("检查没有做完")
