"""A fact that changes marks exactly the papers whose templates print it, on every case that issues papers."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
import pytest
import sqlalchemy as sa

from engine import events
from engine.store import Store, documents, tables
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.use_cases.stale import stale
from tests import carrying
from tests.carrying import Carried

NOW = datetime(2026, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
#: Of a case as many facts are changed, one at a time.
_MOST = 12


def _changing(opened: Store, name: str, printed: bytes) -> None:
    """Let every paper have printed that of a fact, as if it were what has changed since."""
    of_estate = sa.select(tables.document.c.id).where(tables.document.c.estate_id == 1)
    with opened.work("test", NOW) as work:
        table = tables.fact
        changed = sa.update(table).where((table.c.name == name) & table.c.document_id.in_(of_estate))
        work.execute(changed.values(printed=printed))
        work.append(1, events.LogExported(0))


@pytest.fixture(params=["reference", "first-committee", "vote-void-count", "company-converts", "tender-authorised"])
def copied(
    request: pytest.FixtureRequest, carried: Carried, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A case that was carried to its end, in a database of its own."""
    data, folder = carried.out(request.param) / "data", tmp_path_factory.mktemp("stale")
    (folder / "daoru.db").write_bytes((data / "daoru.db").read_bytes())
    with sqlite3.connect(folder / "daoru.db") as connection:
        # a printed fact never changes; here it does, as that is the same as a source that changed
        connection.execute("DROP TRIGGER fact_no_update")
    opened = carrying.opened(folder)
    yield opened
    opened.close()


def test_a_fact_that_changes_marks_exactly_the_papers_whose_templates_print_it(copied: Store, library: Library) -> None:
    with copied.work("test", NOW) as work:
        before = {*stale(Dossier(work, library, 1))}
        papers = documents.printed(work, 1)
    graph: dict[str, set[str]] = {}
    for paper in papers:
        for name in library.template(paper.kind).names:
            graph.setdefault(name, set()).add(paper.number)
    printed = {name: value for paper in papers for name, value in paper.facts.items()}
    fresh = sorted(name for name in printed if name.partition(".")[0] not in {"document", "issued", "ballots[]"})
    assert len(fresh) > _MOST
    for name in fresh[:: len(fresh) // _MOST]:
        using = {paper.number for paper in papers if name in paper.facts}
        # what was not known yet when a paper was printed stood in a branch that was not taken
        assert using <= graph[name], name
        _changing(copied, name, orjson.dumps("从前的值"))
        with copied.work("test", NOW) as work:
            assert {*stale(Dossier(work, library, 1))} - before == using - before, name
        _changing(copied, name, printed[name])


def test_a_lane_in_other_hands_marks_the_papers_that_name_who_held_it(copied: Store, library: Library) -> None:
    with copied.work("test", NOW) as work:
        before = {*stale(Dossier(work, library, 1))}
        naming = {
            paper.number
            for paper in documents.printed(work, 1)
            if "people.counsel" in library.template(paper.kind).names
        }
        work.hand_over(1, "法律顾问", work.people(1)["法律顾问"], "方远")
        work.append(1, events.LaneHandedOver("法律顾问", "何静", "方远", "轮岗"))
    with copied.work("test", NOW) as work:
        found = stale(Dossier(work, library, 1))
    assert {*found} - before == naming - before
    for number in naming:
        [changed] = [one for one in found[number].changed if one.name == "people.counsel"]
        assert changed.now == "方远"
        assert changed.step == "转接办理人"
