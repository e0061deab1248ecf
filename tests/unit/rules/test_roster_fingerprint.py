"""The check digits of a roster change with anything that decides who votes, and with nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.roster import Owner, Roster, Unit
from engine.rules.roster_fingerprint import fingerprint

_UNITS = tuple(
    Unit(f"1-{no:04d}", "1", 8000 + no, "住宅", (Owner("汪建春", "k1", "1234"), Owner("郑洁", f"k{no}", "002X")))
    for no in range(1, 6)
)


@given(st.permutations(_UNITS))
def test_the_order_of_the_units_does_not_matter(units: list[Unit]) -> None:
    assert fingerprint(Roster(tuple(units))) == fingerprint(Roster(_UNITS))
    assert re.fullmatch(r"\d{16}", fingerprint(Roster(tuple(units))))


@pytest.mark.parametrize(
    "changed",
    [
        _UNITS[2]._replace(area=_UNITS[2].area + 1),
        _UNITS[2]._replace(usage="商业"),
        _UNITS[2]._replace(status="UNSOLD"),
        _UNITS[2]._replace(area_source="contract"),
        _UNITS[2]._replace(owners=_UNITS[2].owners[::-1]),
        _UNITS[2]._replace(owners=(_UNITS[2].owners[0]._replace(id_last4="1235"), _UNITS[2].owners[1])),
        _UNITS[2]._replace(owners=_UNITS[2].owners[:1]),
        _UNITS[2]._replace(owners=(_UNITS[2].owners[0], _UNITS[2].owners[1]._replace(key="k1"))),
    ],
)
def test_any_change_of_who_votes_with_how_much_shows(changed: Unit) -> None:
    assert fingerprint(Roster((*_UNITS[:2], changed, *_UNITS[3:]))) != fingerprint(Roster(_UNITS))


def test_a_telephone_number_is_none_of_it() -> None:
    called = _UNITS[0]._replace(owners=tuple(owner._replace(phone="13800000000") for owner in _UNITS[0].owners))
    assert fingerprint(Roster((called, *_UNITS[1:]))) == fingerprint(Roster(_UNITS))
