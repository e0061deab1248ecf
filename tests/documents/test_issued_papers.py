"""The papers that estates were issued, read as Word files."""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import yaml
from docxtpl import DocxTemplate
from lxml import etree
from PIL import Image, ImageFilter

from engine import pdf
from engine.documents import catalogue, inspect
from engine.use_cases import linting
from engine.use_cases.library import Library
from tests.carrying import CASES
from tests.documents import word
from tests.documents.conftest import Issued

KINDS = sorted(catalogue.KINDS)
#: Latin words that are proper on a Chinese paper: document numbers, budget lines, totals of a vote.
_LATIN = re.compile(r"XQ\d{4}-[DL]-\d\d-\d{4}-\d{3}|9132\w+|\b[IE]\d\d\b|（[AN]）")
_CODE = re.compile(r"[A-Za-z][A-Za-z_]{2,}|\b[A-Z]\b")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_template_is_left(kind: str, issued: Issued) -> None:
    for text in word.paragraphs(issued.papers[kind]):
        assert not re.search(r"\{\{|\}\}|\{%|%\}|None|nan", text), text
        assert not _CODE.search(_LATIN.sub("", text)), text
        assert not re.search(r"。。|，，|：。|；。|，。|——元|——%", text), text


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_names_itself_its_number_and_its_pages(kind: str, issued: Issued) -> None:
    said = "\n".join(word.paragraphs(issued.papers[kind]))
    if kind == "ballot":
        assert "表决票" in said
        return
    assert f"编号：{issued.records[kind]['document.number']['value']}" in said
    fields = [
        element.text
        for name, root in word.parts(issued.papers[kind]).items()
        for element in root.iter("{*}instrText")
        if "footer" in name
    ]
    assert fields == ["PAGE", "NUMPAGES"] * 2  # on the first page and on the others
    assert re.search(r"盖章|签字|签章", said)
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日|年　　月　　日", said)


@pytest.mark.parametrize("kind", KINDS)
def test_with_the_facts_of_the_estate_docxtpl_prints_the_same_document(
    kind: str, issued: Issued, library: Library
) -> None:
    content = library.templates[catalogue.KINDS[kind].template]
    facts = issued.facts[kind]
    theirs, saved = DocxTemplate(io.BytesIO(content)), io.BytesIO()
    theirs.render(dict(facts.values), autoescape=True)
    theirs.save(saved)
    ours = inspect.publish(content, library.schema, file=kind).render(facts)
    assert sorted(word.parts(ours)) == sorted(word.parts(saved.getvalue()))
    for name, part in word.parts(ours).items():
        assert _canonical(part) == _canonical(word.parts(saved.getvalue())[name]), name


def _canonical(root: etree._Element) -> bytes:
    """The XML without white space between elements and traces of editing, attributes in order."""
    for element in root.iter():
        # pictures are numbered from 1 here, from 1,000 there
        numbers = ["id"] if element.tag.endswith("}docPr") else []
        for name in [*numbers, *(name for name in element.attrib if "}rsid" in name)]:
            del element.attrib[name]
        if not element.tag.endswith("}t") and not (element.text or "").strip():
            element.text = None
        if not (element.tail or "").strip():
            element.tail = None
    return etree.tostring(root, method="c14n")


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_carries_the_code_by_which_it_is_verified(kind: str, issued: Issued) -> None:
    address = issued.records[kind]["document.address"]["value"]
    assert re.fullmatch(r"https://daoru\.example\.cn/v/[a-z2-7]{26}", address)
    said = "\n".join(word.paragraphs(issued.papers[kind]))
    strips = re.findall(r"票号(\d{6})　查询码([\d-]{14})", said) if kind == "ballot" else ()
    held = [f"{address}#{serial}.{digits.replace('-', '')}" for serial, digits in strips] or [address]
    assert [word.scanned(picture) for picture in word.codes(issued.papers[kind])] == held
    assert f"扫码核验真伪　{issued.records[kind]['document.number']['value']}" in said


def test_no_two_papers_have_the_same_code(issued: Issued) -> None:
    addresses = {
        (record["document.address"]["value"], record["document.number"]["value"]) for record in issued.records.values()
    }
    assert len({address for address, _ in addresses}) == len({number for _, number in addresses})


def test_a_code_is_read_from_a_poor_scan(issued: Issued) -> None:
    (picture,) = word.codes(issued.papers["service_contract"])
    page = Image.new("L", (1654, 2339), 255)  # A4 at 200 dpi, and the 18 mm of a footer's code
    page.paste(Image.open(io.BytesIO(picture)).convert("L").resize((142, 142)), (183, 2165))
    poor = page.rotate(2, fillcolor=255).filter(ImageFilter.GaussianBlur(1))
    saved = io.BytesIO()
    poor.save(saved, "JPEG", quality=60)
    assert word.scanned(saved.getvalue()) == issued.records["service_contract"]["document.address"]["value"]


