"""S9: from the old company to the new, or from the old way of the same company to the new way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from engine.errors import Problem
from engine.forms import checks
from engine.rules import custody, deadlines, handover, handover_list, termination
from engine.rules.outcome import Outcome
from engine.use_cases import handover_records, reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate

_SIDES = {
    "OWNERS": "业主组织",
    "OLD_COMPANY": "原企业",
    "NEW_COMPANY": "新企业",
    "COMMUNITY": "社区",
    "STREET": "街道",
}


def _choose_termination_path(dossier: Dossier, answers: Answers) -> list[Problem]:
    contract = reading.old_contract(dossier.answers("submit_application"), answers)
    open_paths = termination.paths(contract, dossier.today)
    if answers["path"] in open_paths:
        return termination.initiative_problems(termination.Path(answers["path"]), answers["initiated_by"] == "COMPANY")
    allowed = "、".join(path.value for path in open_paths) or "无（没有原合同）"
    return [Problem("path", f"按原合同的性质和到期日，可用的终止路径是：{allowed}；请改选，或核对原合同。")]


def _serve_dismissal_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    start = dossier.answers("finalise_contract")["service_start"]
    return termination.problems(dossier.ending(answers["arrived_on"]), answers["termination_on"], start)


def _record_company_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    """The company's own notice binds it as ours binds us; one that came late needs a word on what follows."""
    chosen = dossier.answers("choose_termination_path")
    late = 0
    if chosen["path"] == termination.Path.EXPIRY_947:
        contract = reading.old_contract(dossier.answers("submit_application"), chosen)
        notice = dossier.pack.days("company_no_renew_notice")
        late = termination.company_late_by(contract, answers["arrived_on"], notice)
    found = _serve_dismissal_notice(dossier, answers)
    if late and not answers.get("late_note"):
        message = f"企业的不续约通知迟了 {late} 天；请写明怎样要求它继续服务和承担责任。"
        found.append(Problem("late_note", message))
    return found


def _plan_handover(dossier: Dossier, answers: Answers) -> list[Problem]:
    present = {row["side"] for row in answers["group_members"]}
    missing = [name for side, name in _SIDES.items() if side not in present]
    if not missing:
        return []
    return [Problem("group_members", f"交接小组还缺：{'、'.join(missing)}；五方各派一人后再提交。")]


def _post_handover_plan(dossier: Dossier, answers: Answers) -> list[Problem]:
    notice, ends_on = dossier.pack.days("handover_plan_notice"), dossier.termination_on
    if ends_on is None or answers["posted_on"] + timedelta(notice) <= ends_on or answers.get("late_reason"):
        return []
    message = f"交接方案应在终止日 {ends_on} 前公示满 {notice} 天；已经来不及的，请写明理由和补救办法。"
    return [Problem("late_reason", message)]


