"""Questions of owners: the format, what a search finds first, what the lint misses, and that answers stay honest."""

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cli, questions
from engine.errors import InvalidAnswers, InvalidDefinition
from engine.questions import Entry
from engine.rules import canvass
from engine.use_cases import asking
from engine.use_cases.library import ONBOARDING, Library
from engine.use_cases.linting import lint

ROOT = Path(__file__).parents[2]
EXAMPLE = re.findall(r"```markdown\n(.*?)```", (ROOT / "docs" / "questions.md").read_text(), re.DOTALL)[0]


def found(library: Library, words: str = "", **limits: str) -> list[str]:
    return [entry.id for entry in asking.ask(library, words, **limits)]


def test_the_documented_example_is_read() -> None:
    [entry] = questions.read({"05-revenue.md": EXAMPLE})
    assert (entry.id, entry.theme, entry.question) == ("parking_income", "停车与公共收益", "停车费归谁？")
    assert entry.answer.startswith("占用公共道路")
    assert "\n" not in entry.answer
    assert entry.concerns == ("PARKING", "MONEY_SAFETY")
    assert entry.steps == ("record_site_survey", "draft_plan")
    assert entry.keywords == ("停车费", "车位费", "地面车位")


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("# 停车与公共收益\n", "", "第一行应为“# 主题”"),
        ("## 停车费归谁？", "停车费归谁？", "第一行应为“# 主题”"),
        ("## 停车费归谁？", "## 停车费", "以“？”结尾"),
        ("- 编号：parking_income\n", "", "缺少“编号”"),
        ("parking_income", "停车费", "编号“停车费”应为小写英文字母"),
        ("- 疑虑：PARKING、MONEY_SAFETY", "- 疑虑：", "缺少“疑虑”"),
        ("PARKING、MONEY_SAFETY", "PARKING、", "“疑虑”中有空的或重复的"),
        ("PARKING、MONEY_SAFETY", "PARKING、PARKING", "“疑虑”中有空的或重复的"),
        ("- 依据：", "- 根据：", "读不懂“- 根据："),
        ("- 依据：", "- 依据 ", "读不懂“- 依据 "),
        ("- 关键词：", "- 依据：", "“依据”写了两次"),
        ("占用公共道路、场地划的车位，收益扣掉合理成本后归全体业主，进共有资金账户。", "", "请补充"),
        ("占用公共道路", "占用公共道路" * 30, "请精简"),
    ],
)
def test_what_is_outside_the_format_is_refused_with_file_and_remedy(old: str, new: str, said: str) -> None:
    assert EXAMPLE.count(old) == 1
    with pytest.raises(InvalidDefinition) as error:
        questions.read({"05-revenue.md": EXAMPLE.replace(old, new)})
    assert error.value.file == "05-revenue.md"
    assert said in error.value.reason


def test_a_file_with_a_theme_and_no_question_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="没有问题"):
        questions.read({"05-revenue.md": "# 停车与公共收益\n"})


@pytest.mark.parametrize(
    "length, accepted", [(79, False), (80, True), (250, True), (251, False)], ids=["79", "80", "250", "251"]
)
def test_an_answer_has_80_to_250_characters(length: int, accepted: bool) -> None:
    text = re.sub(r"占用.*?分配。", "答" * length, EXAMPLE, flags=re.DOTALL)
    if accepted:
        assert len(questions.read({"a.md": text})[0].answer) == length
        return
    with pytest.raises(InvalidDefinition, match=f"答复有 {length} 字"):
        questions.read({"a.md": text})


@pytest.mark.parametrize(
    "old, new, twin", [("停车费归谁？", "停车的钱归谁？", "编号"), ("parking_income", "parking_money", "问题")]
)
def test_two_entries_with_one_id_or_one_question_are_refused_across_files(old: str, new: str, twin: str) -> None:
    with pytest.raises(InvalidDefinition, match=rf"b\.md.*{twin}与 a\.md"):
        questions.read({"a.md": EXAMPLE, "b.md": EXAMPLE.replace(old, new)})


@pytest.mark.parametrize(
    "words, first",
    [
        ("物业费会不会涨", "fee_will_rise"),
        ("物业费 涨", "fee_will_rise"),
        ("我怕以后要多交钱", "fee_will_rise"),
        ("钱放在哪里安全吗", "where_money_sits"),
        ("卷款跑路了怎么办", "money_misused"),
        ("账本在哪里看", "check_accounts"),
        ("业委会拿回扣怎么办", "committee_collusion"),
        ("去年预交了一年的物业费能退吗", "prepaid_fees"),
        ("以前欠的钱要不要补", "old_arrears"),
        ("隔壁都不交我为什么要交", "free_riders"),
        ("停车位不够", "parking_harder"),
        ("地面停车的钱给谁了", "parking_income"),
        ("老物业不肯走", "old_company_stays"),
        ("这是不是集资骗人的", "not_investment"),
        ("会停水停电吗", "no_cutting_off"),
        ("房子没人住要交吗", "vacant_flat"),
        ("我在外地怎么投票", "proxy_vote"),
        ("没有业委会怎么办", "no_committee"),
        ("投票的人不够", "too_few_votes"),
        ("９５％支持是不是就通过了", "support_is_no_vote"),
        ("我的身份证信息会不会泄露", "why_my_data"),
        ("电梯坏了谁来修", "emergency_payment"),
        ("12345", "where_to_complain"),
        ("监察人是谁", "supervisor_origin"),
        ("安置房没有维修基金", "repair_reserve"),
        ("能不能退出", "way_out"),
        ("税", "invoice_and_tax"),
    ],
)
def test_the_way_people_ask_finds_the_right_answer_first(library: Library, words: str, first: str) -> None:
    assert found(library, words)[0] == first


