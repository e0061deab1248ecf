"""S8: how the company is chosen, by tender, talks or agreement, within what the owners decided."""

from collections.abc import Mapping
from decimal import Decimal

from engine.errors import Problem
from engine.rules import selection
from engine.rules.remuneration import Base, Remuneration
from engine.use_cases import choosing, reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate

#: How each route chooses; a tender without enough bidders ends in talks.
_METHODS: Mapping[str, frozenset[str]] = {
    "CONVERT_EXISTING": frozenset({"CONVERSION"}),
    "REPLACE_BY_AGREEMENT": frozenset({"AGREEMENT"}),
    "REPLACE_BY_TENDER": frozenset({"TENDER", "INVITATION", "AGREEMENT"}),
    "NEW_COMPANY": frozenset({"AGREEMENT"}),
    "CUSTODY_FIRST": frozenset({"AGREEMENT"}),
    "SELF_GOVERN": frozenset({"SELF_GOVERNANCE"}),
    "MERGE_NEIGHBOUR": frozenset({"MERGER"}),
}


def _check_voted_agenda(dossier: Dossier, answers: Answers) -> list[Problem]:
    decided = choosing.decided(dossier)
    if answers["company_voted"]:
        return selection.agenda_answer_problems(
            "voted_item", answers["voted_item"], decided, {selection.ENGAGING_CLASS}
        )
    if answers["tender_authorised"]:
        return selection.agenda_answer_problems("authorised_item", answers["authorised_item"], decided)
    return []


def _invite_candidates(dossier: Dossier, answers: Answers) -> list[Problem]:
    invited = [(row["name"], row["credit_code"], bool(row["conflict_declared"])) for row in answers["candidates"]]
    weights = [(row["criterion"], row["weight"]) for row in answers["weights"]]
    return [*selection.candidate_problems(invited), *selection.weight_problems(weights)]


def _score_candidates(dossier: Dossier, answers: Answers) -> list[Problem]:
    invited = dossier.answers("invite_candidates")
    judges = choosing.judges(answers)
    declared = {row["name"]: row.get("interests") or "" for row in invited["candidates"]}
    return [
        *selection.panel_problems(judges, None, ""),
        *selection.recusal_problems(judges, choosing.withdrawn(answers), declared),
        *selection.sheet_problems(
            choosing.sheets(answers),
            [row["name"] for row in invited["candidates"]],
            judges,
            choosing.weights(invited),
        ),
    ]


def _prepare_tender(dossier: Dossier, answers: Answers) -> list[Problem]:
    found = selection.weight_problems([(row["criterion"], row["weight"]) for row in answers["weights"]])
    caps = selection.cap_problems(answers["fee_cap"], _share_cap(answers), *reading.voted_caps(dossier))
    return found + caps


def _share_cap(tender: Answers) -> Remuneration:
    """The highest remuneration that a bid may ask."""
    return Remuneration(Base(tender["remuneration_base"]), tender["ratio_cap"] or 0, tender["fixed_cap"] or Decimal(0))


def _issue_tender_documents(dossier: Dossier, answers: Answers) -> list[Problem]:
    return selection.bidding_time_problems(
        answers["issued_on"],
        answers["bids_open_on"],
        dossier.pack.days("tender_time"),
        answers["short_time_reason"] or "",
    )


def _open_bids(dossier: Dossier, answers: Answers) -> list[Problem]:
    tender = dossier.answers("prepare_tender")
    return selection.bid_problems(_bids(answers), tender["fee_cap"], _share_cap(tender))


def _bids(answers: Answers) -> list[selection.Bid]:
    return [
        selection.Bid(
            row["company"],
            row["credit_code"],
            row["fee"],
            row["ratio"],
            row["fixed"],
            bool(row["sealed"]),
            bool(row["valid"]),
            row["reason"] or "",
        )
        for row in answers["bids"] or ()
    ]


def _extend_tender(dossier: Dossier, answers: Answers) -> list[Problem]:
    before = dossier.answers("open_bids")["opened_on"]
    if answers["bids_open_on"] > max(before, dossier.today):
        return []
    return [Problem("bids_open_on", f"新的开标日须晚于原开标日 {before} 和今天；请推后。")]


