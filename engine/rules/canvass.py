"""What households say at the door: coverage, response and support, each on its stated base.

An intention is not a vote.  Nothing in this module has a type that :mod:`engine.rules.tally`
accepts, and nothing converts one into the other (law §3.11; 民法典 278, GR-22-1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.errors import InvalidAnswers, Problem
from engine.rules.exact import Percent, Ratio
from engine.rules.outcome import Outcome

LABEL = "民意摸底，仅反映意愿，不具有表决效力"


class Attitude(StrEnum):
    """What a household answered, or that nobody was met (manual S5)."""

    STRONG_SUPPORT = "STRONG_SUPPORT"
    SUPPORT = "SUPPORT"
    NEUTRAL = "NEUTRAL"
    OPPOSE = "OPPOSE"
    STRONG_OPPOSE = "STRONG_OPPOSE"
    NOT_MET = "NOT_MET"


#: What households worry about (D-32), in words for people.
CONCERNS: Mapping[str, str] = {
    "FEE_RISE": "担心涨价",
    "MONEY_SAFETY": "资金安全",
    "COMPANY_LOYALTY": "企业尽责",
    "OC_TRUST": "业委会公信",
    "QUALITY": "服务质量",
    "ARREARS": "欠费",
    "PARKING": "停车",
    "PREPAID": "预交费",
    "OTHER": "其他",
}

IN_FAVOUR = frozenset({Attitude.STRONG_SUPPORT, Attitude.SUPPORT})


@dataclass(frozen=True)
class Household:
    """One unit that is to be visited: its area in 0.01 m² and the person it counts for."""

    unit_no: str
    area: int
    person: str


@dataclass(frozen=True)
class Visit:
    """One visit to one unit in one round; an attitude of ``None`` means met, but no answer given.

    ``time`` is the local time of day as 19:30, empty where it was not noted.
    """

    unit_no: str
    attitude: Attitude | None
    on: date
    round: int
    concerns: tuple[str, ...] = ()
    time: str = ""

    def replaces(self, earlier: "Visit") -> bool:
        """Whether this visit is the later one of two that are told in this order, as far as both say when."""
        if (self.on, self.round) != (earlier.on, earlier.round) or not (self.time and earlier.time):
            return (self.on, self.round) >= (earlier.on, earlier.round)
        return self.time >= earlier.time


@dataclass(frozen=True)
class Measure:
    """The same share counted by units, by heads and by area (0.01 m²)."""

    units: Ratio
    heads: Ratio
    area: Ratio


@dataclass(frozen=True)
class Meter:
    """Where the canvass stands; every share is shown beside the others (decisions 16).

    ``coverage`` is met ÷ all, ``response`` answered ÷ all, ``support`` supporting ÷ answered and
    ``support_of_all`` supporting ÷ all.  ``concerns`` counts units per concern in their last answer.
    """

    coverage: Measure
    response: Measure
    support: Measure
    support_of_all: Measure
    concerns: Mapping[str, int]

    def figures(self) -> dict[str, list[int]]:
        """Every share as ``[numerator, denominator]``: ``coverage_units`` … ``support_of_all_area``."""
        named = {
            "coverage": self.coverage,
            "response": self.response,
            "support": self.support,
            "support_of_all": self.support_of_all,
        }
        return {
            f"{name}_{base}": getattr(measure, base).pair()
            for name, measure in named.items()
            for base in ("units", "heads", "area")
        }


@dataclass(frozen=True)
class Targets:
    """The pack's figures for gate G5, in percent of units: programme targets, not law."""

    coverage_min: Percent
    response_min: Percent
    support_min: Percent
    rounds_max: int


@dataclass(frozen=True)
class _Standing:
    """What is known of one unit after all its visits."""

    met: bool
    answer: Visit | None

    @property
    def supports(self) -> bool:
        return self.answer is not None and self.answer.attitude in IN_FAVOUR


