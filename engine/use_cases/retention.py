"""Retention 保存期限: what of the owners' data has to go, what holds it, and letting it go when somebody confirms.

Nothing goes by itself.  Nothing goes under a hold or while something is in dispute.  What went stays on record by kind,
number, day and source; votes keep what they need to be checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine import events
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import retention as rules
from engine.rules.jurisdiction import Parameter
from engine.rules.retention import KEPT, KINDS, Kind, Since
from engine.store import purge_journal
from engine.store import retention as kept
from engine.store.desk import EstateListed
from engine.store.purge_journal import REQUEST, Entry
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, hands, holding, powers
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

#: Who confirms that something goes.
PURGING = ("社区干部",)
_REASON = 4


@dataclass(frozen=True)
class Line:
    """How a kind stands: ``rows`` that are there, ``since`` when its time runs, ``goes_on`` when they have to go."""

    name: str
    kind: Kind
    period: Parameter
    since: date | None
    goes_on: date | None
    rows: int
    due: bool


@dataclass(frozen=True)
class Register:
    """The kinds of data of an estate and how they stand; ``held`` is why nothing goes now, empty when something may."""

    lines: Sequence[Line]
    kept: Sequence[tuple[Parameter, str]]
    held: Sequence[str]
    holds: Sequence[Any]
    purges: Sequence[Any]


@dataclass(frozen=True)
class Page:
    """The register for whoever works with it; ``purges`` says whether this member confirms that something goes."""

    estate: EstateListed
    of: Register
    may_purge: bool


def page(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Page:
    """The register of an estate.  Raises NotFound, NotPermitted."""
    estate = _permitted(work, member, estate_id)
    may = hands.acts_in_lanes(work, member, estate_id, PURGING)
    return Page(estate, register(Dossier(work, library, estate_id)), may)


def register(dossier: Dossier) -> Register:
    """How every kind of data of an estate stands today."""
    work, estate_id = dossier.work, dossier.estate_id
    known = dossier.pack.parameters
    lines = [_line(dossier, name, kind) for name, kind in KINDS.items() if kind.parameter in known]
    holds = kept.holds(work, estate_id)
    open_holds = [f"保全：{one.reason}" for one in holds if one.lifted_at is None]
    disputes = [f"{count} 项{what}" for what, count in kept.open_disputes(work, estate_id).items() if count]
    stays = [(known[key], why) for key, why in KEPT.items() if key in known]
    return Register(lines, stays, [*open_holds, *disputes], holds, kept.purges(work, estate_id))


def _line(dossier: Dossier, name: str, kind: Kind) -> Line:
    period, since = dossier.pack.parameter(kind.parameter), _since(dossier, kind)
    goes_on = rules.goes_on(period, since, dossier.deadlines.calendar)
    rows = kept.there(dossier.work, dossier.estate_id, name, _sent_before(dossier, kind, period))
    return Line(name, kind, period, since, goes_on, rows, bool(rows and goes_on and goes_on <= dossier.today))


def _sent_before(dossier: Dossier, kind: Kind, period: Parameter, on: date | None = None) -> date:
    """Lists sent before that day have to go, seen from a day, else today; of other kinds everything does."""
    on = on or dossier.today
    return on - timedelta(days=int(str(period.value))) if kind.since == Since.SENT else on


def _since(dossier: Dossier, kind: Kind) -> date | None:
    if kind.since == Since.SENT:
        sent = kept.oldest_list(dossier.work, dossier.estate_id)
        return datetime.fromisoformat(sent).astimezone(dossier.deadlines.zone).date() if sent else None
    return _over_since(dossier)


def _over_since(dossier: Dossier) -> date | None:
    """When the last vote closed, or the journey ended without one; None while a vote runs or is still to come."""
    if dossier.times("close_voting", since="freeze_roster"):
        closed: date = dossier.answers("close_voting")["closed_on"]
        return closed
    over = next((one["at"] for one in reversed(dossier.log) if one["kind"] in ("EstateEnded", "EstateWithdrawn")), "")
    if dossier.estate.status in ("running", "suspended") or not over:
        return None
    return datetime.fromisoformat(over).astimezone(dossier.deadlines.zone).date()


def let_go(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, name: str, given: Mapping[str, str]
) -> str:
    """Let a kind of data go whose time is over; says so.

    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    _permitted(work, member, estate_id)
    if not hands.acts_in_lanes(work, member, estate_id, PURGING):
        raise NotPermitted(lane="或".join(PURGING))
    if not given.get("confirmed"):
        raise InvalidAnswers([Problem(f"confirmed-{name}", "没有勾选“核对过”；清除以后不能恢复。")], "没有清除。")
    return purge(Dossier(work, library, estate_id), name, given.get("reason", ""))


