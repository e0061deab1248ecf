"""What each gate decides, from the estate's own records; the rule behind it is pure and lives in ``engine.rules``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.instance import Value
from engine.rules import (
    acceptance,
    canvass,
    diagnosis,
    handover,
    intake,
    owners_body,
    plan,
    signing,
    supervisor,
    survey,
)
from engine.rules.outcome import Outcome
from engine.use_cases import reading, voting
from engine.use_cases.dossier import Dossier


@dataclass(frozen=True)
class Decision:
    """An outcome, and what else the diagram may route by beside ``<gate>_outcome``."""

    outcome: Outcome
    routing: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """How a gate decides, its possible outcomes, and what else it gives the diagram, with the possible values.

    None stands for any value.  The lint holds the diagrams against this.
    """

    decide: Callable[[Dossier], Decision]
    outcomes: frozenset[str]
    routing: Mapping[str, frozenset[str | bool] | None] = field(default_factory=dict)


def decide(gate: str, dossier: Dossier) -> Decision:
    """Decide ``gate`` (the ``gate`` property of a business rule task) for the estate of ``dossier``."""
    decision = GATES[gate].decide(dossier)
    if decision.outcome.name not in GATES[gate].outcomes or set(decision.routing) != set(GATES[gate].routing):
        raise ValueError(f"gate {gate} said {decision.outcome.name} with {sorted(decision.routing)}: undeclared")
    return decision


def _intake(dossier: Dossier) -> Decision:
    return Decision(intake.screen(reading.screening(dossier.answers("screen_eligibility"))))


def _survey(dossier: Dossier) -> Decision:
    pack = dossier.pack
    standard = survey.Standard(
        area_tolerance=pack.value("area_tolerance"),
        photos_min=pack.value("survey_photos_min"),
        years_min=pack.value("account_years_min"),
    )
    return Decision(survey.complete(_collected(dossier), standard))


def _collected(dossier: Dossier) -> survey.Survey:
    site, register = dossier.answers("record_site_survey"), dossier.answers("build_owner_register")
    accounts = dossier.answers("collect_economic_base")
    later = dossier.answers("complete_survey_data") if dossier.answered("complete_survey_data") else {}
    units = dossier.roster.units
    return survey.Survey(
        households=dossier.answers("submit_application")["households"],
        units_listed=len(units),
        units_without_area=sum(1 for unit in units if not unit.area),
        listed_area=sum(unit.area for unit in units),
        registered_area=register["registered_total_area"],
        account_years=[row["year"] for row in accounts["years"]],
        missing_reason=later.get("missing_reason") or accounts.get("missing_reason") or "",
        hazards=[row["hazard"] or "" for row in site["facilities"]],
        photo_count=later.get("photo_count") or site["photo_count"],
        contracts_scanned=bool(later.get("contracts_scanned") or accounts["contracts_scanned"]),
        data_notice_version=register["data_notice_version"],
        impact_assessed=register["impact_assessment_on"] is not None,
    )


def _diagnosis(dossier: Dossier) -> Decision:
    meeting = dossier.answers("hold_diagnosis_meeting")
    outcome = diagnosis.conclude(
        dossier.ledgers,
        meeting["conclusion"],
        gap_funded=bool(meeting["gap_funded"]),
        nurture_round=dossier.times("nurture_estate"),
        nurture_max=dossier.pack.value("nurture_max"),
    )
    return Decision(outcome, {"nurture_round": int(outcome.figures["nurture_round"])})


def _owners_body(dossier: Dossier) -> Decision:
    body = reading.body(dossier.answers("verify_owners_body"))
    kind = body.kind.lower()
    sizes = owners_body.Sizes(dossier.pack.value(f"{kind}_size_min"), dossier.pack.value(f"{kind}_size_max"))
    return Decision(owners_body.act(body, sizes, dossier.today))


def _consent(dossier: Dossier) -> Decision:
    pack = dossier.pack
    targets = canvass.Targets(
        coverage_min=pack.value("visit_coverage_min"),
        response_min=pack.value("response_min"),
        support_min=pack.value("support_rate_min"),
        rounds_max=pack.value("canvass_rounds_max"),
    )
    round = dossier.times("canvass_households", since="hold_briefing")
    return Decision(canvass.consent(dossier.meter, targets, round), {"consent_round": round})


def _plan(dossier: Dossier) -> Decision:
    posted, settled = dossier.answers("post_plan_for_comment"), dossier.answers("settle_comments")
    consultation = plan.Consultation(
        posted_on=posted["posted_on"],
        committee_told_on=posted["committee_told_on"],
        closed_on=settled["closed_on"],
        days=dossier.pack.days("plan_comment_period"),
        comments=[
            plan.Comment(row["opinion"], bool(row["adopted"]), row["reason"] or "") for row in settled["comments"] or ()
        ],
    )
    terms = dossier.answers("draft_contract_terms")
    groups = {"standard_clauses_complete": "法定必备条款", "fiduciary_clauses_complete": "信义条款"}
    absent = [name for field_name, name in groups.items() if not terms[field_name]]
    opinion = dossier.answers("review_plan")["opinion"]
    return Decision(plan.review(absent, dossier.budget_problems, consultation, opinion))


def _supervisor(dossier: Dossier) -> Decision:
    nominated, declared = dossier.answers("nominate_supervisor"), dossier.answers("declare_interests")
    nominee = supervisor.Nominee(
        related_to_company=bool(declared["related_to_company"]),
        committee_member=bool(declared["committee_member"]),
        term_start=nominated["term_start"],
        term_end=nominated["term_end"],
    )
    return Decision(supervisor.eligible(nominee))


def _signing(dossier: Dossier) -> Decision:
    return Decision(signing.ready(reading.signing_file(dossier), dossier.today))


def _handover(dossier: Dossier) -> Decision:
    found = dossier.answers("inspect_and_list")
    return Decision(
        handover.close(
            dossier.handover_items,
            dossier.settlement,
            required=reading.safety_required(dossier.answers("record_site_survey")),
            was_old_company=bool(found["old_company_present"]) or bool(dossier.prepaid),
        )
    )


def _acceptance(dossier: Dossier) -> Decision:
    evaluated = dossier.answers("evaluate_acceptance")
    pack = dossier.pack
    standard = acceptance.Standard(
        pack.value("acceptance_pass_min"), pack.value("acceptance_rectify_min"), pack.value("acceptance_retries_max")
    )
    round = dossier.times("evaluate_acceptance")
    outcome = acceptance.judge(reading.scores(evaluated), standard, round)
    return Decision(outcome, {"acceptance_round": round})


def _participation(dossier: Dossier) -> Decision:
    outcome = voting.participation(dossier)
    figures: Mapping[str, Any] = outcome.figures
    closes = reading.day(figures["voting_closes_on"])
    return Decision(outcome, {"extended": bool(figures["extended"]), "voting_closes_on": closes})


def _vote(dossier: Dossier) -> Decision:
    return Decision(voting.outcome(dossier))


def _contested_vote(dossier: Dossier) -> Decision:
    outcome = voting.contested(dossier, dossier.answers("advise_on_contested_vote")["counsel_view"])
    return Decision(outcome, {"vote_outcome": outcome.name})


def _gate(decide: Callable[[Dossier], Decision], outcomes: str, **routing: frozenset[str | bool] | None) -> Gate:
    return Gate(decide, frozenset(outcomes.split()), routing)


GATES: Mapping[str, Gate] = {
    "intake": _gate(_intake, "ACCEPT RETURN DEFER"),
    "survey": _gate(_survey, "COMPLETE INCOMPLETE"),
    "diagnosis": _gate(_diagnosis, "SUITABLE NURTURE NOT_NOW", nurture_round=None),
    "owners_body": _gate(_owners_body, "READY NOT_READY"),
    "consent": _gate(_consent, "REACHED NOT_REACHED EXHAUSTED", consent_round=None),
    "plan": _gate(_plan, "CLEAR REVISE"),
    "participation": _gate(_participation, "PROCEED EXTEND", extended=frozenset({True, False}), voting_closes_on=None),
    "vote": _gate(_vote, "PASSED PARTIAL REJECTED NO_QUORUM CONTESTED PROCEDURE_FLAW"),
    "contested_vote": _gate(
        _contested_vote, "PASSED PARTIAL REJECTED", vote_outcome=frozenset({"PASSED", "PARTIAL", "REJECTED"})
    ),
    "supervisor": _gate(_supervisor, "ELIGIBLE CONFLICT"),
    "signing": _gate(_signing, "READY INCOMPLETE"),
    "handover": _gate(_handover, "COMPLETE PARTIAL BLOCKED"),
    "acceptance": _gate(_acceptance, "PASS RECTIFY SUSPEND", acceptance_round=None),
}
"""Every gate that a diagram may name."""
