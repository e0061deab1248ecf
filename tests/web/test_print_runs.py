"""Printing the ballots: in parts that come one after the other, that can be stopped and gone on with."""

import io
import re
import zipfile
from typing import Any

import pytest

from engine import pages, pdf
from engine.documents.copies import Copies, count
from engine.printing import Printer
from engine.store import print_runs
from engine.use_cases import print_runs as use_cases
from tests.district import District
from tests.documents import word

pytestmark = pytest.mark.skipif(not (pdf.available() and pages.available()), reason="没有 LibreOffice 或 poppler")


@pytest.fixture
def page(district: District, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page that prints the 149 ballots of the reference estate, sixty at a time."""
    monkeypatch.setattr(use_cases, "AT_ONCE", 60)
    district.replay("deliveries")
    with district.opened.work("测试", district.clock.now) as work:
        [ballot] = [paper.number for paper in work.documents(1) if paper.kind == "ballot"]
    return f"/papers/{ballot}/print"


def kept(district: District, page: str) -> print_runs.Run:
    with district.opened.work("测试", district.clock.now) as work:
        number = page.removeprefix("/papers/").removesuffix("/print")
        source = next(paper.sha256 for paper in work.documents(1) if paper.number == number)
        found = print_runs.of(work, source)
    assert found is not None
    return found


def test_ballots_are_printed_in_parts_each_to_be_had_as_soon_as_it_is_made(district: District, page: str) -> None:
    cadre, printer = district.browser("社区干部"), Printer(district.opened)
    assert f'href="{page}"' in cadre.get(page.removesuffix("/print") + "/view").text
    assert cadre.post(page, {"do": "begin"}).status_code == 302
    begun = cadre.get(page)
    copies = kept(district, page).copies
    assert copies > 120
    assert f"已完成 0 / {copies} 张" in begun.text
    assert begun.headers["Refresh"] == "2"
    assert cadre.get(f"{page}/1").status_code == 404
    assert cadre.get(f"{page}/all").status_code == 409
    assert printer.round(district.clock.now)
    assert f"已完成 60 / {copies} 张" in cadre.get(page).text
    first = cadre.get(f"{page}/1")
    assert pages.count(first.data) == 60
    while printer.round(district.clock.now):
        pass
    done = cadre.get(page)
    assert f"已全部做好，共 {copies} 张" in done.text
    assert "Refresh" not in done.headers
    with cadre.get(f"{page}/all") as answer:
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert sum(pages.count(packed.read(name)) for name in packed.namelist()) == copies
    assert packed.read(packed.namelist()[0]) == first.data
    looks = cadre.get("/estates/1/owners/looks").text
    assert "表决票" in looks


def test_what_is_stopped_goes_on_and_makes_nothing_twice(district: District, page: str) -> None:
    cadre, printer = district.browser("社区干部"), Printer(district.opened)
    cadre.post(page, {"do": "begin"})
    printer.round(district.clock.now)
    assert cadre.post(page, {"do": "cancel"}).status_code == 302
    stopped = cadre.get(page)
    assert "已停下，做好 60 / " in stopped.text
    assert "Refresh" not in stopped.headers
    assert not printer.round(district.clock.now)
    first = kept(district, page).parts[0]
    cadre.post(page, {"do": "begin"})
    while printer.round(district.clock.now):
        pass
    run = kept(district, page)
    assert run.status == print_runs.DONE
    assert run.parts[0] == first


def test_a_part_that_was_being_made_when_it_was_stopped_is_thrown_away(
    district: District, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre, printer, really = district.browser("社区干部"), Printer(district.opened), pdf.convert

    def stopped_meanwhile(content: bytes, **how: Any) -> bytes | pdf.Refused:
        made = really(content, **how)
        cadre.post(page, {"do": "cancel"})
        return made

    cadre.post(page, {"do": "begin"})
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "convert", stopped_meanwhile)
        printer.round(district.clock.now)
    run = kept(district, page)
    assert (run.status, run.made) == (print_runs.CANCELLED, 0)


def test_what_cannot_be_made_says_why_and_may_be_tried_again(
    district: District, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre, printer = district.browser("社区干部"), Printer(district.opened)
    cadre.post(page, {"do": "begin"})
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "available", lambda: "/bin/false")
        printer.round(district.clock.now)
    assert "没有做完：转换超时或出错" in cadre.get(page).text
    cadre.post(page, {"do": "begin"})
    assert printer.round(district.clock.now)
    assert kept(district, page).made == 60


def test_without_any_converter_the_page_offers_word(
    district: District, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "available", lambda: "")
    monkeypatch.setattr(pdf, "plainly", lambda: False)
    shown = district.browser("社区干部").get(page).text
    assert "没有安装 LibreOffice，也没有备用的转换程序" in shown
    assert f'href="{page.removesuffix("/print")}"' in shown


def test_only_whoever_works_with_the_ballots_prints_them(district: District, page: str) -> None:
    company = district.browser("物业企业")
    assert "不是其中的人" in company.get(page).text
    assert company.post(page, {"do": "begin"}).status_code == 403
    assert company.get(f"{page}/1").status_code == 403
    other = re.sub("D-47", "D-45", page)
    assert district.browser("社区干部").get(other).status_code == 404


def test_a_part_holds_its_own_ballots_and_their_codes(district: District, page: str) -> None:
    content = district.browser("社区干部").get(page.removesuffix("/print")).data
    cut = Copies(content).cut(61, 63)
    said = "".join(word.paragraphs(cut))
    assert [serial for serial in range(1, count(content) + 1) if f"{serial:06d}" in said] == [61, 62, 63]
    # the template's own picture is shown by no copy but the first
    assert [word.scanned(code).rpartition("#")[2][:6] for code in word.codes(cut)][1:] == ["000061", "000062", "000063"]
    made = pdf.convert(cut)
    assert isinstance(made, bytes)
    assert pages.count(made) == 3
