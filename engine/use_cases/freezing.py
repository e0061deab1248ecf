"""Freeze the roster by two people: one proposes a version that was checked, another confirms it by freezing it.

What a newer version would do to a vote whose roster is frozen is shown here and changes nothing (law §3.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine import events
from engine.errors import Conflict, InvalidAnswers, NotPermitted, Problem
from engine.rules import ballot_box, roster, roster_change, roster_effect, roster_fingerprint
from engine.rules.count import Item, Share
from engine.rules.roster_change import Change
from engine.rules.roster_effect import Needs
from engine.store import notices, roster_imports, roster_proposals, rosters, rows
from engine.store.desk import EstateListed
from engine.store.notices import Voice
from engine.store.roster_proposals import Proposal
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import counting, desk, disclosing, hands, noticing, own_entry
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

#: Who may propose; whoever freezes is another person.
PROPOSING = ("网格员", "业委会/物管会", "社区干部", "街道")
PAPER = "roster_publication"


@dataclass(frozen=True)
class Version:
    """A version of the roster in figures: who counts in it, and what each item of the agenda would need."""

    number: int
    digits: str
    sha256: str
    at: str
    units: int
    total: Share
    needs: Sequence[Needs]


@dataclass(frozen=True)
class Amended:
    """A version that came after the frozen one, with what differs; ``sold`` are the units with other owners now."""

    newest: Version
    changes: Sequence[Change]
    sold: Sequence[Change]

    def weighs(self, frozen: Version) -> bool:
        """Whether area or headcount would be others."""
        return self.newest.total != frozen.total


@dataclass(frozen=True)
class Look:
    """How the freezing stands: ``counts`` is the version that is frozen, or would be; None without a roster."""

    estate: EstateListed
    acting: frozenset[str]
    counts: Version | None
    frozen_on: str
    frozen_by: str
    proposal: Proposal | None
    amended: Amended | None
    items: Sequence[str]
    papers: Sequence[rows.Document]
    running: bool
    voices: Sequence[Voice]
    people: bool
    answers: bool
    decisions: Sequence[Any]

    @property
    def proposed(self) -> bool:
        """Whether the version that counts is proposed."""
        return bool(self.proposal and self.counts and self.proposal.sha256 == self.counts.sha256)

    @property
    def may_propose(self) -> bool:
        """Whether this member may propose now."""
        return self.running and not self.frozen_on and bool(self.counts) and not self.acting.isdisjoint(PROPOSING)


def look(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Look:
    """How the freezing of an estate's roster stands.  Raises NotFound."""
    estate = desk.estate(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    frozen = dossier.convened
    agenda = counting.items(dossier) if dossier.answered("resolve_agenda") else []
    items = [Item(one.no, one.item_class) for one in agenda]
    counts = _version(dossier, dossier.roster_version, items)
    done = dossier.latest["freeze_roster"] if frozen else None
    people = not member.roles <= disclosing.WITHOUT_OWNERS
    acting = frozenset(hands.lanes_of(work, member.name, estate_id))
    return Look(
        estate,
        acting,
        counts,
        dossier.answers("freeze_roster")["frozen_on"].isoformat() if frozen else "",
        done.by if done else "",
        roster_proposals.latest(work, estate_id, dossier.round + (0 if frozen else 1)),
        _amended(dossier, items) if frozen and counts else None,
        [one.text for one in agenda],
        [one for one in dossier.issued if one.kind == PAPER],
        dossier.estate.status == "running",
        own_entry.said(dossier) if people else [],
        people,
        not acting.isdisjoint(noticing.POSTING),
        roster_imports.decisions(work, estate_id, dossier.roster_version) if people else [],
    )


def _version(dossier: Dossier, number: int, items: Sequence[Item]) -> Version | None:
    kept = rosters.version(dossier.work, dossier.estate_id, number)
    if kept is None:
        return None
    work, estate_id = dossier.work, dossier.estate_id
    electorate = roster.assemble(rosters.read(work, estate_id, number), dossier.policies)
    total, digest = Share(electorate.area, electorate.persons), rosters.digest(work, estate_id, number)
    needs = roster_effect.needs(items, total, counting.thresholds(dossier))
    digits, units = roster_fingerprint.digits(digest), len(electorate.units)
    return Version(number, digits, digest, kept.imported_at, units, total, needs)


def _amended(dossier: Dossier, items: Sequence[Item]) -> Amended | None:
    newest = rosters.newest(dossier.work, dossier.estate_id)
    if newest == dossier.roster_version:
        return None
    version = _version(dossier, newest, items)
    assert version is not None
    after = rosters.read(dossier.work, dossier.estate_id, newest)
    changes = roster_change.changes(dossier.roster, after)
    sold = [one for one in changes if ballot_box.changed_hands(dossier.roster, after, one.unit_no)]
    return Amended(version, changes, sold)


def propose(work: UnitOfWork, library: Library, member: Member, estate_id: int, digits: str) -> None:
    """Propose to freeze the newest version, which the proposer has seen with these ``digits``.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers.
    """
    desk.estate(work, member, estate_id)
    if frozenset(hands.lanes_of(work, member.name, estate_id)).isdisjoint(PROPOSING):
        raise NotPermitted(lane="或".join(PROPOSING))
    propose_newest(work, library, estate_id, digits)


def propose_newest(work: UnitOfWork, library: Library, estate_id: int, digits: str = "") -> None:
    """Propose to freeze the newest version; the same again by the same person changes nothing.

    Raises NotPermitted, Conflict, InvalidAnswers.
    """
    dossier = Dossier(work, library, estate_id)
    if dossier.estate.status != "running":
        raise NotPermitted("小区“{name}”已暂停或已结束办理，不能提请冻结名册。", name=dossier.estate.name)
    if dossier.convened:
        raise Conflict(f"这次表决已经冻结名册第 {dossier.roster_version} 版；要换名册，须先宣布表决作废。")
    version, sha256 = rosters.newest(work, estate_id), checked_digest(dossier)
    if digits and digits != roster_fingerprint.digits(sha256):
        raise Conflict("名册刚刚换了一版，没有提请。请核对本页现在的版次、面积和人数，再提请。")
    before = roster_proposals.latest(work, estate_id, dossier.round + 1)
    if before and (before.sha256, before.actor) == (sha256, work.actor):
        return
    electorate = dossier.electorate
    total = (electorate.area, electorate.persons)
    roster_proposals.propose(work, estate_id, dossier.round + 1, version, sha256, *total)
    work.append(estate_id, events.RosterProposed(version, roster_fingerprint.digits(sha256), *total))


def checked_digest(dossier: Dossier) -> str:
    """The digest of the newest version, once its rows are found to be what it was worked out of.

    Raises InvalidAnswers.
    """
    work, estate_id, version = dossier.work, dossier.estate_id, dossier.roster_version
    if not version:
        raise InvalidAnswers([Problem("version", "还没有业主名册；请先导入，再提请冻结。")], "没有提请。")
    digest = rosters.digest(work, estate_id, version)
    if digest != roster_fingerprint.digest(dossier.roster):
        said = f"名册第 {version} 版与导入时的校验码不一致，可能被改动过；请重新导入，并报告管理员。"
        raise InvalidAnswers([Problem("version", said)], "没有冻结。")
    return digest


def problems(dossier: Dossier) -> list[Problem]:
    """Why the actor may not freeze the newest version: nobody else has proposed it, or it is not what it was."""
    version = dossier.roster_version
    try:
        digest = checked_digest(dossier)
    except InvalidAnswers as error:
        return [Problem("frozen_on", one.message) for one in error.problems]
    if waiting := waiting_problems(dossier, "objections_answered"):
        return waiting
    proposal = roster_proposals.latest(dossier.work, dossier.estate_id, dossier.round + 1)
    if proposal is None or proposal.sha256 != digest:
        said = f"名册第 {version} 版还没有人提请冻结；请网格员、业委会或街道先在“名册冻结”页核对后提请，再由您冻结。"
        return [Problem("frozen_on", said)]
    if proposal.actor == dossier.work.actor:
        said = (
            f"名册第 {version} 版就是您提请冻结的；一人提请、另一人冻结，请换一位核对后提请，或把这项任务交给别人办理。"
        )
        return [Problem("frozen_on", said)]
    return []


def unanswered(dossier: Dossier) -> list[Voice]:
    """What owners found wrong in their entries and nobody has answered, but for what waits at the notice that hangs."""
    work, notice = dossier.work, own_entry.posted(dossier)
    there = {one.id for one in notices.voices(work, notice.id)} if notice else set()
    said = notices.by_task(work, dossier.estate_id, own_entry.TASK)
    return [one for one in said if not one.answered_on and one.id not in there]


def waiting_problems(dossier: Dossier, field: str) -> list[Problem]:
    """Why the roster may not be settled yet: an owner waits for an answer."""
    waiting = unanswered(dossier)
    if not waiting:
        return []
    units = "、".join(one.unit_no for one in waiting[:5])
    said = f"业主核对时提出的异议还有 {len(waiting)} 条没有答复（{units}）；请先在“名册冻结”页答复。"
    return [Problem(field, said)]