def _evaluate_bids(dossier: Dossier, answers: Answers) -> list[Problem]:
    pack, judges = dossier.pack, choosing.judges(answers)
    panel = selection.Panel(pack.value("bid_panel_size_min"), pack.value("bid_panel_expert_share_min"))
    sheets, bidders = choosing.sheets(answers), choosing.valid_bidders(dossier)
    listed = list(dict.fromkeys(sheet.company for sheet in sheets))
    most = pack.value("shortlist_max")
    # up to so many enter the evaluation; with fewer bids all of them do
    shortlist = listed if len(bidders) > most else bidders
    found = selection.panel_problems(judges, panel, answers["panel_note"] or "")
    if len(listed) > most:
        found.append(Problem("scores", f"评了 {len(listed)} 家，入围最多 {most} 家；请先按资格条件选出入围企业。"))
    strangers = sorted(set(listed) - set(bidders))
    if strangers:
        found.append(Problem("scores", f"“{strangers[0]}”没有有效投标，不能评分；请删去。"))
    declared = {row["company"]: row.get("interests") or "" for row in dossier.answers("open_bids")["bids"] or ()}
    found += selection.recusal_problems(judges, choosing.withdrawn(answers), declared)
    weights = choosing.weights(dossier.answers("prepare_tender"))
    return found + selection.sheet_problems(sheets, list(shortlist), judges, weights)


def _negotiate_conversion(dossier: Dossier, answers: Answers) -> list[Problem]:
    asked = (("accepts_open_books", "公开账目"), ("accepts_audit", "对既往账目的审计"))
    return [
        Problem(field, f"原企业不接受{label}，不能改签；请继续协商，或者回到诊断改走选聘路径。")
        for field, label in asked
        if not answers[field]
    ]


def _set_up_executive(dossier: Dossier, answers: Answers) -> list[Problem]:
    members = [(row["name"], row["job"]) for row in answers["members"]]
    voted = selection.agenda_answer_problems("voted_item", answers["voted_item"], choosing.decided(dossier))
    return [*selection.executive_problems(members), *voted]


def _agree_with_neighbour(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["sub_ledger"]:
        return []
    return [Problem("sub_ledger", "并入相邻小区须单列分账（信托法 29）；请在协议中写明后再登记。")]


def _select_company(dossier: Dossier, answers: Answers) -> list[Problem]:
    route = dossier.answers("hold_diagnosis_meeting")["route"]
    found = []
    executive = answers["provider_kind"] == "EXECUTIVE"
    if executive != (route == "SELF_GOVERN"):
        found.append(Problem("provider_kind", "业主自治路径选自治执行机构，其他路径选物业企业；请改选。"))
    if answers["selection_method"] not in _METHODS[route]:
        found.append(Problem("selection_method", "选聘方式与会商确定的路径不一致；请按实际办法改选。"))
    if not executive and not selection.credit_code_fits(answers["credit_code"]):
        found.append(selection.credit_code_problem("credit_code", answers["company_name"], answers["credit_code"]))
    if answers["dishonest_record"]:
        found.append(Problem("dishonest_record", "有失信或者经营异常记录的企业不能签约（RC-05）；请另选。"))
    if not answers["conflict_declared"]:
        found.append(Problem("conflict_declared", "还没有申报利益关系（RC-55）；请先取得书面申报。"))
    most = dossier.pack.value("recommended_max")
    return found + selection.choice_problems(
        answers["company_name"], choosing.standing(dossier), most, choosing.authorised(dossier)
    )


def _confirm_engagement(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["winner_accepts"] or answers["refusal_reason"]:
        return []
    return [Problem("refusal_reason", "企业不接受的，请写明理由。")]


def _replace_winner(dossier: Dossier, answers: Answers) -> list[Problem]:
    withdrawn = dossier.answers("select_company")["company_name"]
    return selection.replacement_problems(answers["replacement"], choosing.standing(dossier), withdrawn)


def _decide_bidders(dossier: Dossier) -> Decision:
    extended = dossier.times("extend_tender", since="prepare_tender") > 0
    bids = _bids(dossier.answers("open_bids"))
    return Decision(selection.bidders(bids, dossier.pack.value("bidders_min"), extended))


def _decide_selection(dossier: Dossier) -> Decision:
    company = dossier.answers("select_company")["company_name"]
    standing = choosing.standing(dossier)
    first = standing[0].company if standing else ""
    item = selection.named_in(choosing.decided(dossier), company)
    return Decision(selection.engagement(item, company, choosing.authorised(dossier), first))


CHECKS: Mapping[str, Check] = {
    "check_voted_agenda": _check_voted_agenda,
    "invite_candidates": _invite_candidates,
    "score_candidates": _score_candidates,
    "prepare_tender": _prepare_tender,
    "issue_tender_documents": _issue_tender_documents,
    "open_bids": _open_bids,
    "extend_tender": _extend_tender,
    "evaluate_bids": _evaluate_bids,
    "negotiate_conversion": _negotiate_conversion,
    "set_up_executive": _set_up_executive,
    "agree_with_neighbour": _agree_with_neighbour,
    "select_company": _select_company,
    "confirm_engagement": _confirm_engagement,
    "replace_winner": _replace_winner,
}
GATES: Mapping[str, Gate] = {
    "bidders": gate(_decide_bidders, "ENOUGH EXTEND TOO_FEW"),
    "selection": gate(_decide_selection, "VOTED VOTE_NEEDED"),
}
