"""The clause library: what is built from it, what it refuses, and a contract held against it."""

import re
from collections.abc import Mapping

import cn2an
import pytest

from engine.documents import clauses, package, playbook
from engine.documents.facts import Facts
from engine.documents.playbook import Playbook, building, checking
from engine.documents.reading import Word
from engine.errors import InvalidDefinition
from engine.rules.prereview import wording
from engine.rules.prereview.contract import Clause as Said
from engine.use_cases.library import CONTRACT, Library
from tests.unit.documents.test_contract_variants import CHOICES, contract, facts_of

#: The chapters of manual §4.2, in its order.
CHAPTERS = (
    "总则", "信托财产", "共有资金账户", "开放式预算", "服务内容与标准", "物业费", "酬金", "委托人的权利和义务",
    "受托人的义务", "受益人的权利和义务", "监察人", "信息公开", "采购与分包", "物业用房、资料和资产",
    "结余、维修储备和公共收益", "考核与评级", "合同期限、续签和调整",
    "解任、解除和终止", "交接与清算", "违约责任", "争议解决", "附则",
)  # fmt: skip
_REFERENCE = re.compile(r"(?<!》)(?<!至)第([一二三四五六七八九十百零]+)(条|章)|附件([一二三四五六七八九十]+)")
#: Every single choice, and what goes with each route; the contract of each is built and read once.
CASES = [{}, *({fact: value} for fact, values in CHOICES.items() for value in values)]


@pytest.fixture(scope="module")
def book(library: Library) -> Playbook:
    return library.playbook


@pytest.fixture(scope="module")
def read(library: Library) -> list[tuple[Facts, list[clauses.Clause]]]:
    """The contract of each case with the facts it saw."""
    template = library.template(CONTRACT)
    cases = [facts_of(library, chosen) for chosen in CASES]
    return [(facts, of(template.render(facts))) for facts in cases]


def of(content: bytes) -> list[clauses.Clause]:
    return clauses.clauses(Word(package.read(content, "合同")))


def test_the_contract_has_the_chapters_of_the_manual(book: Playbook) -> None:
    assert tuple(chapter.title for chapter in book.chapters) == CHAPTERS


def test_the_shipped_template_is_what_the_library_builds(book: Playbook, library: Library) -> None:
    shipped = library.templates["contracts/service_contract.docx"]
    built = building.build(book, shipped, file="x")
    assert package.read(built, "x") == package.read(shipped, "x"), "run daoru template build"
    assert building.build(book, built, file="x") == built


def test_each_wording_is_printed_in_some_case_and_by_its_own_words(
    book: Playbook, read: list[tuple[Facts, list[clauses.Clause]]]
) -> None:
    seen = set()
    for facts, paper in read:
        by_title = {one.title: one for one in paper}
        for clause in book.clauses:
            variant = checking.applying(clause, facts.values)
            assert variant is not None
            seen.add((clause.id, variant.condition))
            body = "".join(by_title[clause.called].body.split())
            assert checking.wording(book, clause, variant).fullmatch(body), f"{clause.id} {variant.name}: {body}"
    every = {(clause.id, variant.condition) for clause in book.clauses for variant in clause.of("required")}
    assert seen == every


def test_each_reference_names_a_clause_chapter_or_annex_that_is_there(
    book: Playbook, read: list[tuple[Facts, list[clauses.Clause]]]
) -> None:
    there = {one.called for one in (*book.clauses, *book.chapters, *book.annexes)}
    for _, paper in read:
        printed = {one.title.partition("　")[0] for one in paper}
        assert there <= printed
        for one in paper:
            for found in _REFERENCE.finditer(one.body.partition("。")[2]):
                assert found[0] in there, f"{one.title}: {found[0]}"


