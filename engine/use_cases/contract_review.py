"""The pre-review of an estate's contract: what the dossier knows of it, held against RC-01…RC-55."""

from engine.errors import Problem
from engine.rules import prereview
from engine.rules.prereview import Finding, Limits, facts
from engine.rules.prereview.file import File
from engine.use_cases import contract_file, contract_terms
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.until_next_event import UntilNextEvent


def reviewable(dossier: Dossier) -> bool:
    """Whether there is a contract to be reviewed: the final one was written down."""
    return dossier.answered("finalise_contract") and dossier.answered("select_company")


def review(dossier: Dossier, signing: Answers | None = None) -> list[Finding]:
    """What every rule finds, with the answers of ``sign_contract`` that are about to be given, if there are any."""
    before = dossier.answers_if_any("sign_contract")
    file = facts.read(File, contract_file.request(dossier, before if signing is None else signing))
    return prereview.review(file, Limits.of(dossier.pack))


_known: UntilNextEvent[list[Finding]] = UntilNextEvent(512)


def standing(dossier: Dossier) -> list[Finding]:
    """What every rule finds with nothing about to be given, worked out again only after an event or on another day."""
    what = (dossier.today, dossier.pack.version, contract_terms.version(dossier))
    return _known.of(dossier, what, lambda: review(dossier))


def signing_problems(dossier: Dossier, signing: Answers) -> list[Problem]:
    """The blockers that stop signing (law §7), each with the step in which it is mended."""
    stopping = [one for one in review(dossier, signing) if one.blocks]
    return [
        Problem("signed_on", f"预审未通过（{one.rule.id} {one.rule.title}）：{one.says[0]}请到“{step}”改正。")
        for one in stopping
        for step in [dossier.library.form(one.rule.step).title]
    ]
