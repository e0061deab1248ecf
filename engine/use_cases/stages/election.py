"""S4: a first assembly and its committee (4C), the re-election of one whose mandate is over (4B)."""

from collections.abc import Mapping, Sequence
from datetime import date

from engine.errors import Problem
from engine.rules import deadlines, election
from engine.rules.exact import Ratio
from engine.rules.outcome import Outcome
from engine.use_cases import counting, reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _apply_first_assembly(dossier: Dossier, answers: Answers) -> list[Problem]:
    pack, application = dossier.pack, dossier.answers("submit_application")
    conditions = election.Conditions(
        pack.value("first_assembly_area_min"),
        pack.value("first_assembly_households_min"),
        pack.value("first_assembly_applicants_min"),
    )
    request = election.Request(
        by_developer=answers["applied_by"] == "DEVELOPER",
        applicants=[row["unit_no"] for row in answers["applicants"] or ()],
        delivered=Ratio(answers["delivered_area"], application["total_area"]),
        moved_in=Ratio(answers["moved_in_households"], application["households"]),
    )
    return election.request_problems(request, conditions, _owners(dossier))


def _set_up_prep_group(dossier: Dossier, answers: Answers) -> list[Problem]:
    applied = dossier.answers("apply_first_assembly")["applied_on"]
    return [*_not_before(answers, "set_up_on", applied, "申请"), *_group_problems(dossier, answers)]


def _set_up_election_group(dossier: Dossier, answers: Answers) -> list[Problem]:
    ordered = dossier.answers("order_re_election")["ordered_on"]
    return [*_not_before(answers, "set_up_on", ordered, "责令通知"), *_group_problems(dossier, answers)]


def _group_problems(dossier: Dossier, answers: Answers) -> list[Problem]:
    members = answers["members"]
    head = next((row["source"] for row in members if row["name"] == answers["head"]), "")
    group = election.Group([row["source"] for row in members], head)
    pack = dossier.pack
    found = election.group_problems(group, pack.value("prep_group_size_min"), pack.value("prep_group_owner_share_min"))
    owners = _owners(dossier)
    for index, row in enumerate(members):
        if row["source"] == election.OWNER and row["unit_no"] not in owners:
            message = f"{row['name']}是业主成员，房号“{row['unit_no'] or ''}”不在业主清册内；请核对。"
            found.append(Problem(f"members[{index}].unit_no", message))
    return found


def _post_prep_group(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "posted_on", dossier.answers("set_up_prep_group")["set_up_on"], "筹备组成立")


def _confirm_owner_identity(dossier: Dossier, answers: Answers) -> list[Problem]:
    electorate = dossier.electorate
    known = {"counted_area": electorate.area, "persons": electorate.persons}
    return [
        Problem(field, "与业主清册算出的不一致；请核对清册，更正后重新导入。")
        for field, value in known.items()
        if answers[field] != value
    ]


def _nominate_candidates(dossier: Dossier, answers: Answers) -> list[Problem]:
    pack = dossier.pack
    seats = election.Seats(
        answers["seats"], pack.value("oc_size_min"), pack.value("oc_size_max"), bool(answers["by_election"])
    )
    return election.candidate_problems(_candidates(answers), seats, _owners(dossier))


def _post_candidates(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "posted_on", dossier.answers("nominate_candidates")["nominated_on"], "确定候选人")


def _post_assembly_papers(dossier: Dossier, answers: Answers) -> list[Problem]:
    confirmed = dossier.answers("confirm_owner_identity")["confirmed_on"]
    return [*_not_before(answers, "posted_on", confirmed, "身份确认"), *election.package_problems(answers["posted"])]


def _answer_draft_objections(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "closed_on", dossier.answers("post_assembly_papers")["posted_on"], "材料张贴")


def _hold_first_committee_meeting(dossier: Dossier, answers: Answers) -> list[Problem]:
    posted = dossier.answers("announce_result")["posted_on"]
    officers = {row["name"]: row["job"] for row in answers["members"]}
    meeting = election.FirstMeeting(counting.elected(dossier), answers["present"], answers["members_for"], officers)
    return [
        *_not_before(answers, "held_on", posted, "选举结果公告"),
        *election.first_meeting_problems(meeting),
        *_late(dossier, answers, "held_on", "oc_first_meeting"),
    ]


def _file_committee(dossier: Dossier, answers: Answers) -> list[Problem]:
    elected_on = dossier.answers("announce_result")["posted_on"]
    return [
        *election.filing_problems(elected_on, answers["filed_on"], answers["papers"], answers["filed_with"]),
        *_late(dossier, answers, "filed_on", "oc_filing"),
    ]


