"""Estates carried once, with their papers, their facts and what was recorded of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import sqlalchemy as sa

from engine.documents import catalogue
from engine.documents.facts import Facts
from engine.store import tables
from engine.use_cases import papers, vote_papers
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests import carrying
from tests.carrying import Carried

#: The cases whose papers are read; a kind of document is taken from the first that issues it.
ISSUED_BY = (
    "reference", "first-committee", "first-committee-fails", "committee-re-elected", "custody-first", "fee-rise",
    "vote-electronic", "vote-void-count", "extension-lapsed", "handover-arbitration", "handover-ordered",
    "company-converts", "service-stops", "acceptance-failed", "revoked",
    "tender-authorised", "tender-too-few", "self-governing", "merge-neighbour", "pmc-signs", "bank-refuses",
    "hangzhou-custodial",
)  # fmt: skip


@dataclass
class Issued:
    """By kind: the paper as issued, what was recorded of its facts, and the facts of the estate at its end."""

    papers: dict[str, bytes]
    records: dict[str, dict[str, Any]]
    facts: dict[str, Facts]

    def add(self, other: "Issued") -> None:
        """Take over what ``other`` has of kinds not known yet."""
        self.papers, self.records, self.facts = (
            other.papers | self.papers,
            other.records | self.records,
            other.facts | self.facts,
        )


@pytest.fixture(scope="session")
def issued(carried: Carried) -> Issued:
    """The papers of every kind of document."""
    found = Issued({}, {}, {})
    for case in ISSUED_BY:
        found.add(_issued(carried.out(case), carried.library, found))
    assert set(found.papers) == set(catalogue.KINDS), "add a case to ISSUED_BY that issues the others"
    return found


@pytest.fixture(scope="session")
def issued_in(carried: Carried) -> Callable[[str], Issued]:
    """The papers that one case issued, each kind once."""
    return cache(lambda case: _issued(carried.out(case), carried.library, Issued({}, {}, {})))


def _issued(out: Path, library: Library, found: Issued) -> Issued:
    summary = orjson.loads((out / "summary.json").read_bytes())
    listed = {paper["kind"]: paper for paper in summary["documents"] if paper["kind"] not in found.papers}
    opened = carrying.opened(out / "data")
    try:
        with opened.work("test", datetime(2026, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))) as work:
            dossier = Dossier(work, library, 1)
            records: dict[str, dict[str, Any]] = {}
            chosen = sa.select(tables.document.c.kind, tables.fact).join(
                tables.fact, tables.fact.c.document_id == tables.document.c.id
            )
            for row in work.connection.execute(chosen):
                known = {"value": orjson.loads(row.printed), "step": row.step, "by": row.by, "at": row.at}
                records.setdefault(row.kind, {})[row.name] = known
            return Issued(
                papers={kind: (out / paper["file"]).read_bytes() for kind, paper in listed.items()},
                records=records,
                facts={kind: _facts(dossier, kind, paper["number"], records[kind]) for kind, paper in listed.items()},
            )
    finally:
        opened.close()


def _facts(dossier: Dossier, kind: str, number: str, record: dict[str, Any]) -> Facts:
    facts = papers.facts(dossier, catalogue.KINDS[kind], number, record["document.address"]["value"])
    # a vote convened anew has no ballots yet; the papers of the earlier one are still there
    return facts.having("ballot", vote_papers.ballots(dossier)[0]) if kind == "ballot" and dossier.ballots else facts
