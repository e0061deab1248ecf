"""Where the facts of an estate come from that are not one form's answers: register, rule, day."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.documents.facts import Facts
from engine.use_cases.dossier import Dossier

#: The register that a group of facts was read from, or the rule that made them of answers and registers.
_OF_REGISTER: Mapping[str, str] = {
    "document": "导入台",
    "people": "任务分工",
    "estate": "导入申请表",
    "canvass": "入户走访登记，按 rules.canvass 计算",
    "diagnosis": "三本账，按 rules.diagnosis 计算",
    "budget": "首年预算，按 rules.budget 计算",
    "vote": "议程、名册与选票登记，按 rules.tally 计算",
    "ballots": "选票登记",
    "deliveries": "选票送达登记",
    "handover": "移交清单登记",
    "settlement": "预交费登记，按 rules.handover 计算",
    "acceptance": "验收评分，按 rules.acceptance 计算",
}


def sources(dossier: Dossier, names: Iterable[str]) -> dict[str, str]:
    """The source of each group of facts, with the legal day on which it was read."""
    on = f"，{dossier.today.isoformat()}"
    found = {name: _OF_REGISTER[name] + on for name in names if name in _OF_REGISTER}
    if "roster" in names:
        found["roster"] = f"业主名册第 {dossier.roster_version} 版{on}"
    found["pack"] = f"规则包 {dossier.pack.title} {dossier.pack.version[:8]}"
    return found


def used(facts: Facts, names: Iterable[str]) -> dict[str, tuple[Any, str]]:
    """The printed values that a template used, each with its source; one of every ballot for a ballot's."""
    asked = [name.replace("ballot.", "ballots[].", 1) if name.startswith("ballot.") else name for name in names]
    return {name: (value, facts.source(name)) for name, value in facts.used(asked).items()}
