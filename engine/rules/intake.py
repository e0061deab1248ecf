"""Whether an estate may enter the programme (manual §3.3 S1, gate G1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.errors import InvalidAnswers, Problem
from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Application:
    """The facts of an application that must fit together; areas in 0.01 m²."""

    built_year: int
    total_area: int
    residential_area: int
    org_status: str
    org_term_end: date | None
    company_status: str
    contract_type: str | None
    contract_end: date | None
    households: int = 0
    rented_households: int | None = None


@dataclass(frozen=True)
class Screening:
    """The street's checklist and its conclusion ``ACCEPT``, ``RETURN`` or ``DEFER``."""

    boundary_clear: bool
    not_in_demolition: bool
    no_suit_on_committee: bool
    no_open_case: bool
    contact_named: bool
    party_organisation: str
    result: str
    note: str = ""


def target_problems(parts: Sequence[int], total: int) -> list[Problem]:
    """Whether the year's targets by street and type add up to the district's (manual S1, D-02)."""
    if sum(parts) == total:
        return []
    return [Problem("targets", f"各行合计 {sum(parts)} 个，与全区年度目标 {total} 个不符；请核对个数。")]


def application_problems(application: Application, today: date) -> list[Problem]:
    """Facts that cannot be true together, by field of the application (D-03)."""
    found = []
    if not 1949 <= application.built_year <= today.year:
        found.append(Problem("built_year", f"建成年份应在 1949 到 {today.year} 之间；请按产权登记填写。"))
    if application.residential_area > application.total_area:
        found.append(Problem("residential_area", "住宅面积大于总建筑面积；请核对两项面积。"))
    if application.rented_households is not None and application.rented_households > application.households:
        found.append(Problem("rented_households", "租户数多于总户数；请核对两项户数。"))
    if application.org_status in {"OC_VALID", "PMC_VALID"} and application.org_term_end is None:
        found.append(Problem("org_term_end", "业委会或物管会在任的，须填写任期届满日。"))
    if application.company_status == "COMPANY_EXISTS" and application.contract_type in {None, ""}:
        found.append(Problem("contract_type", "现有物业企业的，须选择合同性质。"))
    if application.contract_type == "OWNERS_ASSEMBLY" and application.contract_end is None:
        found.append(Problem("contract_end", "业主大会选聘合同须填写合同到期日；没有期限的请选“不定期”。"))
    return found


def failed_checks(screening: Screening) -> list[str]:
    """The checks of gate G1 that do not hold, as Chinese sentences."""
    checks = (
        (screening.boundary_clear, "四至范围不清楚。"),
        (screening.not_in_demolition, "小区在拆迁范围内。"),
        (screening.no_suit_on_committee, "业委会效力正在诉讼。"),
        (screening.no_open_case, "已有在办的导入事项。"),
        (screening.contact_named, "没有明确联系人。"),
        (bool(screening.party_organisation.strip()), "没有明确牵头党组织。"),
    )
    return [sentence for holds, sentence in checks if not holds]


def problems(screening: Screening) -> list[Problem]:
    """Why the chosen result cannot stand: ACCEPT against a failed check, RETURN or DEFER without a reason."""
    failed = failed_checks(screening)
    if screening.result == "ACCEPT" and failed:
        return [Problem("result", f"不能准予导入：{''.join(failed)}请退回补充或列入后续批次。")]
    if screening.result in {"RETURN", "DEFER"} and not screening.note.strip():
        return [Problem("note", "退回或延后须写明理由，申请人据此补充。")]
    if screening.result not in {"ACCEPT", "RETURN", "DEFER"}:
        return [Problem("result", f"没有“{screening.result}”这个初审结论；请选择准予、退回或延后。")]
    return []


def screen(screening: Screening) -> Outcome:
    """Gate G1: ``ACCEPT``, ``RETURN`` or ``DEFER``; raises InvalidAnswers when the result cannot stand."""
    found = problems(screening)
    if found:
        raise InvalidAnswers(found)
    return Outcome(screening.result, {"missing": failed_checks(screening), "note": screening.note}, ("G1",))
