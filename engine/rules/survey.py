"""Whether the base data of an estate are complete and reconcile (manual §3.3 S2, gate G2; law LC-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.rules.exact import Percent
from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Standard:
    """The pack's figures: how far the sum of areas may be off (percent), photos, years of accounts."""

    area_tolerance: Percent
    photos_min: int
    years_min: int


@dataclass(frozen=True)
class Survey:
    """What was collected; areas in 0.01 m², ``hazards`` one entry per facility, empty where unrated."""

    households: int
    units_listed: int
    units_without_area: int
    listed_area: int
    registered_area: int
    account_years: Sequence[int]
    missing_reason: str
    hazards: Sequence[str]
    photo_count: int
    contracts_scanned: bool
    data_notice_version: str
    impact_assessed: bool


def area_reconciles(listed: int, registered: int, tolerance: Percent) -> bool:
    """Whether the areas of all units add up to the registered total within ``tolerance`` percent, inclusive."""
    bound = Fraction(tolerance)
    return registered > 0 and abs(listed - registered) * 100 * bound.denominator <= bound.numerator * registered


def complete(survey: Survey, standard: Standard) -> Outcome:
    """Gate G2: ``COMPLETE``, or ``INCOMPLETE`` with what is missing as sentences in figure ``missing``."""
    missing = [*_missing_units(survey, standard), *_missing_papers(survey, standard)]
    figures = {
        "missing": missing,
        "units_listed": survey.units_listed,
        "households": survey.households,
        "listed_area": survey.listed_area,
        "registered_area": survey.registered_area,
        "area_tolerance": str(standard.area_tolerance),
        "account_years": sorted(set(survey.account_years)),
        "photo_count": survey.photo_count,
    }
    return Outcome("INCOMPLETE" if missing else "COMPLETE", figures, ("G2", "LC-01"))


def _missing_units(survey: Survey, standard: Standard) -> list[str]:
    missing = []
    if survey.units_listed < survey.households:
        missing.append(f"业主清册 {survey.units_listed} 户，少于申请的 {survey.households} 户；请补齐。")
    if survey.units_without_area:
        missing.append(f"有 {survey.units_without_area} 户没有面积；请按登记、实测、合同的顺序补齐。")
    if not area_reconciles(survey.listed_area, survey.registered_area, standard.area_tolerance):
        missing.append(
            f"清册面积合计 {_metres(survey.listed_area)} m²，登记总面积 {_metres(survey.registered_area)} m²，"
            f"相差超过 {standard.area_tolerance}%；请逐户核对。"
        )
    if not survey.data_notice_version.strip() or not survey.impact_assessed:
        missing.append("收集业主信息须先发布个人信息告知书并完成影响评估。")
    return missing


def _missing_papers(survey: Survey, standard: Standard) -> list[str]:
    missing = []
    years = len(set(survey.account_years))
    if years < standard.years_min and not survey.missing_reason.strip():
        missing.append(f"只有 {years} 年收支，应有 {standard.years_min} 年；请补齐，或书面说明不能提供的原因。")
    if not survey.hazards:
        missing.append("没有登记设施状况；请按踏勘记录填写。")
    unrated = sum(1 for hazard in survey.hazards if not hazard)
    if unrated:
        missing.append(f"有 {unrated} 项设施没有评定隐患等级。")
    if survey.photo_count < standard.photos_min:
        missing.append(f"现场照片 {survey.photo_count} 张，应不少于 {standard.photos_min} 张。")
    if not survey.contracts_scanned:
        missing.append("现有合同尚未扫描。")
    return missing


def _metres(area: int) -> str:
    return f"{area // 100}.{area % 100:02d}"
