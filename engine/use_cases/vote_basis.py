"""By what a vote is counted 口径: the frozen roster, the thresholds and the readings that the place's rules take."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from engine.rules.jurisdiction import Parameter
from engine.rules.roster import Policies
from engine.use_cases.dossier import Dossier

_THRESHOLDS = ("quorum_area", "quorum_headcount", "pass_ordinary", "pass_special")


@dataclass(frozen=True)
class Basis:
    """What shares are taken of, ``area`` in 0.01 m², and the parameters of the pack that decide, with their sources."""

    version: int
    fingerprint: str
    frozen_on: date
    units: int
    area: int
    persons: int
    parameters: Sequence[Parameter]


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
    )
