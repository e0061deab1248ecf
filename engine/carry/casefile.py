"""Read a case file: one estate's whole journey as dated steps.  Format: ``docs/case-files.md``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path, PureWindowsPath
from typing import Any

import yaml

from engine import spreadsheets
from engine.carry import lined
from engine.carry.lined import Lined, Miswritten, line_of
from engine.errors import EngineError

SIZE_LIMIT = 5 * 1024 * 1024
_DEPTH_LIMIT = 20
#: What a step may do besides completing a task; each takes rows, inline or in a spreadsheet beside the case.
BULK = ("roster", "visits", "ballots", "deliveries", "proofs", "handover_items", "prepaid")
_STEP_KEYS = {"on", "task", "answers", "by", "outcome", "refused", "interrupt", "message", "values", *BULK}
_CASE_KEYS = {"case", "title", "like", "until", "with", "instead", "place", "people", "steps", "expect"}
#: What changes the steps of the inherited case and keeps the rest.
_CHANGES = {"with", "instead"}
_EXPECT_KEYS = {"end", "status", "stages", "documents"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Far enough for every estate, and every period still ends within the calendar.
_YEARS = range(1900, 2201)
_FILE = "=file "
#: The column of a bulk entry that names a file.
_PHOTO = "file"


class CaseError(EngineError):
    """Raised when a case file cannot be read or replayed; says file, line, and what was expected."""

    def __init__(self, file: str, line: int, message: str) -> None:
        self.file, self.line = file, line
        where = f"{file} 第 {line} 行" if line else file
        super().__init__("{where}：{message}", where=where, message=message)


class JourneyDiffers(CaseError):
    """Raised when the journey went another way than the case expects."""


class Beside(str):
    """The name of a file beside the case that states it, however many cases inherit it."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.folder / self.removeprefix(_FILE)


@dataclass(frozen=True)
class Step:
    """One dated thing that somebody does.

    ``task`` with ``answers`` completes a user task, those ``stated`` being the case's own and not inherited;
    ``rows`` holds bulk entries by kind; ``interrupt`` opens the interruption of the estate; ``message`` hands in word
    from outside, with its ``values``.  ``outcomes`` are the gates decided since the step before, in consequence of
    this one or of a timer, by gate; ``refused`` is a phrase of the message with which the step must be refused.
    """

    number: int
    file: str
    line: int
    on: date
    task: str = ""
    by: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()
    rows: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    interrupt: bool = False
    message: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class Expectation:
    """Where the journey must end: the end event, the estate's status, stage dates, documents by kind."""

    line: int
    end: str = ""
    status: str = ""
    stages: Mapping[str, date] = field(default_factory=dict)
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One estate's journey; ``people`` names one person per lane."""

    file: Path
    name: str
    title: str
    place: str
    people: Mapping[str, str]
    steps: tuple[Step, ...]
    expect: Expectation


def read(path: Path) -> Case:
    """The case in ``path``.  Raises CaseError."""
    return _Reader(path).case()


