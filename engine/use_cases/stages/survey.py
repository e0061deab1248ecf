"""S2: site survey and base data."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.forms import checks
from engine.rules import survey
from engine.rules.roster import metres
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _build_owner_register(dossier: Dossier, answers: Answers) -> list[Problem]:
    notice = dossier.answers("prepare_data_notice")
    found = []
    if answers["data_notice_version"] != notice["notice_version"]:
        message = f"应为已经张贴的告知书版本“{notice['notice_version']}”；换版本须先张贴（个人信息保护法 17）。"
        found.append(Problem("data_notice_version", message))
    if not dossier.roster.units:
        return [*found, Problem("registered_total_area", "业主清册还没有导入；请先导入清册，再登记合计面积。")]
    listed, registered = sum(unit.area for unit in dossier.roster.units), answers["registered_total_area"]
    if listed != registered and not (answers["area_difference_reason"] or "").strip():
        more = "多" if listed > registered else "少"
        message = (
            f"清册合计 {metres(listed)} ㎡，比登记总面积{more} {metres(abs(listed - registered))} ㎡；"
            "请先在名册导入里核对更正，确实不同的写明差在哪些户、为什么。"
        )
        found.append(Problem("area_difference_reason", message))
    return found


def _decide_survey(dossier: Dossier) -> Decision:
    pack = dossier.pack
    standard = survey.Standard(
        area_tolerance=pack.value("area_tolerance"),
        photos_min=pack.value("survey_photos_min"),
        years_min=pack.value("account_years_min"),
    )
    return Decision(survey.complete(_collected(dossier), standard))


def _collected(dossier: Dossier) -> survey.Survey:
    site, register = dossier.answers("record_site_survey"), dossier.answers("build_owner_register")
    accounts = dossier.answers("collect_economic_base")
    facilities = [row for row in site["facilities"] if row["state"] != checks.NOT_APPLICABLE]
    later = dossier.answers_if_any("complete_survey_data")
    units = dossier.roster.units
    return survey.Survey(
        households=dossier.answers("submit_application")["households"],
        units_listed=len(units),
        units_without_area=sum(1 for unit in units if not unit.area),
        listed_area=sum(unit.area for unit in units),
        registered_area=register["registered_total_area"],
        account_years=[row["year"] for row in accounts["years"]],
        missing_reason=later.get("missing_reason") or accounts.get("missing_reason") or "",
        hazards=[row["hazard"] or "" for row in facilities],
        photo_count=later.get("photo_count") or site["photo_count"],
        contracts_scanned=bool(later.get("contracts_scanned") or accounts["contracts_scanned"]),
        data_notice_version=register["data_notice_version"],
        impact_assessed=register["impact_assessment_on"] is not None,
    )


def _report_accounts(dossier: Dossier, answers: Answers) -> list[Problem]:
    years = {row["year"] for row in answers["years"]}
    least = dossier.pack.value("account_years_min")
    if len(years) >= least or answers["missing_reason"]:
        return []
    return [Problem("missing_reason", f"只有 {len(years)} 年账目，应有 {least} 年；请补齐，或写明不能提供的原因。")]


CHECKS: Mapping[str, Check] = {
    "report_accounts": _report_accounts,
    "build_owner_register": _build_owner_register,
}
GATES: Mapping[str, Gate] = {
    "survey": gate(_decide_survey, "COMPLETE INCOMPLETE"),
}