def test_words_that_no_entry_has_find_nothing(library: Library) -> None:
    assert found(library, "量子力学") == []
    assert found(library, "？！…") == []


def test_a_search_keeps_to_the_concern_and_the_step(library: Library) -> None:
    for entry in asking.ask(library, "预交", concern="PREPAID", step="settle_accounts"):
        assert "PREPAID" in entry.concerns
        assert "settle_accounts" in entry.steps
    assert found(library, "预交", concern="PREPAID", step="settle_accounts")[0] == "prepaid_fees"
    assert "fee_will_rise" not in found(library, "物业费会不会涨", concern="PARKING")


def test_without_words_entries_come_in_the_order_of_the_files(library: Library) -> None:
    assert found(library) == [entry.id for entry in library.questions]
    assert found(library, "  ", concern="PREPAID") == [e.id for e in library.questions if "PREPAID" in e.concerns]


@given(words=st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_whatever_is_asked_each_entry_is_found_at_most_once_and_always_in_one_order(words: str) -> None:
    two = questions.read({"a.md": EXAMPLE, "b.md": EXAMPLE.replace("归谁", "怎么用").replace("_income", "_use")})
    answer = questions.search(two, words)
    assert len({entry.id for entry in answer}) == len(answer)
    assert answer == questions.search(two, words)


def test_an_unknown_concern_and_step_are_named_with_what_there_is(library: Library) -> None:
    with pytest.raises(InvalidAnswers) as error:
        asking.ask(library, "涨", concern="FEE", step="canvass")
    concern, step = error.value.problems
    assert (concern.field, step.field) == ("concern", "step")
    assert "FEE_RISE（担心涨价）" in concern.message
    assert "没有“canvass”这个任务" in step.message


def test_the_command_prints_the_best_entry_first_with_its_article(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["questions", "物业费", "涨"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1. 物业费会不会涨？")
    assert "《民法典》第二百七十八条" in said
    assert cli.main(["questions", "涨", "--step", "nowhere"]) == 2


# what the lint misses


def with_questions(library: Library, *entries: Entry) -> list[str]:
    return [str(fault) for fault in lint(replace(library, questions=entries)) if fault.file.startswith("questions")]


def test_the_shipped_library_has_no_fault(library: Library) -> None:
    assert with_questions(library, *library.questions) == []


@pytest.mark.parametrize(
    "changed, said",
    [({"steps": ("sing_a_song",)}, "没有“sing_a_song”这个任务"), ({"concerns": ("FEE",)}, "没有“FEE”这种疑虑")],
)
def test_an_entry_of_an_unknown_step_or_concern_is_a_fault(
    library: Library, changed: dict[str, tuple[str, ...]], said: str
) -> None:
    first, *rest = library.questions
    [fault] = with_questions(library, replace(first, **changed), *rest)
    assert f"questions/01-model.md 的 {first.id}：{said}" in fault


@pytest.mark.parametrize("count, few", [(79, True), (80, False)], ids=["79", "80"])
def test_fewer_than_80_entries_are_a_fault(library: Library, count: int, few: bool) -> None:
    faults = with_questions(library, *library.questions[:count])
    assert any("不少于 80 条" in fault for fault in faults) == few


@pytest.mark.parametrize("concern", canvass.CONCERNS)
def test_a_concern_without_an_entry_is_a_fault(library: Library, concern: str) -> None:
    others = [entry for entry in library.questions if concern not in entry.concerns]
    faults = with_questions(library, *others)
    assert any(f"questions 的 {concern}：" in fault for fault in faults)


def test_a_stage_without_an_entry_is_a_fault(library: Library) -> None:
    for stage in library.definition(ONBOARDING).stages:
        within = library.definition(ONBOARDING).within(stage)
        others = [e for e in library.questions if not within & {library.tasks[step].process for step in e.steps}]
        assert any(f"questions 的 {stage}：这一阶段没有问答" in fault for fault in with_questions(library, *others))


# what the answers promise


def test_at_least_88_entries_help_with_61_tasks(library: Library) -> None:
    helped = {step for entry in library.questions for step in entry.steps}
    assert len(library.questions) >= 88
    assert len(helped) >= 61


def test_no_two_entries_say_the_same(library: Library) -> None:
    said = [(entry.id, frozenset(questions.pairs(entry.answer))) for entry in library.questions]
    for (one, some), (other, more) in combinations(said, 2):
        assert 5 * len(some & more) < 2 * min(len(some), len(more)), f"{one} and {other} share two fifths"


@pytest.mark.parametrize("promise", ["保本", "收益率", "分红", "理财", "打包票", "保证(?!金)"])
def test_a_promise_is_only_ever_denied(library: Library, promise: str) -> None:
    for entry in library.questions:
        for sentence in re.split(r"[。；]", entry.answer):
            if re.search(promise, sentence):
                assert re.search(r"不能|没有|不要信|不先", sentence), f"{entry.id}: {sentence}"


def test_support_is_never_called_a_vote_and_the_model_no_waiver(library: Library) -> None:
    answers = {entry.id: entry.answer for entry in library.questions}
    assert "没有法律效力" in answers["support_is_no_vote"]
    assert answers["not_investment"].startswith("不是。")
    assert answers["no_fee_waiver"].startswith("不是。")
    assert all("没有法律效力" in answer for answer in answers.values() if "95" in answer)


def test_an_answer_names_the_two_bases_whenever_it_names_a_share_of_owners(library: Library) -> None:
    for entry in library.questions:
        if "三分之二以上" in entry.answer:
            assert "面积" in entry.answer, entry.id
            assert "人数" in entry.answer, entry.id
