"""Read answers and registers as the values that rules take; decides nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.forms import checks
from engine.rules import (
    acceptance,
    budget,
    budget_posts,
    diagnosis,
    handover,
    intake,
    jurisdiction,
    owners_body,
    procedure,
    signing,
    termination,
)
from engine.rules.convening import AgendaItem, Convening
from engine.rules.exact import Ratio
from engine.rules.remuneration import Base, Remuneration

if TYPE_CHECKING:
    from engine.use_cases.dossier import Answers, Dossier


def day(value: Any) -> date:
    """A date that a rule's figure carries as ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def fees_receivable(application: "Answers") -> Decimal | None:
    """The year's fees at the present charge if everybody paid, by area or by household; None without a charge."""
    if application["fee_std"] is not None:
        return diagnosis.fee_by_area(application["fee_std"], application["total_area"])
    each = application["fee_per_household"]
    return None if each is None else each * application["households"] * 12


def floored_percent(part: Decimal, whole: Decimal) -> str:
    """A share of money in percent, floored to one decimal and never below 0, as a report prints it."""
    if whole <= 0 or part <= 0:
        return "0"
    return Ratio(int(part * 100), int(whole * 100)).percent()


def application(answers: "Answers") -> intake.Application:
    """D-03 as its rule sees it."""
    return intake.Application(
        built_year=answers["built_year"],
        total_area=answers["total_area"],
        residential_area=answers["residential_area"],
        org_status=answers["org_status"],
        org_term_end=answers.get("org_term_end"),
        company_status=answers["company_status"],
        contract_type=answers.get("contract_type"),
        contract_end=answers.get("contract_end"),
        households=answers["households"],
        rented_households=answers.get("rented_households"),
    )


def screening(answers: "Answers") -> intake.Screening:
    """The street's checklist."""
    return intake.Screening(
        boundary_clear=bool(answers["boundary_clear"]),
        not_in_demolition=bool(answers["not_in_demolition"]),
        no_suit_on_committee=bool(answers["no_suit_on_committee"]),
        no_open_case=bool(answers["no_open_case"]),
        contact_named=bool(answers["contact_named"]),
        party_organisation=answers.get("party_organisation") or "",
        result=answers["result"],
        note=answers.get("note") or "",
    )


def economy(answers: "Answers") -> diagnosis.Economy:
    """The economic ledger of ``compute_ledgers``."""
    return diagnosis.Economy(
        fee_receivable=diagnosis.fee_by_area(answers["fee_std"], answers["charged_area"]),
        expected_rate=answers["expected_rate"],
        common_income=answers["common_income"],
        subsidy=answers["subsidy"],
        basic_service_cost=answers["basic_service_cost"],
        remuneration=Remuneration(Base.RECEIVED_FEE, answers["remuneration_ratio"]),
        one_off_repair=answers.get("one_off_repair") or Decimal(0),
    )


def opinion(answers: "Answers") -> diagnosis.Opinion:
    """The opinion ledger of ``compute_ledgers``."""
    return diagnosis.Opinion(
        asked=answers["surveyed_heads"],
        supporting=answers["supporting_heads"],
        strongly_opposing=answers["strong_oppose_heads"],
        key_person_ready=bool(answers["key_person_ready"]),
    )


def body(answers: "Answers", *, decided: bool = False) -> owners_body.Body:
    """The owners' body as ``verify_owners_body`` found it; ``decided`` as in :class:`owners_body.Body`."""
    members = answers["members"] or ()
    return owners_body.Body(
        kind=answers["body_kind"],
        size=answers["size"],
        seats_filled=answers["seats_filled"],
        members_listed=len(members),
        undeclared_members=sum(1 for member in members if not member["conflict_declared"]),
        term_start=answers["term_start"],
        term_end=answers["term_end"],
        filing_no=answers.get("filing_no") or "",
        filed_on=answers.get("filed_on"),
        seal_keeper=answers.get("seal_keeper") or "",
        company_staff=sum(1 for member in members if member.get("company_staff")),
        unpaid_members=sum(1 for member in members if member.get("fee_paid") is False),
        decided=decided,
    )


def remuneration(plan: "Answers") -> Remuneration:
    """The share that ``draft_plan`` proposes; a ``FIXED`` one is a yearly amount."""
    base = Base(plan["remuneration_base"])
    return Remuneration(base, plan["remuneration_ratio"] or 0, plan.get("remuneration_fixed") or Decimal(0))


def first_budget(lines: list[dict[str, Any]], share: Remuneration, unforeseen_max: Any) -> budget.Budget:
    """The lines of ``draft_budget`` or ``estimate_budget``."""
    read = [
        budget.Line(
            code=row["code"],
            name=row["name"] or "",
            basis=row["basis"] or "",
            qty=Decimal(row["qty"]),
            unit=row["unit"] or "",
            unit_price=Decimal(row["unit_price"]),
            new_business=bool(row.get("new_business")),
            last_year_actual=row.get("last_year_actual"),
        )
        for row in lines
    ]
    return budget.Budget(read, share, unforeseen_max)


