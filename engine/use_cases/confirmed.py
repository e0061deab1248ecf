"""What samples of households called back 抽查回访 say of a round's support, for its gate and its meter."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.rules import call_back_sample as rules
from engine.rules.call_back_sample import Result
from engine.rules.jurisdiction import Pack
from engine.store import canvass_checks as kept
from engine.store.canvass_checks import CallBack, Sample
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Drawn:
    """A sample with its doors and, once it was drawn, what they say so far."""

    sample: Sample
    calls: Sequence[CallBack]
    result: Result | None


def drawn(work: UnitOfWork, estate_id: int, round: int, pack: Pack) -> list[Drawn]:
    """The samples of a round, the oldest first."""
    calls = kept.calls(work, estate_id, round)
    found = []
    for sample in kept.samples(work, estate_id, round):
        own = [one for one in calls if one.sample_id == sample.id]
        found.append(Drawn(sample, own, _result(sample, own, pack) if sample.drawn_at else None))
    return found


def _result(sample: Sample, calls: Sequence[CallBack], pack: Pack) -> Result:
    heard = [one.heard for one in calls if one.heard]
    return rules.result(len(sample.units), sample.supporting, heard, len(calls), doubt(pack))


def doubt(pack: Pack) -> Fraction:
    """The chance that the interval misses the truth, as the pack allows it."""
    return Fraction(pack.value("call_back_doubt"), 100)


def figures(work: UnitOfWork, estate_id: int, round: int, pack: Pack) -> dict[str, Any]:
    """What the latest sample of a round says, for the gate: counts, the ends of the interval and the doubt in percent.

    Empty where none was drawn.
    """
    found = [one for one in drawn(work, estate_id, round, pack) if one.result]
    if not found or found[-1].result is None:
        return {}
    one = found[-1].result
    return {
        "no": found[-1].sample.no, "drawn": one.drawn, "open": one.open, **one.heard, "least": one.interval.least,
        "most": one.interval.most, "whole": one.interval.whole, "doubt": pack.value("call_back_doubt"),
        "claimed": one.claimed.numerator, "holds": one.holds, "says": one.interval.says,
    }  # fmt: skip
