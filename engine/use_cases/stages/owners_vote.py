"""S7: the owners' joint decision."""

from collections.abc import Mapping
from typing import Any

from engine.errors import Problem
from engine.rules import budget, procedure
from engine.use_cases import reading, voting
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _resolve_agenda(dossier: Dossier, answers: Answers) -> list[Problem]:
    agenda = reading.agenda(answers)
    found = procedure.agenda_problems(agenda)
    if dossier.answered("draft_budget"):
        found += procedure.business_problems(agenda, budget.special_majority_lines(dossier.budget))
    found += procedure.convening_problems(
        reading.convening(answers), answers["agenda_posted_on"], dossier.pack.days("oc_agenda_notice")
    )
    return found


def _prepare_meeting_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    window = voting.window(dossier, answers)
    found = procedure.window_problems(window, dossier.answers("freeze_roster")["frozen_on"])
    if window.opens_on <= dossier.today:
        found.append(Problem("voting_opens_on", f"表决开始日 {window.opens_on} 不能是今天或以前；请留足公告期。"))
    return found


def _post_meeting_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    return procedure.notice_problems(
        reading.agenda(dossier.answers("resolve_agenda")),
        reading.notice(answers),
        dossier.answers("prepare_meeting_notice")["voting_opens_on"],
        dossier.pack.days("assembly_notice"),
    )


def _deliver_ballots(dossier: Dossier, answers: Answers) -> list[Problem]:
    waiting = [ballot.unit_no for ballot in dossier.ballots if not ballot.delivered_on]
    if not waiting:
        return []
    some = "、".join(waiting[:5])
    return [Problem("finished_on", f"还有 {len(waiting)} 张表决票没有送达记录（{some} 等）；请先登记送达或留置。")]


def _close_voting(dossier: Dossier, answers: Answers) -> list[Problem]:
    count = procedure.BallotCount(answers["issued"], answers["returned"], answers["unreturned"], answers["void"])
    found = procedure.closing_problems(count, answers["closed_on"], voting.closes_on(dossier))
    registered = voting.ballot_count(dossier)
    found += [
        Problem(field, f"填写 {stated} 张，登记簿为 {known} 张；请逐号核对登记簿后改正。")
        for field, stated, known in (
            ("issued", count.issued, registered.issued),
            ("returned", count.returned, registered.returned),
        )
        if stated != known
    ]
    return found


def _decide_participation(dossier: Dossier) -> Decision:
    outcome = voting.participation(dossier)
    figures: Mapping[str, Any] = outcome.figures
    closes = reading.day(figures["voting_closes_on"])
    return Decision(outcome, {"extended": bool(figures["extended"]), "voting_closes_on": closes})


def _decide_vote(dossier: Dossier) -> Decision:
    return Decision(voting.outcome(dossier))


def _decide_contested_vote(dossier: Dossier) -> Decision:
    outcome = voting.contested(dossier, dossier.answers("advise_on_contested_vote")["counsel_view"])
    return Decision(outcome, {"vote_outcome": outcome.name})


CHECKS: Mapping[str, Check] = {
    "resolve_agenda": _resolve_agenda,
    "prepare_meeting_notice": _prepare_meeting_notice,
    "post_meeting_notice": _post_meeting_notice,
    "deliver_ballots": _deliver_ballots,
    "close_voting": _close_voting,
}
GATES: Mapping[str, Gate] = {
    "participation": gate(
        _decide_participation, "PROCEED EXTEND", extended=frozenset({True, False}), voting_closes_on=None
    ),
    "vote": gate(_decide_vote, "PASSED PARTIAL REJECTED NO_QUORUM CONTESTED PROCEDURE_FLAW"),
    "contested_vote": gate(
        _decide_contested_vote, "PASSED PARTIAL REJECTED", vote_outcome=frozenset({"PASSED", "PARTIAL", "REJECTED"})
    ),
}
