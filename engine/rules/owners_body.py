"""Whether a lawful body of the owners can act, and how one comes about (manual §3.3 S4, gate G4; law LC-03)."""

from dataclasses import dataclass
from datetime import date

from engine.errors import Problem
from engine.rules.outcome import Outcome

COMMITTEE, PROPERTY_COMMITTEE, ALL_OWNERS = "OC", "PMC", "ALL_OWNERS"
#: States of an application in which a committee was elected once; its seats are filled by a re-election.
ELECTED_ONCE = frozenset({"OC_VALID", "OC_EXPIRED", "OC_INACTIVE"})
#: The outcomes of the gates that end each way of forming a body, when it was formed.
FORMED = frozenset({"ELECTED", "FORMED", "CLEAR", "AGREED"})


@dataclass(frozen=True)
class Sizes:
    """The pack's least and greatest number of seats for this kind of body, and its longest term in years.

    ``lasts_until`` is the day up to which a committee must still hold its mandate, so that it can sign.
    """

    least: int
    most: int
    years_max: int
    lasts_until: date | None = None


@dataclass(frozen=True)
class Body:
    """A committee (``OC``), a property management committee (``PMC``) or the owners' representatives, as verified.

    ``decided`` says whether all owners decided to act through representatives; only these need it.
    """

    kind: str
    size: int
    seats_filled: int
    members_listed: int
    undeclared_members: int
    term_start: date
    term_end: date
    filing_no: str
    filed_on: date | None
    seal_keeper: str
    company_staff: int = 0
    unpaid_members: int = 0
    decided: bool = False


def in_term(body: Body, on: date) -> bool:
    """Whether the body holds its mandate on that day, both ends included."""
    return body.term_start <= on <= body.term_end


def act(body: Body, sizes: Sizes, today: date) -> Outcome:
    """Gate G4: ``READY``, or ``NOT_READY`` with what is missing as sentences in figure ``missing``."""
    own = _of_representatives(body) if body.kind == ALL_OWNERS else _of_committee(body, sizes, today)
    checks = (*own, *_of_members(body), *_of_term(body, sizes, today))
    missing = [sentence for holds, sentence in checks if not holds]
    figures = {
        "missing": missing,
        "body_kind": body.kind,
        "size": body.size,
        "seats_filled": body.seats_filled,
        "unpaid_members": body.unpaid_members,
        "term_end": body.term_end.isoformat(),
        "days_left": (body.term_end - today).days,
    }
    return Outcome("NOT_READY" if missing else "READY", figures, ("G4", "LC-03", "GR-31-1"))


def given_up(reason: str) -> Outcome:
    """Gate G4 when the street has found no lawful way to a body: ``NO_BODY``."""
    return Outcome("NO_BODY", {"reason": reason}, ("G4",))


def _of_committee(body: Body, sizes: Sizes, today: date) -> tuple[tuple[bool, str], ...]:
    lasting = sizes.lasts_until is None or sizes.lasts_until <= body.term_end
    return (
        (body.size % 2 == 1, f"应有席位 {body.size} 个，应为单数。"),
        (
            sizes.least <= body.size <= sizes.most,
            f"应有席位 {body.size} 个，应在 {sizes.least} 到 {sizes.most} 之间。",
        ),
        (2 * body.seats_filled >= body.size, f"在任 {body.seats_filled} 人，不足应有席位 {body.size} 个的一半。"),
        (_filed(body, today), "尚未备案，或备案证号、备案日期不全。"),
        (bool(body.seal_keeper.strip()), "没有明确印章保管方。"),
        (lasting, f"任期到 {body.term_end} 届满，撑不到导入需要的 {sizes.lasts_until}；请先换届。"),
    )


def _of_representatives(body: Body) -> tuple[tuple[bool, str], ...]:
    return (
        (body.decided, "没有全体业主推举代表的决定；请先由业主共同决定。"),
        (body.seats_filled > 0, "没有推举出代表。"),
    )


def _of_members(body: Body) -> tuple[tuple[bool, str], ...]:
    listed, filled = body.members_listed, body.seats_filled
    return (
        (filled <= body.size, f"在任 {filled} 人，多于应有席位 {body.size} 个；请核对。"),
        (listed == filled, f"成员名单 {listed} 人，与在任 {filled} 人不符。"),
        (body.undeclared_members == 0, f"有 {body.undeclared_members} 名成员没有申报利益关系。"),
        (body.company_staff == 0, f"有 {body.company_staff} 名成员在为本小区服务的物业企业任职，应当辞去一头。"),
    )


