"""S4: the street sets up a property management committee (4D)."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import deadlines, property_committee
from engine.rules.election import applicant_problems
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _apply_property_committee(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["applied_by"] != "OWNERS":
        return []
    units = [row["unit_no"] for row in answers["applicants"]]
    return applicant_problems(units, _unit_nos(dossier), dossier.pack.value("pmc_applicants_min"))


def _nominate_pmc_members(dossier: Dossier, answers: Answers) -> list[Problem]:
    pack = dossier.pack
    asked = property_committee.Composition(
        pack.value("pmc_size_min"), pack.value("pmc_size_max"), pack.value("pmc_owner_share_min")
    )
    members = [
        property_committee.Member(row["name"], row["source"], row["unit_no"] or "", bool(row["company_staff"]))
        for row in answers["members"]
    ]
    return property_committee.member_problems(members, answers["chair"], asked, _unit_nos(dossier))


def _post_pmc_members(dossier: Dossier, answers: Answers) -> list[Problem]:
    nominated = dossier.answers("nominate_pmc_members")["nominated_on"]
    if answers["posted_on"] >= nominated:
        return []
    return [Problem("posted_on", f"张贴日期早于名单确定（{nominated}）；请核对日期。")]


def _settle_pmc_objections(dossier: Dossier, answers: Answers) -> list[Problem]:
    posted = dossier.answers("post_pmc_members")["posted_on"]
    return property_committee.show_problems(posted, answers["closed_on"], dossier.pack.days("pmc_member_notice"))


def _establish_property_committee(dossier: Dossier, answers: Answers) -> list[Problem]:
    term = dossier.pack.parameter("pmc_term")
    return property_committee.establishment_problems(
        answers["established_on"],
        dossier.answers("settle_pmc_objections")["closed_on"],
        answers["term_start"],
        answers["term_end"],
        deadlines.end_of(term, answers["term_start"], dossier.deadlines.calendar),
    )


def _unit_nos(dossier: Dossier) -> frozenset[str]:
    return frozenset(unit.unit_no for unit in dossier.roster.units)


def _decide_property_committee(dossier: Dossier) -> Decision:
    settled = dossier.answers("settle_pmc_objections")
    sustained = [row["content"] for row in settled["objections"] or () if row["sustained"]]
    return Decision(
        property_committee.objections(
            dossier.answers("post_pmc_members")["posted_on"],
            settled["closed_on"],
            dossier.pack.days("pmc_member_notice"),
            sustained,
        )
    )


CHECKS: Mapping[str, Check] = {
    "apply_property_committee": _apply_property_committee,
    "nominate_pmc_members": _nominate_pmc_members,
    "post_pmc_members": _post_pmc_members,
    "settle_pmc_objections": _settle_pmc_objections,
    "establish_property_committee": _establish_property_committee,
}
GATES: Mapping[str, Gate] = {
    "property_committee": gate(_decide_property_committee, "CLEAR OBJECTED"),
}
