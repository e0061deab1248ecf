"""What a cadre in her first week finds at each step: a form that explains itself and a page of the manual."""

import re

import pytest

from engine.forms import Field
from engine.use_cases.library import Library, shipped

TASKS = sorted(shipped().tasks)
SECTIONS = ["谁来办、多久", "怎么做", "依据", "常见错误", "办完的样子"]


def fields(library: Library, task: str) -> list[tuple[str, Field]]:
    found = [(one.key, one) for one in library.form(task).fields]
    return found + [(f"{name}.{column.key}", column) for name, one in found for column in one.columns]


@pytest.mark.parametrize("task", TASKS)
def test_every_field_says_what_to_write(task: str, library: Library) -> None:
    silent = [name for name, one in fields(library, task) if not one.stamp and not one.help.endswith("。")]
    assert silent == [], "add a description: one sentence, ending with 。"


@pytest.mark.parametrize("task", TASKS)
def test_a_unit_stands_beside_its_field_and_not_in_its_label(task: str, library: Library) -> None:
    assert [name for name, one in fields(library, task) if re.search(r"[（(](元|%|平方米|天|日)", one.label)] == []


@pytest.mark.parametrize("task", TASKS)
def test_a_page_says_who_how_why_and_what_goes_wrong(task: str, library: Library) -> None:
    title, *sections = re.split(r"^## ", library.handbook[task], flags=re.M)
    assert title.startswith(f"# {library.form(task).title}\n")
    assert [section.splitlines()[0] for section in sections] == SECTIONS
    parts = {section.splitlines()[0]: section.splitlines()[1:] for section in sections}
    assert len([line for line in parts["怎么做"] if re.match(r"\d\. ", line)]) in range(3, 8)
    assert len([line for line in parts["常见错误"] if line.startswith("- ")]) >= 2
    assert [line for line in parts["依据"] if line.startswith("- ")]
    assert any(line.strip() for line in parts["谁来办、多久"])


def test_the_title_of_a_form_is_the_name_of_its_task(library: Library) -> None:
    other = {name: (form.title, library.tasks[name].title) for name, form in library.forms.items()}
    assert {name: titles for name, titles in other.items() if titles[0] != titles[1]} == {}
