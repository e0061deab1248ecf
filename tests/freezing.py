"""The roster of the reference estate on the day it is frozen, for the tests of its pages."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.rules.roster import metres
from engine.spreadsheets import read_content
from engine.store import tables
from engine.use_cases import registering
from engine.use_cases.dossier import Dossier
from tests.district import CASE, Browser, District, posted

CASES = Path(__file__).parent / "cases"
ROOT, PAGE = "/estates/1/roster", "/estates/1/roster/freeze"
CADRE, GRID, BODY = "社区干部", "网格员", "业委会/物管会"


@dataclass
class Freezing:
    """The district where the roster is next to be frozen."""

    district: District

    @classmethod
    def begin(cls, district: District) -> "Freezing":
        """Carry the estate up to the freezing of its roster."""
        district.replay("freeze_roster")
        return cls(district)

    def digits(self, browser: Browser) -> str:
        """The check digits that the page shows, as its form sends them."""
        text = browser.get(PAGE).text
        return text.partition('name="digits" value="')[2].partition('"')[0]

    def propose(self, lane: str = GRID, digits: str = "") -> Any:
        """Propose what the page shows, or what it showed earlier."""
        browser = self.district.browser(lane)
        return browser.post(PAGE, {"digits": digits or self.digits(browser)})

    def freeze(self, lane: str = CADRE) -> Any:
        """Hand in the task as the case does."""
        step = next(step for step in CASE.steps if step.task == "freeze_roster")
        today = self.district.clock.now.date().isoformat()
        answers = posted({name: today if said == "=on" else said for name, said in step.answers.items()})
        with self.district.opened.work("测试", self.district.clock.now) as work:
            of = (tables.task.c.name == "freeze_roster") & (tables.task.c.status == "open")
            task = work.connection.execute(sa.select(tables.task.c.id).where(of)).scalar_one()
            electorate = Dossier(work, self.district.library, 1).electorate
        answers |= {"counted_area": metres(electorate.area), "persons": str(electorate.persons)}
        return self.district.browser(lane).post(f"/tasks/{task}", {"do": "complete", **answers})

    def import_changed(self, changed: dict[str, dict[str, str]]) -> None:
        """Import the case's roster anew, with other cells in the rows of these units."""
        rows = read_content("roster.csv", (CASES / "reference-roster.csv").read_bytes())
        entries = [type(row)({**row, **changed.get(row["房号"], {})}, row.sheet, row.number) for row in rows]
        with self.district.opened.work(CASE.people[CADRE], self.district.clock.now) as work:
            registering.enter(work, self.district.library, 1, "roster", entries, b"k")
