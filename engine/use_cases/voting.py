"""The owners' vote: its window, its ballots, and what they decide.  Counting itself is ``rules.tally``."""

from collections.abc import Collection

from engine.errors import Problem
from engine.rules import ballot_life, procedure
from engine.rules.ballot_life import Act, State
from engine.rules.outcome import Outcome
from engine.store import ballot_scans, ballots, notices
from engine.use_cases import counting, publications, reading
from engine.use_cases.dossier import Answers, Dossier


def window(dossier: Dossier, answers: Answers) -> procedure.Window:
    """The voting window of ``prepare_meeting_notice``, with the pack's bounds."""
    return procedure.Window(
        opens_on=answers["voting_opens_on"],
        closes_on=answers["voting_closes_on"],
        least=dossier.pack.value("voting_window_min"),
        most=dossier.pack.value("voting_window_max"),
        longest_extension=dossier.pack.days("voting_extension"),
    )


def delivery_modes(dossier: Dossier, modes: Collection[str]) -> dict[str, str]:
    """Those of ``modes`` that a meeting notice may name, by code, as printed."""
    (asked,) = (one for one in dossier.library.form("prepare_meeting_notice").fields if one.key == "delivery_modes")
    return {mode: label for mode, label in asked.options.items() if mode in modes}


def ballot_count(dossier: Dossier) -> procedure.BallotCount:
    """What the ballot register says; every serial is returned, unreturned or spoiled (decisions 19)."""
    issued, out = len(dossier.ballots), len(dossier.ballot_of)
    returned = len({one.ballot_id for one in dossier.ballot_returns})
    return procedure.BallotCount(issued, returned, out - returned, issued - out)


def states(dossier: Dossier) -> dict[int, State]:
    """Where each serial of the vote is; a count makes what was reconciled final until a recount opens it again."""
    found = {ballot.serial: State(ballot.state) for ballot in dossier.ballots}
    if not counted(dossier):
        return found
    return {serial: ballot_life.after(state, Act.COUNT) or state for serial, state in found.items()}


def counted(dossier: Dossier) -> bool:
    """Whether the votes are counted, and no recount is under way."""
    open_now = {task.name for task in dossier.work.open_tasks(dossier.estate_id)}
    return dossier.times("count_votes", since="freeze_roster") > 0 and "count_votes" not in open_now


#: Who convenes the vote and carries its ballots: without knowing what is back nobody can decide on an extension.
CONVENING = frozenset({"社区干部", "网格员", "业委会/物管会"})


def hidden(dossier: Dossier, lanes: Collection[str] = ()) -> str:
    """Why how many took part is not shown to whoever acts in these lanes, empty where it is.

    The pack's ``live_participation`` decides until the box is sealed; a pack from before has no such rule.
    """
    rule = dossier.pack.parameters.get("live_participation")
    sealed = dossier.times("close_voting", since="freeze_roster") > 0
    if rule is None or rule.value == "SHOWN" or sealed:
        return ""
    if rule.value == "CONVENORS" and not CONVENING.isdisjoint(lanes):
        return ""
    whom = "只给组织表决的人看" if rule.value == "CONVENORS" else "不显示"
    return f"本区规定，封箱以前参与情况{whom}（{rule.source}）。"


def printed(dossier: Dossier) -> int:
    """How many serials the log says were made for this vote: printed at first, and for spoiled ones since."""
    number = 0
    for event in dossier.log:
        if event["kind"] == "BallotsPrinted" and event["meeting"] == dossier.round:
            number = event["ballots"]
        elif event["kind"] == "BallotsReplaced":
            number += len(event["serials"])
    return number


def sealing_problems(dossier: Dossier) -> list[Problem]:
    """Why the box may not be sealed (LC-07)."""
    return ballot_life.sealing_problems(printed(dossier), states(dossier))


def counting_problems(dossier: Dossier) -> list[Problem]:
    """Why the votes may not be counted yet: every ballot is settled first."""
    return ballot_life.counting_problems(states(dossier))


def opened(dossier: Dossier) -> bool:
    """Whether a ballot was entered or scanned; the vote can then not be extended, whatever is ticked (decisions 3)."""
    vote = dossier.work, dossier.estate_id, dossier.round
    return bool(ballots.entries_of(*vote)) or ballot_scans.opened(*vote)


def participation(dossier: Dossier) -> Outcome:
    """Whether the vote goes on to its close or is extended (T-07, decisions 3); no approval figure enters."""
    checked = dossier.answers("check_participation")
    extension = procedure.Extension(
        allowed_by_notice=bool(dossier.answers("resolve_agenda")["extension_allowed"]),
        already_extended=dossier.times("check_participation", since="prepare_meeting_notice") > 1,
        ballots_unopened=bool(checked.get("ballots_unopened")) and not opened(dossier),
        quorum_reached=counting.quorum_reached(dossier),
        decided_on=checked["checked_on"],
        extended_to=checked.get("extended_to"),
    )
    announced = window(dossier, dossier.answers("prepare_meeting_notice"))
    return procedure.participate(bool(checked["extend"]), extension, announced)


def extension(dossier: Dossier) -> Outcome:
    """Whether the extension stands, by the day its notice was posted."""
    return procedure.confirm_extension(
        dossier.answers("prepare_meeting_notice")["voting_closes_on"],
        dossier.answers("check_participation")["extended_to"],
        dossier.answers("post_extension_notice")["posted_on"],
    )


def unreachable(dossier: Dossier) -> list[str]:
    """The units whose ballot could not be handed over, and is announced on site (GR-22)."""
    return [no for no, ballot in dossier.ballot_of.items() if ballot.delivery_mode in {None, "", counting.ON_SITE}]


def opening(dossier: Dossier) -> Outcome:
    """Whether voting may open, once the objections to the roster are answered (LC-06)."""
    return procedure.open_vote(_flaws(dossier, "settle_roster_objections"))


def outcome(dossier: Dossier) -> Outcome:
    """Gate G7 over all items, with the full count among its figures."""
    results = counting.results(dossier)
    decided = procedure.decide(results, _flaws(dossier, "count_votes"), counting.seats(dossier))
    return Outcome(decided.name, {**decided.figures, **counting.figures(dossier)}, decided.rules)


def contested(dossier: Dossier, counsel_view: str) -> Outcome:
    """What a contested vote decided once counsel signed (LC-08)."""
    return procedure.decide_contested(counting.results(dossier), counsel_view, counting.seats(dossier))


def _flaws(dossier: Dossier, found_at: str) -> list[Problem]:
    """What makes the procedure void: a short or incomplete notice, or what the step ``found_at`` has found."""
    notice = publications.noticed(dossier, reading.notice(dossier.answers("post_meeting_notice")))
    agenda = reading.agenda(dossier.answers("resolve_agenda"))
    opened = dossier.answers("prepare_meeting_notice")["voting_opens_on"]
    found = procedure.notice_problems(agenda, notice, opened, dossier.pack.days("assembly_notice"))
    answers = dossier.answers(found_at)
    if answers["flaw_found"] != "NONE":
        found.append(Problem("flaw_found", answers["flaw_note"]))
    ruled = notices.ruled(dossier.work, dossier.estate_id, dossier.round, "WEIGHT")
    found += [Problem("objections", f"{one.unit_no or '不具名'}：异议成立，名册的面积或人数须更正。") for one in ruled]
    changed = [row for row in answers.get("objections") or () if row["changes_weight"]]
    return found + [
        Problem("objections", f"{row['unit_no']}：{row['content']}，成立，名册的面积或人数须更正。") for row in changed
    ]