def test_a_reference_stands_in_the_library_by_its_id_so_that_it_means_what_it_names(book: Playbook) -> None:
    lines = [line for clause in book.clauses for variant in clause.variants for line in variant.lines]
    lines += [line for annex in book.annexes for line in annex.lines]
    assert not [line for line in lines if _REFERENCE.search(line)], "write [[id]] instead of a number"
    meant = {clause.id: clause for clause in book.clauses}
    assert book.referred("[[withhold]]") == meant["withhold"].called
    assert book.referred("[[chapter:assessment]]") == "第十六章"


def test_numbers_run_on_without_a_gap(read: list[tuple[Facts, list[clauses.Clause]]]) -> None:
    for _, paper in read:
        for kind in ("条", "章"):
            titles = [one.title for one in paper if re.fullmatch(rf"第.+{kind}", one.title)]
            assert [cn2an.cn2an(one[1:-1]) for one in titles] == [*range(1, len(titles) + 1)]


def test_what_owners_must_be_shown_is_marked_and_told_with_its_reason(book: Playbook, library: Library) -> None:
    said = contract(library, {})
    annex = said.index(next(one for one in said if one.startswith(f"{book.annexes[-1].called}　")))
    told = [clause for clause in book.clauses if clause.warning]
    assert told
    for clause in told:
        at = said.index(f"{clause.title}（{clause.called}）")
        assert at > annex
        assert said[at + 1] == clause.warning
    root = package.tree(
        package.read(library.template(CONTRACT).render(facts_of(library, {})), "x")[package.DOCUMENT], "x", "x"
    )
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    marked = {
        next(run.iterancestors(f"{word}p"))
        for run in root.iter(f"{word}r")
        if run.find(f"{word}rPr/{word}u") is not None
    }
    heads = {"".join(map(str, one.itertext())).partition("　")[0] for one in marked}
    assert {clause.called for clause in told} <= heads


# forbidden


def test_a_forbidden_wording_is_caught_and_its_denial_is_not(book: Playbook) -> None:
    for clause in book.clauses:
        for variant in clause.of("forbidden"):
            for line in variant.lines:
                sought = wording.phrase(line)
                text = line.replace("…", "本小区")
                for denied, said in ((False, f"双方同意，{text}的。"), (True, f"双方约定，不得{text}。")):
                    found = [*wording.said(sought, [Said(no="1", topics=(), text=said)])]
                    can = "可以" in line or "有权" in line or "应当" in line
                    assert bool(found) is not denied or (can and denied), f"{clause.id}: {said}"


def test_no_contract_of_ours_has_a_forbidden_wording(
    book: Playbook, read: list[tuple[Facts, list[clauses.Clause]]]
) -> None:
    sought = [
        (clause.id, line, wording.phrase(line))
        for clause in book.clauses
        for variant in clause.of("forbidden")
        for line in variant.lines
    ]
    accepted = [
        Said(no=clause.id, topics=(), text="\n".join(one.lines))
        for clause in book.clauses
        for one in clause.of("fallback")
    ]
    for _, paper in read:
        said = [Said(no=one.name, topics=(), text=one.body) for one in paper] + accepted
        assert [(id, line, where.no) for id, line, words in sought for where, _ in wording.said(words, said)] == []


# held against


def held(book: Playbook, facts: Facts, ours: list[clauses.Clause], edit: Mapping[str, str | None]) -> dict[str, str]:
    """By the title of a clause, what became of it when its words were edited; None strikes the clause out."""
    theirs = []
    for one in ours:
        hit = next((old for old in edit if old in one.body), None)
        if hit is None:
            theirs.append(one)
        elif edit[hit] is not None:
            lines = [clauses.Line(line.text.replace(hit, str(edit[hit]))) for line in one.lines]
            theirs.append(clauses.Clause(one.title, one.chapter, lines))
    return {one.clause.title: one.state for one in checking.check(book, ours, theirs, facts.values) if one.clause}