@pytest.mark.skipif(not (pdf.available() and shutil.which("pdftoppm")), reason="没有 LibreOffice 或 pdftoppm")
@pytest.mark.parametrize("kind", ["service_contract", "meeting_notice", "scrutiny_record"])
def test_every_page_of_a_print_is_told_by_its_code(kind: str, issued: Issued, tmp_path: Path) -> None:
    printed = pdf.convert(issued.papers[kind])
    assert isinstance(printed, bytes)
    (tmp_path / "paper.pdf").write_bytes(printed)
    run(["pdftoppm", "-r", "200", "-gray", "-png", tmp_path / "paper.pdf", tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert pages
    assert {word.scanned(page.read_bytes()) for page in pages} == {issued.records[kind]["document.address"]["value"]}


def test_a_template_without_a_place_for_the_code_is_found_out(library: Library) -> None:
    content = library.templates["notices/meeting_notice.docx"]
    renamed = word.replaced(content, 'descr="核验码"', 'descr="图片"')
    broken = replace(library, templates={**library.templates, "notices/meeting_notice.docx": renamed}, _compiled={})
    assert [str(fault) for fault in linting.lint(broken) if "核验码图片" in str(fault)]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_facts_give_equal_bytes(kind: str, issued: Issued, library: Library) -> None:
    name = catalogue.KINDS[kind].template
    again = inspect.publish(library.templates[name], library.schema, library.prose, file=name)
    first = library.template(kind).render(issued.facts[kind])
    assert again.render(issued.facts[kind]) == first
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_printed_fact_is_recorded_with_its_step_its_person_and_its_moment(
    issued: Issued, library: Library
) -> None:
    for kind, record in issued.records.items():
        # what stands on each ballot is the list over all of them; by what its owner asks is not recorded
        printed = library.template(kind).names - {"ballot.receipt"}
        names = {name.replace("ballot.", "ballots[].", 1) if name.startswith("ballot.") else name for name in printed}
        asked = {name for name in names if not name.startswith("answered.")}
        # of a step that the estate had not come to there is nothing to record
        facts, moment = issued.facts[kind], record["document.number"]["at"]
        known = {group for group in facts.values if facts.source(group).at <= moment}
        absent = {name.partition(".")[0] for name in asked - set(record)}
        assert set(record) <= asked, kind
        assert not absent & known, kind
        for name, fact in record.items():
            assert all(fact[key] for key in ("step", "by", "at")), (kind, name, fact)
    contract = issued.records["service_contract"]
    fee = {"value": "1.20", "step": "finalise_contract", "by": "何静", "at": "2026-05-11T01:00:00+00:00"}
    assert contract["finalise_contract.fee_std"] == fee
    assert contract["vote.items[].area_for"]["step"] == "count_votes"
    assert contract["vote.items[].area_for"]["by"] == "沈国强"
    assert contract["roster.counted_area"]["step"] == "freeze_roster"
    assert contract["issued.result_notice"]["step"] == "DocumentIssued"
    assert contract["document.number"]["step"] == "signing"


def test_figures_are_those_of_the_case_counted_by_hand(issued: Issued) -> None:
    said = {kind: "\n".join(word.paragraphs(paper)) for kind, paper in issued.papers.items()}
    for kind, figure in _figures():
        assert figure in said[kind], (kind, figure)


def _figures() -> Iterator[tuple[str, str]]:
    """Figures out of the case's own files, with plain arithmetic and nothing of the engine."""
    roster = _table("roster")
    area = sum((Decimal(unit["建筑面积"]) for unit in roster), Decimal(0))
    persons = len({unit["证件号"] for unit in roster})
    yield "roster_publication", f"总面积（A）{area:,.2f}平方米，总人数（N）{persons}人"
    least = -(-int(area * 100) * 2 // 3)
    yield "meeting_notice", f"面积不少于{least / 100:,.2f}平方米且人数不少于{-(-persons * 2 // 3)}人"
    yield from _vote_figures(roster)
    owed = [Fraction(row["amount"]) * int(row["months_left"]) / int(row["months_paid"]) for row in _table("prepaid")]
    assert sum(owed) == 140_000
    for kind in ("settlement", "handover_certificate"):
        yield kind, "140,000.00元"
        yield kind, "人民币壹拾肆万元整"
    yield from _money_figures()


def _vote_figures(roster: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    units = {unit["房号"]: unit for unit in roster}
    signed = [ballot for ballot in _table("ballots") if ballot["signed"] == "是"]
    took_area = sum((Decimal(units[ballot["unit_no"]]["建筑面积"]) for ballot in signed), Decimal(0))
    took = len({units[ballot["unit_no"]]["证件号"] for ballot in signed})
    for item in range(8):
        marks = [(units[ballot["unit_no"]], ballot["marks"].split()[item]) for ballot in signed]
        others = {unit["证件号"] for unit, mark in marks if mark != "1"}  # who contradicts himself approves nothing
        for_it = [unit for unit, mark in marks if mark == "1" and unit["证件号"] not in others]
        for_area = sum((Decimal(unit["建筑面积"]) for unit in for_it), Decimal(0))
        heads = len({unit["证件号"] for unit in for_it})
        for kind in ("count_sheet", "service_contract", "dismissal_notice"):
            yield kind, f"{for_area:,.2f}\n{heads}\n"
        yield "result_notice", f"{for_area:,.2f}\n／{took_area:,.2f}\n{heads}\n／{took}\n"


def _money_figures() -> Iterator[tuple[str, str]]:
    lines = _answers("draft_budget")["lines"]
    income, expense = (
        sum(
            (Decimal(line["qty"]) * Decimal(line["unit_price"]) for line in lines if line["code"][0] == side),
            Decimal(0),
        )
        for side in "IE"
    )
    yield "first_budget", f"{income:,.2f}元"
    yield "first_budget", f"{income - expense:,.2f}元"
    yield "service_contract", f"收入合计{income:,.2f}元"
    yield "service_contract", f"支出合计{expense:,.2f}元"
    month = _answers("record_first_month")
    for side in ("income", "expense"):
        yield "first_disclosure", f"{sum(Decimal(row['amount']) for row in month[side]):,.2f}元"
    yield "dismissal_notice", "终止日为2026年7月19日"  # 20 May and 60 days


def _answers(task: str) -> Any:
    case = yaml.safe_load((CASES / "reference.yaml").read_text())
    return next(step["answers"] for step in case["steps"] if step.get("task") == task)


def _table(name: str) -> list[dict[str, str]]:
    with Path(CASES / f"reference-{name}.csv").open() as file:
        return list(csv.DictReader(file))
