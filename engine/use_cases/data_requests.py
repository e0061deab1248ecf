"""The desk for requests about personal data 个人信息请求: taken in, made sure who asks, decided, answered, carried out.

Each has its lawful day (``data_request_reply`` of the pack), a decision with its article, and a reply on paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import events
from engine.documents import code, facts, printing
from engine.documents.catalogue import DATA_REPLY
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import data_requests as rules
from engine.rules import deadlines
from engine.rules.data_requests import OUTCOMES, REFUSALS, RIGHTS, Held, Kind, Outcome
from engine.rules.roster import masked
from engine.store import data_requests as kept
from engine.store import disclosures, documents, purge_journal, retention, rosters
from engine.store.data_requests import Listed
from engine.store.desk import PAGE, EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, cells, data_notice, disclosing, hands, holding, powers, provenance
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

LOOK = "个人信息请求"
RELATIONS = {"SELF": "业主本人", "AGENT": "受托人", "GUARDIAN": "监护人", "HEIR": "近亲属（业主已去世）"}
CHANNELS = {"DESK": "到场", "PAPER": "书面", "PHONE": "电话", "ONLINE": "网上"}
PROOFS = {
    "SEEN": "核对了证件原件", "CALLED": "回拨名册登记的电话核对", "MANDATE": "核对了委托书和双方证件",
    "KINSHIP": "核对了亲属关系证明",
}  # fmt: skip
_REASON, _LONG = 4, 1000


@dataclass(frozen=True)
class Shown:
    """A request with what may be done: ``held`` is what is kept about the person, once it is known who that is."""

    row: Any
    held: Sequence[Held]
    allowed: Sequence[Outcome]
    number: str
    roster: int

    @property
    def right(self) -> rules.Right:
        """What is asked."""
        return RIGHTS[Kind(self.row.kind)]

    @property
    def owner(self) -> str:
        """Whose data it is about, masked."""
        return masked(self.row.owner)

    @property
    def state(self) -> str:
        """How far it is."""
        if self.row.done_at:
            return "已办结"
        if self.row.decided_at:
            return "待更正名册"
        return "待核实身份" if self.row.proven is None else "待决定"


@dataclass(frozen=True)
class Desk:
    """The requests of an estate, for whoever answers them."""

    estate: EstateListed
    today: date
    requests: Sequence[Shown]
    days: str
    locked: str


def desk(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Desk:
    """The requests of an estate.  Raises NotFound, NotPermitted."""
    estate = _permitted(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    found = [Shown(row, (), (), "", 0) for row in kept.of_estate(work, estate_id)]
    return Desk(estate, dossier.today, found, _days(dossier), _locked(dossier))


def overview(work: UnitOfWork, member: Member, page: int) -> tuple[list[Listed], int, date]:
    """A page of the requests in a member's scope, nobody named; and the day.  Raises NotPermitted."""
    if not member.roles.intersection((*disclosing.DESK, "区住建")):
        raise NotPermitted("个人信息请求由社区干部、街道、区住建查看，您没有这些角色。")
    return *kept.in_scope(work, member.nodes, page, PAGE), hands.today(work)


def request(work: UnitOfWork, library: Library, member: Member, estate_id: int, key: int) -> tuple[Desk, Shown]:
    """One request.  Raises NotFound, NotPermitted."""
    found = desk(work, library, member, estate_id)
    return found, _shown(Dossier(work, library, estate_id), _row(work, estate_id, key))


def _shown(dossier: Dossier, row: Any) -> Shown:
    known = row.person_id is not None and row.done_at is None
    held = holding.held(dossier, row.person_id) if known else []
    allowed = rules.allowed(Kind(row.kind), bool(row.proven))
    number = documents.number_of(dossier.work, row.document_id) if row.document_id else ""
    return Shown(row, held, tuple(allowed), number, rosters.newest(dossier.work, dossier.estate_id))