def _inspect_and_list(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["attendance"] == "REFUSED":
        return []
    found = handover_list.coverage_problems(_groups(dossier), handover_list.GROUPS, "inspected_on")
    if unsigned := handover_records.unsigned(dossier):
        message = f"移交清单这些组还没有签齐：{'、'.join(unsigned)}；请在“交接”里补签，拒签的登记两位见证人。"
        found.append(Problem("inspected_on", message))
    blocked = any(row["state"] == checks.BLOCKED for row in answers["trial_runs"] or ())
    if answers["safety_items_good"] and blocked:
        message = "现场试运行有受阻的设施，不能勾选安全设施良好；请去掉勾选，或核对试运行结果。"
        found.append(Problem("safety_items_good", message))
    if answers["attendance"] == "UNILATERAL" and not _ordered_or_awarded(dossier):
        message = "没有责令文书或生效裁判，不能缺席查验；原企业不来的请选“拒绝移交”，转交接争议处置。"
        found.append(Problem("attendance", message))
    return found


def _inspect_baseline(dossier: Dossier, answers: Answers) -> list[Problem]:
    return handover_list.coverage_problems(_groups(dossier), handover_list.BASELINE, "inspected_on")


def _settle(dossier: Dossier, answers: Answers) -> list[Problem]:
    stated = handover_records.acknowledged(dossier)
    settlement = replace(dossier.settlement_of(answers), stated_total=stated.total if stated else None)
    # the ledger names all units without a disposition at once; the rest is for the sums
    return handover_records.ledger_problems(dossier) or handover.reconcile(settlement)


def _record_award(dossier: Dossier, answers: Answers) -> list[Problem]:
    filed_on = dossier.answers("file_suit")["filed_on"]
    if answers["effective_on"] >= filed_on:
        return []
    return [Problem("effective_on", f"生效日期早于立案日期 {filed_on}；请核对文书。")]


def _sign_handover_certificate(dossier: Dossier, answers: Answers) -> list[Problem]:
    latest = answers["signed_on"] + timedelta(dossier.pack.days("outstanding_period"))
    listed: dict[str, date] = {row["item"]: row["due"] for row in answers["outstanding"] or ()}
    return [
        *handover.certificate_problems(
            bool(answers["old_company_signed"]),
            bool(answers["new_company_signed"]),
            bool(answers["committee_signed"]),
            substitute=bool(answers.get("substitute")) and _ordered_or_awarded(dossier),
        ),
        *handover.outstanding_problems(dossier.handover_items, listed, latest),
    ]


def _transfer_personal_data(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["votes_excluded"]:
        return []
    return [Problem("votes_excluded", "移交的名册里不能有任何人的表决意见；请核对、剔除以后再移交。")]


def _freeze_old_account(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["cash_stopped"]:
        return []
    return [Problem("cash_stopped", "旧账户停用以后不能再收现金；请停收并贴出告示后再登记。")]


def _close_outstanding_items(dossier: Dossier, answers: Answers) -> list[Problem]:
    closed = {row["item"]: row for row in answers["items"]}
    missing = [item for item in dossier.outstanding if item not in closed]
    found = []
    if missing:
        found.append(Problem("items", f"还有遗留事项没有核销：{'、'.join(missing)}；请逐项写结果。"))
    found += [
        Problem("items", f"“{name}”转追索的，请在说明里写由谁在什么时候主张。")
        for name, row in closed.items()
        if row["result"] == "CLAIMED" and not row.get("note")
    ]
    return found


def _file_takeover(dossier: Dossier, answers: Answers) -> list[Problem]:
    """Gate LC-12: every group accounted for, and the record of the inspection posted."""
    groups = handover_list.BASELINE if dossier.took_over_as == "BASELINE" else handover_list.GROUPS
    inspected_on, posted_on = _inspected_on(dossier), answers["result_posted_on"]
    last, reason = _posted_by(dossier, inspected_on), answers.get("late_reason") or ""
    return [
        *handover_list.coverage_problems(_groups(dossier), groups, "filed_on"),
        *handover.posting_problems(inspected_on, posted_on, last, reason),
    ]


def _settle_custody(dossier: Dossier, answers: Answers) -> list[Problem]:
    sums = (answers["income"], answers["subsidy"], answers["expense"], answers["balance"])
    began = dossier.answers("start_custody")["taken_over_on"]
    starts = dossier.answers("finalise_contract")["service_start"]
    return [
        *custody.accounts_problems(custody.Accounts(*sums, answers["shortfall"] or "")),
        *custody.time_problems(began, answers["ends_on"], starts),
    ]


def _decide_handover(dossier: Dossier) -> Decision:
    routing = {"inspection_notice_due": None, "in_custody": dossier.answered("start_custody")}
    if dossier.took_over_as == "CUTOVER":
        closed = handover.close_cutover(dossier.settlement_of(dossier.answers("settle_cutover")))
        return Decision(closed, routing)
    return Decision(
        _inspected(dossier), {**routing, "inspection_notice_due": _posted_by(dossier, _inspected_on(dossier))}
    )


def _inspected(dossier: Dossier) -> Outcome:
    required = reading.safety_required(dossier.answers("record_site_survey"))
    if dossier.took_over_as == "BASELINE":
        return handover.close(dossier.handover_items, None, required, was_old_company=False)
    return handover.close(dossier.handover_items, dossier.settlement, required)


def _inspected_on(dossier: Dossier) -> date:
    """The day of the inspection, of the last one where it was repeated."""
    task = "inspect_baseline" if dossier.took_over_as == "BASELINE" else "inspect_and_list"
    inspected_on: date = dossier.answers(task)["inspected_on"]
    return inspected_on


def _posted_by(dossier: Dossier, inspected_on: date) -> date:
    """The last day on which the result of an inspection may be posted."""
    return deadlines.end_of(dossier.pack.parameter("inspection_notice"), inspected_on, dossier.deadlines.calendar)


def _groups(dossier: Dossier) -> frozenset[str]:
    return frozenset(item.group for item in dossier.handover_items)


def _ordered_or_awarded(dossier: Dossier) -> bool:
    """Whether an order that was not obeyed, or an award, stands against the old company."""
    return dossier.answered("record_correction_order") or dossier.answered("record_award")


CHECKS: Mapping[str, Check] = {
    "choose_termination_path": _choose_termination_path,
    "serve_dismissal_notice": _serve_dismissal_notice,
    "record_company_notice": _record_company_notice,
    "plan_handover": _plan_handover,
    "post_handover_plan": _post_handover_plan,
    "inspect_and_list": _inspect_and_list,
    "inspect_baseline": _inspect_baseline,
    "settle_accounts": _settle,
    "settle_custody": _settle_custody,
    "settle_cutover": _settle,
    "freeze_old_account": _freeze_old_account,
    "transfer_personal_data": _transfer_personal_data,
    "record_award": _record_award,
    "sign_handover_certificate": _sign_handover_certificate,
    "close_outstanding_items": _close_outstanding_items,
    "file_takeover": _file_takeover,
}
GATES: Mapping[str, Gate] = {
    "handover": gate(
        _decide_handover,
        "COMPLETE PARTIAL BLOCKED",
        inspection_notice_due=None,
        in_custody=frozenset({True, False}),
    ),
}
