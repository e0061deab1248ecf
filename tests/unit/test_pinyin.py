"""A name is found by what people type of it."""

import pytest

from engine import pinyin


@pytest.mark.parametrize("typed", ["桂语苑", "语苑", "guiyuyuan", "gyy", "yuyuan", "yy"])
def test_an_estate_is_found_from_any_sign_on(typed: str) -> None:
    assert typed in pinyin.terms("桂语苑")


def test_a_surname_is_found_by_either_reading() -> None:
    assert {"shanliren", "danliren", "slr", "dlr"} <= pinyin.terms("单立人", person=True)
    assert "shanliren" not in pinyin.terms("单立苑")


def test_letters_and_digits_stand_for_themselves_in_one_form() -> None:
    assert "a8" in pinyin.terms("Ａ ８")
    assert pinyin.plain(" Gui　Yu ") == "guiyu"


def test_no_term_is_longer_than_the_database_holds() -> None:
    assert max(map(len, pinyin.terms("桂" * 60))) <= pinyin.LONGEST
