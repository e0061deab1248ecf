"""Examining documents 审阅: the adviser's queue across estates, remarks on clauses, and what he decides on a version.

An approval counts for one version and the SHA-256 of its file.  A new version begins anew; open remarks go with it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from engine import events
from engine.documents import clauses
from engine.documents.ballots import Ballots
from engine.documents.catalogue import KINDS, OPINION
from engine.documents.clauses import Change, Clause
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import examinations
from engine.store import hands as kept_hands
from engine.store.examinations import (
    ANSWERED,
    APPROVED,
    ASKED,
    HANDED,
    MUST,
    RETURNED,
    Asked,
    Decided,
    Material,
    Queued,
    Remark,
)
from engine.store.unit_of_work import UnitOfWork
from engine.store.uploads import Version
from engine.use_cases import alerts, ballot_text, disclosing, grounds, hands, material, powers, revising
from engine.use_cases.accounts import Member
from engine.use_cases.ballot_text import BALLOT
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.use_cases.material import File
from engine.use_cases.revising import REVISING, Versions
from engine.use_cases.stale import Stale, stale

ADVISER = "法律顾问"
CATEGORIES: Mapping[str, str] = {MUST: "必须改", "advice": "建议", "question": "疑问", "memo": "备忘"}
LONGEST = 1_000
#: The papers that bind somebody come to the adviser by themselves; others once somebody remarks on them.
EXAMINED = tuple(
    kind.name
    for kind in KINDS.values()
    if kind.name == BALLOT or (kind.nature in {"C", "R", "N"} and kind.name not in powers.PAPERS)
)
#: So many ballots that say something else can be looked at one by one; with more the common text is none.
MOST_ODD = 20
#: Personal data that is not for the adviser.
_HIDDEN = tuple(kind for kind, sight in powers.PAPERS.items() if ADVISER not in powers.SIGHTS[sight].lanes)


@dataclass(frozen=True)
class Thread:
    """A remark with its answers; ``clause`` is where it stands in the newest version, empty where that is gone.

    ``former`` is what the clause said that is gone, where the version of then still tells.
    """

    remark: Remark
    clause: str
    answers: tuple[Remark, ...]
    may_resolve: bool
    former: str = ""

    @property
    def named(self) -> str:
        """What the clause is called on which it was made."""
        return clauses.called(self.remark.clause)

    @property
    def open(self) -> bool:
        """Whether it is not settled."""
        return self.remark.resolved_at is None

    @property
    def category(self) -> str:
        """In a word."""
        return CATEGORIES[self.remark.category]


@dataclass(frozen=True)
class Standing:
    """How a document stands under examination in its newest version: whether it can be approved, and by whom.

    It is ``mine`` when ``reviewer`` is this member, or somebody he stands in for; ``decided`` has the latest first.
    """

    found: Versions
    reviewer: str
    mine: bool
    decided: Sequence[Decided]
    threads: Sequence[Thread]
    ballots: Ballots | None

    @property
    def version(self) -> Version:
        """The version that counts."""
        return self.found.newest

    @cached_property
    def standing(self) -> Decided | None:
        """The latest decision on it."""
        return next((one for one in self.decided if one.version == self.version.version), None)

    @property
    def approved(self) -> bool:
        """Whether it was approved as it stands."""
        return self.standing is not None and self.standing.decision == APPROVED

    @property
    def open(self) -> list[Thread]:
        """The remarks that are not settled."""
        return [thread for thread in self.threads if thread.open]

    @property
    def hindered(self) -> str:
        """Why it cannot be approved now, empty when it can."""
        must = [thread for thread in self.open if thread.remark.category == MUST]
        if must:
            where = "、".join(one.named for one in must[:3])
            return f"还有 {len(must)} 条“必须改”没有办结（{where}），不能通过。"
        if self.approved:
            return f"这一版已由{self.standing.actor}通过。" if self.standing else ""
        if self.standing and self.standing.decision == ASKED:
            return f"正在等{self.standing.whom}补充材料，答复后再决定。"
        if self.ballots and (len(self.ballots.odd) > MOST_ODD or not self.ballots.alike):
            return f"有 {len(self.ballots.odd)} 种票与共同文本不同，不能作为一批通过；请退回，重印后再审阅。"
        return ""

    def on(self, clause: str) -> list[Thread]:
        """The remarks on a clause, or for the empty name those whose clause is gone."""
        return [thread for thread in self.threads if thread.clause == clause]


@dataclass(frozen=True, kw_only=True)
class Examination(Standing):
    """With what its page shows: ``material`` came with answers, ``colleagues`` may take it over, ``asked`` by lane."""

    may_remark: bool
    may_answer: bool
    material: Sequence[Material]
    clauses: Sequence[Clause]
    altered: Collection[str]
    asked: Mapping[str, str]
    colleagues: Sequence[str]


#: What a remark on the paper as a whole stands under.
WHOLE = "全文"


@dataclass(frozen=True)
class Queue:
    """A page of the queue under a tab, with the counts of all tabs, which papers are stale, and the legal day."""

    shown: Sequence[Queued]
    counts: Mapping[str, int]
    stale: Mapping[str, Stale]
    today: str


def queue(work: UnitOfWork, library: Library, member: Member, tab: str, page: int) -> Queue:
    """What this member examines across estates, by kind, the oldest lawful date first.  Raises NotFound."""
    if tab not in examinations.TABS:
        raise NotFound(what="这一栏")
    asked = asked_by(work, member)
    shown = examinations.queue(work, asked, tab, page)
    marks: dict[str, Stale] = {}
    for estate_id in {one.estate_id for one in shown}:
        numbers = [one.number for one in shown if one.estate_id == estate_id]
        marks |= stale(Dossier(work, library, estate_id), numbers)
    return Queue(shown, examinations.counts(work, asked), marks, hands.today(work).isoformat())


def asked_by(work: UnitOfWork, member: Member) -> Asked:
    """Whose queue a member sees: his own and that of those he stands in for."""
    names = (member.name, *kept_hands.principals(work, member.name, hands.today(work).isoformat()))
    return Asked(ADVISER, member.nodes, names, EXAMINED, _HIDDEN)


def standing(work: UnitOfWork, member: Member, number: str) -> Standing:
    """How a document stands under examination for this member.  Raises NotFound, NotPermitted."""
    found = revising.versions(work, member, number)
    # the common text of ballots tells of nobody
    (disclosing.may_open if found.known.kind == BALLOT else disclosing.open_paper)(work, member, number)
    if found.known.kind == OPINION.name:
        raise NotPermitted("审阅意见书是审阅的结果，不再审阅；有不同意见，请在原文书的审阅页提出。")
    estate_id, decided = found.known.estate_id, examinations.decided(work, found.known.id)
    handed = next((one.whom for one in decided if one.decision == HANDED), "")
    reviewer = handed or work.people(estate_id).get(ADVISER, "")
    mine = hands.in_hands(work, member.name, reviewer, estate_id, ADVISER) is not None
    threads = _threads(examinations.remarks(work, found.known.id), _Clauses(work, found), member, mine=mine)
    return Standing(found, reviewer, mine, decided, threads, ballot_text.ballots_of(work, found))


def examination(work: UnitOfWork, member: Member, number: str) -> Examination:
    """A document as this member finds it under examination.  Raises NotFound, NotPermitted."""
    stands = standing(work, member, number)
    found, latest, read = stands.found, stands.standing, _Clauses(work, stands.found)
    people = work.people(found.known.estate_id)
    theirs = {lane for lane in REVISING if people.get(lane) == member.name}
    return Examination(
        **{one.name: getattr(stands, one.name) for one in fields(stands)},
        may_remark=stands.mine or bool(theirs),
        may_answer=latest is not None and latest.decision == ASKED and (bool(theirs) or latest.whom == member.name),
        material=examinations.brought(work, found.known.id),
        clauses=read.newest,
        altered=read.altered,
        asked={name: lane for lane, name in people.items() if name != stands.reviewer},
        colleagues=_colleagues(work, found, stands.reviewer),
    )


def _colleagues(work: UnitOfWork, found: Versions, reviewer: str) -> list[str]:
    """Who else may examine a document: other advisers who may act there, unless it holds personal data."""
    if found.known.kind in powers.PAPERS:
        return []
    estate_id = found.known.estate_id
    others = hands.near_by(work, estate_id).get(ADVISER, ())
    return [name for name in others if name != reviewer and not hands.unfit(work, estate_id, ADVISER, name)]


def _threads(remarks: Iterable[Remark], read: "_Clauses", member: Member, *, mine: bool) -> list[Thread]:
    answers: dict[int, list[Remark]] = {}
    said = [*remarks]
    for one in said:
        if one.answers is not None:
            answers.setdefault(one.answers, []).append(one)

    def thread(one: Remark) -> Thread:
        clause, may_resolve = read.place(one), one.resolved_at is None and (mine or one.actor == member.name)
        former = "" if clause else read.former(one)
        return Thread(one, clause, tuple(answers.get(one.id, ())), may_resolve, former)

    return [thread(one) for one in said if one.answers is None]


@dataclass
class _Clauses:
    """The clauses of a document's newest version, and what became of those of earlier ones."""

    work: UnitOfWork
    found: Versions

    @cached_property
    def newest(self) -> Sequence[Clause]:
        """Those that count."""
        return ballot_text.clauses_of(self.work, self.found, self.found.newest)

    @cached_property
    def altered(self) -> set[str]:
        """The names of those that are other than in the version before."""
        if len(self.found.versions) == 1:
            return set()
        changes = self._since(self.found.newest.version - 1)
        return {one.new.name for one in changes if one.new and one.kind in {"changed", "added", "renumbered"}}

    def place(self, remark: Remark) -> str:
        """Where a remark stands now: where its clause went, empty where that is gone."""
        if remark.clause == WHOLE:
            return WHOLE
        name, names = clauses.called(remark.clause), {clause.name for clause in self.newest}
        if remark.document_id == self.found.known.id and remark.version != self.found.newest.version:
            went = (one.new.name for one in self._since(remark.version) if one.new and one.old and one.old.name == name)
            return next(went, "")
        # a paper that was issued anew under another number has no version in common
        return name if name in names else ""

    def former(self, remark: Remark) -> str:
        """What the clause of a remark said in the version that it was made on; nothing for another paper's."""
        if remark.document_id != self.found.known.id:
            return ""
        then = ballot_text.clauses_of(self.work, self.found, self.found.version(remark.version))
        return next((one.body for one in then if one.name == clauses.called(remark.clause)), "")

    def _since(self, version: int) -> list[Change]:
        if version not in self._compared:
            self._compared[version] = clauses.compare(
                ballot_text.clauses_of(self.work, self.found, self.found.version(version)), self.newest
            )
        return self._compared[version]

    @cached_property
    def _compared(self) -> dict[int, list[Change]]:
        return {}


