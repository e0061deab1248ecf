"""The ballots of a vote as one text: blanks for what each has of its own, and every ballot that says something else."""

import io
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence

import pytest

from engine.documents import ballots
from engine.documents.ballots import Ballots
from engine.documents.package import DOCUMENT
from engine.documents.render import NEW_PAGE
from engine.use_cases.library import Library
from tests.unit.documents.test_rendering import sample

_FIELDS = ("serial", "unit_no", "owner_masked", "area", "headcount", "receipt")


def rows(count: int) -> list[Mapping[str, str]]:
    """What stands on each ballot: some units follow another's headcount, and one owner has the sign of a tag."""
    return [
        {
            "serial": f"{place + 1:06d}",
            "unit_no": f"{place // 40 + 1}-{place % 40 + 101}",
            "owner_masked": "A&<**" if place == 3 else f"{'张李王'[place % 3]}**",
            "area": f"{80 + place % 9}.{place % 100:02d}",
            "receipt": f"{place * 7919 + 1000:04d}-5120-{place:04d}",
            "headcount": f"并入 1-{place % 7 + 101}" if place % 5 == 4 else "1",
        }
        for place in range(count)
    ]


@pytest.fixture(scope="module")
def printed(library: Library) -> Callable[[Sequence[Mapping[str, str]]], bytes]:
    """The shipped ballot, printed with these values; every sentence of it is the same on all."""
    given = sample(library, "")
    given.values["estate"].name, given.values["vote"].items[0].no = "桂语苑", "1"

    def of(values: Sequence[Mapping[str, str]]) -> bytes:
        return library.template("ballot").render_many([given.having("ballot", _raw(row)) for row in values])

    return of


def _raw(row: Mapping[str, str]) -> dict[str, object]:
    return {**row, "area": int(row["area"].replace(".", ""))}


def said(found: Ballots) -> str:
    return "\n".join(line.whole for clause in found.clauses for line in clause.lines)


def test_the_common_text_has_a_blank_for_each_value_and_nothing_of_any_owner(
    printed: Callable[[Sequence[Mapping[str, str]]], bytes],
) -> None:
    found = ballots.read(printed(rows(90)), rows(90))
    assert (found.copies, found.odd, {*found.blanks}) == (90, [], {*_FIELDS})
    text = said(found)
    assert "票号 ｜ 〔票号〕 ｜ 房号 ｜ 〔房号〕" in text
    assert "计票人数 ｜ 〔计票人数〕" in text
    assert "票号〔票号〕　房号〔房号〕　面积〔专有部分面积〕平方米" in text
    assert "\n1 ｜ " in text, "the number of an item is no headcount"
    assert "查询码〔查询码〕" in text
    assert not [row for row in rows(90) for name in ballots.PERSONAL if row[name] in text]


def test_of_a_single_ballot_or_one_owner_for_all_nobody_is_named(
    printed: Callable[[Sequence[Mapping[str, str]]], bytes],
) -> None:
    alone = said(ballots.read(printed(rows(1)), rows(1)))
    assert "1-101" not in alone
    assert "张**" not in alone
    all_one = [{**row, "owner_masked": "张**"} for row in rows(8)]
    assert "业主 ｜ 〔业主〕" in said(ballots.read(printed(all_one), all_one))


def changed(content: bytes, place: int, was: str, now: str) -> bytes:
    """The file with other words on one ballot."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == DOCUMENT:
                sheets = part.split(NEW_PAGE)
                assert was.encode() in sheets[place]
                sheets[place] = sheets[place].replace(was.encode(), now.encode())
                part = NEW_PAGE.join(sheets)
            new.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize("place", [0, 7, 39])
@pytest.mark.parametrize(
    ("was", "now", "due", "says"),
    [
        ("涂改无效", "涂改有效", "涂改无效", "涂改有效"),
        ("□", "☑", "□", "☑"),
        ("平方米　送达方式", "亩　送达方式", "〔专有部分面积〕平方米", "亩"),
    ],
)
def test_a_ballot_that_says_something_else_is_told_with_what_it_says(
    printed: Callable[[Sequence[Mapping[str, str]]], bytes], place: int, was: str, now: str, due: str, says: str
) -> None:
    found = ballots.read(changed(printed(rows(40)), place, was, now), rows(40))
    assert [[*one.places] for one in found.odd] == [[place]]
    assert any(due in before and says in after for before, after in found.odd[0].differs)
    assert rows(40)[place]["unit_no"] not in str(found.odd[0].differs)


def test_a_ballot_with_the_values_of_another_unit_or_another_look_is_told(
    printed: Callable[[Sequence[Mapping[str, str]]], bytes],
) -> None:
    found = ballots.read(changed(printed(rows(40)), 5, "85.05", "58.05"), rows(40))
    assert [[*one.places] for one in found.odd] == [[5]]
    bold = ballots.read(changed(printed(rows(40)), 5, "<w:jc ", "<w:bidi/><w:jc "), rows(40))
    assert [[*one.places] for one in bold.odd] == [[5]]
    assert bold.odd[0].differs == (("", "文字相同，图片、表格或版式不同"),)


def test_ballots_of_which_nothing_was_recorded_are_shown_without_their_values_and_all_are_odd(
    printed: Callable[[Sequence[Mapping[str, str]]], bytes],
) -> None:
    found = ballots.read(printed(rows(10)), rows(9))
    assert found.copies == 10
    assert [len(one.places) for one in found.odd] == [10]
    assert "〔逐票内容〕" in said(found)
    assert not [row for row in rows(10) if row["unit_no"] in said(found) + str(found.odd)]


def test_three_thousand_ballots_are_read_in_seconds(
    printed: Callable[[Sequence[Mapping[str, str]]], bytes],
) -> None:
    content = printed(rows(3_000))
    started = time.process_time()
    found = ballots.read(content, rows(3_000))
    assert (found.copies, found.odd) == (3_000, [])
    assert time.process_time() - started < 10