def coverage(households: Sequence[Household], visits: Iterable[Visit]) -> Meter:
    """Count the canvass over ``households``.

    A unit stands by its latest answer; a later visit that met nobody, or got no answer, takes no
    earlier answer away, else an opponent who is out would raise the support.  A person with several
    units is met or has answered when one of them is or has, and supports only when every answer of
    his does.  Raises InvalidAnswers for a visit to a unit that is not in the list, or a unit listed
    twice (manual S5; decisions 16).
    """
    standings = _standings(households, visits)
    met = {unit for unit, standing in standings.items() if standing.met}
    answered = {unit for unit, standing in standings.items() if standing.answer}
    against = {h.person for h in households if h.unit_no in answered and not standings[h.unit_no].supports}
    supporting = {unit for unit in answered if standings[unit].supports}
    concerns: dict[str, int] = {}
    for standing in standings.values():
        for concern in sorted(set(standing.answer.concerns if standing.answer else ())):
            concerns[concern] = concerns.get(concern, 0) + 1
    everyone = set(standings)
    share = _Counter(households, frozenset(against))
    return Meter(
        coverage=share.of(met, everyone),
        response=share.of(answered, everyone),
        support=share.of(supporting, answered, unanimous=True),
        support_of_all=share.of(supporting, everyone, unanimous=True),
        concerns=dict(sorted(concerns.items())),
    )


def to_visit_again(households: Sequence[Household], visits: Iterable[Visit]) -> tuple[str, ...]:
    """The units of the next round, in list order: all that do not yet support (manual S5, gate G5)."""
    standings = _standings(households, visits)
    return tuple(h.unit_no for h in households if not standings[h.unit_no].supports)


def consent(meter: Meter, targets: Targets, round: int) -> Outcome:
    """Gate G5: whether coverage, response and support by units reach the programme's targets.

    ``REACHED``; ``NOT_REACHED`` while another round is allowed; ``EXHAUSTED`` after the last one
    (manual S5).  The figures hold every share on every base, and say that none of them is a vote.
    """
    reached = {
        "coverage_reached": meter.coverage.units.reaches(targets.coverage_min),
        "response_reached": meter.response.units.reaches(targets.response_min),
        "support_reached": meter.support.units.reaches(targets.support_min),
    }
    figures: dict[str, object] = {
        **meter.figures(),
        **reached,
        "coverage_min": str(targets.coverage_min),
        "response_min": str(targets.response_min),
        "support_min": str(targets.support_min),
        "round": round,
        "rounds_max": targets.rounds_max,
        "label": LABEL,
    }
    if all(reached.values()):
        return Outcome("REACHED", figures, ("G5",))
    return Outcome("EXHAUSTED" if round >= targets.rounds_max else "NOT_REACHED", figures, ("G5",))


@dataclass(frozen=True)
class _Counter:
    """Counts sets of units by units, heads and area."""

    households: Sequence[Household]
    against: frozenset[str]

    def of(self, part: set[str], whole: set[str], unanimous: bool = False) -> Measure:
        some, every = self._count(part, unanimous), self._count(whole)
        return Measure(*(Ratio(numerator, denominator) for numerator, denominator in zip(some, every, strict=True)))

    def _count(self, units: set[str], unanimous: bool = False) -> tuple[int, int, int]:
        chosen = [h for h in self.households if h.unit_no in units]
        people = {h.person for h in chosen} - (self.against if unanimous else frozenset())
        return len(chosen), len(people), sum(h.area for h in chosen)


def _standings(households: Sequence[Household], visits: Iterable[Visit]) -> dict[str, _Standing]:
    standings = {h.unit_no: _Standing(met=False, answer=None) for h in households}
    problems = []
    if len(standings) != len(households):
        problems.append(Problem("households", "房号有重复；请核对业主清册后重新统计。"))
    for index, visit in enumerate(visits):
        known = standings.get(visit.unit_no)
        if known is None:
            problems.append(Problem(f"visits[{index}].unit_no", f"清册中没有房号“{visit.unit_no}”；请核对房号。"))
            continue
        answered = visit.attitude is not None and visit.attitude is not Attitude.NOT_MET
        newer = known.answer is None or visit.replaces(known.answer)
        standings[visit.unit_no] = _Standing(
            met=known.met or visit.attitude is not Attitude.NOT_MET,
            answer=visit if answered and newer else known.answer,
        )
    if problems:
        raise InvalidAnswers(problems)
    return standings
