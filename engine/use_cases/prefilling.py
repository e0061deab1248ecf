"""What a form knows before anybody writes: values of earlier steps, the roster, the pack, with where they come from."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import forms
from engine.forms import Field, Form
from engine.rules.count_session import Part
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import contract_terms, count_session, handover_records, promising
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library


@dataclass(frozen=True)
class Known:
    """A value as the form would submit it, and a Chinese phrase that says where it comes from."""

    value: Any
    source: str


def proposals(
    work: UnitOfWork, library: Library, estate_id: int, task: str, given: Mapping[str, Any] | None = None
) -> dict[str, Known]:
    """What the form of ``task`` proposes beside what is ``given``, by field; without the unknown and the unasked."""
    dossier = Dossier(work, library, estate_id)
    form = library.form(task)
    found = {one.key: known for one in form.fields if one.source and (known := _known(dossier, one))}
    values = {**{key: known.value for key, known in found.items()}, **(given or {})}
    return {one.key: found[one.key] for one in form.fields if one.key in found and not one.hidden(values)}


def faults(
    form: Form, all_forms: Mapping[str, Form], parameters: Mapping[str, Collection[Any]]
) -> Iterator[tuple[str, str]]:
    """Each field whose source cannot be: key and a Chinese reason; ``parameters`` with the values of all packs."""
    for one in form.fields:
        origin, _, name = one.source.partition(".")
        if origin in _TOTALS:
            if name not in _TOTALS[origin]:
                yield one.key, f"没有“{one.source}”这个已知值；请改为表单字段、规则包参数或清册合计"
        elif origin == "pack":
            if name not in parameters:
                yield one.key, f"规则包没有参数 {name}；请核对名称，或补进每一个规则包"
            elif one.options and not set(parameters[name]) <= set(one.options):
                yield one.key, f"规则包参数 {name} 的值不在选项之内；请改为其中一个：{'、'.join(one.options)}"
        elif one.source:
            given = all_forms[origin].fields if origin in all_forms else ()
            like = next((other for other in given if other.key == name), None)
            if like is None or (like.kind, like.options) != (one.kind, one.options):
                yield one.key, f"“{one.source}”不是同样类型、同样选项的字段；请核对来源"


def _known(dossier: Dossier, one: Field) -> Known | None:
    origin, _, name = one.source.partition(".")
    if origin in _TOTALS:
        return _TOTALS[origin][name](dossier)
    if origin == "pack":
        parameter = dossier.pack.parameter(name)
        return Known(str(parameter.value), f"规则包：{parameter.title}（{parameter.source}）")
    if not dossier.answered(origin):
        return None
    form, done = dossier.library.form(origin), dossier.latest[origin]
    like = next((other for other in form.fields if other.key == name), None)
    value = dossier.answers(origin)[name] if like else None
    if like is None or value in (None, [], ""):
        return None
    return Known(forms.submittable(like, value), f"取自“{form.title}”（{done.by}，{done.at[:10]}）")


def _roster(area: Callable[[Dossier], str]) -> Callable[[Dossier], Known | None]:
    return lambda dossier: Known(area(dossier), "取自业主清册") if dossier.roster.units else None


def _promises(dossier: Dossier) -> Known | None:
    rows = [{"promise": promise, "clause": "", "reason": ""} for promise in promising.noted(dossier)]
    return Known(rows, "取自走访登记和竞聘条件") if rows else None


def _incomes(dossier: Dossier) -> Known | None:
    if not dossier.budget_drafted:
        return None
    rows = [{"name": name, "balance": "", "payer": ""} for name in contract_terms.beside_the_fees(dossier)]
    return Known(rows, "名称取自首年预算") if rows else None


def _posts(dossier: Dossier) -> Known | None:
    drawn = dossier.budget_drafted and dossier.answers(dossier.budget_drafted).get("posts")
    columns = ("post", "safety_role", "headcount", "shift", "certificates")
    rows = [{name: str(row[name]) for name in columns} for row in drawn or ()]
    return Known(rows, "取自首年预算的岗位表；人数改为已经签约、能到岗的") if rows else None


def _square_metres(area: int) -> str:
    return f"{area // 100}.{area % 100:02d}"


def _ledger_buildings(dossier: Dossier) -> Known | None:
    stated = handover_records.acknowledged(dossier)
    if not stated or not stated.by_building:
        return None
    rows = [{"building": name, "amount": str(amount)} for name, amount in stated.by_building.items()]
    return Known(rows, f"取自预收台账：{stated.name} {stated.on} 确认")


def _gaps(dossier: Dossier) -> Known | None:
    found = handover_records.missing(dossier)
    said = "；".join(f"{row['group']}·{row['name']}" for row in found)
    return Known(said, "取自移交清单里缺失的项目") if found else None


def _closing(dossier: Dossier) -> Known | None:
    done = handover_records.made_good(dossier)
    rows = [
        {"item": name, "result": "DELIVERED", "on": done[name][0].isoformat(), "note": done[name][1][:200]}
        if name in done
        else {"item": name, "result": "", "on": "", "note": ""}
        for name in dossier.outstanding
    ]
    return Known(rows, "取自交接确认书的遗留事项和登记的补交") if rows else None


def _outstanding(dossier: Dossier) -> Known | None:
    found = [item.name for item in dossier.handover_items if item.state.is_open]
    rows = [{"item": name, "owner": "", "due": ""} for name in found]
    return Known(rows, "取自移交清单里缺失、有缺陷的项目") if found else None


def _at_the_count(*parts: Part) -> Callable[[Dossier], Known | None]:
    def known(dossier: Dossier) -> Known | None:
        said = count_session.said(dossier, *parts)
        return Known(said, "取自计票现场记录") if said else None

    return known


_TOTALS: Mapping[str, Mapping[str, Callable[[Dossier], Known | None]]] = {
    "roster": {
        "units": _roster(lambda dossier: str(len(dossier.roster.units))),
        "total_area": _roster(lambda dossier: _square_metres(sum(unit.area for unit in dossier.roster.units))),
        "counted_area": _roster(lambda dossier: _square_metres(dossier.electorate.area)),
        "persons": _roster(lambda dossier: str(dossier.electorate.persons)),
    },
    "session": {
        "counters": _at_the_count(Part.CALLER, Part.COUNTER),
        "scrutineers": _at_the_count(Part.SCRUTINEER),
    },
    "ledger": {"by_building": _ledger_buildings},
    "handover": {"missing": _gaps, "outstanding": _outstanding, "closing": _closing},
    "promises": {"noted": lambda dossier: _promises(dossier)},
    "budget": {"incomes": lambda dossier: _incomes(dossier), "posts": lambda dossier: _posts(dossier)},
    "estate": {
        "name": lambda dossier: Known(dossier.estate.name, "小区登记"),
        "place": lambda dossier: Known(dossier.pack.title, "小区登记"),
    },
}
