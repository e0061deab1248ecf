"""A form on a page: what a browser posts becomes what ``engine.forms`` reads, and problems find their fields.

A cell of a table is posted as ``<table>.<row>.<column>``; a row left wholly empty is no row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.errors import Problem
from engine.forms import Field, Form
from engine.forms.form import ROWS_LIMIT

#: Kept files are posted again by their SHA-256 under the field's name, new ones under the name with this.
NEW = ".new"


@dataclass(frozen=True)
class Posted:
    """What a browser posted; ``keep`` keeps a new file and names it by its content.

    The row ``without``, ``<table>.<number>`` as it was posted, is left out.
    """

    values: MultiDict[str, str]
    files: MultiDict[str, FileStorage]
    keep: Callable[[bytes], str]
    without: str = ""

    def answers(self, form: Form) -> dict[str, Any]:
        """The answers as ``form`` submits them, without those left empty and those not asked after the ones before."""
        return self._row(form.fields, "")

    def _row(self, fields: Iterable[Field], prefix: str) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for one in fields:
            if one.hidden(given):
                # what was chosen meanwhile took the field off the page: nobody could clear it there
                continue
            value = self._value(one, prefix + one.key)
            if value not in ("", []):
                given[one.key] = value
        return given

    def _value(self, one: Field, name: str) -> Any:
        match one.kind:
            case "table":
                rows = (self._row(one.columns, f"{name}.{number}.") for number in self._numbers(name))
                return [row for row in rows if row]
            case "choices":
                return [choice for choice in self.values.getlist(name) if choice]
            case "files":
                new = [self.keep(file.stream.read()) for file in self.files.getlist(name + NEW) if file.filename]
                return list(dict.fromkeys([*filter(None, self.values.getlist(name)), *new]))
        return self.values.get(name, "").replace("\r\n", "\n").strip()

    def _numbers(self, table: str) -> list[int]:
        """The rows of a table that were posted, in order."""
        cells = (key.removeprefix(f"{table}.") for key in (*self.values, *self.files) if key.startswith(f"{table}."))
        numbers = {cell.partition(".")[0] for cell in cells} - {self.without.removeprefix(f"{table}.")}
        return sorted(int(one) for one in numbers if one.isdecimal() and len(one) <= len(str(ROWS_LIMIT)))


def whole(text: str, otherwise: int) -> int:
    """The number that ``text`` writes, when it is one that a database holds; else ``otherwise``."""
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def place(problem: Problem, form: Form) -> str:
    """The name of the posted field that a problem is about, empty when the form has none such."""
    name = problem.field.replace("[", ".").replace("]", "")
    return name if any(one.key == name.split(".")[0] for one in form.fields) else ""


def by_field(problems: Iterable[Problem], form: Form) -> Mapping[str, list[str]]:
    """What is wrong, by the name of the posted field."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(place(problem, form), []).append(problem.message)
    return found