def take(work: UnitOfWork, library: Library, member: Member, estate_id: int, given: Mapping[str, str]) -> int:
    """Take a request in; returns its id.  Raises NotFound, NotPermitted, InvalidAnswers."""
    _permitted(work, member, estate_id)
    dossier, problems = Dossier(work, library, estate_id), list[Problem]()
    _refuse_locked(dossier)
    values = {name: given.get(name, "").strip()[:_LONG] for name in ("unit_no", "owner", "asked_by", "content")}
    for name, what in (("unit_no", "房号"), ("owner", "业主姓名"), ("content", "请求的内容")):
        if not values[name]:
            problems.append(Problem(name, f"没有填{what}；请按请求人说的填写。"))
    for name, known, what in (
        ("kind", Kind, "请求什么"),
        ("relation", RELATIONS, "谁提出"),
        ("channel", CHANNELS, "怎样提出"),
    ):
        values[name] = given.get(name, "")
        if values[name] not in set(known):
            problems.append(Problem(name, f"没有选择{what}；请选一项。"))
    if values["relation"] not in ("", "SELF") and not values["asked_by"]:
        problems.append(Problem("asked_by", "没有填请求人的姓名；不是业主本人提出的，要写是谁。"))
    received = cells.day(given, "received_on", "", dossier.today, problems)
    _refuse(problems, "没有登记。")
    due = deadlines.end_of(_reply(dossier), date.fromisoformat(received), dossier.deadlines.calendar)
    values["unit_no"] = values["unit_no"][:60]
    dates = {"received_on": received, "due_on": due.isoformat()}
    key = kept.take(work, {"estate_id": estate_id, **values, **dates})
    alerts.asked(work, estate_id, key, values["kind"], due)
    work.append(estate_id, events.DataRequestTaken(key, values["kind"], due.isoformat()))
    return key


def prove(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, key: int, given: Mapping[str, str]
) -> str:
    """Record whether somebody made sure who asks, and how; what it came to, in words.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers.
    """
    _permitted(work, member, estate_id)
    dossier, row = Dossier(work, library, estate_id), _row(work, estate_id, key)
    _refuse_locked(dossier)
    if row.decided_at:
        raise NotPermitted("这项请求已经决定，身份核实不能再改。")
    how = given.get("proof", "")
    if how == "NONE":
        kept.change(work, row, proven=0, proof="没有核实", proven_at=work.at, proven_by=work.actor, person_id=None)
        return "已登记：身份没有核实。只能答复不同意，核实以后可以再登记。"
    if how not in PROOFS:
        raise InvalidAnswers([Problem("proof", "没有选择怎样核实；请选一项。")], "没有登记。")
    named = kept.owners_named(work, estate_id, rosters.newest(work, estate_id), row.unit_no, row.owner)
    if not named:
        said = "名册里这一户没有这个姓名的业主；请核对房号和姓名。确实不在名册里的，选“没有核实”，按没有处理答复。"
        raise InvalidAnswers([Problem("proof", said)], "没有登记。")
    kept.change(work, row, proven=1, proof=PROOFS[how], proven_at=work.at, proven_by=work.actor, person_id=named[0])
    disclosures.note(work, estate_id, LOOK, row.unit_no, f"核实身份：{RIGHTS[Kind(row.kind)].title}")
    return f"已登记：{PROOFS[how]}。"


