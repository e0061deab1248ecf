"""Facts: all that a template can see, as printable text with its source.

``<task>.<field>`` is the latest answer of a task; a table is a list of rows; the rest comes from the
registers (:mod:`engine.documents.registers`).  ``answered.<name>`` tells whether a task or register has
facts at all.  In a condition ``——``, 否, zero and an empty list count as untrue.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import SimpleNamespace
from typing import Any, Protocol

from engine.documents import printing
from engine.documents.printing import Choice
from engine.documents.registers import REGISTERS


class Field(Protocol):
    """What facts need to know of a form field."""

    @property
    def key(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def options(self) -> Any: ...

    @property
    def columns(self) -> Any: ...


@dataclass(frozen=True)
class Source:
    """Where a fact comes from: the step that gave it, the person, and the moment as recorded."""

    step: str = ""
    by: str = ""
    at: str = ""


UNSOURCED = Source()


@dataclass(frozen=True)
class Answered:
    """The latest answers of a task, typed as the form reads them, and where they come from."""

    fields: Sequence[Field]
    values: Mapping[str, Any]
    source: Source = UNSOURCED


@dataclass(frozen=True)
class Facts:
    """Printable facts by first name, and where each of these comes from."""

    values: Mapping[str, Any]
    sources: Mapping[str, Source] = field(default_factory=dict)

    def having(self, register: str, value: Any, source: Source = UNSOURCED) -> "Facts":
        """The same facts with one register set, as for the next ballot or the next document."""
        shown = _printed(register, REGISTERS[register], value)
        return _facts({**self.values, register: shown}, {**self.sources, register: source})

    def source(self, name: str) -> Source:
        """Where the fact of that name comes from."""
        return self.sources.get(name.partition(".")[0].removesuffix("[]"), UNSOURCED)

    def record(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Those names that are known: the printed ``value``, the ``step`` that gave it, ``by`` whom and ``at`` when.

        A name below ``[]`` has a list as its value; ``answered.…`` is a question, not a fact.
        """
        asked = sorted(name for name in names if not name.startswith("answered."))
        found = {name: _look_up(self.values, _steps(name)) for name in asked}
        return {
            name: {"value": value, **asdict(self.source(name))} for name, value in found.items() if value is not None
        }

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of the names that have no fact yet, sorted."""
        return [name for name in sorted(names) if _look_up(self.values, _steps(name)) is None]


def build(
    answers: Mapping[str, Answered], registers: Mapping[str, Any], sources: Mapping[str, Source] | None = None
) -> Facts:
    """All facts of an estate: the latest answers by task, raw values by register, the sources of the registers.

    Registers have the shapes of :data:`REGISTERS`.  An answer that a form leaves open prints ``——``; a register's
    name that is left out is not known yet.  Raises KeyError for a name that is not declared, TypeError or
    ValueError for a value of another type.
    """
    values: dict[str, Any] = {}
    for task, given in answers.items():
        shapes = _shapes(given.fields)
        values[task] = _group(shapes, _whole(shapes, given.values))
    for name, value in registers.items():
        values[name] = _printed(name, REGISTERS[name], value)
    return _facts(values, {**{task: given.source for task, given in answers.items()}, **(sources or {})})


def schema(forms: Mapping[str, Iterable[Field]]) -> frozenset[str]:
    """Every name that a template may use: dotted, ``[]`` after a list, ``*`` for any name of a group."""
    tasks = {task: _shapes(fields) for task, fields in forms.items()}
    shapes = {**tasks, **REGISTERS}
    return frozenset(f"answered.{name}" for name in shapes).union(*(_paths(*item) for item in shapes.items()))


def prose(forms: Mapping[str, Iterable[Field]]) -> frozenset[str]:
    """Those of the names whose values people write freely, in sentences."""
    return frozenset().union(*(_sentences(task, fields) for task, fields in forms.items()))


def _sentences(name: str, fields: Iterable[Field]) -> Iterator[str]:
    for one in fields:
        if one.kind == "long":
            yield f"{name}.{one.key}"
        yield from _sentences(f"{name}.{one.key}[]", one.columns)


def known(values: dict[str, Any]) -> Facts:
    """Facts that are printed already, as those of another estate."""
    return _facts(values, {})


class _Answered:
    """Whether a task or register has facts: ``answered.settle_accounts``."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def __getattr__(self, name: str) -> bool:
        # a copy that is being made in another process has no names yet
        return name in object.__getattribute__(self, "_names")


def _facts(values: dict[str, Any], sources: Mapping[str, Source]) -> Facts:
    values["answered"] = _Answered(values)
    return Facts(values, sources)


_KINDS = {
    "area": printing.AREA,
    "money": printing.MONEY,
    "date": printing.DATE,
    "bool": printing.FLAG,
    "integer": printing.NUMBER,
    "number": printing.NUMBER,
    "percent": printing.NUMBER,
    "files": printing.FILES,
}


def _shapes(fields: Iterable[Field]) -> dict[str, Any]:
    return {one.key: shape(one) for one in fields}


def shape(one: Field) -> Any:
    if one.columns:
        return [_shapes(one.columns)]
    if one.options:
        return Choice(dict(one.options))
    return _KINDS.get(one.kind, printing.TEXT)


def _whole(shapes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with None for every name of the form that was left open, in the rows of its tables too."""
    return {
        key: [_whole(shape[0], row) for row in values.get(key) or ()] if isinstance(shape, list) else values.get(key)
        for key, shape in shapes.items()
    }


def _printed(name: str, shape: Any, value: Any) -> Any:
    if isinstance(shape, list):
        return [_printed(name, shape[0], item) for item in value or ()]
    if isinstance(shape, Mapping):
        return _group(shape, value)
    return printing.leaf(name, shape, value)[name]


def _group(shapes: Mapping[str, Any], values: Mapping[str, Any]) -> SimpleNamespace:
    shown: dict[str, Any] = {}
    for key, value in values.items():
        shape = shapes["*"] if "*" in shapes else shapes[key]
        if isinstance(shape, (list, Mapping)):
            shown[key] = _printed(key, shape, value)
        else:
            shown.update(printing.leaf(key, shape, value))
    return SimpleNamespace(**shown)


def _paths(name: str, shape: Any) -> Iterator[str]:
    if isinstance(shape, list):
        yield from _paths(f"{name}[]", shape[0])
    elif isinstance(shape, Mapping):
        for key, inner in shape.items():
            yield from _paths(f"{name}.{key}", inner)
    else:
        yield from printing.names(name, shape)


def _look_up(value: Any, steps: Sequence[str]) -> Any:
    """What the steps of a name lead to: a text, a list for names below ``[]``, a count of rows, or None."""
    rows = isinstance(value, list) and bool(value) and isinstance(value[0], SimpleNamespace)
    if rows and steps in ([], ["[]"]):
        return len(value)
    if not steps:
        return value
    if steps[0] == "[]":
        return [_look_up(item, steps[1:]) for item in value]
    inner = value.get(steps[0]) if isinstance(value, Mapping) else getattr(value, steps[0], None)
    return None if inner is None else _look_up(inner, steps[1:])


def _steps(name: str) -> list[str]:
    return name.replace("[]", ".[]").split(".")
