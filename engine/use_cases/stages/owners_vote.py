"""S7: the owners' joint decision, from convening to the result."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import budget, convening, procedure
from engine.use_cases import ballot_evotes, count_session, counting, freezing, publications, reading, voting
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages import election
from engine.use_cases.stages.decision import Check, Decision, Gate, gate

#: Outcomes by which what was voted on stands.
_CARRIED = ("PASSED", "PARTIAL")


def _resolve_agenda(dossier: Dossier, answers: Answers) -> list[Problem]:
    agenda = reading.agenda(answers)
    return [
        *convening.agenda_problems(agenda, answers["seats"]),
        *convening.business_problems(agenda, _new_business(dossier)),
        *convening.convening_problems(reading.convened(dossier, answers), dossier.pack.days("oc_agenda_notice")),
        *convening.unreturned_problems(
            answers["unreturned_rule"], answers["rules_adopted_on"], answers["convenor"], answers["decided_on"]
        ),
        *convening.duplicate_problems(
            answers["duplicate_rule"], answers["duplicate_adopted_on"], answers["convenor"], answers["decided_on"]
        ),
        *election.agenda_problems(dossier, answers),
    ]


def _new_business(dossier: Dossier) -> tuple[str, ...]:
    """The budget's lines of new business that the owners have not yet decided on."""
    drafted = dossier.budget_drafted
    if not drafted:
        return ()
    if dossier.figures("vote", since=drafted) and dossier.outcome("vote", "contested_vote") in _CARRIED:
        return ()
    return tuple(budget.special_majority_lines(dossier.budget))


def _post_convening_decision(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "posted_on", dossier.answers("resolve_agenda")["decided_on"], "决议")


def _freeze_roster(dossier: Dossier, answers: Answers) -> list[Problem]:
    electorate = dossier.electorate
    known = {"counted_area": ("计票总面积", electorate.area), "persons": ("计票业主总人数", electorate.persons)}
    differs = [
        Problem(field, f"{label}与业主清册算出的不一致；请核对清册，更正后重新导入再冻结。")
        for field, (label, value) in known.items()
        if answers[field] != value
    ]
    return differs + freezing.problems(dossier)


def _prepare_meeting_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    window, agenda = voting.window(dossier, answers), dossier.answers("resolve_agenda")
    found = procedure.window_problems(window, dossier.answers("freeze_roster")["frozen_on"])
    if window.opens_on <= dossier.today:
        found.append(Problem("voting_opens_on", f"表决开始日 {window.opens_on} 不能是今天或以前；请留足公告期。"))
    if answers["meeting_form"] != agenda["meeting_form"]:
        found.append(Problem("meeting_form", "会议形式与召集决议不一致；请按决议填写，要改形式须重新决议。"))
    if answers["count_on"] <= answers["voting_closes_on"]:
        found.append(Problem("count_on", "截止日当天二十四时才截止；计票日期请安排在截止日以后。"))
    named = voting.delivery_modes(dossier, answers["delivery_modes"])
    found += procedure.delivery_problems(named, dossier.pack.words("delivery_modes"), answers["delivery_basis"] or "")
    return found + convening.material_problems(reading.agenda(agenda), answers["attachments"] or ())


def _post_meeting_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    return publications.posting_problems(dossier, answers) + procedure.notice_problems(
        reading.agenda(dossier.answers("resolve_agenda")),
        reading.notice(answers),
        dossier.answers("prepare_meeting_notice")["voting_opens_on"],
        dossier.pack.days("assembly_notice"),
    )


def _settle_roster_objections(dossier: Dossier, answers: Answers) -> list[Problem]:
    posted = dossier.answers("post_meeting_notice")["roster_posted_on"]
    return _not_before(answers, "settled_on", posted, "名册公示") + freezing.waiting_problems(dossier, "settled_on")


def _open_evote(dossier: Dossier, answers: Answers) -> list[Problem]:
    opens = dossier.answers("prepare_meeting_notice")["voting_opens_on"]
    found = _not_before(answers, "opened_on", opens, "表决开始日")
    units = len(dossier.electorate.units)
    if answers["units_loaded"] != units:
        message = f"导入 {answers['units_loaded']} 户，冻结的名册有 {units} 户；请补齐或删去后重新核对。"
        found.append(Problem("units_loaded", message))
    return found


def _deliver_ballots(dossier: Dossier, answers: Answers) -> list[Problem]:
    listed = {row["unit_no"] for row in answers["unreachable"] or ()}
    missing = [unit_no for unit_no in voting.unreachable(dossier) if unit_no not in listed]
    delivered = sorted(listed - set(voting.unreachable(dossier)))
    found = []
    if missing:
        some = "、".join(missing[:5])
        message = f"还有 {len(missing)} 张表决票没有送达记录（{some} 等）；请登记送达，或列入送达不到的房号。"
        found.append(Problem("finished_on", message))
    if listed and not answers["pick_up"]:
        found.append(Problem("pick_up", "有送达不到的业主，没有写领票地点和联系人；请补上，公告上要用。"))
    if delivered:
        some = "、".join(delivered[:5])
        found.append(Problem("unreachable", f"{some} 已有送达记录，或不在名册内；请核对房号。"))
    return found


def _post_onsite_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    day = answers["posted_on"].isoformat()
    other = [
        ballot.unit_no
        for ballot in dossier.ballot_of.values()
        if not ballot.delivered_on or (ballot.delivery_mode == counting.ON_SITE and ballot.delivered_on != day)
    ]
    if not other:
        return []
    some = "、".join(other[:5])
    return [Problem("posted_on", f"{some} 还没有按公告送达登记在 {day}；请先在登记簿登记。")]


