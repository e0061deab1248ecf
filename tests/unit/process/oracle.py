"""The library as it comes: its own serializer after every step and its own step loop; only task classes are ours."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter, EventConverter
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.serializer.helpers.bpmn_converter import BpmnConverter
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.process import codec
from engine.process.definitions import Definition
from engine.process.elements import Timer
from engine.process.expressions import Conditions
from engine.process.waiting import CaughtEvent, Deadline, ExternalJob, FirstEvent

Told = tuple[str, int, str | None, dict[str, Any]]
OPEN = TaskState.READY | TaskState.STARTED | TaskState.WAITING


class _Deadlines(BpmnConverter):  # type: ignore[misc]
    def to_dict(self, one: Deadline) -> dict[str, Any]:
        return {"kind": one.timer.kind, "text": one.timer.text}

    def from_dict(self, kept: dict[str, Any]) -> Deadline:
        return Deadline(Timer(kept["kind"], kept["text"]))


class _Specs(BpmnTaskSpecConverter):  # type: ignore[misc]
    def to_dict(self, spec: Any) -> dict[str, Any]:
        return dict(self.get_default_attributes(spec))

    def from_dict(self, kept: dict[str, Any]) -> Any:
        return self.task_spec_from_dict(kept)


_CONFIG = {
    **DEFAULT_CONFIG,
    Deadline: _Deadlines,
    ExternalJob: _Specs,
    FirstEvent: _Specs,
    CaughtEvent: EventConverter,
}
#: Called processes are told by their own tasks; when a join gives up waiting is the library's business.
_UNTOLD = {"callActivity", "subProcess", "parallelGateway"}


class Oracle:
    """An instance kept as the library's own JSON between steps."""

    _json: str
    _read: Any

    def __init__(self, definition: Definition, deadlines: Any, now: Any, data: Mapping[str, Any] | None = None) -> None:
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(self._converters(definition)))
        self.definition, self.deadlines = definition, deadlines
        workflow = BpmnWorkflow(definition.spec, definition.called, script_engine=Conditions())
        self._at(workflow, now)
        workflow.task_tree.data.update(_plain(data or {}))
        workflow.do_engine_steps()
        self._keep(workflow)

    def _converters(self, definition: Definition) -> dict[type, Any]:
        return _CONFIG

    def waiting(self) -> list[Told]:
        """What waits, sorted."""
        return sorted((told(task) for task in self._tasks(self._restored()) if self._is_told(task)), key=repr)

    def step(self, name: str, values: Mapping[str, Any], now: Any) -> None:
        """Complete a task, finish a job, or let a timer or a message happen."""
        workflow = self._restored()
        workflow.script_engine = Conditions()
        self._at(workflow, now)
        task = next(task for task in self._tasks(workflow) if task.task_spec.name == name)
        # values belong to the instance, not to a branch: our one change to how the library keeps data
        for process in [workflow, *workflow.subprocesses.values()]:
            for other in process.tasks.values():
                if not other.has_state(TaskState.PREDICTED_MASK):
                    other.data.update(_plain(values))
        if task.state == TaskState.READY:
            task.run()
        elif task.state == TaskState.STARTED:
            task.complete()
        else:
            task.internal_data.update(fired=True, event_fired=True)
            task.task_spec._update(task)
        workflow.do_engine_steps()
        self._keep(workflow)

    @property
    def state(self) -> str:
        """Where it stands; another state may be given it."""
        return self._json

    @state.setter
    def state(self, given: str) -> None:
        self._json, self._read = given, None

    def shift(self, names: Collection[str], by: timedelta) -> None:
        """Move the due moments of timers."""
        workflow = self._restored()
        for task in self._tasks(workflow):
            if task.task_spec.name in names and "due" in task.internal_data:
                task.internal_data["due"] = (datetime.fromisoformat(task.internal_data["due"]) + by).isoformat()
        self._keep(workflow)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self._restored().completed)

    def _keep(self, workflow: Any) -> None:
        self.state = self.serializer.serialize_json(workflow)

    def _restored(self) -> Any:
        # read from its JSON once after every step
        if self._read is None:
            self._read = self.serializer.deserialize_json(self._json)
        return self._read

    def _tasks(self, workflow: Any) -> list[Any]:
        processes = [workflow, *(p for p in workflow.subprocesses.values() if not p.completed)]
        return [task for process in processes for task in process.tasks.values() if task.state & OPEN]

    def _is_told(self, task: Any) -> bool:
        element = self.definition.elements.get(task.task_spec.name)
        return element is not None and element.kind not in _UNTOLD

    def _at(self, workflow: Any, now: Any) -> None:
        workflow.deadlines, workflow.now = self.deadlines, now


class Brief(Oracle):
    """The same without the specifications in its JSON, as no step changes them."""

    def _converters(self, definition: Definition) -> dict[type, Any]:
        class Journey(BpmnWorkflowConverter):  # type: ignore[misc]
            def to_dict(self, workflow: Any) -> dict[str, Any]:
                return {
                    **WorkflowConverter.to_dict(self, workflow),
                    "subprocesses": self.mapping_to_dict(workflow.subprocesses),
                    "bpmn_events": self.registry.convert(workflow.bpmn_events),
                }

            def from_dict(self, kept: dict[str, Any]) -> Any:
                shared = {"spec": definition.spec, "subprocess_specs": dict(definition.called)}
                return super().from_dict({**kept, **shared})

        return {**_CONFIG, BpmnWorkflow: Journey}


class Sharing(Brief):
    """The same read from its JSON only where it resumes."""

    @property
    def state(self) -> str:
        """Where the workflow stands."""
        return str(self.serializer.serialize_json(self._restored()))

    @state.setter
    def state(self, given: str) -> None:
        self._read = self.serializer.deserialize_json(given)

    def _keep(self, workflow: Any) -> None:
        self._read = workflow

    def _restored(self) -> Any:
        return self._read


def ours(definition: Definition, state: bytes, deadlines: Any, now: Any) -> list[Told]:
    """What waits in an instance of ours, told as :meth:`Oracle.waiting` tells it."""
    journey = codec.decode(definition, state, deadlines, now)
    elements = definition.elements
    return sorted(
        (
            told(task)
            for task in journey.waiting()
            if task.task_spec.name in elements and elements[task.task_spec.name].kind not in _UNTOLD
        ),
        key=repr,
    )


def told(task: Any) -> Told:
    """A waiting task as name, state, the moment it is due, and its data."""
    due = task.internal_data.get("due")
    return task.task_spec.name, int(task.state), due, dict(sorted(_plain(task.data).items()))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    # the library's JSON knows no date; ours does, and a timer reads either
    return {key: str(value) if isinstance(value, date) else value for key, value in values.items()}
