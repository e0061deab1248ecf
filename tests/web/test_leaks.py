"""Nothing that names an owner leaves the tables it belongs to: not by logs, addresses, pages, papers or files."""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from engine.documents.catalogue import kind_of
from tests.district import District
from tests.web.test_disclosures import ROSTER
from tests.web.test_rights import ROWS, address_of

_IDS = {row[ROSTER[0].index("证件号")] for row in ROSTER[1:]} - {""}
#: Some are in the case those of desks too, which are public.
_DESKS = set(re.findall(r"1\d{10}", (Path(__file__).parents[1] / "cases/reference.yaml").read_text()))
_PHONES = {row[ROSTER[0].index("电话")] for row in ROSTER[1:]} - {""} - _DESKS
_NAMES = {row[ROSTER[0].index("产权人")] for row in ROSTER[1:]}
#: Who sees no owner in full: pages asked by them, and what those lead to.
_ONLOOKERS = ("监察人", "物业企业", "区住建")


def _any(words: set[str]) -> "re.Pattern[bytes]":
    return re.compile("|".join(map(re.escape, sorted(words))).encode())


def _inside(content: bytes) -> Iterator[bytes]:
    """A file, and what is packed in it."""
    yield content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield re.sub(rb"<[^>]+>", b"", packed.read(name)) if name.endswith(".xml") else packed.read(name)


def _rows(district: District) -> Iterator[tuple[str, bytes]]:
    known = sa.MetaData()
    known.reflect(district.opened.engine)
    with district.opened.engine.connect() as connection:
        for table in known.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for cell in row:
                    yield table.name, bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


@pytest.fixture
def signed(district: District) -> District:
    """The reference estate after its vote: everything that owners said and signed is there."""
    district.replay("sign_contract")
    return district


def test_no_identity_number_lies_in_any_table_or_file(signed: District) -> None:
    number = _any(_IDS)
    assert not {table for table, cell in _rows(signed) if number.search(cell)}
    kept = [path for path in signed.opened.files.root.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept for part in _inside(path.read_bytes()) if number.search(part)]


def test_no_paper_that_is_posted_holds_a_telephone_number_or_a_full_name(signed: District) -> None:
    phone, name, found = _any(_PHONES), _any({one for one in _NAMES if len(one) > 2}), []
    with signed.opened.work("测试", signed.clock.now) as work:
        people = set(work.people(1).values())
        posted = [paper for paper in work.documents(1) if kind_of(paper.kind).privacy == "PUBLIC"]
        for paper in posted:
            for part in _inside(work.files.read(paper.sha256)):
                found += [(paper.title, hit[0]) for hit in phone.finditer(part)]
                found += [(paper.title, hit[0]) for hit in name.finditer(part) if hit[0].decode() not in people]
    assert len(posted) > 5
    assert not found


def test_no_page_address_or_log_names_an_owner(signed: District, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = _any(_IDS | _PHONES)
    full = _any(_NAMES | _IDS | _PHONES)
    wrong = []
    for lane in ("社区干部", *_ONLOOKERS):
        browser = signed.browser(lane)
        for method, rule, *_ in ROWS:
            if method != "GET" or "/owners/looks" in rule or rule.startswith(("/papers", "/admin", "/templates")):
                continue
            answer = browser.get(address_of(rule))
            said = answer.text if answer.mimetype == "text/html" else ""
            if lane in _ONLOOKERS and secret.search(said.encode()):
                wrong.append(f"{lane} {rule}: page")
            links = [*re.findall(r'(?:href|src|action)="([^"]*)"', said), answer.headers.get("Location", "")]
            wrong += [f"{lane} {rule}: {link}" for link in links if full.search(unquote(link).encode())]
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert not wrong, "\n".join(wrong)
    assert not full.search(told.encode())


def test_nothing_beside_the_database_and_its_files_names_an_owner(signed: District) -> None:
    full = _any(_IDS | _PHONES)
    inside = signed.opened.files.root
    beside = [path for path in Path(signed.home).rglob("*") if path.is_file() and inside not in path.parents]
    assert not [path for path in beside if "daoru.db" not in path.name and full.search(path.read_bytes())]
