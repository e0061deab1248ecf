"""The bytes of an instance at rest: rows of arrays, typed values, nothing of the specification.

``[format, end, serial, [process, …]]``; a process is ``[caller, spec, [task, …]]``; a task is
``[spec, state, parent, triggered, data, internal]`` with parents before children and ``data`` an index into
the table of distinct data.  A date is ``{"d": …}``: values are never nested, so nobody can type one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import DamagedState
from engine.process.definitions import Definition
from engine.process.live import Journey
from engine.process.waiting import Deadlines

FORMAT = 1
#: No instance comes near this; a damaged length must not ask for all the memory there is.
_UNPACKED_LIMIT = 64 * 1024 * 1024

Value = str | int | bool | date | None
_compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
_decompressor = zstandard.ZstdDecompressor()


def encode(journey: Journey) -> bytes:
    """The bytes of a journey at rest."""
    table: dict[tuple[tuple[str, Value], ...], int] = {}
    numbers: dict[UUID, int] = {}
    processes = [
        [
            None if process is journey else numbers[process.parent_task_id],
            process.spec.name,
            [_row(task, numbers, table) for task in _parents_first(process)],
        ]
        for process in [journey, *journey.subprocesses.values()]
    ]
    datas = [{name: _packed(value) for name, value in items} for items in table]
    return _compressor.compress(orjson.dumps([FORMAT, journey.end, journey.serial, datas, processes]))


def decode(definition: Definition, state: bytes, deadlines: Deadlines, now: datetime) -> Journey:
    """The journey that ``state`` holds.  Raises DamagedState for bytes that are not ours."""
    form, end, serial, datas, processes = _unpacked(state)
    if form != FORMAT:
        raise DamagedState
    journey = Journey(definition, deadlines, now, restoring=True)
    journey.end, journey.serial = end, serial
    values = [{name: _value(value) for name, value in data.items()} for data in datas]
    restored: list[Any] = []
    for caller, spec, rows in processes:
        process: Any = journey
        if caller is not None:
            called_by = restored[caller]
            process = BpmnSubWorkflow(definition.called[spec], called_by.id, journey, deserializing=True)
            journey.subprocesses[called_by.id] = process
            process.completed_event.connect(called_by.task_spec._on_subworkflow_completed, called_by)
        first = len(restored)
        for row in rows:
            restored.append(_task(process, row, len(restored), restored, values))
        process.task_tree = restored[first]
    return journey


def data_of(journey: Journey) -> Mapping[str, Value]:
    """The routing values as they stand, the newest in time last."""
    merged: dict[str, Value] = {}
    for process in [journey, *journey.subprocesses.values()]:
        for task in sorted(process.tasks.values(), key=lambda task: task.last_state_change):
            merged.update(task.data)
    return merged


def _parents_first(process: Any) -> list[Any]:
    ordered, waiting = [], [process.task_tree]
    while waiting:
        task = waiting.pop()
        ordered.append(task)
        waiting.extend(reversed(task.children))
    return ordered


def _row(task: Any, numbers: dict[UUID, int], table: dict[tuple[tuple[str, Value], ...], int]) -> list[Any]:
    numbers[task.id] = len(numbers)
    # predicted tasks inherit their data when they are reached
    data = task.data if task.state >= TaskState.WAITING else {}
    return [
        task.task_spec.name,
        task.state,
        numbers.get(task._parent),
        int(task.triggered),
        table.setdefault(tuple(data.items()), len(table)),
        task.internal_data or None,
    ]


def _task(process: Any, row: list[Any], number: int, restored: list[Any], values: list[dict[str, Value]]) -> Any:
    name, state, parent, triggered, data, internal = row
    spec = process.spec.task_specs[name]
    task = Task(process, spec, restored[parent] if parent is not None else None, state, UUID(int=number + 1))
    task.triggered = bool(triggered)
    task.data = dict(values[data])
    task.internal_data = internal or {}
    # the order of arrival at a join, which the library reads from the clock
    task.last_state_change = number
    if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        process.top_workflow.event_manager.add_task(task)
    return task


def _unpacked(state: bytes) -> Any:
    try:
        # the length that a frame states is taken before anything is checked
        if zstandard.frame_content_size(state) > _UNPACKED_LIMIT:
            raise DamagedState
        return orjson.loads(_decompressor.decompress(state, max_output_size=_UNPACKED_LIMIT))
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise DamagedState from error


def _packed(value: Value) -> Any:
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _value(value: Any) -> Value:
    return date.fromisoformat(value["d"]) if isinstance(value, dict) else value