def purge(dossier: Dossier, name: str, reason: str) -> str:
    """As :func:`let_go`, in the name of whoever acts."""
    if name not in KINDS:
        raise NotFound(what="这一类信息")
    work, estate_id, reason = dossier.work, dossier.estate_id, reason.strip()[:200]
    work.alone(f"retention {estate_id}")
    of = register(dossier)
    line = next((one for one in of.lines if one.name == name), None)
    if of.held:
        raise NotPermitted("现在不能清除：{why}。解除、办结以后再清除。", why="；".join(of.held))
    if line is None or not line.due or line.goes_on is None:
        raise NotPermitted("“{what}”还没有到期，或者没有要清除的。", what=KINDS[name].title)
    if len(reason) < _REASON:
        raise InvalidAnswers(
            [Problem(f"reason-{name}", "请写明理由，至少四个字，如“期满，已核对无争议”。")], "没有清除。"
        )
    before = _sent_before(dossier, line.kind, line.period)
    kept.let_go(work, estate_id, name, before, f"保存期满：{reason}")
    due, source = line.goes_on.isoformat(), f"{line.period.title}（{line.period.source}）"
    kept.note(work, estate_id, kind=name, rows=line.rows, due_on=due, source=source, reason=reason)
    purge_journal.note(work)
    work.append(estate_id, events.DataPurged(line.kind.title, line.rows, due))
    return f"“{line.kind.title}”已清除 {line.rows} 条。"


def again(work: UnitOfWork, library: Library, entry: Entry) -> int:
    """Let go once more what was let go after a backup was made, out of a store that was restored from it; how much.

    Nobody decides anew: it was decided, and the journal says by whom.
    """
    dossier = Dossier(work, library, entry["estate_id"])
    name = entry["kind"]
    if name == REQUEST:
        rows = holding.forget_again(dossier, entry["person_id"], entry["chosen"].split())
    elif name in KINDS and KINDS[name].parameter in dossier.pack.parameters:
        on = datetime.fromisoformat(entry["at"]).astimezone(dossier.deadlines.zone).date()
        before = _sent_before(dossier, KINDS[name], dossier.pack.parameter(KINDS[name].parameter), on)
        rows = kept.there(work, dossier.estate_id, name, before)
        kept.let_go(work, dossier.estate_id, name, before, f"恢复备份后重新清除：{entry['reason']}")
    else:
        return 0
    purge_journal.keep(work, entry, rows)
    title = KINDS[name].title if name in KINDS else "业主请求删除的信息"
    work.append(dossier.estate_id, events.DataPurged(f"恢复备份后重新清除：{title}", rows, entry["due_on"]))
    return rows


def hold(work: UnitOfWork, member: Member, estate_id: int, reason: str) -> None:
    """Let nothing of an estate go.  Raises NotFound, NotPermitted, InvalidAnswers."""
    _permitted(work, member, estate_id)
    if len(reason.strip()) < _REASON:
        raise InvalidAnswers([Problem("hold", "请写明为什么要保全，如“撤销之诉，案号……”。")], "没有登记。")
    kept.hold(work, estate_id, reason.strip()[:200])
    work.append(estate_id, events.DataHeld(lifted=False))


def lift(work: UnitOfWork, member: Member, estate_id: int, key: int, why: str) -> None:
    """Lift a hold.  Raises NotFound, NotPermitted, Conflict, InvalidAnswers."""
    _permitted(work, member, estate_id)
    if len(why.strip()) < _REASON:
        raise InvalidAnswers([Problem(f"lift-{key}", "请写明为什么解除，如“判决已生效”。")], "没有解除。")
    kept.lift(work, estate_id, key, why.strip()[:200])
    work.append(estate_id, events.DataHeld(lifted=True))


def _permitted(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    estate = disclosing.estate(work, member, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    powers.refuse_unless(powers.sees(acting, member.name, "requests"))
    return estate
