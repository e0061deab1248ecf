"""Answer ``daoru review``: ``docs/review.md``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from engine.errors import InvalidAnswers
from engine.rules import jurisdiction, prereview, questions
from engine.rules.prereview import File, Finding, Limits, Waiver, facts
from engine.rules.prereview.facts import Facts, fact
from engine.rules.questions import Request, refuse

_BESIDE = ("place", "waivers")


@dataclass(frozen=True, kw_only=True)
class _Waived(Facts):
    rule: str = fact("放行的规则", {id: one.title for id, one in prereview.RULES.items()})
    reason: str = fact("理由", default="")
    by: str = fact("法律顾问", default="")
    on: date = fact("放行日期")


def answer(request: Request, packs: Iterable[jurisdiction.Pack], steps: Mapping[str, str]) -> dict[str, object]:
    """The JSON answer to a JSON question; ``steps`` are titles of tasks.  Raises InvalidAnswers naming the field."""
    known = tuple(one.name for one in fields(File) if one.name != "at")
    questions.only(request, (*_BESIDE, *known))
    on = questions.day(request, "on")
    limits = Limits.of(_pack(request, on, list(packs)))
    file = facts.read(File, {name: value for name, value in request.items() if name not in _BESIDE})
    findings = prereview.review(file, limits)
    waivers = _waivers(request)
    problems = prereview.waiver_problems(waivers, findings, on)
    if problems:
        raise InvalidAnswers(problems, "没有审查。")
    outcome = prereview.ready(findings, waivers)
    return {
        "outcome": outcome.name,
        "checked": len(prereview.RULES),
        **outcome.figures,
        "findings": [_shown(finding, waivers, steps) for finding in findings],
    }


def _pack(request: Request, on: date, packs: list[jurisdiction.Pack]) -> jurisdiction.Pack:
    place = questions.choice(request, "place", sorted({pack.place for pack in packs}), "")
    if all(pack.effective_from > on for pack in packs if pack.place == place):
        raise refuse("on", f"{place} 在 {on} 还没有施行的规则包；请核对日期。")
    return jurisdiction.choose(packs, place, on)


def _waivers(request: Request) -> Sequence[Waiver]:
    if "waivers" not in request:
        return ()
    found = []
    for number, entry in enumerate(questions.rows(request, "waivers")):
        where = f"waivers[{number}]"
        given = facts.read(_Waived, entry, where)
        try:
            found.append(Waiver(given.rule, given.reason, given.by, given.on))
        except facts.Absent as absent:
            raise refuse(absent.field, f"没有填写{absent.label}；请补上。") from absent
    return found


def _shown(finding: Finding, waivers: Sequence[Waiver], steps: Mapping[str, str]) -> dict[str, object]:
    rule = finding.rule
    shown: dict[str, object] = {
        "rule": rule.id,
        "severity": rule.severity.value,
        "title": rule.title,
        "says": list(finding.says),
        "articles": rule.articles,
        "step": rule.step,
        "step_title": steps[rule.step],
    }
    if finding.absent:
        shown["absent"] = finding.absent[0]
    waived = next((one for one in waivers if one.rule == rule.id), None)
    return (
        {**shown, "waived": {"reason": waived.reason, "by": waived.by, "on": waived.on.isoformat()}}
        if waived
        else shown
    )