def posts(rows: list[dict[str, Any]] | None) -> list[budget_posts.Post]:
    """The posts of ``draft_budget`` or ``estimate_budget``; none where the budget is older than the question."""
    return [
        budget_posts.Post(row["code"], row["post"], row["headcount"], row["monthly_cost"], row["months"])
        for row in rows or ()
    ]


def agenda(answers: "Answers") -> list[AgendaItem]:
    """The items of ``resolve_agenda``."""
    return [
        AgendaItem(row["no"], row["text"] or "", int(row["item_class"]), bool(row["key"]), row["candidate"] or "")
        for row in answers["items"]
    ]


def convening(answers: "Answers") -> signing.Resolution:
    """The committee's decision to hold the vote, or to sign: who was there, who was for it."""
    return signing.Resolution(
        decided_on=answers["decided_on"] if "decided_on" in answers else answers["committee_decided_on"],
        members_total=answers["members_total"],
        members_present=answers["members_present"],
        members_for=answers["members_for"],
    )


def convened(dossier: "Dossier", answers: "Answers") -> Convening:
    """Who convenes the vote by ``answers`` of ``resolve_agenda``, beside the body that was verified."""
    verified = dossier.answers_if_any("verify_owners_body")
    return Convening(
        convenor=answers["convenor"],
        resolution=convening(answers),
        agenda_posted_on=answers["agenda_posted_on"],
        body_kind=verified.get("body_kind") or "",
        term_end=verified.get("term_end"),
    )


def notice(answers: "Answers") -> procedure.Notice:
    """The notice as ``post_meeting_notice`` gave it; ``items_posted`` is text such as ``1,2,3``."""
    numbers = answers["items_posted"].replace("，", ",").replace("、", ",").split(",")
    return procedure.Notice(
        posted_on=answers["posted_on"],
        all_owners_notified_on=answers["all_owners_notified_on"],
        committee_told_on=answers["committee_told_on"],
        items=frozenset(int(number) for number in numbers if number.strip().isdecimal()),
        short_notice_reason=answers.get("short_notice_reason") or "",
    )


def old_contract(application: "Answers", chosen: "Answers") -> termination.OldContract:
    """The contract to be ended, as counsel chose its path; service without any contract ends like an indefinite one."""
    kind = application.get("contract_type") or "NONE"
    if kind == "NONE" and application["company_status"] == "COMPANY_EXISTS":
        kind = "INDEFINITE"
    return termination.OldContract(
        kind=kind,
        ends_on=chosen.get("old_contract_end") or application.get("contract_end"),
        notice_days=chosen.get("contract_notice_days"),
    )


def scores(answers: "Answers") -> tuple[int, ...]:
    """The ten scores of ``evaluate_acceptance``."""
    return tuple(answers[f"score_{indicator.no}"] for indicator in acceptance.INDICATORS)


def acceptance_standard(pack: jurisdiction.Pack) -> acceptance.Standard:
    """How the place scores an acceptance."""
    return acceptance.Standard(
        pass_min=pack.value("acceptance_pass_min"),
        rectify_min=pack.value("acceptance_rectify_min"),
        retries_max=pack.value("acceptance_retries_max"),
        weights=tuple(pack.value(f"acceptance_weight_{indicator.no}") for indicator in acceptance.INDICATORS),
        never_zero=frozenset(int(no) for no in pack.value("acceptance_never_zero").split(",")),
    )


_SAFETY_OF_FACILITY = {
    "LIFT": handover.Safety.LIFT,
    "FIRE": handover.Safety.FIRE,
    "ELECTRIC": handover.Safety.POWER,
    "CCTV": handover.Safety.CCTV,
}


def safety_required(site_survey: "Answers") -> frozenset[handover.Safety]:
    """The safety equipment that the estate has, by its site survey."""
    there = (row for row in site_survey["facilities"] if row["state"] != checks.NOT_APPLICABLE)
    found = (_SAFETY_OF_FACILITY.get(row["category"]) for row in there)
    return frozenset(safety for safety in found if safety)


def counted_items(dossier: "Dossier") -> list[Mapping[str, Any]]:
    """Each item of the owners' vote as it was counted, none before the count."""
    return list(dossier.figures("vote").get("items") or ())


def voted_range(dossier: "Dossier") -> signing.Voted:
    """What the owners decided: the plan's terms, or those that went to them since because a contract had differed."""
    plan = dossier.answers("draft_plan")
    revoted = dossier.figures("contract_range", since="draft_plan")
    fee, share = voted_caps(dossier)
    return signing.Voted(
        outcome=dossier.outcome("vote", "contested_vote"),
        result_posted_on=dossier.answers("announce_result")["posted_on"],
        objections_closed_on=dossier.answers("settle_objections")["closed_on"],
        company="",
        fee_max=fee,
        ratio_max=share.ratio,
        years_max=revoted["years_max"] if revoted else plan["contract_years"],
        fixed_max=share.fixed,
    )


