"""Every fact of a register has a name of its own, as people say it."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.documents import naming
from engine.documents.registers import REGISTERS


def facts(shape: Any, path: str) -> Iterator[str]:
    """The names of all facts below a name, as they are stored."""
    if isinstance(shape, dict):
        for name, below in shape.items():
            yield from facts(below, f"{path}.{name}")
    elif isinstance(shape, list):
        yield from facts(shape[0], f"{path}[]")
    else:
        yield path


#: What packs hold is called as the pack says.
FACTS = [fact for name, shape in REGISTERS.items() if name != "pack" for fact in facts(shape, name)]


@pytest.mark.parametrize("register", [name for name in REGISTERS if name != "pack"])
def test_every_fact_of_a_register_has_a_name_that_no_other_of_it_has(register: str) -> None:
    told = {fact: naming.name(fact) for fact in FACTS if fact.replace("[]", "").split(".")[0] == register}
    assert told
    assert not [fact for fact, name in told.items() if not name]
    # the same list may stand in a register twice, whole and by groups
    twice = [fact for fact in told if "groups[].items[]" not in fact]
    assert len({told[fact] for fact in twice}) == len(twice)


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        ("budget.expense_lines[].amount", "支出科目的金额"),
        ("budget.income_total_capitals", "收入合计（大写）"),
        ("vote.outcome_code", "表决结论"),
        ("handover.groups[].items[].name", "移交项目的名称"),
        ("roster.total_area", "业主清册总面积"),
        ("issued.first_budget", "《首年开放式预算》的编号"),
        ("nothing.known", ""),
        ("budget.unknown", ""),
    ],
)
def test_a_column_is_named_after_its_list_and_another_way_to_print_after_the_fact(fact: str, name: str) -> None:
    assert naming.name(fact) == name