def _of_term(body: Body, sizes: Sizes, today: date) -> tuple[tuple[bool, str], ...]:
    return (
        (body.term_start < body.term_end, "任期届满日应晚于任期开始日。"),
        (body.term_end < _years_later(body.term_start, sizes.years_max), f"任期超过 {sizes.years_max} 年的上限。"),
        (body.term_start <= today, f"任期自 {body.term_start} 开始，尚未到任。"),
        (today <= body.term_end, f"任期已于 {body.term_end} 届满。"),
    )


def _years_later(day: date, years: int) -> date:
    """The same day so many years later; from 29 February the first of March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _filed(body: Body, today: date) -> bool:
    return bool(body.filing_no.strip()) and body.filed_on is not None and body.filed_on <= today


def way(principal_route: str, org_status: str, measure: str, standing: str) -> Outcome:
    """How a body comes about: ``USE``, ``RE_ELECT``, ``FIRST_ASSEMBLY``, ``FORM_PMC`` or ``JOIN`` (manual 4A–4E).

    ``measure`` is what the street has just resolved to mend a body that cannot act, empty otherwise; ``standing``
    the kind of the body that was verified before and is in term, which is not formed a second time.
    """
    return Outcome(
        _way(principal_route, org_status, measure, standing),
        {"principal_route": principal_route, "org_status": org_status, "measure": measure, "standing": standing},
        ("G4", "CC-277-1", "CZ-3"),
    )


def _way(principal_route: str, org_status: str, measure: str, standing: str) -> str:
    elect = "RE_ELECT" if org_status in ELECTED_ONCE else "FIRST_ASSEMBLY"
    if measure in {"RE_ELECT", "FORM_PMC"}:
        return elect if measure == "RE_ELECT" else "FORM_PMC"
    formed = {"FORM_OC": {COMMITTEE}, "FORM_PMC": {PROPERTY_COMMITTEE}, "ALL_OWNERS": {COMMITTEE, ALL_OWNERS}}
    if standing in formed.get(principal_route, {standing}):
        return "USE"
    return {"FORM_OC": elect, "FORM_PMC": "FORM_PMC", "ALL_OWNERS": "JOIN"}[principal_route]


def formed(outcome: str) -> Outcome:
    """Whether the way just gone has led to a body, by the outcome of its last gate: ``FORMED`` or ``NOT_FORMED``."""
    return Outcome("FORMED" if outcome in FORMED else "NOT_FORMED", {"outcome": outcome}, ("G4",))


@dataclass(frozen=True)
class Consent:
    """What a vote on joining a neighbour, or on acting without an assembly, came to; heads in persons."""

    vote_outcome: str
    approving: int
    persons: int


def joined(consent: Consent, *, without_assembly: bool) -> Outcome:
    """Whether the owners agreed: ``AGREED`` or ``NOT_AGREED`` (manual 4E).

    To join a neighbour's body a valid vote is enough; to act without an assembly every owner must agree (条例 10).
    """
    agreed = consent.vote_outcome == "PASSED" and (not without_assembly or consent.approving == consent.persons)
    figures = {
        "vote": consent.vote_outcome,
        "approving_persons": consent.approving,
        "persons": consent.persons,
        "unanimity_needed": without_assembly,
    }
    return Outcome("AGREED" if agreed else "NOT_AGREED", figures, ("CC-278-4", "PMR-10-1"))


def remedy_problems(measure: str, verified: bool) -> list[Problem]:
    """Why a measure does not help: nothing can be supplemented where no body came about (GR-47)."""
    if measure != "SUPPLEMENT" or verified:
        return []
    return [Problem("measure", "没有选出或组建成业主组织，没有可以补正的；请改选重新选举、组建物管会，或终止。")]


def agreement_problems(kind: str, wanted: str) -> list[Problem]:
    """Whether the agreement drafted is the one that the steps before call for (D-28)."""
    if kind == wanted:
        return []
    titles = {"CUSTODY": "托管协议", "MERGE": "并入协议", "SELF_MANAGE": "自管协议"}
    return [Problem("agreement_kind", f"前一步定的是{titles[wanted]}，这里应选{titles[wanted]}。")]
