"""The bytes of an instance at rest: rows of arrays, typed values, nothing of the specification.

``[format, end, serial, ticks, [data, …], [[caller, spec, [node, …]], …]]``; a node is ``[id, parent, spec, state,
changed, triggered, data, internal]``, parents before children, with ``data`` an index into the table of distinct
data.  A date is ``{"d": …}``: values are never nested, so nobody can type one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.errors import DamagedState
from engine.process.definitions import Definition
from engine.process.live import OPEN, Journey
from engine.process.tree import Called, Node
from engine.process.waiting import Deadlines

FORMAT = 2
#: No instance comes near this; a damaged length must not ask for all the memory there is.
_UNPACKED_LIMIT = 64 * 1024 * 1024

Value = str | int | bool | date | None
_ID, _SPEC, _STATE, _CHANGED, _DATA, _INTERNAL = 0, 2, 3, 4, 6, 7
_compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
_decompressor = zstandard.ZstdDecompressor()


def encode(journey: Journey) -> bytes:
    """The bytes of a journey at rest."""
    table = _Table()
    processes = [(None, journey.spec.name, _rows(journey, table))] + [
        (called.caller.id, called.spec.name, _rows(called, table)) for called in journey.subprocesses.values()
    ]
    datas = [orjson.Fragment(packed) for packed in table.packed]
    return _compressor.compress(orjson.dumps([FORMAT, journey.end, journey.serial, journey.ticks, datas, processes]))


def decode(definition: Definition, state: bytes, deadlines: Deadlines, now: datetime) -> Journey:
    """The journey that ``state`` holds.  Raises DamagedState for bytes that are not ours."""
    form, *rest = _unpacked(state)
    if form != FORMAT:
        raise DamagedState
    journey = Journey(definition, deadlines, now)
    journey.end, journey.serial, journey.ticks, datas, processes = rest
    values = [_values(data) for data in datas]
    nodes: dict[int, Node] = {}
    for caller, spec, rows in processes:
        process = journey if caller is None else _called(definition.called[spec], nodes[caller], journey)
        for row in rows:
            _restore(process, row, values)
        process.task_tree = process.tasks[rows[0][0]]
        nodes |= process.tasks
    return journey


def data_of(state: bytes) -> Mapping[str, Value]:
    """The routing values as they stand, the newest in time last."""
    *_, datas, processes = _unpacked(state)
    latest = [0] * len(datas)
    for row in (row for *_, rows in processes for row in rows):
        latest[row[_DATA]] = max(latest[row[_DATA]], row[_CHANGED])
    merged: dict[str, Value] = {}
    for number in sorted(range(len(datas)), key=latest.__getitem__):
        merged.update(_values(datas[number]))
    return merged


def calls_of(state: bytes) -> tuple[str, ...]:
    """The call activities and sub-processes under way."""
    *_, processes = _unpacked(state)
    specs = {row[_ID]: row[_SPEC] for *_, rows in processes for row in rows}
    return tuple(specs[caller] for caller, *_ in processes if caller is not None)


def waits_of(state: bytes) -> tuple[frozenset[str], int]:
    """The refs of what an instance waits for, and the last number that a ref of it has."""
    _, _, serial, _, _, processes = _unpacked(state)
    rows = (row for *_, rows in processes for row in rows if row[_STATE] & OPEN and row[_INTERNAL])
    return frozenset(row[_INTERNAL]["ref"] for row in rows if "ref" in row[_INTERNAL]), serial


class _Table:
    """The distinct data of an instance; what nodes share is packed once."""

    def __init__(self) -> None:
        self.packed: dict[bytes, int] = {b"{}": 0}
        self._known: dict[int, int] = {}

    def number(self, data: dict[str, Value]) -> int:
        """Where ``data`` stands in the table."""
        found = self._known.get(id(data))
        if found is None:
            packed = orjson.dumps(data, _packed, orjson.OPT_PASSTHROUGH_DATETIME)
            found = self._known[id(data)] = self.packed.setdefault(packed, len(self.packed))
        return found


def _rows(process: Any, table: _Table) -> list[tuple[Any, ...]]:
    number, waiting = table.number, TaskState.WAITING
    return [
        (
            node.id,
            node._parent,
            node.task_spec.name,
            node._state,
            node.last_state_change,
            node.triggered,
            # predicted tasks inherit their data when they are reached
            number(node.data) if node._state >= waiting else 0,
            node.internal_data or None,
        )
        for node in process.tasks.values()
    ]


def _restore(process: Any, row: list[Any], values: list[dict[str, Value]]) -> None:
    id, parent, name, state, changed, triggered, data, internal = row
    node = Node(process, process.spec.task_specs[name], process.tasks.get(parent), state, id)
    node.last_state_change, node.triggered = changed, triggered
    node.data, node.internal_data = values[data], internal or {}
    if state == TaskState.WAITING and isinstance(node.task_spec, CatchingEvent):
        process.top_workflow.event_manager.add_task(node)


def _called(spec: Any, caller: Node, journey: Journey) -> Called:
    process = Called(spec, caller, journey)
    process.completed_event.connect(caller.task_spec._on_subworkflow_completed, caller)
    return process


def _unpacked(state: bytes) -> Any:
    try:
        # the length that a frame states is taken before anything is checked
        if zstandard.frame_content_size(state) > _UNPACKED_LIMIT:
            raise DamagedState
        return orjson.loads(_decompressor.decompress(state, max_output_size=_UNPACKED_LIMIT))
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise DamagedState from error


def _packed(value: date) -> Any:
    return {"d": value.isoformat()}


def _values(data: Mapping[str, Any]) -> dict[str, Value]:
    return {name: date.fromisoformat(value["d"]) if isinstance(value, dict) else value for name, value in data.items()}
