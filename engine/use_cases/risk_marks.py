"""Risk marks 风险标记: what the pre-review found in a contract under examination, at the clauses that it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.rules.prereview import places
from engine.use_cases import waiving
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.examining import Examination
from engine.use_cases.library import CONTRACT
from engine.use_cases.waiving import Examined, Review


@dataclass(frozen=True)
class Checks:
    """The findings on the version under examination, and by the name of a clause those that stand there.

    Both are in the order of gravity; where a finding has no one place, it stands at no clause.
    """

    review: Review
    at: Mapping[str, Sequence[Examined]]

    def places(self, one: Examined) -> list[str]:
        """The clauses at which a finding stands."""
        return [name for name, found in self.at.items() if one in found]

    @property
    def open(self) -> list[Examined]:
        """Those that nobody let stand."""
        return [one for one in self.review.examined if one.waived is None]


def checks(dossier: Dossier, member: Member, shown: Examination) -> Checks | None:
    """What the pre-review finds in this document; None where it is no contract, or not the one that is reviewed."""
    known = shown.found.known
    if known.kind != CONTRACT or known.void_reason:
        return None
    review = waiving.review(dossier, member)
    if not review.ready or review.contract != shown.version.sha256:
        return None
    headed = {clause.name: clause.texts[0] for clause in shown.clauses if clause.lines}
    at: dict[str, list[Examined]] = {}
    for severity in waiving.SEVERITIES:
        for one in review.of(severity):
            for name in places.places(one.finding, headed):
                at.setdefault(name, []).append(one)
    return Checks(review, at)