def _late(dossier: Dossier, answers: Answers, field: str, period: str) -> list[Problem]:
    """Whether a step that the law ties to the election was taken in time, or says why not."""
    due_on = _since_election(dossier, period)
    title = dossier.pack.parameter(period).title
    return election.late_problems(title, answers[field], due_on, answers["late_reason"] or "")


def _since_election(dossier: Dossier, period: str) -> date:
    """The last day of a period that begins with the published result of the election."""
    return _end_of(dossier, period, dossier.answers("announce_result")["posted_on"])


def _end_of(dossier: Dossier, period: str, begins: date) -> date:
    return deadlines.end_of(dossier.pack.parameter(period), begins, dossier.deadlines.calendar)


def _keep_seals(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "cut_on", dossier.answers("file_committee")["filed_on"], "备案")


def _candidates(answers: Answers) -> Sequence[election.Candidate]:
    return [
        election.Candidate(row["name"], row["unit_no"], bool(row["company_staff"]), bool(row["conflict_declared"]))
        for row in answers["candidates"]
    ]


def _owners(dossier: Dossier) -> Mapping[str, frozenset[str]]:
    return {unit.unit_no: frozenset(owner.name for owner in unit.owners) for unit in dossier.roster.units}


def _not_before(answers: Answers, field: str, first: object, what: str) -> list[Problem]:
    day = answers[field]
    return [Problem(field, f"{day} 早于{what}（{first}）；请核对日期。")] if day < first else []


def _decide_preparation(dossier: Dossier) -> Decision:
    formed_on = dossier.answers("set_up_prep_group")["set_up_on"]
    pack = dossier.pack
    limit = pack.parameter("prep_group_first_assembly")
    due_on = deadlines.end_of(limit, formed_on, dossier.deadlines.calendar)
    return Decision(election.timely(formed_on, dossier.today, pack.days("first_assembly_notice"), due_on))


def _decide_first_assembly(dossier: Dossier) -> Decision:
    if dossier.outcome("preparation") == "OVERDUE":
        failed = election.elected("", [], dossier.answers("nominate_candidates")["seats"], first=True)
        return Decision(failed, {"first_meeting_due": None, "filing_due": None})
    return Decision(_election(dossier, first=True), _after_election(dossier))


def _decide_re_election(dossier: Dossier) -> Decision:
    leaves_on = election.leaves_on(
        dossier.answers("submit_application").get("org_term_end"),
        dossier.answers("announce_result")["posted_on"],
        expires=dossier.answers("order_re_election")["cause"] == "EXPIRED",
    )
    records = _end_of(dossier, "oc_handover", leaves_on)
    routing = {**_after_election(dossier), "records_due": records}
    return Decision(_election(dossier, first=False), routing)


def _election(dossier: Dossier, *, first: bool) -> Outcome:
    vote, names = dossier.outcome("vote", "contested_vote"), counting.elected(dossier)
    return election.elected(vote, names, counting.seats(dossier), first)


def _after_election(dossier: Dossier) -> dict[str, date]:
    """The last days for the first meeting and the filing; both periods begin with the published result (T-10, T-11)."""
    return {
        "first_meeting_due": _since_election(dossier, "oc_first_meeting"),
        "filing_due": _since_election(dossier, "oc_filing"),
    }


def agenda_problems(dossier: Dossier, answers: Answers) -> list[Problem]:
    """Whether an agenda that follows a publication of candidates asks just these."""
    if not dossier.times("nominate_candidates", since="resolve_agenda"):
        return []
    published = dossier.answers("nominate_candidates")
    return election.agenda_problems(
        reading.agenda(answers),
        answers["seats"],
        [candidate.name for candidate in _candidates(published)],
        published["seats"],
        first=dossier.times("set_up_prep_group", since="resolve_agenda") > 0,
    )


CHECKS: Mapping[str, Check] = {
    "apply_first_assembly": _apply_first_assembly,
    "set_up_prep_group": _set_up_prep_group,
    "post_prep_group": _post_prep_group,
    "confirm_owner_identity": _confirm_owner_identity,
    "post_assembly_papers": _post_assembly_papers,
    "answer_draft_objections": _answer_draft_objections,
    "set_up_election_group": _set_up_election_group,
    "nominate_candidates": _nominate_candidates,
    "post_candidates": _post_candidates,
    "hold_first_committee_meeting": _hold_first_committee_meeting,
    "file_committee": _file_committee,
    "keep_seals": _keep_seals,
}
GATES: Mapping[str, Gate] = {
    "preparation": gate(_decide_preparation, "ON_TIME OVERDUE"),
    "first_assembly": gate(_decide_first_assembly, "FORMED NOT_FORMED", first_meeting_due=None, filing_due=None),
    "re_election": gate(
        _decide_re_election, "ELECTED NOT_ELECTED", first_meeting_due=None, filing_due=None, records_due=None
    ),
}
