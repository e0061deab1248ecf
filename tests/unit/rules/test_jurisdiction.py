"""Packs: bounded by national law, chosen by place and day."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import InvalidDefinition, NotFound
from engine.rules import jurisdiction

JURISDICTIONS = Path(__file__).parents[3] / "workflows" / "jurisdictions"
HERE = (JURISDICTIONS / "changzhou-zhonglou.toml").read_text()
THERE = (JURISDICTIONS / "hangzhou.toml").read_text()


def changed(key: str, old: str, new: str) -> str:
    head, _, rest = HERE.partition(f"[{key}]")
    assert old in rest.split("[", 1)[0]
    return f"{head}[{key}]{rest.replace(old, new, 1)}"


def test_every_parameter_names_its_source_and_confidence() -> None:
    for parameter in jurisdiction.read(HERE, file="here").parameters.values():
        assert parameter.source
        assert parameter.confidence in {"A", "B", "C", "U"}
        assert parameter.title


@pytest.mark.parametrize("key, old, new", [
    ("quorum_area", '"2/3"', '"1/2"'),
    ("pass_special", '"3/4"', '"2/3"'),
    ("assembly_notice", "value = 15", "value = 14"),
    ("extraordinary_notice", "value = 15", "value = 7"),
    ("indefinite_term_notice", "value = 60", "value = 59"),
    ("oc_filing", "value = 30", "value = 31"),
])  # fmt: skip
def test_beyond_a_national_limit_is_refused_naming_the_parameter(key: str, old: str, new: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        jurisdiction.read(changed(key, old, new), file="pack.toml")
    assert refused.value.element == key
    assert "国家规定" in str(refused.value)


@pytest.mark.parametrize("key, old, new", [
    ("quorum_area", '"2/3"', '"3/4"'),
    ("assembly_notice", "value = 15", "value = 20"),
    ("oc_filing", "value = 30", "value = 20"),
])  # fmt: skip
def test_stricter_is_accepted_with_a_warning(key: str, old: str, new: str) -> None:
    pack = jurisdiction.read(changed(key, old, new), file="pack.toml")
    assert [warning for warning in pack.warnings if warning.startswith(key)]


def test_shares_are_exact() -> None:
    assert jurisdiction.read(HERE, file="here").value("quorum_persons") == Fraction(2, 3)


def test_hangzhou_differs_in_at_least_fifteen_parameters() -> None:
    here, there = jurisdiction.read(HERE, file="a").parameters, jurisdiction.read(THERE, file="b").parameters
    assert sum(1 for key in here if here[key].value != there[key].value) >= 15


def test_the_pack_in_force_is_the_newest_that_has_begun() -> None:
    old = jurisdiction.read(HERE, file="old")
    new = jurisdiction.read(HERE.replace("effective_from = 2024-01-01", "effective_from = 2026-07-01"), file="new")
    packs = [new, old]
    assert jurisdiction.choose(packs, "changzhou-zhonglou", date(2026, 6, 30)) is old
    assert jurisdiction.choose(packs, "changzhou-zhonglou", date(2026, 7, 1)) is new
    with pytest.raises(NotFound):
        jurisdiction.choose(packs, "nowhere", date(2026, 7, 1))
