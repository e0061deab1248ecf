"""By what a vote is counted 口径: the frozen roster, the thresholds and the readings that the place's rules take."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from engine.rules import ballot_box
from engine.rules.jurisdiction import Parameter
from engine.rules.roster import Policies
from engine.use_cases import counting
from engine.use_cases.dossier import Dossier

_THRESHOLDS = ("quorum_area", "quorum_headcount", "pass_ordinary", "pass_special")


@dataclass(frozen=True)
class Basis:
    """What shares are taken of, ``area`` in 0.01 m², and the parameters of the pack that decide, with their sources.

    ``prevails`` says which of paper and platform counts where a unit used both, and by what adopted rule, if by one.
    """

    version: int
    fingerprint: str
    frozen_on: date
    units: int
    area: int
    persons: int
    parameters: Sequence[Parameter]
    prevails: tuple[str, str] | None


def basis(dossier: Dossier) -> Basis:
    """By what the vote that runs is counted; it is convened."""
    electorate, pack = dossier.electorate, dossier.pack
    names = (*_THRESHOLDS, *(one.name for one in fields(Policies)), "live_participation")
    return Basis(
        dossier.roster_version,
        dossier.roster_digits,
        dossier.answers("freeze_roster")["frozen_on"],
        len(electorate.units),
        electorate.area,
        electorate.persons,
        [pack.parameters[name] for name in names if name in pack.parameters],
        _prevails(dossier),
    )


_PREVAILS = {
    ballot_box.PAPER: "以纸质票为准", ballot_box.ELECTRONIC: "以电子票为准", ballot_box.FIRST: "以先投的为准",
    ballot_box.LAST: "以后投的为准",
}  # fmt: skip


def _prevails(dossier: Dossier) -> tuple[str, str] | None:
    agenda, rule = dossier.answers("resolve_agenda"), counting.duplicate_rule(dossier)
    if rule == ballot_box.HELD:
        return None
    return _PREVAILS[rule], f"{agenda['duplicate_source']}（{agenda['duplicate_adopted_on']} 通过）"
