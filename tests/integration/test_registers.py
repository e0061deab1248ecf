"""Every register of the data model is written by the step that owns it, on SQLite and PostgreSQL alike."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from engine import jobs, store
from engine.carry import casefile, run
from engine.errors import Conflict, InvalidAnswers
from engine.store import Store, database, pending, registers, tables, votes
from engine.store import rows as rows_of
from engine.use_cases import onboarding, registering
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests import photographs

CASES = Path(__file__).parents[1] / "cases"
KEY = b"a key for tests"
#: What people write at the desk; a journey that is replayed has nobody signed in.
DESK = {
    "account", "administration", "alert", "alert_setting", "arrival", "ballot_batch", "ballot_entry", "ballot_scan",
    "board", "call_back", "call_back_sample", "canvass_door", "canvass_review", "choice", "count_act",
    "paper_sheet", "paper_sheet_page",
    "comment", "data_request", "disclosure", "dispatch", "dispatched", "draft", "examination", "export", "handover_act",
    "identity_number", "leave", "legal_hold", "purge",
    "material", "mention", "node", "open_page", "opinion", "owner_code",
    "photo", "print_part",
    "print_run", "signed_copy", "signed_page", "signed_tick",
    "printed", "public_asking",
    "recovery_code", "remark", "review_waiver", "role_held", "roster_decision",
    "roster_heading", "roster_import", "saved_view", "session", "sighting", "sign_in_failure",
    "template_specimen", "template_version", "undoing", "upload", "urge", "visit_history", "visit_photo",
}  # fmt: skip


def carry(opened: Store, library: Library, *, until: str = "", case: str = "reference") -> casefile.Case:
    """Carry a case in ``opened`` up to its step ``until``, or to its end."""
    read = casefile.read(CASES / f"{case}.yaml")
    steps = list(read.steps)
    if until:
        steps = steps[: next(number for number, step in enumerate(steps) if step.task == until)]
    shortened = casefile.Case(read.file, read.name, read.title, read.place, read.people, tuple(steps), read.expect)
    run.replay(shortened, opened, library, run.Options(person_key=KEY), lambda line: None)
    return read


def entered(opened: Store, library: Library) -> casefile.Step:
    """Enter the reference estate into the annual plan; its next step."""
    carry(opened, library, until="submit_application")
    return next(step for step in casefile.read(CASES / "reference.yaml").steps if step.task == "submit_application")


def rows(opened: Store, table: sa.Table) -> list[Mapping[str, Any]]:
    with opened.engine.connect() as connection:
        order = list(table.primary_key.columns) or list(table.columns)
        return [dict(row._mapping) for row in connection.execute(sa.select(table).order_by(*order))]


def test_the_reference_journey_writes_every_table_of_the_data_model(opened: Store, library: Library) -> None:
    carry(opened, library)
    empty = {name for name, table in tables.metadata.tables.items() if not rows(opened, table)}
    assert empty - DESK <= {"awaited_message"}


def test_a_journey_says_the_same_on_both_databases(opened: Store, library: Library) -> None:
    carry(opened, library)
    with opened.work(jobs.ACTOR, run.morning(date(2026, 12, 1))) as work:
        log, papers = work.log(1), work.documents(1)
    assert log[-1]["kind"] == "EstateEnded"
    assert [event["no"] for event in log] == list(range(1, len(log) + 1))
    numbers = sorted(paper.number for paper in papers)
    assert numbers == [f"{code}-{no:03}" for code, group in groupby(numbers, lambda number: number[:-4])
                       for no, _ in enumerate(group, 1)]  # fmt: skip


def test_a_roster_keeps_persons_by_keyed_hash_and_last_four_only(opened: Store, library: Library) -> None:
    carry(opened, library, until="record_site_survey")
    persons, owners, units = (rows(opened, table) for table in (registers.person, registers.owner, registers.unit))
    assert (len(units), len(owners), len(persons)) == (151, 151, 149)
    assert all(len(person["key"]) == 64 and len(person["id_last4"]) == 4 for person in persons)
    listed = (CASES / "reference-roster.csv").read_text().splitlines()[1].split(",")
    everything = repr((persons, owners, units))
    assert listed[5] not in everything
    assert owners[0]["name"] == listed[4]


def test_a_person_stays_the_same_person_in_the_next_version(opened: Store, library: Library) -> None:
    case = carry(opened, library, until="record_site_survey")
    again = next(step.rows["roster"] for step in case.steps if "roster" in step.rows)
    with opened.work("周敏", run.morning(date(2026, 1, 13))) as work:
        registering.enter(work, library, 1, "roster", again[:100], KEY)
    assert len(rows(opened, registers.person)) == 149
    assert [(row["version"], row["frozen_on"]) for row in rows(opened, registers.roster_version)] == [
        (1, None),
        (2, None),
    ]
    with opened.work("周敏", run.morning(date(2026, 1, 14))) as work:
        assert len(Dossier(work, library, 1).roster.units) == 100


def test_a_roster_imported_during_a_vote_does_not_change_who_votes(opened: Store, library: Library) -> None:
    case = carry(opened, library, until="close_voting")
    smaller = next(step.rows["roster"] for step in case.steps if "roster" in step.rows)[:100]
    with opened.work("周敏", run.morning(date(2026, 4, 27))) as work:
        before = Dossier(work, library, 1).electorate
        registering.enter(work, library, 1, "roster", smaller, KEY)
    with opened.work("周敏", run.morning(date(2026, 4, 28))) as work:
        assert Dossier(work, library, 1).electorate == before
    assert rows(opened, registers.roster_version)[0]["frozen_on"] == "2026-03-24"
    assert rows(opened, registers.meeting)[0]["roster"] == 1


def test_what_the_vote_needs_stands_in_rows(opened: Store, library: Library) -> None:
    carry(opened, library, until="select_company")
    (meeting,) = rows(opened, registers.meeting)
    items = rows(opened, registers.item)
    assert meeting["decided_on"] == "2026-03-23"
    assert [(item["no"], item["item_class"], item["key"]) for item in items][:3] == [(1, 9, 1), (2, 4, 1), (3, 4, 1)]
    notices = {row["task"]: row for row in rows(opened, registers.notice)}
    assert notices["post_meeting_notice"]["posted_on"] == "2026-03-26"
    assert notices["announce_result"]["meeting"] == 1
    assert notices["post_plan_for_comment"]["meeting"] is None
    boards = [
        row for row in rows(opened, registers.posting) if row["notice_id"] == notices["post_meeting_notice"]["id"]
    ]
    assert [row["board"] for row in boards] == [1, 2, 3]
    proofs = rows(opened, registers.proof)
    assert {row["posting_id"] for row in proofs} == {row["id"] for row in boards}
    assert all(opened.files.read(row["sha256"]).startswith(b"\x89PNG") for row in proofs)
    comments = rows(opened, registers.objection)
    assert [(row["task"], row["adopted"]) for row in comments] == [("settle_comments", 1), ("settle_comments", 0)]
    assert [row["unit_no"] for row in rows(opened, registers.promise)] == ["1-0101", "1-0203"]


def test_contract_terms_are_kept_version_by_version(opened: Store, library: Library) -> None:
    carry(opened, library, until="nominate_supervisor")
    kept = rows(opened, registers.contract_terms)
    assert [(row["version"], row["task"]) for row in kept] == [
        (1, "draft_contract_terms"), (2, "finalise_contract"), (3, "sign_contract"),
    ]  # fmt: skip
    assert orjson.loads(kept[1]["terms"])["fee_std"] == "1.20"


def test_every_fact_on_paper_has_a_source(opened: Store, library: Library) -> None:
    carry(opened, library, until="hold_briefing")
    facts = rows(opened, tables.fact)
    assert {fact["document_id"] for fact in facts} == {row["id"] for row in rows(opened, tables.document)}
    assert all(fact["step"] and fact["by"] and fact["at"] for fact in facts)
    by_name = {fact["name"]: fact for fact in facts}
    address = by_name["submit_application.address"]
    assert (address["step"], address["by"], address["at"][:10]) == ("submit_application", "周敏", "2026-01-05")
    assert orjson.loads(address["printed"]) == "临河路 88 号"


def test_a_photo_of_a_notice_that_was_not_posted_is_refused(opened: Store, library: Library) -> None:
    carry(opened, library, until="draft_plan")
    row = {"task": "post_meeting_notice", "board": "1", "on": "2026-03-03", "sha256": "0" * 64}
    with (
        pytest.raises(InvalidAnswers, match="没有任务“post_meeting_notice”第 1 块公告栏的张贴记录"),
        opened.work("周敏", run.morning(date(2026, 3, 3))) as work,
    ):
        registering.enter(work, library, 1, "proofs", [row], KEY)
    assert rows(opened, registers.proof) == []


def test_a_photo_proves_a_board_once_and_a_sheet_that_says_it_twice_changes_nothing(
    opened: Store, library: Library
) -> None:
    carry(opened, library, until="close_voting")
    before = rows(opened, registers.proof)
    first, second = ((CASES / "photos" / f"board-{number}.png").read_bytes() for number in (1, 2))

    def enter(*entries: tuple[str, bytes]) -> None:
        with opened.work("周敏", run.morning(date(2026, 4, 27))) as work:
            sheet = [
                {"board": board, "sha256": registering.keep_photo(work, content), "on": f"2026-04-{day:02}"}
                for day, (board, content) in enumerate(entries, start=1)
            ]
            named = [{"task": "post_meeting_notice", **row} for row in sheet]
            registering.enter(work, library, 1, "proofs", named, KEY)

    third, sent_on = photographs.scene(3), photographs.sent_on(photographs.scene(3))
    ahead, old = (photographs.scene(4, taken=f"2026:{day} 09:00:00") for day in ("04:02", "03:25"))
    for entries, said in (
        ([("1", first)], "proofs[0].file：这张照片已经登记为第 1 处 2026-03-26 的"),
        ([("1", second)], "proofs[0].file：这张照片已经登记为第 2 处 2026-03-26 的"),
        ([("3", third), ("1", third)], "proofs[1].file：这张照片已经登记为第 1 行第 3 处 2026-04-01 的"),
        (
            [("3", third), ("1", sent_on)],
            "proofs[1].file：这张照片和第 1 行第 3 处 2026-04-01 的是同一张",
        ),
        (
            [("3", ahead)],
            "proofs[0].on：照片摄于 2026-04-02，登记的是 2026-04-01",
        ),
        (
            [("3", old)],
            "proofs[0].file：照片摄于 2026-03-25，早于公告张贴的",
        ),
    ):
        with pytest.raises(InvalidAnswers) as refused:
            enter(*entries)
        assert said in str(refused.value)
        assert rows(opened, registers.proof) == before
    enter(("1", third), ("3", photographs.scene(4)))
    made = rows(opened, registers.proof)[len(before) :]
    assert [(row["doubt"], bool(row["small"])) for row in made] == [("照片里没有拍摄时间，按填写的日期算", True)] * 2


def test_a_photo_of_a_posting_is_one(opened: Store, library: Library) -> None:
    with pytest.raises(InvalidAnswers, match="不是照片"), opened.work("周敏", run.morning(date(2026, 3, 3))) as work:
        registering.keep_photo(work, b"MZ\x90\x00")
    assert rows(opened, tables.file) == []


def unreturned(opened: Store) -> str:
    """A unit whose ballot has not come back."""
    back = {row["ballot_id"] for row in rows(opened, registers.ballot_return)}
    return next(row["unit_no"] for row in rows(opened, registers.ballot) if row["id"] not in back)


def test_two_people_cannot_enter_the_same_ballot(opened: Store, library: Library) -> None:
    carry(opened, library, until="check_participation")
    late = unreturned(opened)
    row = {"unit_no": late, "on": "2026-04-26", "marks": "1 1 1 1 1 1 1 1", "signed": "是"}
    with pytest.raises(Conflict), opened.work("吴倩", run.morning(date(2026, 4, 26))) as slow:
        registering.enter(slow, library, 1, "ballots", [row], KEY)
        with opened.work("周敏", run.morning(date(2026, 4, 26))) as quick:
            registering.enter(quick, library, 1, "ballots", [{**row, "marks": "2 2 2 2 2 2 2 2"}], KEY)
    (ballot,) = [row["id"] for row in rows(opened, registers.ballot) if row["unit_no"] == late]
    (kept,) = [row for row in rows(opened, registers.ballot_return) if row["ballot_id"] == ballot]
    with opened.work("周敏", run.morning(date(2026, 4, 26))) as work:
        said = votes.choices(work, 1, 1).of(votes.returned(kept["ballot_id"], kept["no"]))
    assert said == "2 2 2 2 2 2 2 2"


def test_a_ballot_that_came_after_the_close_is_not_entered(opened: Store, library: Library) -> None:
    carry(opened, library, until="close_voting")
    late = unreturned(opened)
    row = {"unit_no": late, "on": "2026-04-29", "marks": "1 1 1 1 1 1 1 1", "signed": "是"}
    with (
        pytest.raises(InvalidAnswers, match="至 2026-04-28）内"),
        opened.work("吴倩", run.morning(date(2026, 4, 29))) as work,
    ):
        registering.enter(work, library, 1, "ballots", [row], KEY)


def test_the_number_of_a_document_is_taken_when_it_is_asked_for(opened: Store, library: Library) -> None:
    first = entered(opened, library)
    with opened.work("周敏", run.morning(first.on)) as work:
        onboarding.complete_task(work, library, 1, first.task, first.answers)
    *_, asked = rows(opened, tables.document)
    assert asked["number"] == "XQ0001-D-03-2026-001"
    assert asked["id"] not in [row["document_id"] for row in rows(opened, tables.document_version)]
    jobs.drain(opened, library, 1, jobs.requested)
    assert asked["id"] in [row["document_id"] for row in rows(opened, tables.document_version)]


def test_a_job_that_is_always_lost_to_another_worker_is_left_with_its_reason_and_the_others_go_on(
    opened: Store, library: Library
) -> None:
    first = entered(opened, library)
    morning = run.morning(first.on)
    with opened.work("周敏", morning) as work:
        onboarding.complete_task(work, library, 1, first.task, first.answers)
    with opened.work("陈立", morning) as work:
        onboarding.interrupt(work, library, 1)
    with opened.work("陈立", morning) as work:
        answers = {"kind": "SUSPEND", "decided_on": str(first.on), "reason": "暂停", "minutes_ref": "1"}
        onboarding.complete_task(work, library, 1, "decide_interruption", answers)
    waiting = [row["operation"] for row in rows(opened, tables.job) if row["status"] == "waiting"]
    assert sorted(waiting) == ["render", "suspend"]

    def quicker(job: rows_of.Job) -> datetime:
        if job.operation == "render":
            with opened.work("另一台", morning) as work:
                pending.claim(work, job, jobs.LEASE)
        return morning

    assert [job.operation for job in jobs.drain(opened, library, 1, quicker)] == ["render"]
    (left,) = [row for row in rows(opened, tables.job) if row["status"] == "waiting"]
    assert (left["operation"], left["failure"]) == ("render", f"试了 5 次都没有做成：{Conflict.message}")
    with opened.work("陈立", morning) as work:
        assert work.estate(1).status == "suspended"
    assert jobs.drain(opened, library, 1, jobs.requested) == []


def test_a_number_that_came_to_nothing_stays_with_its_reason(opened: Store, library: Library) -> None:
    first = entered(opened, library)
    with opened.work("周敏", run.morning(first.on)) as work:
        onboarding.complete_task(work, library, 1, first.task, first.answers)
    with opened.work("陈立", run.morning(first.on)) as work:
        onboarding.interrupt(work, library, 1)
    with opened.work("陈立", run.morning(first.on)) as work:
        answers = {"kind": "WITHDRAW", "decided_on": str(first.on), "reason": "撤回", "minutes_ref": "1",
                   "withdrawn_by": "COMMUNITY"}  # fmt: skip
        onboarding.complete_task(work, library, 1, "decide_interruption", answers)
    with opened.work(jobs.ACTOR, run.morning(first.on)) as work:
        (withdraw,) = [job for job in pending.jobs(work, 1) if job.operation == "withdraw"]
        jobs.performing.perform(work, library, pending.claim(work, withdraw, jobs.LEASE))
    *_, asked = rows(opened, tables.document)
    assert asked["void_reason"] == "小区已撤回申请"


VISIT = {"unit_no": "1-0101", "on": "2026-01-12", "attitude": "SUPPORT"}
PREPAID = {"unit_no": "1-0101", "building": "1", "paid_until": "2027-03-19", "amount": "1500.00", "months_paid": "12",
           "months_left": "8", "disposition": "TRANSFERRED"}  # fmt: skip
ITEM = {"group": "质保资料", "name": "质保书", "qty": "1", "state": "GOOD", "on": "2026-01-12"}


def test_rows_that_cannot_be_are_refused_by_row_and_column_and_nothing_is_entered(
    opened: Store, library: Library
) -> None:
    carry(opened, library, until="record_site_survey")

    def enter(what: str, *entries: Mapping[str, str]) -> None:
        with opened.work("周敏", run.morning(date(2026, 1, 13))) as work:
            registering.enter(work, library, 1, what, entries, KEY)

    other = {**PREPAID, "unit_no": "1-0102"}
    for what, entries, said in (
        ("prepaid", [other, {**PREPAID, "unit_no": "9-9999"}], "prepaid[1].unit_no：登记簿中没有房号“9-9999”"),
        ("prepaid", [other, PREPAID, PREPAID], "prepaid[2].unit_no：房号“1-0101”与第 2 行重复：一户只登记一行"),
        ("prepaid", [{**PREPAID, "paid_until": "明年三月"}], "prepaid[0].paid_until：不是日期；请写成 2026-03-02"),
        ("handover_items", [ITEM, {**ITEM, "qty": "-1"}], "handover_items[1].qty：数量“-1”是负数；请按清点"),
        ("handover_items", [{**ITEM, "qty": "−0.5"}], "是负数"),
        ("handover_items", [{**ITEM, "mitigated": "差不多"}], "handover_items[0].mitigated：“差不多”既不是"),
        ("visits", [VISIT, {**VISIT, "time": "24:00"}], "visits[1].time：“24:00”不是钟点；请按二十四小时制写成 19:30"),
        ("visits", [{**VISIT, "time": "晚上七点"}], "visits[0].time：“晚上七点”不是钟点"),
        ("visits", [{**VISIT, "time": "19:60"}], "visits[0].time：“19:60”不是钟点"),
        ("visits", [VISIT, {**VISIT, "unit_no": "1-0102"}, VISIT], "visits[2].unit_no：与第 1 行完全相同；请删去一行"),
    ):
        with pytest.raises(InvalidAnswers) as refused:
            enter(what, *entries)
        assert said in str(refused.value)
    for what in casefile.BULK:
        with pytest.raises(InvalidAnswers, match="请"):
            enter(what)
    tables_of = (registers.prepaid_balance, registers.handover_item, registers.visit, registers.ballot)
    assert [rows(opened, table) for table in tables_of] == [[], [], [], []]
    assert len(rows(opened, registers.roster_version)) == 1
    enter("prepaid", other, {**PREPAID, "paid_until": ""})
    enter("handover_items", {**ITEM, "qty": "一批"}, {**ITEM, "qty": "0", "mitigated": "否"})
    enter("visits", VISIT, {**VISIT, "on": "2026-01-13"})
    assert [len(rows(opened, table)) for table in tables_of] == [2, 2, 2, 0]


@pytest.mark.parametrize(
    "what, row, said",
    [
        ("visits", {**VISIT, "concern": "FEE_RISE"}, "visits.concern：没有“concern”这一列，相近的是“concerns”"),
        ("visits", {**VISIT, "态度": "支持"}, "没有“态度”这一列，可以有的列：unit_no、on、time、attitude"),
        ("handover_items", {**ITEM, "missing plan": "八月前"}, "没有“missing plan”这一列，相近的是“missing_plan”"),
        ("prepaid", {**PREPAID, "month_left": "8"}, "没有“month_left”这一列，相近的是“months_left”"),
        ("roster", {"房号": "1-0101", "建筑面积㎡": "89.97"}, "没有“建筑面积㎡”这一列，相近的是“建筑面积”"),
        ("roster", {"房号": "1-0101", "面积": "89.97", "备注": ""}, "没有“备注”这一列，可以有的列：unit_no"),
        ("ballots", {"unit_no": "1-0101", "castby": "OWNER"}, "没有“castby”这一列，相近的是“cast_by”"),
        ("deliveries", {"unit_no": "1-0101", "recieve": "张伟"}, "没有“recieve”这一列，相近的是“receiver”"),
        ("proofs", {"task": "post_meeting_notice", "boards": "1"}, "没有“boards”这一列，相近的是“board”"),
    ],
)
def test_a_column_that_a_register_does_not_have_is_refused_and_those_like_it_are_named(
    what: str, row: Mapping[str, str], said: str, opened: Store, library: Library
) -> None:
    carry(opened, library, until="record_site_survey")
    with pytest.raises(InvalidAnswers) as refused, opened.work("周敏", run.morning(date(2026, 1, 13))) as work:
        registering.enter(work, library, 1, what, [row], KEY)
    assert said in str(refused.value)
    assert "请改正列名，多余的列请删去" in str(refused.value)
    assert rows(opened, registers.visit) == rows(opened, registers.handover_item) == []


def test_the_description_of_case_files_names_every_column_of_every_register() -> None:
    said = re.findall(r"\w+", (Path(__file__).parents[2] / "docs" / "case-files.md").read_text())
    listed = {name for what, columns in registering.COLUMNS.items() if what != "roster" for name in columns}
    assert listed - {"sha256"} <= set(said), "add the column to docs/case-files.md"


@pytest.mark.parametrize(
    "noted, kept", [("19:30", "19:30"), ("9:05", "09:05"), ("０：００", "00:00"), ("23:59:00", "23:59"), (" ", None)]
)
def test_a_visit_keeps_its_time_of_day_to_the_minute(
    noted: str, kept: str | None, opened: Store, library: Library
) -> None:
    carry(opened, library, until="record_site_survey")
    with opened.work("周敏", run.morning(date(2026, 1, 13))) as work:
        registering.enter(work, library, 1, "visits", [{**VISIT, "time": noted}], KEY)
    assert [row["time"] for row in rows(opened, registers.visit)] == [kept]


def test_documents_of_before_stay_with_all_that_names_them_when_their_table_is_made_anew(
    opened: Store, library: Library
) -> None:
    carry(opened, library, until="set_up_team")
    named = (tables.document, tables.document_version, tables.fact)
    before = [rows(opened, table) for table in named]
    assert all(before)
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with opened.engine.connect() as connection:
        config.attributes["connection"] = connection
        if opened.engine.dialect.name == "sqlite":
            connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
        command.downgrade(config, "0020")
    database.migrate(opened.engine)
    assert [rows(opened, table) for table in named] == before
    if opened.engine.dialect.name == "sqlite":
        with opened.engine.connect() as connection:
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
