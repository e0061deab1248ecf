"""The reference estate, carried once, with its papers, its facts and what was recorded of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import sqlalchemy as sa

from engine import store
from engine.carry import casefile, run
from engine.documents import catalogue
from engine.documents.facts import Facts
from engine.store import tables
from engine.use_cases import papers
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Reference:
    """Issued papers and their records by kind, and the facts of the estate at its end, as each kind sees them."""

    papers: Mapping[str, bytes]
    records: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Facts]


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Reference]:
    """The reference estate in operation."""
    out = tmp_path_factory.mktemp("papers") / "reference"
    options = run.Options(again=True, synchronous="OFF", person_key=b"a key for tests")
    run.carry(casefile.read(CASES / "reference.yaml"), out, library, options, lambda line: None)
    issued = {paper["kind"]: paper for paper in orjson.loads((out / "summary.json").read_bytes())["documents"]}
    opened = store.open(f"sqlite:///{out / 'data' / 'daoru.db'}", files=out / "data" / "files", synchronous="OFF")
    try:
        with opened.work("test", datetime(2026, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))) as work:
            dossier = Dossier(work, library, 1)
            chosen = sa.select(tables.document.c.kind, tables.document_version.c.facts).join(tables.document_version)
            yield Reference(
                papers={kind: (out / paper["file"]).read_bytes() for kind, paper in issued.items()},
                records={row.kind: orjson.loads(row.facts) for row in work.connection.execute(chosen)},
                facts={kind: _facts(dossier, kind, paper["number"]) for kind, paper in issued.items()},
            )
    finally:
        opened.close()


def _facts(dossier: Dossier, kind: str, number: str) -> Facts:
    facts = papers.facts(dossier, catalogue.KINDS[kind], number)
    return facts.having("ballot", papers.ballots(dossier)[0]) if kind == "ballot" else facts