def alone(work: UnitOfWork, member: Member, number: str) -> Examination:
    """The document under examination, with nobody else deciding on it until this work is done."""
    work.alone(f"examine {number}")
    shown = examination(work, member, number)
    if shown.found.known.void_reason:
        raise Conflict(f"这份文书已作废（{shown.found.known.void_reason}），不再审阅。")
    return shown


# decisions


def decide(
    work: UnitOfWork,
    library: Library,
    member: Member,
    number: str,
    given: Mapping[str, str],
    files: Iterable[File] = (),
) -> str:
    """Decide on the version that was ``seen``, by its number and ``sha256``; returns what to tell.

    ``decision`` is one of the store's; ``reason`` and ``whom`` as it needs them; ``files`` come with an answer.  Raises
    NotFound, NotPermitted, InvalidAnswers, and Conflict when there is a newer version.
    """
    shown = alone(work, member, number)
    decision = given.get("decision", "")
    if decision not in _NEEDS:
        raise InvalidAnswers([Problem("decision", "没有选择怎样处理；请用页面下方的按钮。")], "没有处理。")
    _permit(shown, decision)
    version = shown.version
    if (given.get("seen"), given.get("sha256")) != (str(version.version), version.sha256):
        raise Conflict(
            f"您看的不是现行版：现在是第 {version.version} 版（哈希尾号 {tail(version.sha256)}）。请看过新版再决定。"
        )
    reason, whom = given.get("reason", "").replace("\r\n", "\n").strip(), given.get("whom", "")
    brought = material.given(files) if decision == ANSWERED else []
    if problems := [*_problems(shown, decision, reason, whom), *material.problems(brought)]:
        raise InvalidAnswers(problems, "没有处理。")
    if decision not in {ASKED, HANDED}:
        whom = ""
    rests = grounds.of(work, library, member, shown, decision, reason) if decision in {APPROVED, RETURNED} else None
    key = examinations.decide(
        work, shown.found.known.id, version.version, version.sha256, decision, rests, reason=reason, whom=whom
    )
    material.keep(work, key, brought)
    about, estate_id = shown.found.paper, shown.found.known.estate_id
    said = events.PaperExamined(number, about.title, version.version, version.sha256, decision, reason, whom)
    work.append(estate_id, said)
    _tell(work, shown, decision, whom, key)
    return _TOLD[decision].format(version=version.version, tail=tail(version.sha256), whom=whom)