def decide(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, key: int, given: Mapping[str, Any]
) -> str:
    """Decide, carry out what can be carried out at once, and issue the reply; its number.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers; nothing is taken away then.
    """
    _permitted(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    _refuse_locked(dossier)
    work.alone(f"data request {key}")
    row = _row(work, estate_id, key)
    if row.decided_at or row.proven is None:
        raise NotPermitted("这项请求已经决定，或者还没有核实身份。请看本页现在的情况。")
    shown = _shown(dossier, row)
    outcome, ground, chosen = _decision(shown, given)
    if set(chosen) - {holding.CALLS} and any(one.lifted_at is None for one in retention.holds(work, estate_id)):
        raise NotPermitted("个人信息正在保全，现在不能删除；可以先答复不同意（保存期限没有届满），解除以后再删。")
    reason = str(given.get("reason", "")).strip()[:_LONG]
    if len(reason) < _REASON:
        raise InvalidAnswers([Problem("reason", "请写明理由，至少四个字；会印在答复书上。")], "没有决定。")
    values = {"outcome": str(outcome), "ground": ground, "reason": reason, "chosen": " ".join(chosen)}
    paper, number = _issue(dossier, shown, values)
    # a correction is carried out in the roster, everything else is by now
    done = {} if _waits(row.kind, outcome) else {"done_at": work.at, "done_by": work.actor}
    kept.change(
        work, row, **values, **done, decided_at=work.at, decided_on=dossier.today.isoformat(), decided_by=work.actor,
        roster=shown.roster, document_id=paper,
    )  # fmt: skip
    _carry_out(dossier, row, chosen)
    alerts.answered(work, estate_id, key)
    work.append(estate_id, events.DataRequestDecided(key, row.kind, str(outcome), number))
    return number


def _waits(kind: str, outcome: Outcome) -> bool:
    return kind == Kind.CORRECT and outcome == Outcome.GRANTED


def _decision(shown: Shown, given: Mapping[str, Any]) -> tuple[Outcome, str, list[str]]:
    """The outcome, the ground of a refusal, and what is taken away."""
    forgets = shown.right.forgets
    free = [one.name for one in shown.held if not one.must_stay]
    offered = [*free, holding.CALLS] if forgets else []
    chosen = [name for name in given.get("chosen", ()) if name in offered]
    wanted = str(given.get("outcome", ""))
    if forgets and chosen:
        outcome = rules.of_deletion(shown.held, chosen)
        # to call no more takes nothing away, and grants the withdrawal all the same
        return (Outcome.PARTLY if outcome == Outcome.REFUSED else outcome), "", chosen
    if wanted not in set(shown.allowed) or wanted == Outcome.PARTLY:
        said = "没有勾选要删除的，也没有选“不同意”；请选一项。" if forgets else "没有选择同意还是不同意；请选一项。"
        raise InvalidAnswers([Problem("outcome", said)], "没有决定。")
    ground = str(given.get("ground", ""))
    if wanted == Outcome.REFUSED and ground not in REFUSALS:
        raise InvalidAnswers([Problem("ground", "没有选择不同意的依据；没有法律依据不能拒绝。")], "没有决定。")
    return Outcome(wanted), ground if wanted == Outcome.REFUSED else "", []


def _carry_out(dossier: Dossier, row: Any, chosen: Sequence[str]) -> None:
    if not chosen:
        return
    holding.forget(dossier, row.person_id, chosen)
    if holding.VAULT in chosen:
        holding.forget_number(dossier, row.person_id, f"业主请求{RIGHTS[Kind(row.kind)].title}")
    purge_journal.note(dossier.work)


def finish(work: UnitOfWork, library: Library, member: Member, estate_id: int, key: int, note: str) -> None:
    """Record that a correction was carried out: by a newer version of the roster, or as the note says.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers.
    """
    _permitted(work, member, estate_id)
    row, newest = _row(work, estate_id, key), rosters.newest(work, estate_id)
    if row.decided_at is None or row.done_at:
        raise NotPermitted("这项请求还没有决定，或者已经办结。请看本页现在的情况。")
    note = note.strip()[:_LONG]
    if newest <= (row.roster or 0) and len(note) < _REASON:
        said = f"名册还是决定时的第 {newest} 版；请先导入更正以后的名册，或者写明在哪里更正的。"
        raise InvalidAnswers([Problem("note", said)], "没有办结。")
    done = f"名册第 {newest} 版" if newest > (row.roster or 0) else ""
    said = "；".join(filter(None, (done, note)))
    kept.change(work, row, done_at=work.at, done_by=work.actor, done_note=said)
    work.append(estate_id, events.DataRequestDone(key, row.kind))


def _issue(dossier: Dossier, shown: Shown, decided: Mapping[str, str]) -> tuple[int, str]:
    work, estate_id, kind = dossier.work, dossier.estate_id, DATA_REPLY
    template = dossier.library.template(kind.name)
    number = documents.take_number(work, estate_id, kind, dossier.today.year)
    address = code.address(work.public.address, documents.token(work.public.key, number))
    known = {
        "document": {"number": number, "title": kind.title, "date": dossier.today, "address": address},
        "estate": {"name": dossier.estate.name},
        "request": _printed(dossier, shown, decided),
    }
    made = facts.build({}, known, provenance.sources(dossier, kind))
    used = provenance.used(made, template.names)
    key, _ = documents.issue_beside(work, estate_id, kind, number, template.render(made), template.sha256, used)
    return key, number


def _printed(dossier: Dossier, shown: Shown, decided: Mapping[str, str]) -> dict[str, Any]:
    row, right, notice = shown.row, shown.right, data_notice.notice(dossier)
    refused = REFUSALS.get(decided["ground"])
    chosen = decided["chosen"].split()
    tells = row.kind in (Kind.ACCESS, Kind.COPY, Kind.EXPLAIN) and decided["outcome"] == Outcome.GRANTED
    return {
        "to": row.owner if row.relation == "SELF" else f"{row.asked_by}（{RELATIONS[row.relation]}）",
        "unit_no": row.unit_no,
        "kind": right.title,
        "content": row.content,
        "received_on": printing.day(date.fromisoformat(row.received_on)),
        "proof": row.proof,
        "outcome": OUTCOMES[Outcome(decided["outcome"])],
        "sources": "；".join(dict.fromkeys([right.source, *([refused[1]] if refused else [])])),
        "refusal": refused[0] if refused else "",
        "reason": decided["reason"].rstrip("。"),
        "corrects": _waits(row.kind, Outcome(decided["outcome"])),
        "no_calls": holding.CALLS in chosen,
        "handler": notice.get("handler") or "业主大会筹备组",
        "contact": notice.get("handler_contact") or "社区居民委员会",
        "told": [_told(one, one.content) for one in shown.held] if tells else [],
        "left": [_told(one, _left(one, chosen)) for one in shown.held] if chosen else [],
    }


def _told(one: Held, said: str) -> dict[str, str]:
    return {"title": one.title, "purpose": one.purpose, "until": one.until, "said": said}


def _left(one: Held, chosen: Sequence[str]) -> str:
    """What became of something; its content is not printed, since a reply is kept."""
    if one.name in chosen:
        return "已删除"
    return f"保留：{one.must_stay}" if one.must_stay else "不在本次请求内"


def _reply(dossier: Dossier) -> Any:
    return dossier.pack.parameter("data_request_reply")


def _days(dossier: Dossier) -> str:
    if "data_request_reply" not in dossier.pack.parameters:
        return ""
    found = _reply(dossier)
    return f"{found.value} {'个工作日' if found.calendar == 'working' else '天'}（{found.source}）"


def _locked(dossier: Dossier) -> str:
    """Why no request is taken in; an estate that ended still answers, as long as it holds something."""
    if not _days(dossier):
        return "本小区的规则包没有个人信息请求的答复期限；请管理员换用新的规则包。"
    return ""


def _refuse_locked(dossier: Dossier) -> None:
    if why := _locked(dossier):
        raise NotPermitted(why)


def _row(work: UnitOfWork, estate_id: int, key: int) -> Any:
    row = kept.one(work, estate_id, key)
    if row is None:
        raise NotFound(what="这项请求")
    return row


def _refuse(problems: Sequence[Problem], said: str) -> None:
    if problems:
        raise InvalidAnswers([Problem(one.field.removeprefix("."), one.message) for one in problems], said)


def _permitted(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    estate = disclosing.estate(work, member, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    powers.refuse_unless(powers.sees(acting, member.name, "requests"))
    return estate
