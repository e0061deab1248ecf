"""How long a notice hung on a board: fifteen days and not fourteen, broken, gone, extended, proved."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import posting
from engine.rules.posting import Break, Finding, State, What

DAY = date(2026, 3, 2)


def on(day: int) -> date:
    return DAY + timedelta(day)


def found(**days: int) -> list[Finding]:
    """Findings by name and day: ``photo_0=0``."""
    return [Finding(on(day), What[name.partition("_")[0].upper()]) for name, day in days.items()]


def chain(today: int, rule: Break = Break.RESTART, needed: int = 15, **days: int) -> posting.Chain:
    return posting.chain(DAY, needed, found(**days), on(today), rule)


PROVED = {"photo_0": 0, "photo_7": 7}


@pytest.mark.parametrize(("day", "state"), [(14, State.BROKEN), (15, State.WHOLE), (16, State.WHOLE)])
def test_a_notice_of_fifteen_days_may_come_down_on_the_fifteenth_and_not_before(day: int, state: State) -> None:
    shown = chain(20, **PROVED, photo_end=day, down=day)
    assert (shown.state, shown.days) == (state, min(day, 15))
    assert ("提前撤下，有据可查的只有 14 天，不满 15 天" in shown.says) == (day == 14)


@pytest.mark.parametrize(("today", "days", "state"), [(14, 14, State.HANGING), (15, 15, State.DUE)])
def test_its_days_are_full_on_the_fifteenth_and_the_last_photo_is_due(today: int, days: int, state: State) -> None:
    shown = chain(today, **PROVED)
    assert (shown.days, shown.state, shown.whole, shown.end) == (days, state, False, on(15))
    assert shown.next == ("今天要拍期满照片" if today == 15 else f"{on(15)} 起拍期满照片")


def test_where_it_was_gone_its_days_begin_anew_when_it_hangs_again() -> None:
    shown = chain(10, **PROVED, gone=9, again=10, photo_again=10)
    assert (shown.since, shown.end, shown.days, shown.gone) == (on(10), on(25), 0, (on(9),))
    assert not chain(24, **PROVED, gone=9, again=10, photo_1=10, photo_2=17, photo_3=24).whole
    assert chain(25, **PROVED, gone=9, again=10, photo_1=10, photo_2=17, photo_3=25).whole


def test_a_place_may_extend_by_the_days_that_are_missing() -> None:
    # seen on the 7th, gone on the 9th, back on the 10th: three days are lost
    shown = chain(17, Break.EXTEND, **PROVED, gone=9, again=10)
    assert (shown.since, shown.end, shown.days) == (DAY, on(18), 14)
    assert chain(18, Break.EXTEND, **PROVED, gone=9, again=10, photo_end=18).whole
    assert "按缺失的天数顺延" in chain(9, Break.EXTEND, **PROVED, gone=9).says


@pytest.mark.parametrize(("today", "state"), [(1, State.DUE), (2, State.UNPROVED)])
def test_the_first_photo_may_be_taken_on_the_next_day(today: int, state: State) -> None:
    assert chain(today).state is state
    assert chain(today, photo=1 if today > 1 else 0).state is State.HANGING


@pytest.mark.parametrize(
    ("today", "state"), [(4, State.HANGING), (5, State.DUE), (10, State.DUE), (11, State.UNPROVED)]
)
def test_the_second_photo_is_due_in_the_middle_third(today: int, state: State) -> None:
    assert chain(today, photo=0).state is state
    late = chain(20, photo=0, photo_end=15)
    assert late.red
    assert "缺中间照片" in late.says
    assert chain(20, photo=0, witnessed=8, photo_end=15).whole


def test_one_that_was_down_before_the_last_photo_is_not_proved() -> None:
    shown = chain(16, **PROVED, down=16)
    assert shown.state is State.UNPROVED
    assert "缺期满照片" in shown.says


def test_a_word_of_witnesses_does_not_hang_it_again_but_a_photo_does() -> None:
    assert chain(10, **PROVED, gone=9, witnessed=10).state is State.BROKEN
    assert chain(10, **PROVED, gone=9, photo=10).since == on(10)


_FINDINGS = st.lists(st.builds(Finding, st.integers(0, 30).map(on), st.sampled_from(list(What))), max_size=12).map(
    lambda many: sorted(many, key=lambda one: one.on)
)


@given(_FINDINGS, st.integers(0, 40), st.sampled_from([7, 10, 15, 30]), st.sampled_from(list(Break)))
def test_no_chain_is_whole_with_less_than_its_days_or_a_photo_missing(
    many: list[Finding], today: int, needed: int, rule: Break
) -> None:
    shown = posting.chain(DAY, needed, many, on(today), rule)
    assert 0 <= shown.days <= needed
    assert shown.end >= DAY + timedelta(needed)
    assert bool(shown.says) == shown.red
    if shown.whole:
        assert shown.days == needed
        assert shown.end <= on(today)
        assert all(day is not None for _, day in shown.windows)


@given(_FINDINGS, st.integers(1, 40), st.sampled_from(list(Break)))
def test_taking_a_photo_away_never_makes_a_chain_whole(many: list[Finding], today: int, rule: Break) -> None:
    photos = [one for one in many if one.what is What.PHOTO]
    if not posting.chain(DAY, 15, many, on(today), rule).whole:
        for one in photos:
            fewer = [other for other in many if other is not one]
            again = any(earlier.what in {What.GONE, What.DOWN} for earlier in many)
            assert again or not posting.chain(DAY, 15, fewer, on(today), rule).whole


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(None, "没有拍摄时间"), (0, ""), (10, ""), (11, "超过 10 分钟"), (-10, ""), (-11, "手机时间不准")],
)
def test_a_photo_whose_clock_differs_is_flagged(minutes: int | None, said: str) -> None:
    assert said in posting.doubts(minutes) if said else posting.doubts(minutes) == ""
