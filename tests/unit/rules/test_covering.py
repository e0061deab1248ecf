"""Identity numbers of rows that leave the house are covered, and known again when the rows come back (law §6.2)."""

import pytest

from engine.rules.covering import covered, put_back

ONE, TWO = "320404195102020016", "320404195203030029"


@pytest.mark.parametrize(
    ("column", "text", "left"),
    [
        ("owner_ids", ONE, "**************0016"),
        ("owner_ids", f"{ONE}；{TWO}", "**************0016；**************0029"),
        ("owner_ids", "320404 1951 0202 0016", "*****************0016"),
        ("owner_ids", "0016", "0016"),
        ("owner_ids", "12345", "*2345"),
        ("legal_person_ids", "91320404MA1X2Y3Z4B", "**************3Z4B"),
        ("phone", ONE, "**************0016"),
        ("phone", "13800000001", "13800000001"),
        ("owners", f"王小明({ONE})", "王小明(**************0016)"),
        ("unit_no", "320404510202001", "***********2001"),
    ],
)
def test_of_a_number_only_its_last_four_signs_leave(column: str, text: str, left: str) -> None:
    assert covered(column, text) == left


def test_a_cell_that_nobody_touched_is_what_it_was() -> None:
    assert put_back("owner_ids", covered("owner_ids", f"{ONE}；{TWO}"), f"{ONE}；{TWO}") == f"{ONE}；{TWO}"


def test_one_of_two_numbers_is_mended_and_the_other_is_put_back() -> None:
    assert put_back("owner_ids", f"**************0016；{ONE}", f"{ONE}；320404") == f"{ONE}；{ONE}"


def test_numbers_that_end_alike_are_not_guessed_once_the_cell_was_changed() -> None:
    alike = "320404199999990016"
    assert put_back("owner_ids", "**************0016；X", f"{ONE}；{alike}") == "**************0016；X"


def test_a_cover_of_no_number_stays_and_is_asked_for() -> None:
    assert put_back("owner_ids", "**************9999", ONE) == "**************9999"
