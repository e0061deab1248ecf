"""A form on a page: what a browser posts becomes what ``engine.forms`` reads, and problems find their fields.

A cell of a table is posted as ``<table>.<row>.<column>``; a row left wholly empty is no row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.errors import Problem
from engine.forms import Field, Form, checks
from engine.forms.form import ROWS_LIMIT
from engine.pictures import Unfit

#: Kept files are posted again by their SHA-256 under the field's name, new ones under the name with this.
NEW = ".new"


@dataclass(frozen=True)
class Posted:
    """What a browser posted; ``keep`` keeps a new file of a field by its name and content, and names it by that.

    The row ``without``, ``<table>.<number>`` as it was posted, is left out.  What ``keep`` raised Unfit for is not
    among the answers; ``unfit`` says why.
    """

    values: MultiDict[str, str]
    files: MultiDict[str, FileStorage]
    keep: Callable[[str, str, bytes], str]
    without: str = ""
    unfit: list[Problem] = field(default_factory=list)

    def answers(self, form: Form) -> dict[str, Any]:
        """The answers as ``form`` submits them, without those left empty and those not asked after the ones before."""
        return self._row(form.fields, "")

    def _row(self, fields: Iterable[Field], prefix: str) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for one in fields:
            if one.stamp or one.hidden(given):
                # nobody says himself who marked a row, and what was chosen meanwhile takes a field off the page
                continue
            value = self._value(one, prefix + one.key)
            if value not in ("", []):
                given[one.key] = value
        return given

    def _value(self, one: Field, name: str) -> Any:
        match one.kind:
            case "table":
                rows = (self._row(one.columns, f"{name}.{number}.") for number in self._numbers(name))
                # a row of a checklist always names its item; nobody has begun it before there is more
                return [row for row in rows if len(row) > one.checks]
            case "choices":
                return [choice for choice in self.values.getlist(name) if choice]
            case "files":
                return list(dict.fromkeys([*filter(None, self.values.getlist(name)), *self._new(name)]))
        return self.values.get(name, "").replace("\r\n", "\n").strip()

    def _new(self, name: str) -> Iterator[str]:
        for file in self.files.getlist(name + NEW):
            if not file.filename:
                continue
            content = file.stream.read()
            # a large one lies in a temporary file, which nobody else would close
            file.close()
            try:
                yield self.keep(name, file.filename, content)
            except Unfit as error:
                self.unfit.append(Problem(name, f"“{file.filename[-60:]}”没有保存：{error}"))

    def _numbers(self, table: str) -> list[int]:
        """The rows of a table that were posted, in order."""
        cells = (key.removeprefix(f"{table}.") for key in (*self.values, *self.files) if key.startswith(f"{table}."))
        numbers = {cell.partition(".")[0] for cell in cells} - {self.without.removeprefix(f"{table}.")}
        return sorted(int(one) for one in numbers if one.isdecimal() and len(one) <= len(str(ROWS_LIMIT)))


def limits(one: Field) -> dict[str, list[int | None]]:
    """The least and the most of each number column of a table, in hundredths."""
    return {
        column.key: [
            None if column.least is None else ceil(column.least * 100),
            None if column.most is None else floor(column.most * 100),
        ]
        for column in one.columns
        if column.kind in {"decimal", "money", "integer"}
    }


def whole(text: str, otherwise: int) -> int:
    """The number that ``text`` writes, when it is one that a database holds; else ``otherwise``."""
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def place(problem: Problem, form: Form, values: Mapping[str, Any]) -> str:
    """The name of the posted field that a problem is about, empty when the form has none such."""
    key, *rest = problem.field.replace("[", ".").replace("]", "").split(".")
    one = next((one for one in form.fields if one.key == key), None)
    if one is None:
        return ""
    rows = values.get(key)
    # the engine counts rows as [3]; a file that was refused is named as it was posted
    if one.checks and "[" in problem.field and isinstance(rows, list):
        rest[0] = str(checks.numbers(one, rows)[int(rest[0])])
    return ".".join([key, *rest])


def by_field(problems: Iterable[Problem], form: Form, values: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """What is wrong, by the name of the posted field."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(place(problem, form, values), []).append(problem.message)
    return found