#: What must be written for each decision, and on which field of the page.
_NEEDS: Mapping[str, str] = {
    APPROVED: "",
    RETURNED: "退回的理由",
    ASKED: "要补充什么",
    ANSWERED: "答复",
    HANDED: "转交的原因",
}
_TOLD: Mapping[str, str] = {
    APPROVED: "对第 {version} 版（哈希尾号 {tail}）通过。",
    RETURNED: "已退回修改；改好上传新版后，这份文书会回到待审。",
    ASKED: "已请{whom}补充材料；答复后，这份文书会回到待审。",
    ANSWERED: "已答复，审阅人会收到提醒。",
    HANDED: "已转给{whom}审阅。",
}


def _permit(shown: Examination, decision: str) -> None:
    if decision == ANSWERED:
        if not shown.may_answer:
            raise NotPermitted("现在没有等您答复的补充材料；请刷新页面核对。")
    elif not shown.mine:
        raise NotPermitted(
            "这份文书由审阅人{reviewer}决定；您可以提意见，或留言请审阅人处理。",
            reviewer=shown.reviewer or "（还没有法律顾问）",
        )


def _problems(shown: Examination, decision: str, reason: str, whom: str) -> Iterable[Problem]:
    if decision == APPROVED:
        if shown.hindered:
            yield Problem("decision", shown.hindered)
        return
    if shown.approved and decision != HANDED:
        yield Problem(f"reason-{decision}", "这一版已经通过；要改，请上传新版，新版重新审阅。")
    if not 0 < len(reason) <= LONGEST or unseen({"reason": reason}):
        yield Problem(f"reason-{decision}", f"没有写{_NEEDS[decision]}，或超过 {LONGEST} 个字；请写明。")
    if decision == ASKED and whom not in shown.asked:
        yield Problem("whom-asked", "没有选择请谁补充；请从本小区的办理人中选择。")
    if decision == HANDED and whom not in shown.colleagues:
        yield Problem("whom-handed", "没有选择转给谁，或这个人不能办本小区的法律顾问事务；请从名单中选择。")


def _tell(work: UnitOfWork, shown: Examination, decision: str, whom: str, key: int) -> None:
    """Tell those whom a decision concerns."""
    estate_id, people = shown.found.known.estate_id, work.people(shown.found.known.estate_id)
    detail = f"{shown.found.paper.number} {shown.found.paper.title}"
    drawing_up = [name for lane, name in people.items() if lane in REVISING and name != work.actor]
    whose = {ASKED: [whom], HANDED: [whom], ANSWERED: [shown.reviewer]}.get(decision, drawing_up)
    kind = {ASKED: "material", HANDED: "examine", ANSWERED: "answered", RETURNED: "revise", APPROVED: "approved"}[
        decision
    ]
    for name in dict.fromkeys(whose):
        alerts.tell(work, name, f"examined:{key}", kind, estate_id=estate_id, detail=detail)


def unseen(said: Mapping[str, str]) -> bool:
    """Whether texts hold signs of control that nobody sees."""
    return any(ord(sign) < 32 and sign not in "\n\t" for text in said.values() for sign in text)


def tail(sha256: str) -> str:
    """The end of a hash, by which people tell versions apart."""
    return sha256[-4:].upper()
