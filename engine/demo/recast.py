"""Tell the journey of a case as that of another estate, with its own place, people, homes and figures."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from engine.carry.casefile import Case, Step
from engine.demo import figures, names, wording
from engine.demo.figures import Figures
from engine.demo.moving import walk
from engine.demo.roll import Entry
from engine.use_cases.library import Library

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Home:
    """A home of the estate, which stands in the place of one of the case."""

    unit_no: str
    building: str
    area: Decimal
    owner: str
    identity: str
    phone: str


def recast(case: Case, entry: Entry, people: Mapping[str, str], library: Library) -> Case:
    """``case`` as the journey of ``entry``, with ``people`` in its lanes; the same one whenever it is asked for."""
    told = _Telling(case, entry, people, library)
    return replace(
        case, title=entry.name, people=people, steps=tuple(told.step(step) for step in case.steps if not step.refused)
    )


class _Telling:
    def __init__(self, case: Case, entry: Entry, people: Mapping[str, str], library: Library) -> None:
        self.case, self.entry = case, entry
        self.seed = names.seeded(entry.name)
        self.given = next(step.answers for step in case.steps if step.task == "submit_application")
        self.roster = next((step.rows["roster"] for step in case.steps if "roster" in step.rows), [])
        self.owners = {row["房号"]: row["产权人"] for row in self.roster}
        self.named = self._persons(people)
        self.homes = self._homes()
        every = [home for homes in self.homes.values() for home in homes]
        self.figures = Figures(
            entry,
            library,
            self.seed,
            self.given,
            area=sum((home.area for home in every), Decimal(0)) or self._area(self.given["total_area"]),
            homes=len(every) or entry.homes,
            buildings=max(1, len({home.building for home in every})),
        )
        self.figures.prepaid = self._prepaid()
        self.say = self._words()
        self.returned: set[str] = set()

    def _persons(self, people: Mapping[str, str]) -> dict[str, str]:
        lanes = {person: people[lane] for lane, person in self.case.people.items() if lane in people}
        fresh = names.people(self.seed, set(lanes.values()))
        others = dict.fromkeys([*self.owners.values(), *wording.PERSONS])
        return {**{name: next(fresh) for name in others}, **lanes}

    # homes

    def _homes(self) -> dict[str, list[Home]]:
        """For each home of the case those that stand in its place: none, one or more, by the size of the estate."""
        fresh = names.people(self.seed, set(self.named.values()))
        same: dict[tuple[int, str], tuple[str, str, str]] = {}
        found: dict[str, list[Home]] = {row["房号"]: [] for row in self.roster}
        whole = bool(self.roster) and self.entry.homes % len(self.roster) == 0
        for copy, row in self._chosen():
            # who owns two homes in the case owns two here, where it stands whole
            key = (copy, row["证件号"] if whole else row["房号"])
            if key not in same:
                name = next(fresh) if copy else self.named[row["产权人"]]
                same[key] = name, names.identity(self.seed), names.phone(self.seed)
            number, building = self._numbered(row["房号"], copy)
            found[row["房号"]].append(Home(number, building, self._area(row["建筑面积"]), *same[key]))
        return found

    def _chosen(self) -> list[tuple[int, Mapping[str, str]]]:
        """So many homes as the estate has: all whom the case names in a text, and of the others a fair choice.

        Those who answered and voted alike are left out in proportion, so that a close result stays one.
        """
        copies = -(-self.entry.homes // len(self.roster)) if self.roster else 0
        every = [(copy, row["房号"]) for copy in range(copies) for row in self.roster]
        told, alike = self._told(), self._alike()
        spare = [place for place, (copy, unit_no) in enumerate(every) if copy or unit_no not in told]
        spare.sort(key=lambda place: alike.get(every[place][1], ""))
        left_out = (
            {spare[nth * len(spare) // more] for nth in range(more)} if (more := len(every) - self.entry.homes) else {}
        )
        rows = {row["房号"]: row for row in self.roster}
        return [(copy, rows[unit_no]) for place, (copy, unit_no) in enumerate(every) if place not in left_out]

    def _told(self) -> str:
        """Every text of the case in one."""
        return repr([step.answers for step in self.case.steps])

    def _alike(self) -> dict[str, str]:
        """For each home what it answered at the door and voted."""
        found: dict[str, str] = {}
        for step in self.case.steps:
            for kind, what in (("visits", "attitude"), ("ballots", "marks")):
                for row in step.rows.get(kind, ()):
                    unit_no = row["unit_no"]
                    found[unit_no] = f"{found.get(unit_no, '')}/{row.get(what, '')}"
        return found

    def _numbered(self, unit_no: str, copy: int) -> tuple[str, str]:
        """A home's number, and its building, in an estate of several buildings of so many floors."""
        building, _, home = unit_no.rpartition("-")
        floors = max(int(row["房号"].rpartition("-")[2][:-2]) for row in self.roster)
        high = min(self.entry.floors, floors)
        nth, over = divmod(int(home[:-2]) - 1, high)
        number = int(building) + copy * -(-floors // high) + nth
        return f"{number}-{over + 1:0{len(home) - 2}}{home[-2:]}", str(number)

    def _area(self, area: str) -> Decimal:
        return (Decimal(area) * Decimal(self.entry.size)).quantize(_CENT)

    def _prepaid(self) -> Decimal:
        """What the old company owes for the months to come, by the last list of the case."""
        lists = [step.rows["prepaid"] for step in self.case.steps if "prepaid" in step.rows]
        return sum(
            (
                self.figures.prepaid_of(row) * int(row["months_left"]) / int(row["months_paid"]) * len(here)
                for row in (lists[-1] if lists else ())
                if (here := self.homes.get(row["unit_no"]))
            ),
            Decimal(0),
        )

    # words

    def _words(self) -> Callable[[str, str], str]:
        entry, prepaid = self.entry, f"{self.figures.prepaid / 10000:.1f} 万元"
        said = {
            **wording.words(entry, self.seed),
            **self.named,
            self.given["estate_name"]: entry.name,
            self.given["total_area"]: f"{self.figures.area:.2f}",
            "14 万元": prepaid,
            "十四万元": prepaid,
            **{unit: homes[0].unit_no for unit, homes in self.homes.items() if homes},
        }
        literal = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
        fee = rf"(?<![\d.]){re.escape(figures.FEE)}(?!\d)"
        pattern = re.compile(rf"(?P<fee>{fee})|(?P<paper>(?<=〕)\d+(?= ?号))|(?<![\d-])(?:{literal})(?!\d)")

        def other(hit: re.Match[str]) -> str:
            if hit["fee"]:
                return self.figures.fee
            # the number of a paper that somebody else wrote
            return str(int(hit[0]) + entry.number) if hit["paper"] else said[hit[0]]

        return lambda key, text: text if key == "plan_no" else pattern.sub(other, text)

    # steps

    def step(self, step: Step) -> Step:
        """A step as it is done here."""
        rows = {kind: self._rows(kind, given) for kind, given in step.rows.items()}
        if step.task == "freeze_roster":
            self.returned = set()
        self.returned |= {row["unit_no"] for row in rows.get("ballots", ())}
        self.figures.returned = len(self.returned)
        answers = walk(self.figures.of(step.task, step.answers), self.say)
        # the case begins on a Sunday that was worked; elsewhere it is a Friday
        on = step.on - timedelta(2) if step.task == "set_annual_plan" else step.on
        return replace(step, on=on, answers=answers, rows=rows, by=self.named.get(step.by, step.by))

    def _rows(self, kind: str, rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        if kind == "roster":
            return [_owner(row, home) for row in rows for home in self.homes[row["房号"]]]
        return [made for row in rows for made in self._row(kind, dict(row))]

    def _row(self, kind: str, row: dict[str, str]) -> Iterable[dict[str, str]]:
        if kind == "prepaid":
            row["amount"] = f"{self.figures.prepaid_of(row):.2f}"
        unit_no = row.get("unit_no", "")
        if unit_no not in self.homes:
            yield walk(row, self.say)
            return
        for home in self.homes[unit_no]:
            placed = {"unit_no": home.unit_no, "building": home.building}
            yield {
                key: placed[key]
                if key in placed
                else home.owner
                if text == self.owners[unit_no]
                else self._said(key, text)
                for key, text in row.items()
            }

    def _said(self, key: str, text: str) -> str:
        said: str = walk(text, self.say, key)
        return said


def _owner(row: Mapping[str, str], home: Home) -> dict[str, str]:
    shown = {"房号": home.unit_no, "楼栋": home.building, "建筑面积": f"{home.area:.2f}", "产权人": home.owner}
    return {**row, **shown, "证件号": home.identity, "电话": home.phone}
