"""What a person wrote meets the words of the paper as sentences do: with one mark between them."""

import re

import pytest

from engine.documents import catalogue, inspect, sentences
from engine.documents.aligning import Span
from engine.documents.clauses import Change
from engine.documents.facts import Facts
from engine.documents.tampering import Template
from engine.errors import InvalidDefinition
from engine.use_cases.library import Library
from tests.documents import word
from tests.unit.documents.test_rendering import sample, template

RULE = "negotiate_conversion.findings_rule"
#: A sentence that runs into the next, or ends twice.
RUNS_ON = re.compile(r"如实填写甲(?:[^。；，：）（\s\d？！]|[。；，][。；，])")


def printed(library: Library, paragraph: str, given: str) -> str:
    facts = sample(library, "")
    facts.values["negotiate_conversion"].findings_rule = given
    facts.values["answer_owner_questions"].questions = [
        type(facts.values["negotiate_conversion"])(question="问", reply=given)
    ]
    made = inspect.publish(template(paragraph, "落款"), library.schema, library.prose, file="sample.docx")
    return word.paragraphs(made.render(facts))[0]


@pytest.mark.parametrize(
    "given, says",
    [
        ("多收的退还业主", "第四条　多收的退还业主。企业不得拖延。"),
        ("多收的退还业主。", "第四条　多收的退还业主。企业不得拖延。"),
        ("多收的退还业主，", "第四条　多收的退还业主。企业不得拖延。"),
        ("多收的退还业主。\r\n", "第四条　多收的退还业主。企业不得拖延。"),
        ("多收的退还业主；", "第四条　多收的退还业主；企业不得拖延。"),
        ("多收的怎么退？", "第四条　多收的怎么退？企业不得拖延。"),
        ("多收的退还业主（见附件）", "第四条　多收的退还业主（见附件）。企业不得拖延。"),
        ("约定“多收的退还。”", "第四条　约定“多收的退还。”企业不得拖延。"),
        ("——", "第四条　——。企业不得拖延。"),
    ],
)
def test_words_of_the_paper_follow_a_sentence_that_has_ended(library: Library, given: str, says: str) -> None:
    assert printed(library, f"第四条　{{{{ {RULE} }}}}企业不得拖延。", given) == says


@pytest.mark.parametrize("mark", "。；，）")
@pytest.mark.parametrize("given", ["退还业主", "退还业主。", "退还业主；"])
def test_a_mark_of_the_template_stands_alone(library: Library, given: str, mark: str) -> None:
    assert printed(library, f"{{{{ {RULE} }}}}{mark}另行公告", given) == f"退还业主{mark}另行公告"


def test_what_stands_last_is_printed_as_it_was_typed(library: Library) -> None:
    assert printed(library, f"处理：{{{{ {RULE} }}}}", "电梯、消防") == "处理：电梯、消防"
    assert printed(library, f"{{{{ {RULE} }}}}（盖章）", "电梯、消防") == "电梯、消防（盖章）"


def test_a_block_says_what_follows_it(library: Library) -> None:
    inside = f"{{% if {RULE} %}}处理：{{{{ {RULE} }}}}{{% endif %}}"
    assert printed(library, f"{inside}企业不得拖延。", "退还业主") == "处理：退还业主。企业不得拖延。"
    assert printed(library, inside, "退还业主") == "处理：退还业主"
    either = f"{{% if {RULE} %}}{{{{ {RULE} }}}}{{% else %}}无{{% endif %}}。"
    assert printed(library, either, "退还业主。") == "退还业主。"
    rows = "{% for row in answer_owner_questions.questions %}{{ row.reply }}{% if not loop.last %}另：{% endif %}"
    assert printed(library, f"{rows}{{% endfor %}}以上答复。", "退还业主") == "退还业主。以上答复。"


def test_a_short_answer_stays_within_its_sentence(library: Library) -> None:
    facts = sample(library, "")
    facts.values["estate"].name = "桂花园"
    made = inspect.publish(
        template("{{ estate.name }}业主大会", "落款"), library.schema, library.prose, file="sample.docx"
    )
    assert word.paragraphs(made.render(facts))[0] == "桂花园业主大会"


@pytest.fixture(scope="module")
def filled(library: Library) -> Facts:
    return sample(library, "如实填写")


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_no_sentence_of_a_paper_runs_into_the_next_or_ends_twice(kind: str, library: Library, filled: Facts) -> None:
    for ending in ("", "。"):
        for name in library.prose:
            _end(filled, name, f"如实填写甲{ending}")
        said = word.paragraphs(library.template(kind).render(filled))
        assert not [line for line in said if RUNS_ON.search(line)]


def _end(facts: Facts, name: str, text: str) -> None:
    task, _, path = name.partition(".")
    group = facts.values[task]
    listed, _, column = path.partition("[].")
    for one in getattr(group, listed) if column else [group]:
        setattr(one, column or listed, text)


@pytest.mark.parametrize("name", [sentences.CLOSED, sentences.OPENED, "closed"])
def test_a_template_cannot_ask_for_it_by_itself(library: Library, name: str) -> None:
    with pytest.raises(InvalidDefinition):
        inspect.publish(template(f"{{{{ {RULE}|{name} }}}}", "落款"), library.schema, file="sample.docx")


@pytest.mark.parametrize(
    "given, line", [("退还业主", "处理：退还业主。企业不得拖延。"), ("退还业主。", "依据：退还业主，企业不得拖延。")]
)
def test_a_fact_is_still_found_where_its_mark_was_met(library: Library, given: str, line: str) -> None:
    made = template(f"处理：{{{{ {RULE} }}}}企业不得拖延。", f"依据：{{{{ {RULE} }}}}，企业不得拖延。")
    found = Template(made, {RULE: given})
    ((name, start, end),) = found.places(line)
    assert (name, line[start:end].rstrip("。")) == (RULE, "退还业主")
    spans = (
        Span("same", line[:start], 0, 0),
        Span("gone", line[start:end], start, start),
        Span("new", "归企业", end, start),
        Span("same", line[end:], end, start + 3),
    )
    change = Change("changed", None, None, (spans,))
    assert [(one.name, one.was, one.now) for one in found.altered([change])] == [(RULE, "退还业主", "归企业")]