@pytest.mark.parametrize(
    "old, new, title, state",
    [
        ("业主组织、监察人可以随时查询账户流水", "业主组织、监察人可以随时查询账户流水", "账户查询", "standard"),
        ("三日内补办核准", "五日内补办核准", "紧急支出", "fallback"),
        ("三日内补办核准", "三十日内补办核准", "紧急支出", "changed"),
        ("本合同一式七份，双方各执二份", "本合同一式九份，双方各执三份", "份数", "fallback"),
        ("受托人不得强制或者变相强制业主接受有偿服务", None, "预算以外的有偿服务", "missing"),
        ("finalise_contract.fee_std", "9.99", "物业费标准和计费", "figures"),
    ],
)
def test_what_became_of_a_clause_is_told(
    book: Playbook,
    read: list[tuple[Facts, list[clauses.Clause]]],
    old: str,
    new: str | None,
    title: str,
    state: str,
) -> None:
    facts, ours = read[0]
    found = held(book, facts, ours, {old: new})
    assert found.pop(title) == state
    assert set(found.values()) == {"standard"} if new == old else set(found.values()) <= {"standard", "changed"}


def test_a_clause_that_the_library_does_not_have_is_told(
    book: Playbook, read: list[tuple[Facts, list[clauses.Clause]]]
) -> None:
    facts, ours = read[0]
    extra = clauses.Clause("第二十条之一", "", [clauses.Line("第二十条之一　受托人可以自行决定全部采购。")])
    [added] = [
        one for one in checking.check(book, ours, [*ours[:40], extra, *ours[40:]], facts.values) if one.state == "added"
    ]
    assert (added.name, added.clause) == ("第二十条之一", None)


def test_a_fallback_is_accepted_only_where_it_may_be_used(book: Playbook, library: Library) -> None:
    dismissal = next(clause for clause in book.clauses if clause.id == "dismissal")
    [fallback] = dismissal.of("fallback")
    for route, holds in (("NEW_COMPANY", True), ("SELF_GOVERN", False)):
        facts = facts_of(library, {"hold_diagnosis_meeting.route": route})
        body = checking.wording(book, dismissal, fallback)
        text = f"{dismissal.title}。{fallback.lines[0]}"
        assert body.fullmatch(text)
        assert checking._says(book, dismissal, fallback, text, facts.values) is holds


# refused

_HEAD = "# 总则\n\n## 目的\n\n- 编号：purpose\n- 依据：《信托法》第九条\n\n"


@pytest.mark.parametrize(
    "text, why",
    [
        ("总则\n", "第一行应为"),
        ("# 总则\n", "没有条款"),
        ("# 总则\n\n## 目的\n\n### 标准\n\n文字。\n", "编号"),
        ("# 总则\n\n## 目的\n\n- 编号：purpose\n\n### 标准\n\n文字。\n", "依据"),
        (_HEAD, "除最后一个以外"),
        (_HEAD + '### 标准\n\n- 条件：a.b_code == "C"\n\n文字。\n', "除最后一个以外"),
        (_HEAD + "### 随便\n\n文字。\n", "应为标准、可接受、禁用之一"),
        (_HEAD + "### 标准\n\n文字。\n\n### 可接受：另一种\n\n文字二。\n", "说明"),
        (_HEAD + "### 标准\n\n见[[nowhere]]。\n", "没有这一条"),
        (_HEAD + "### 标准\n\n**重要。**\n", "提示"),
        (_HEAD + "### 标准\n\n文字。\n\n" + _HEAD.removeprefix("# 总则\n\n") + "### 标准\n\n文字。\n", "用了两次"),
    ],
)
def test_a_library_that_could_not_be_built_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidDefinition, match=re.escape(why)):
        playbook.read({"01-general.md": text}, {})


def test_a_missing_number_in_the_names_of_the_files_is_refused() -> None:
    good = _HEAD + "### 标准\n\n文字。\n"
    with pytest.raises(InvalidDefinition, match="连续"):
        playbook.read({"01-general.md": good, "03-other.md": good.replace("purpose", "other")}, {})
    with pytest.raises(InvalidDefinition, match="文件名"):
        playbook.read({"general.md": good}, {})
