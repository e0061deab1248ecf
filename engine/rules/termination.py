"""How an old contract ends, from when at the earliest, and when the new service may start.

民法典 940, 946, 947, 948 (law §1.2, §2.2 T-18…T-21, gates LC-10 and LC-11; decisions 4 and 5).
Notices count from arrival, the day of arrival is day 0 (民法典 137, 201).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.errors import InvalidAnswers, Problem
from engine.rules.deadlines import Length


class Path(StrEnum):
    """The article under which the old contract ends."""

    PRELIMINARY_940 = "PRELIMINARY_940"
    DISMISSAL_946 = "DISMISSAL_946"
    EXPIRY_947 = "EXPIRY_947"
    INDEFINITE_948 = "INDEFINITE_948"


RULES = {
    Path.PRELIMINARY_940: ("CC-940-1", "T-21"),
    Path.DISMISSAL_946: ("CC-946-1", "T-18"),
    Path.EXPIRY_947: ("CC-947-1",),
    Path.INDEFINITE_948: ("CC-948-2", "T-20"),
}


@dataclass(frozen=True)
class OldContract:
    """The contract to be ended; ``kind`` is ``PRELIMINARY``, ``OWNERS_ASSEMBLY``, ``INDEFINITE`` or ``NONE``.

    ``notice_days`` is the notice this contract itself agrees for its end, None where it is silent.
    """

    kind: str
    ends_on: date | None
    notice_days: int | None = None


@dataclass(frozen=True)
class Termination:
    """The earliest end: last day of the old service, first possible day of the new, what to watch."""

    path: Path
    ends_on: date
    service_from: date
    rules: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Renewal:
    """What is due before the contract's last day ``ends_on``, while owners settle whether the company stays.

    From ``start_on`` they prepare their decision, by ``company_notice_on`` a company that will not renew must have
    said so in writing, and on ``last_on`` they are called for the last time.
    """

    ends_on: date
    start_on: date
    company_notice_on: date
    last_on: date


def renewal_dates(ends_on: date, lead: Length, notice: Length, last: Length) -> Renewal:
    """What is due so long before the contract's last day: 180, 90 and 60 days where a place sets nothing else.

    The company's notice is 民法典 947 ¶2, where its contract agrees no other; that the owners decide before the
    term is over 947 ¶1 (manual §3.4, MV20).
    """
    return Renewal(ends_on, lead.before(ends_on), notice.before(ends_on), last.before(ends_on))


def renewal_problems(decision: str, company_position: str) -> list[Problem]:
    """Why a company cannot be kept: ``RENEW`` needs one that has not said that it will leave (民法典 947)."""
    if decision != "RENEW" or company_position != "UNWILLING":
        return []
    message = "企业已书面表示到期不再续约，不能续聘；请改选另聘或自行管理，企业改变主意的先请它书面撤回。"
    return [Problem("decision", message)]


def paths(contract: OldContract, today: date) -> tuple[Path, ...]:
    """The paths open to this contract; one whose term ran out while service went on is indefinite (民法典 948 ¶1)."""
    if contract.kind == "NONE":
        return ()
    if contract.kind == "PRELIMINARY":
        return (Path.PRELIMINARY_940,)
    if contract.kind == "INDEFINITE" or contract.ends_on is None or contract.ends_on < today:
        return (Path.INDEFINITE_948,)
    return (Path.EXPIRY_947, Path.DISMISSAL_946)


def earliest(
    path: Path, contract: OldContract, arrived_on: date, statutory_days: int, new_effective: date | None = None
) -> Termination:
    """The earliest end under ``path`` of a notice that arrived on ``arrived_on``.

    ``statutory_days`` is the pack's notice for the path (60 under 946 and 948).  A contract's own
    notice replaces it under 946, never under 948.  Under 940 the end is the day the new contract
    takes effect, ``new_effective``; under 947 it is the contract's own last day.  Raises
    InvalidAnswers when the date a path needs is missing.
    """
    if path is Path.DISMISSAL_946:
        days = statutory_days if contract.notice_days is None else contract.notice_days
        return _dismissal(contract, arrived_on + timedelta(days))
    if path is Path.INDEFINITE_948:
        return _indefinite(contract, arrived_on + timedelta(statutory_days), statutory_days)
    if path is Path.EXPIRY_947:
        return _expiry(contract, arrived_on)
    return _preliminary(arrived_on + timedelta(statutory_days), new_effective)


def initiative_problems(path: Path, by_company: bool) -> list[Problem]:
    """Why a company cannot be the one that ends the contract: it may under 947 and 948 only."""
    if not by_company or path in {Path.EXPIRY_947, Path.INDEFINITE_948}:
        return []
    message = "企业一方只能到期不续（第947条）或解除不定期合同（第948条）；请改选路径，或改为业主一方提出。"
    return [Problem("initiated_by", message)]


def company_late_by(contract: OldContract, arrived_on: date, notice_days: int) -> int:
    """By how many days the notice of a company that will not renew came too late (民法典 947 ¶2); 0 in time."""
    if contract.ends_on is None:
        return 0
    days = notice_days if contract.notice_days is None else contract.notice_days
    return max(0, days - (contract.ends_on - arrived_on).days)


def problems(termination: Termination, ends_on: date, service_start: date) -> list[Problem]:
    """Why planned dates cannot stand: an end before the earliest (LC-10), a start before the old end is over (LC-11).

    Equality of end and start is for article 940 only (decisions 5).
    """
    found = []
    if ends_on < termination.ends_on:
        message = f"合同终止日不得早于 {termination.ends_on}（自通知送达之日起算）；请改为该日或以后。"
        found.append(Problem("termination_on", message))
    same_day = termination.path is Path.PRELIMINARY_940
    if service_start < ends_on or (service_start == ends_on and not same_day):
        first = ends_on if same_day else ends_on + timedelta(1)
        message = f"新服务开始日 {service_start} 与原合同重叠；一个小区同一天只能有一家物业，请改为 {first} 或以后。"
        found.append(Problem("service_start", message))
    return found


def _dismissal(contract: OldContract, ends_on: date) -> Termination:
    warnings = []
    if contract.ends_on is not None and contract.ends_on > ends_on:
        left = (contract.ends_on - ends_on).days
        message = f"原合同还有 {left} 天到期，提前解聘可能要赔偿；请法律顾问备好业主无过错的证据（民法典 946 条）。"
        warnings.append(Problem("old_contract_end", message))
    return _after(Path.DISMISSAL_946, ends_on, warnings)


def _indefinite(contract: OldContract, ends_on: date, statutory_days: int) -> Termination:
    warnings = []
    if contract.notice_days is not None and contract.notice_days != statutory_days:
        agreed = f"合同约定 {contract.notice_days} 天"
        message = f"{agreed}；不定期合同须提前 {statutory_days} 天通知，约定不能改变（民法典 948 条）。"
        warnings.append(Problem("contract_notice_days", message))
    return _after(Path.INDEFINITE_948, ends_on, warnings)


def _expiry(contract: OldContract, arrived_on: date) -> Termination:
    if contract.ends_on is None:
        raise InvalidAnswers([Problem("old_contract_end", "按到期不续办理须填写原合同到期日。")])
    warnings = []
    if arrived_on > contract.ends_on:
        late = f"通知于 {arrived_on} 送达，原合同已于 {contract.ends_on} 到期"
        message = f"{late}；继续服务的应按不定期合同（民法典 948 条）办理。"
        raise InvalidAnswers([Problem("arrived_on", message)])
    if contract.notice_days is not None and arrived_on + timedelta(contract.notice_days) > contract.ends_on:
        latest = contract.ends_on - timedelta(contract.notice_days)
        message = f"合同约定到期前 {contract.notice_days} 天通知，最迟应于 {latest} 送达；请法律顾问确认合同后果。"
        warnings.append(Problem("arrived_on", message))
    return _after(Path.EXPIRY_947, contract.ends_on, warnings)


def _preliminary(with_notice: date, new_effective: date | None) -> Termination:
    if new_effective is None:
        raise InvalidAnswers([Problem("service_start", "前期合同在新合同生效时终止；请填写新合同生效日。")])
    warnings = []
    if new_effective < with_notice:
        message = f"前期合同随新合同于 {new_effective} 终止；为稳妥，建议不早于 {with_notice}，给原企业留足通知期。"
        warnings.append(Problem("service_start", message))
    path = Path.PRELIMINARY_940
    return Termination(path, new_effective, new_effective, RULES[path], tuple(warnings))


def _after(path: Path, ends_on: date, warnings: list[Problem]) -> Termination:
    return Termination(path, ends_on, ends_on + timedelta(1), RULES[path], tuple(warnings))
