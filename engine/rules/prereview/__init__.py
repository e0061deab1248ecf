"""The automatic pre-review of a trust-model service contract: RC-01…RC-55 (law §7).

:func:`review` gives what every rule finds in a file; :func:`ready` whether the contract may be signed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from engine.errors import Problem
from engine.rules.outcome import Outcome

# each of these registers its rules
from engine.rules.prereview import (  # noqa: F401
    form,
    mandate,
    money,
    old_company,
    openness,
    provider,
    rights,
    service,
    trust_property,
)
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import RULES, Finding, Rule, Severity, examine

__all__ = ["RULES", "File", "Finding", "Limits", "Rule", "Severity", "Waiver", "ready", "review", "waiver_problems"]


@dataclass(frozen=True)
class Waiver:
    """The adviser lets a finding stand, for a reason."""

    rule: str
    reason: str
    by: str
    on: date


def review(file: File, limits: Limits) -> list[Finding]:
    """What every rule finds, by their numbers; a rule that lacks a fact finds that it does."""
    return examine(RULES, file, limits)


def waiver_problems(waivers: Sequence[Waiver], findings: Collection[Finding], on: date) -> list[Problem]:
    """Why a waiver cannot stand: of a blocker, of nothing, without a reason, given twice or after the review."""
    by_rule = {finding.rule.id: finding for finding in findings}
    found = []
    for number, waiver in enumerate(waivers):
        twice = any(one.rule == waiver.rule for one in waivers[:number])
        where = f"waivers[{number}]"
        finding = by_rule.get(waiver.rule)
        checks = (
            ("rule", finding is not None, f"{waiver.rule} 没有审查意见，不需要放行；请删去。"),
            ("rule", finding is None or not finding.blocks, f"{waiver.rule} 是必须改正的，不能放行；请改正合同。"),
            (
                "rule",
                not twice,
                f"{waiver.rule} 放行了两次；请删去一行。",
            ),
            ("reason", bool(waiver.reason.strip()), "没有写明理由；请填写为什么可以放行。"),
            ("by", bool(waiver.by.strip()), "没有写明法律顾问的姓名；请填写。"),
            ("on", waiver.on <= on, f"放行日期 {waiver.on} 晚于审查日 {on}；请核对。"),
        )
        found += [Problem(f"{where}.{field}", message) for field, holds, message in checks if not holds]
    return found


def ready(findings: Sequence[Finding], waivers: Collection[Waiver]) -> Outcome:
    """``CLEAR`` to sign, ``BLOCKED`` by what is never waived, or ``OPEN`` until the adviser settles the rest."""
    waived = {waiver.rule for waiver in waivers}
    blocking = [finding.rule.id for finding in findings if finding.blocks]
    unsettled = [finding.rule.id for finding in findings if not finding.blocks and finding.rule.id not in waived]
    figures = {"blocking": blocking, "open": unsettled, "waived": sorted(waived)}
    name = "BLOCKED" if blocking else "OPEN" if unsettled else "CLEAR"
    return Outcome(name, figures, ("LC-09", *blocking, *unsettled))
