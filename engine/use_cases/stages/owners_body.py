"""S4: which way leads to a body of the owners, and whether it can act."""

from collections.abc import Mapping
from datetime import date

from engine.errors import Problem
from engine.rules import deadlines, owners_body
from engine.use_cases import counting, reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _remedy_owners_body(dossier: Dossier, answers: Answers) -> list[Problem]:
    verified = dossier.outcome("owners_body", "body_formed") == "NOT_READY"
    return owners_body.remedy_problems(answers["measure"], verified)


def _draft_agreement(dossier: Dossier, answers: Answers) -> list[Problem]:
    return owners_body.agreement_problems(answers["agreement_kind"], _agreement_wanted(dossier))


def _sign_agreement(dossier: Dossier, answers: Answers) -> list[Problem]:
    drafted = dossier.day_of("draft_agreement")
    if answers["signed_on"] >= drafted:
        return []
    return [Problem("signed_on", f"签署日期早于拟稿（{drafted}）；请核对日期。")]


def _propose_joint_body(dossier: Dossier, answers: Answers) -> list[Problem]:
    units = {unit.unit_no for unit in dossier.roster.units}
    return [
        Problem(f"representatives[{index}].unit_no", f"{row['unit_no']} 不在业主清册内；代表须是业主，请核对房号。")
        for index, row in enumerate(answers["representatives"])
        if row["unit_no"] not in units
    ]


def _agreement_wanted(dossier: Dossier) -> str:
    if dossier.times("propose_joint_body", since="sign_agreement"):
        merges = dossier.answers("propose_joint_body")["joint_mode"] == "JOIN_NEIGHBOUR"
        return "MERGE" if merges else "SELF_MANAGE"
    return "CUSTODY"


def _decide_way(dossier: Dossier) -> Decision:
    meeting = dossier.answers("hold_diagnosis_meeting")
    outcome = owners_body.way(
        meeting["principal_route"],
        dossier.answers("submit_application")["org_status"],
        _measure(dossier),
        _standing(dossier),
    )
    custody = meeting["route"] == "CUSTODY_FIRST" and not dossier.answered("start_custody")
    return Decision(outcome, {"custody_due": custody})


def _measure(dossier: Dossier) -> str:
    """What the street has resolved since the last verification."""
    if not dossier.times("remedy_owners_body", since="verify_owners_body"):
        return ""
    return str(dossier.answers("remedy_owners_body")["measure"])


def _standing(dossier: Dossier) -> str:
    """The kind of the body that was found ready and is still in term."""
    if dossier.outcome("owners_body") != "READY":
        return ""
    body = reading.body(dossier.answers("verify_owners_body"))
    return body.kind if owners_body.in_term(body, dossier.today) else ""


def _decide_owners_body(dossier: Dossier) -> Decision:
    if _measure(dossier) == "GIVE_UP":
        return Decision(owners_body.given_up(dossier.answers("remedy_owners_body")["note"] or ""))
    body = reading.body(dossier.answers("verify_owners_body"), decided=dossier.outcome("joint_body") == "AGREED")
    return Decision(owners_body.act(body, _sizes(dossier, body.kind), dossier.today))


def _sizes(dossier: Dossier, kind: str) -> owners_body.Sizes:
    pack = dossier.pack
    if kind == owners_body.ALL_OWNERS:
        return owners_body.Sizes(1, len(dossier.roster.units), pack.value("oc_term_max"))
    lower, term = kind.lower(), {"OC": "oc_term_max", "PMC": "pmc_term"}[kind]
    return owners_body.Sizes(
        pack.value(f"{lower}_size_min"),
        pack.value(f"{lower}_size_max"),
        pack.value(term),
        _lasts_until(dossier) if kind == owners_body.COMMITTEE else None,
    )


def _lasts_until(dossier: Dossier) -> date:
    return deadlines.end_of(dossier.pack.parameter("oc_term_left_min"), dossier.today, dossier.deadlines.calendar)


def _decide_body_formed(dossier: Dossier) -> Decision:
    last = dossier.outcome("re_election", "first_assembly", "property_committee", "joint_body")
    return Decision(owners_body.formed(last))


def _decide_joint_body(dossier: Dossier) -> Decision:
    key = [result.approving_persons for result in counting.results(dossier) if result.key]
    consent = owners_body.Consent(
        dossier.outcome("vote", "contested_vote"), min(key, default=0), dossier.electorate.persons
    )
    alone = dossier.answers("propose_joint_body")["joint_mode"] == owners_body.ALL_OWNERS
    return Decision(owners_body.joined(consent, without_assembly=alone))


CHECKS: Mapping[str, Check] = {
    "remedy_owners_body": _remedy_owners_body,
    "propose_joint_body": _propose_joint_body,
    "draft_agreement": _draft_agreement,
    "sign_agreement": _sign_agreement,
}
GATES: Mapping[str, Gate] = {
    "body_way": gate(
        _decide_way,
        "USE RE_ELECT FIRST_ASSEMBLY FORM_PMC JOIN",
        custody_due=frozenset({True, False}),
    ),
    "body_formed": gate(_decide_body_formed, "FORMED NOT_FORMED"),
    "joint_body": gate(_decide_joint_body, "AGREED NOT_AGREED"),
    "owners_body": gate(_decide_owners_body, "READY NOT_READY NO_BODY"),
}
