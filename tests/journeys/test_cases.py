"""Every case under ``tests/cases`` goes the way it says."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from engine import cli
from engine.use_cases.library import PROCESSES, Library
from tests.carrying import CASES, NAMES, Carried, carry

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("case", NAMES)
def test_a_case_goes_the_way_it_says(case: str, carried: Carried) -> None:
    out = carried.out(case)
    assert orjson.loads((out / "summary.json").read_bytes())["documents"] or case == "refused"
    moments = [event["at"] for event in orjson.loads((out / "timeline.json").read_bytes())]
    assert moments == sorted(moments)


def test_every_sequence_flow_is_taken_by_a_case(carried: Carried, library: Library) -> None:
    # from the last one on: other workers carry the first
    taken = set().union(*(carried.flows(case) for case in reversed(NAMES)))
    drawn = set().union(*(library.definition(process).flows.values() for process in PROCESSES))
    assert sorted(drawn - taken) == []


def test_the_reference_estate_comes_into_operation_with_all_its_papers(carried: Carried, library: Library) -> None:
    out = carried.out("reference")
    summary = orjson.loads((out / "summary.json").read_bytes())
    assert summary["status"] == "operating"
    assert sorted(stay["stage"] for stay in summary["stages"]) == sorted(library.definition("onboarding").stages)
    assert len({paper["kind"] for paper in summary["documents"]}) == 66
    for paper in summary["documents"]:
        assert (out / paper["file"]).stat().st_size > 5_000
    events = orjson.loads((out / "timeline.json").read_bytes())
    assert [event["no"] for event in events] == list(range(1, len(events) + 1))
    vote = next(event for event in events if event.get("gate") == "vote")
    assert vote["figures"]["items"][0]["total_area"] == 15_702_50
    assert vote["rules"]


def test_nobody_in_the_timeline_is_named_by_identity_number(carried: Carried) -> None:
    out = carried.out("reference")
    number = (CASES / "reference-roster.csv").read_text().splitlines()[1].split(",")[5]
    assert number.encode() not in (out / "timeline.json").read_bytes()
    assert number.encode() not in (out / "data" / "daoru.db").read_bytes()


def test_the_same_case_gives_the_same_papers(tmp_path: Path, library: Library) -> None:
    for out in ("first", "second"):
        carry(CASES / "withdrawn.yaml", tmp_path / out, library)
    assert (tmp_path / "first" / "summary.json").read_bytes() == (tmp_path / "second" / "summary.json").read_bytes()


def test_another_outcome_stops_with_file_line_and_what_was_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (CASES / "not-now.yaml").read_text().replace("{diagnosis: NOT_NOW}", "{diagnosis: SUITABLE}")
    case = tmp_path / "other.yaml"
    case.write_text(text)
    for beside in [*CASES.glob("reference*"), CASES / "evidence"]:
        (tmp_path / beside.name).symlink_to(beside)
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out"), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert f"other.yaml 第 {text.splitlines().index('  - on: 2026-01-30') + 1} 行" in said
    assert "NOT_NOW" in said
    assert "SUITABLE" in said


@pytest.mark.parametrize(
    "text, said",
    [
        ("case: x\nsteps: []\n", "place"),
        ("case: x\nplace: y\npeople: {}\nsteps:\n  - on: 2026-13-01\n    task: a\nexpect: {}\n", "第 5 行"),
        ("case: x\nplace: y\npeople: {}\nsteps:\n  - on: 2026-01-01\n    does: a\nexpect: {}\n", "不认识“does”"),
        ("case: &a x\nplace: *a\n", "别名"),
        ("case: " + "[" * 900 + "]" * 900, "嵌套超过 20 层"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "bad.yaml"
    case.write_text(text)
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_case_file_of_50_mb_is_refused_unread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "huge.yaml"
    with case.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out")]) == 2
    assert "50 MB" in capsys.readouterr().err


def test_what_follows_an_election_is_due_by_the_day_its_result_was_announced(carried: Carried) -> None:
    log = orjson.loads((carried.out("committee-re-elected") / "timeline.json").read_bytes())
    (announced,) = [event["at"][:10] for event in log if event.get("task") == "announce_result"]
    fired = {event["timer"]: datetime.fromisoformat(event["due"]) for event in log if event["kind"] == "TimerFired"}
    for timer, days, on_a_holiday in (
        ("first_committee_meeting_due", 7, 0),
        ("hand_over_records_due", 10, 1),  # a Sunday
        ("file_committee_due", 30, 2),  # a Saturday
    ):
        last = date.fromisoformat(announced) + timedelta(days + on_a_holiday)
        assert fired[timer] == datetime.combine(last, time(), CHINA) + timedelta(1), (
            f"{timer}: {days} days end at 24:00 of the last one, or of the working day after it (民法典 203)"
        )


def test_a_first_meeting_in_time_alarms_nobody_and_a_late_one_alarms_the_street(carried: Carried) -> None:
    assert "first_committee_meeting_due" not in fired(carried, "first-committee")
    assert fired(carried, "committee-re-elected")["first_committee_meeting_due"] == "2026-05-08"
    assert fired(carried, "committee-recounted")["first_committee_meeting_due"] == "2026-05-08", "not after the recount"


def test_the_last_day_of_a_period_belongs_to_it(carried: Carried) -> None:
    assert "emergency_period_due" not in fired(carried, "service-stops"), "ended on its last day"
    assert fired(carried, "company-collapsed")["emergency_period_due"] == "2026-11-21", "entered a day after it"
    assert fired(carried, "reference")["wait_for_opening"] == "2026-04-13"
    assert fired(carried, "reference")["wait_for_close"] == "2026-04-29", "a vote until 28 April is open all that day"
    assert "check_participation_due" not in fired(carried, "hangzhou-targeted-sale"), "checked on the day of the close"


@pytest.mark.parametrize(
    "case, timer, day",
    [
        ("no-old-company", "inspect_baseline_due", "2026-05-31"),
        ("old-company-late", "inspection_start_due", "2026-07-30"),
        ("handover-arbitration", "post_inspection_due", "2026-12-26"),
        ("reference", "inspection_start_due", None),
        ("reference", "post_inspection_due", None),
    ],
    ids=[
        "ten days after the contract stood on 20 May",
        "ten days after the old contract ended on 19 July",
        "thirty days after the last inspection, of 25 November",
        "inspected in time",
        "posted in time",
    ],
)
def test_a_late_inspection_and_a_late_posting_of_its_result_alarm_when_the_last_day_is_over(
    case: str, timer: str, day: str | None, carried: Carried
) -> None:
    assert fired(carried, case).get(timer) == day


def fired(carried: Carried, case: str) -> dict[str, str]:
    """The day, in the place's zone, on which each timer of a case fired last."""
    log = orjson.loads((carried.out(case) / "timeline.json").read_bytes())
    return {
        event["timer"]: datetime.fromisoformat(event["due"]).astimezone(CHINA).date().isoformat()
        for event in log
        if event["kind"] == "TimerFired"
    }
