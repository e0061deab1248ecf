"""Whatever is damaged is taken or refused in our words; more of it in ``./run trials``."""

import warnings

import pytest

from trials import fuzzing


@pytest.mark.filterwarnings("ignore")
def test_no_damaged_input_ends_in_an_error_that_is_not_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fuzzing.run_all(40)
    assert len(found) == 10
    for one in found:
        assert one.escaped == [], one.name
        assert one.refused > 0, one.name
        assert one.accepted + one.refused == one.inputs, one.name
