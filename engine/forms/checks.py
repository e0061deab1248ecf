"""Checklists: a table whose rows are things to look at, each in one of five states.

The first column is the item.  ``state`` says how it stands, ``reason`` why it does not apply or is blocked, ``photos``
show it; who marked a row and when stands beside it and is never asked.  An item without a row was not begun.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import Problem
from engine.forms.form import Field, Form

SEEN, DONE, NOT_APPLICABLE, BLOCKED = "SEEN", "DONE", "NOT_APPLICABLE", "BLOCKED"
Row = Mapping[str, Any]
#: The state of an item with several rows: what still asks for somebody goes before what is done.
_FIRST = (BLOCKED, SEEN, "", DONE, NOT_APPLICABLE)


@dataclass(frozen=True)
class Overview:
    """How far a section of a form is: ``done`` of ``of`` items that apply, and how many stand in each other state."""

    key: str
    label: str
    done: int
    of: int
    states: Mapping[str, int]


@dataclass(frozen=True)
class Placed:
    """A row of a checklist where a page shows it: under its ``item``, the ``extra``-th one beside the first.

    ``number`` stands for the row in the page's names and stays as other items are begun.
    """

    item: str
    label: str
    number: int
    row: Row
    extra: int


def numbers(one: Field, rows: Sequence[Row]) -> list[int]:
    """The number of each row on a page: that of its item for the first one, further rows come after all items."""
    items = list(one.columns[0].options)
    seen: set[str] = set()
    found, more = [], len(items)
    for row in rows:
        item = row.get(one.columns[0].key)
        if item in items and item not in seen:
            found.append(items.index(item))
            seen.add(item)
        else:
            found.append(more)
            more += 1
    return found


def laid_out(one: Field, rows: Sequence[Row], more: str = "") -> list[list[Placed]]:
    """The rows of each item in turn, an empty one where there is none, and another one for the item ``more``."""
    key, numbered = one.columns[0].key, list(zip(numbers(one, rows), rows, strict=True))
    free = max([len(one.columns[0].options) - 1, *(number for number, _ in numbered)]) + 1
    found = []
    for index, (item, label) in enumerate(one.columns[0].options.items()):
        mine = [(number, row) for number, row in numbered if row.get(key) == item]
        if not mine:
            mine = [(index, {key: item})]
        elif more == item:
            mine.append((free, {key: item}))
        found.append([Placed(item, label, number, row, extra) for extra, (number, row) in enumerate(mine)])
    return found


def problems(one: Field, rows: Sequence[Row], where: str) -> list[Problem]:
    """What a checklist lacks before it may be handed in; each field by itself has been read already."""
    found = []
    item = one.columns[0]
    seen: set[str] = set()
    for number, row in enumerate(rows):
        at, name = f"{where}[{number}]", item.options.get(row.get(item.key) or "", "")
        if row.get("state") == SEEN:
            message = f"“{name}”还缺信息；请补齐后选“{_word(one, DONE)}”，办不成的选“{_word(one, BLOCKED)}”。"
            found.append(Problem(f"{at}.state", message))
        if row.get("state") == BLOCKED and not row.get("photos"):
            message = f"“{name}”选了“{_word(one, BLOCKED)}”，没有照片；请拍一张现状。"
            found.append(Problem(f"{at}.photos", message))
        if name in seen and not one.several:
            found.append(Problem(f"{at}.{item.key}", f"“{name}”写了两行；请合并为一行。"))
        seen.add(name)
    missing = [name for name in item.options.values() if name not in seen]
    if one.every and missing:
        found.append(Problem(where, f"“{one.label}”还有 {len(missing)} 项没有开始：{'、'.join(missing)}；请逐项标明。"))
    return found


def applicable(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without the rows of checklists that do not apply: a paper does not print them."""
    kept = dict(answers)
    for one in fields:
        if one.checks and kept.get(one.key):
            kept[one.key] = [row for row in kept[one.key] if row.get("state") != NOT_APPLICABLE]
    return kept


def overview(form: Form, values: Mapping[str, Any]) -> list[Overview]:
    """How far each checklist of a form is, and the other fields that must be filled in; nothing without a checklist."""
    sections = [_section(one, values.get(one.key) or ()) for one in form.fields if one.checks]
    rest = [one for one in form.fields if one.required and not one.checks and not one.hidden(values)]
    if sections and rest:
        filled = sum(1 for one in rest if values.get(one.key) not in (None, "", []))
        sections.append(Overview("", "其他必填项", filled, len(rest), {}))
    return sections


def state_of(one: Field, rows: Iterable[Row], item: str) -> str:
    """How an item stands, empty while it was not begun; a word that no form has says nothing."""
    states = {row.get("state") or "" for row in rows if row.get(one.columns[0].key) == item} or {""}
    return next((state for state in _FIRST if state in states), "")


def stamped(form: Form, values: Any, before: Any, who: str, at: str) -> Any:
    """``values`` with who marked each row of a checklist, and when; a row that is as it was ``before`` keeps that.

    What is no form at all is left to whoever reads it.
    """
    if not isinstance(values, Mapping) or not isinstance(before, Mapping):
        return values
    marked = dict(values)
    for one in form.fields:
        if one.checks and isinstance(values.get(one.key), list):
            known = [row for row in before.get(one.key) or () if isinstance(row, Mapping)]
            marked[one.key] = [_mark(row, known, who, at) for row in values[one.key]]
    return marked


def _mark(row: Any, known: Sequence[Row], who: str, at: str) -> Any:
    if not isinstance(row, Mapping):
        return row
    bare = _bare(row)
    same = next((one for one in known if one.get("checked_by") and _bare(one) == bare), None)
    stamp = same or {"checked_by": who, "checked_at": at}
    return {**bare, "checked_by": stamp["checked_by"], "checked_at": stamp["checked_at"]}


def _bare(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in {"checked_by", "checked_at"}}


def _section(one: Field, rows: Iterable[Row]) -> Overview:
    states = Counter(state_of(one, rows, item) for item in one.columns[0].options)
    return Overview(one.key, one.label, states[DONE], len(one.columns[0].options) - states[NOT_APPLICABLE], states)


def _word(one: Field, state: str) -> str:
    return next(column for column in one.columns if column.key == "state").options[state]