def voted_caps(dossier: "Dossier") -> tuple[Decimal, Remuneration]:
    """The highest fee and share that the owners decided: those of the plan, or those of a later vote on them."""
    plan = dossier.answers("draft_plan")
    share, revoted = remuneration(plan), dossier.figures("contract_range", since="draft_plan")
    if not revoted:
        return plan["fee_std_new"], share
    return Decimal(revoted["fee_max"]), Remuneration(
        share.base, Decimal(revoted["ratio_max"]), Decimal(revoted["fixed_max"])
    )


def contract(dossier: "Dossier", final: "Answers", signed: "Answers") -> signing.Contract:
    """The contract as finalised and, with answers of ``sign_contract``, as signed."""
    chosen = dossier.answers("select_company")
    return signing.Contract(
        company=chosen["company_name"],
        company_code=chosen["credit_code"] or "",
        project_manager=chosen["project_manager"],
        fee_std=final["fee_std"],
        remuneration_ratio=final["remuneration_ratio"] or 0,
        service_start=final["service_start"],
        service_end=final["service_end"],
        signed_on=signed.get("signed_on"),
        committee_signatory=signed.get("committee_signatory") or "",
        company_signatory=signed.get("company_signatory") or "",
        witness=signed.get("witness") or "",
        covenant_signed=bool(signed.get("covenant_signed")),
        remuneration_fixed=final["remuneration_fixed"] or Decimal(0),
        self_governed=chosen["provider_kind"] == "EXECUTIVE",
        oath_taken=bool(signed.get("oath_taken")),
    )


def signing_file(dossier: "Dossier") -> signing.Signing:
    """Everything gate G8 looks at."""
    signed = dossier.answers("sign_contract")
    owners = body(dossier.answers("verify_owners_body"))
    return signing.Signing(
        voted=voted_range(dossier),
        contract=contract(dossier, dossier.answers("finalise_contract"), signed),
        body=owners,
        resolution=signing.Resolution(
            decided_on=signed["committee_decided_on"],
            members_total=owners.seats_filled,
            members_present=signed["members_present"],
            members_for=signed["members_for"],
        ),
        account=_account(dossier),
        appointment=_appointment(dossier),
        filing=_filing(dossier),
    )


def earliest_old_end(dossier: "Dossier", agreed_notice: int | None) -> date | None:
    """When the old contract may end at the earliest: with its term, or by the dismissal that was decided (民法典 946).

    ``agreed_notice`` is the contract's own notice in days.  None where the company stays, where no term binds, and for
    a preliminary contract, which ends with the new one (民法典 940).
    """
    application = dossier.answers("submit_application")
    term: date | None = application.get("contract_end")
    stays = dossier.answers("hold_diagnosis_meeting")["route"] == "CONVERT_EXISTING"
    if term is None or stays or application.get("contract_type") == "PRELIMINARY":
        return None
    announced = next(answers for task, answers in dossier.after("draft_plan") if task == "announce_result")
    notice = dossier.pack.days("dismissal_notice") if agreed_notice is None else agreed_notice
    return min(term, day(announced["posted_on"]) + timedelta(notice))


def _later(dossier: "Dossier", field: str, first: Any) -> Any:
    """What ``complete_signing`` has since supplied for ``field``, else ``first``."""
    if first or not dossier.answered("complete_signing"):
        return first
    return dossier.answers("complete_signing").get(field)


def _account(dossier: "Dossier") -> signing.Account:
    opened = dossier.answers("open_fund_account")
    return signing.Account(
        bank=opened["bank"],
        name=opened["account_name"],
        number=opened["account_no_last4"],
        dual_control_tested_on=_later(dossier, "dual_control_tested_on", opened.get("dual_control_tested_on")),
        rejected_payment_tested=bool(_later(dossier, "rejected_payment_tested", opened["rejected_payment_tested"])),
        opening_balance=opened["opening_balance"],
    )


def _appointment(dossier: "Dossier") -> signing.Appointment:
    nominated, issued = dossier.answers("nominate_supervisor"), dossier.answers("issue_supervisor_letter")
    return signing.Appointment(
        eligible=dossier.outcome("supervisor") == "ELIGIBLE",
        issued_on=issued["issued_on"],
        term_start=nominated["term_start"],
        term_end=nominated["term_end"],
    )


def _filing(dossier: "Dossier") -> signing.Filing:
    filed = dossier.answers("file_contract")
    return signing.Filing(
        filed_on=_later(dossier, "filed_on", filed.get("filed_on")),
        published_on=_later(dossier, "published_on", filed.get("published_on")),
        manager_reported_on=_later(dossier, "manager_reported_on", filed.get("manager_reported_on")),
        platform_opened_on=_later(dossier, "platform_opened_on", filed.get("platform_opened_on")),
    )
