"""Standards of service, insurance and safety (RC-42, RC-44)."""

from collections.abc import Iterator

from engine.rules.prereview.asking import given, lacking, unsettled
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.words import SCOPES


@rule("RC-42", "M", "服务标准可以衡量", "民法典 938、942；物业管理条例 34", "set_service_standard")
def measurable(file: File, limits: Limits) -> Iterator[str]:
    """Each kind of service with metric, frequency and evidence; the assessment touches the remuneration."""
    services = file.contract.services
    for service in services:
        given(service.metric, service.frequency, service.evidence)
    missing = lacking((service.scope for service in services), SCOPES, SCOPES)
    if missing:
        yield f"没有服务标准：{missing}；请补齐，小区没有这项服务的也请写明。"
    yield from unsettled(file, ("ASSESSMENT",))


@rule("RC-44", "M", "保险和安全", "物业服务收费管理办法 11；特种设备安全法 33、38；消防法 18", "draft_contract_terms")
def insured(file: File, limits: Limits) -> Iterator[str]:
    """Public liability, who is the lift's user, who maintains shared fire facilities."""
    if "PUBLIC_LIABILITY" not in file.contract.insurances:
        yield "没有投保公众责任险；请补上。"
    yield from unsettled(file, ("LIFT_DUTY", "FIRE_DUTY") if "LIFT" in file.estate.facilities else ("FIRE_DUTY",))