def _hold_owners_meeting(dossier: Dossier, answers: Answers) -> list[Problem]:
    opens, closes = dossier.answers("prepare_meeting_notice")["voting_opens_on"], counting.closes_on(dossier)
    found = []
    if not opens <= answers["held_on"] <= closes:
        found.append(Problem("held_on", f"会议日期应在公告的表决期 {opens} 至 {closes} 之内；请核对。"))
    if answers["proxies"] > answers["attended"]:
        found.append(Problem("proxies", "委托人数多于到会人数；请核对签到表。"))
    return found


def _record_evote_result(dossier: Dossier, answers: Answers) -> list[Problem]:
    known = voting.ballot_count(dossier).returned
    counted = answers["electronic"] + answers["paper"] - answers["duplicates"]
    if counted != known:
        message = f"电子票加纸质票减重复票为 {counted} 户，登记簿收回 {known} 户；请逐户核对后改正。"
        return [Problem("electronic", message)]
    by_item = ballot_evotes.item_problems(dossier, answers["items"], answers["electronic"])
    return ballot_evotes.channel_problems(dossier, answers) + by_item


def _close_voting(dossier: Dossier, answers: Answers) -> list[Problem]:
    count = procedure.BallotCount(answers["issued"], answers["returned"], answers["unreturned"], answers["void"])
    found = procedure.closing_problems(count, answers["closed_on"], counting.closes_on(dossier))
    registered = voting.ballot_count(dossier)
    found += [
        Problem(field, f"填写 {stated} 张，登记簿为 {known} 张；请逐号核对登记簿后改正。")
        for field, stated, known in (
            ("issued", count.issued, registered.issued),
            ("returned", count.returned, registered.returned),
            ("void", count.void, registered.void),
        )
        if stated != known
    ]
    return found + voting.sealing_problems(dossier)


def _count_votes(dossier: Dossier, answers: Answers) -> list[Problem]:
    candidates = [item.candidate for item in counting.items(dossier) if item.candidate]
    named = {field: answers[field] for field in ("counters", "scrutineers")}
    return [
        *voting.counting_problems(dossier),
        *count_session.problems(dossier, answers["counters"], answers["scrutineers"]),
        *_not_before(answers, "counted_on", dossier.answers("close_voting")["closed_on"], "封箱"),
        *procedure.counter_problems(named, candidates),
        *procedure.callback_problems(
            answers["callback_sample"],
            answers["callback_confirmed"],
            voting.ballot_count(dossier).returned,
            dossier.pack.value("callback_min"),
        ),
    ]


def _post_void_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "posted_on", dossier.answers("declare_vote_void")["declared_on"], "作废决定")


def _announce_result(dossier: Dossier, answers: Answers) -> list[Problem]:
    return _not_before(answers, "posted_on", dossier.answers("count_votes")["counted_on"], "计票")


def _not_before(answers: Answers, field: str, first: object, what: str) -> list[Problem]:
    day = answers[field]
    return [Problem(field, f"{day} 早于{what}（{first}）；请核对日期。")] if day < first else []


def _decide_opening(dossier: Dossier) -> Decision:
    return Decision(voting.opening(dossier))


def _decide_delivery(dossier: Dossier) -> Decision:
    return Decision(procedure.delivered(voting.unreachable(dossier)))


def _decide_participation(dossier: Dossier) -> Decision:
    return Decision(voting.participation(dossier))


def _decide_extension(dossier: Dossier) -> Decision:
    outcome = voting.extension(dossier)
    return Decision(outcome, {"voting_closes_on": reading.day(outcome.figures["voting_closes_on"])})


def _decide_vote(dossier: Dossier) -> Decision:
    outcome = voting.outcome(dossier)
    return Decision(outcome, {"committee_elected": election.committee_elected(dossier, outcome.name)})


def _decide_contested_vote(dossier: Dossier) -> Decision:
    outcome = voting.contested(dossier, dossier.answers("advise_on_contested_vote")["counsel_view"])
    elected = election.committee_elected(dossier, outcome.name)
    return Decision(outcome, {"vote_outcome": outcome.name, "committee_elected": elected})


CHECKS: Mapping[str, Check] = {
    "resolve_agenda": _resolve_agenda,
    "post_void_notice": _post_void_notice,
    "post_convening_decision": _post_convening_decision,
    "freeze_roster": _freeze_roster,
    "prepare_meeting_notice": _prepare_meeting_notice,
    "post_meeting_notice": _post_meeting_notice,
    "settle_roster_objections": _settle_roster_objections,
    "open_evote": _open_evote,
    "deliver_ballots": _deliver_ballots,
    "post_onsite_notice": _post_onsite_notice,
    "hold_owners_meeting": _hold_owners_meeting,
    "record_evote_result": _record_evote_result,
    "close_voting": _close_voting,
    "count_votes": _count_votes,
    "announce_result": _announce_result,
}
GATES: Mapping[str, Gate] = {
    "opening": gate(_decide_opening, "OPEN PROCEDURE_FLAW"),
    "delivery": gate(_decide_delivery, "COMPLETE UNREACHABLE"),
    "participation": gate(_decide_participation, "PROCEED EXTEND"),
    "extension": gate(_decide_extension, "EXTENDED LAPSED", voting_closes_on=None),
    "vote": gate(
        _decide_vote,
        "PASSED PARTIAL REJECTED NO_QUORUM CONTESTED PROCEDURE_FLAW",
        committee_elected=frozenset({True, False}),
    ),
    "contested_vote": gate(
        _decide_contested_vote,
        "PASSED PARTIAL REJECTED",
        vote_outcome=frozenset({"PASSED", "PARTIAL", "REJECTED"}),
        committee_elected=frozenset({True, False}),
    ),
}