class _Reader:
    def __init__(self, path: Path, heirs: frozenset[Path] = frozenset()) -> None:
        self.path, self.heirs = path, heirs | {path}
        self.base: Case | None = None
        self.parent: _Reader | None = None

    def fail(self, line: int, message: str) -> CaseError:
        return CaseError(self.path.name, line, message)

    def case(self) -> Case:
        raw = self._load()
        self._known(raw, _CASE_KEYS)
        self.base = self._inherited(raw)
        needed = ("case", "expect") if _CHANGES & raw.keys() else ("case", "steps", "expect")
        for key in needed if self.base else ("case", "place", "people", "steps", "expect"):
            if key not in raw:
                raise self.fail(raw.line, f"缺少“{key}”；请参照 docs/case-files.md 补上")
        named = self._mapping(raw, "people")
        for lane, person in named.items():
            if not isinstance(person, str) or not person.strip():
                raise self.fail(named.lines[lane], f"“people”的“{lane}”没有写姓名；请补上")
        people = {str(lane): person for lane, person in named.items()}
        return Case(
            file=self.path,
            name=str(raw["case"]),
            title=str(raw.get("title", raw["case"])),
            place=str(raw["place"]) if "place" in raw or self.base is None else self.base.place,
            people={**(self.base.people if self.base else {}), **people},
            steps=tuple(self._steps(raw)),
            expect=self._expectation(self._mapping(raw, "expect")),
        )

    def _inherited(self, raw: Lined) -> "Case | None":
        if "like" not in raw:
            return None
        path = self.path.parent / str(raw["like"])
        if path in self.heirs:
            raise self.fail(raw.lines["like"], "“like”绕回了这个案卷自己；请改指别的案卷")
        self.parent = _Reader(path, self.heirs)
        base = self.parent.case()
        changes = self._mapping(raw, "with")
        for key in _CHANGES & raw.keys():
            self._known(
                self._mapping(raw, key), {name for step in base.steps for name in (step.task, *step.rows)} - {""}
            )
        return replace(base, steps=tuple(self._changed(step, changes) for step in base.steps))

    def _taken_over(self, raw: Lined) -> tuple[Step, ...]:
        """The inherited steps before what ``until`` names; all of them with ``with`` or ``instead`` alone."""
        steps = tuple(replace(step, number=number) for number, step in enumerate(self._exchanged(raw), start=1))
        for before, step in pairwise(steps):
            if step.on < before.on:
                message = f"日期 {step.on} 早于上一步的 {before.on}；步骤须按日期先后排列"
                raise CaseError(step.file, step.line, message)
        if "until" not in raw:
            return steps if _CHANGES & raw.keys() else ()
        until = str(raw["until"])
        for position, step in enumerate(steps):
            if step.task == until or until in step.rows:
                return steps[:position]
        raise self.fail(raw.lines["until"], f"“like”的案卷里没有“{until}”；请写其中一步的任务或批量登记")

    def _exchanged(self, raw: Lined) -> Iterator[Step]:
        """The inherited steps, with those that ``instead`` names exchanged for others, or for none."""
        others = self._mapping(raw, "instead")
        for step in self.base.steps if self.base else ():
            named = next((name for name in (step.task, *step.rows) if name in others), None)
            if named is None:
                yield step
                continue
            if not isinstance(others[named], list):
                raise self.fail(others.lines[named], f"“instead”的“{named}”应为步骤清单；不办这一步的写 []")
            for entry in others[named]:
                if not isinstance(entry, Lined):
                    raise self.fail(others.lines[named], f"“instead”的“{named}”每一步应写成“on: 日期”加要做的事")
                yield self._step(step.number, entry)

    def _changed(self, step: Step, changes: Lined) -> Step:
        rows = {kind: self._rows(changes, kind) if kind in changes else given for kind, given in step.rows.items()}
        stated = self._answers(changes, step.task) if step.task in changes else {}
        return replace(step, answers={**step.answers, **stated}, stated=frozenset(stated), rows=rows)

    def _load(self) -> Lined:
        if not self.path.is_file():
            raise self.fail(0, "找不到案卷文件；请核对路径")
        size = self.path.stat().st_size
        if size > SIZE_LIMIT:
            raise self.fail(
                0,
                f"案卷文件有 {size // 1024 // 1024} MB，超过 {SIZE_LIMIT // 1024 // 1024} MB，没有读入；"
                "户数多时请把名册、走访和选票放进旁边的表格",
            )
        try:
            text = self.path.read_text(encoding="utf-8")
            self._check_shape(text)
            raw = lined.load(text)
        except yaml.MarkedYAMLError as error:
            said = error.problem if isinstance(error, Miswritten) else "不是 YAML 的写法"
            message = f"写法有误：{said}；请核对缩进、冒号后的空格、引号和括号"
            raise self.fail(line_of(error.problem_mark), message) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise self.fail(0, "不是 UTF-8 编码的 YAML 文件；请另存后重试") from error
        if not isinstance(raw, Lined):
            raise self.fail(1, "案卷应以“case:”开头；请参照 docs/case-files.md")
        return raw

    def _check_shape(self, text: str) -> None:
        """Refuse what a few bytes unfold to gigabytes, or to more levels than can be read."""
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise self.fail(line_of(event.start_mark), "不支持 YAML 别名（*name），请写出内容")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEPTH_LIMIT:
                raise self.fail(
                    line_of(event.start_mark), f"嵌套超过 {_DEPTH_LIMIT} 层；请参照 docs/case-files.md 改写"
                )

    def _steps(self, raw: Lined) -> Iterator[Step]:
        taken = self._taken_over(raw)
        steps = raw.get("steps", [])
        if not isinstance(steps, list) or not (steps or taken):
            raise self.fail(raw.lines["steps"], "“steps”应为步骤清单，至少一步")
        yield from taken
        before = taken[-1].on if taken else None
        for number, entry in enumerate(steps, start=len(taken) + 1):
            if not isinstance(entry, Lined):
                raise self.fail(raw.lines["steps"], f"第 {number} 步应写成“on: 日期”加要做的事")
            step = self._step(number, entry)
            if before and step.on < before:
                raise self.fail(entry.lines["on"], f"日期 {step.on} 早于上一步的 {before}；步骤须按日期先后排列")
            before = step.on
            yield step

    def _step(self, number: int, entry: Lined) -> Step:
        self._known(entry, _STEP_KEYS)
        if "on" not in entry:
            raise self.fail(entry.line, "缺少“on”（日期，如 2026-03-02）")
        does = [key for key in ("task", "interrupt", "message", *BULK) if key in entry]
        if not does:
            raise self.fail(entry.line, "这一步没有写做什么；请写“task”或 " + "、".join(BULK))
        if entry.get("interrupt", "true") != "true":
            raise self.fail(entry.lines["interrupt"], "“interrupt”只能写 true；不打开中断流程的，请删去这一行")
        on, task = self._date(entry["on"], entry.lines["on"], "on"), str(entry.get("task", ""))
        stated = self._answers(entry, "answers")
        return Step(
            number=number,
            file=self.path.name,
            line=entry.line,
            on=on,
            task=task,
            by=str(entry.get("by", "")),
            answers={**self._base_answers(task), **stated},
            stated=frozenset(stated),
            rows={key: self._rows(entry, key) for key in BULK if key in entry},
            interrupt="interrupt" in entry,
            message=str(entry.get("message", "")),
            values={name: str(value) for name, value in self._mapping(entry, "values").items()},
            outcomes=self._outcomes(entry),
            refused=self._refusal(entry),
        )

    def _outcomes(self, entry: Lined) -> dict[str, str]:
        outcomes = self._mapping(entry, "outcome")
        for gate, name in outcomes.items():
            if not isinstance(name, str) or not name.strip():
                raise self.fail(outcomes.lines[gate], f"“outcome”的“{gate}”没有写结论；请写一个，或删去这一行")
        return dict(outcomes)

    def _refusal(self, entry: Lined) -> str:
        said = entry.get("refused")
        if "refused" in entry and (not isinstance(said, str) or not said.strip()):
            raise self.fail(entry.lines["refused"], "“refused”没有写拒绝时提示中的话；请补上，不应被拒绝的请删去这一行")
        return said or ""

    def _answers(self, raw: Lined, key: str) -> dict[str, Any]:
        stated = self._mapping(raw, key)
        return {name: self._filed(value, stated.lines[name]) for name, value in stated.items()}

    def _filed(self, value: Any, line: int) -> Any:
        """``value`` with every ``=file name`` bound to the folder of this case."""
        if isinstance(value, Lined):
            return {key: self._filed(inner, value.lines[key]) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filed(inner, line) for inner in value]
        return self._beside(value, line) if isinstance(value, str) and value.startswith(_FILE) else value

    def _inside(self, name: str, line: int) -> str:
        """``name`` if it stays in the folder of this case, wherever the case is carried."""
        if name.startswith("/") or PureWindowsPath(name).drive or ".." in re.split(r"[/\\]", name):
            raise self.fail(line, f"文件“{name}”不在案卷所在的文件夹里；请把它放到案卷旁边，只写文件名或下级文件夹")
        return name

    def _beside(self, name: str, line: int) -> Beside:
        self._inside(name.removeprefix(_FILE), line)
        beside = Beside(name)
        beside.folder = self.path.parent
        return beside

    def _base_answers(self, task: str) -> Mapping[str, Any]:
        """What the nearest case that this one is like answers in ``task``."""
        steps = self.base.steps if self.base and task else ()
        found = next((step.answers for step in steps if step.task == task), None)
        if found is None:
            return self.parent._base_answers(task) if self.parent else {}
        return found

    def _rows(self, entry: Lined, key: str) -> list[dict[str, str]]:
        rows = self._listed(entry, key)
        line = entry.lines[key]
        return [{**row, _PHOTO: self._beside(row[_PHOTO], line)} if _PHOTO in row else row for row in rows]

    def _listed(self, entry: Lined, key: str) -> list[dict[str, str]]:
        value = entry[key]
        if isinstance(value, str):
            try:
                return list(spreadsheets.read(self.path.parent / self._inside(value, entry.lines[key])))
            except EngineError as error:
                raise self.fail(entry.lines[key], str(error)) from error
        if not isinstance(value, list) or not all(isinstance(row, Lined) for row in value):
            raise self.fail(entry.lines[key], f"“{key}”应为旁边表格的文件名，或逐行的清单")
        for row in value:
            for name, cell in row.items():
                if isinstance(cell, list | dict):
                    raise self.fail(row.lines[name], f"“{key}”的“{name}”应为文字；请写成“{name}: 值”")
        return [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in value]

    def _expectation(self, raw: Lined) -> Expectation:
        self._known(raw, _EXPECT_KEYS)
        stages = self._mapping(raw, "stages")
        return Expectation(
            line=raw.line,
            end=str(raw.get("end", "")),
            status=str(raw.get("status", "")),
            stages={name: self._date(value, stages.lines[name], name) for name, value in stages.items()},
            documents=tuple(str(kind) for kind in raw.get("documents") or ()),
        )

    def _mapping(self, raw: Lined, key: str) -> Lined:
        value = raw.get(key)
        if value is None:
            empty = Lined()
            empty.line, empty.lines = raw.line, {}
            return empty
        if not isinstance(value, Lined):
            raise self.fail(raw.lines[key], f"“{key}”应写成“名称: 值”的形式")
        return value

    def _known(self, raw: Lined, allowed: set[str]) -> None:
        for key, line in raw.lines.items():
            if key not in allowed:
                raise self.fail(line, f"不认识“{key}”；这里可以写：{'、'.join(sorted(allowed))}")

    def _date(self, value: Any, line: int, key: str) -> date:
        try:
            found = date.fromisoformat(value if _DAY.fullmatch(str(value)) else "")
        except ValueError as error:
            raise self.fail(line, f"“{key}”的“{value}”不是日期；请写成 2026-03-02 的形式") from error
        if found.year not in _YEARS:
            raise self.fail(line, f"“{key}”的年份 {found.year} 不在 1900 到 2200 之间；请核对日期")
        return found
