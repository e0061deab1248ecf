"""The library as it comes: its own serializer after every step and its own step loop; only task classes are ours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.serializer.helpers.bpmn_converter import BpmnConverter
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.process.definitions import Definition
from engine.process.elements import Timer
from engine.process.expressions import Conditions
from engine.process.waiting import Deadline, ExternalJob

OPEN = TaskState.READY | TaskState.STARTED | TaskState.WAITING


class _Deadlines(BpmnConverter):  # type: ignore[misc]
    def to_dict(self, one: Deadline) -> dict[str, Any]:
        return {"kind": one.timer.kind, "text": one.timer.text}

    def from_dict(self, kept: dict[str, Any]) -> Deadline:
        return Deadline(Timer(kept["kind"], kept["text"]))


class _Jobs(BpmnTaskSpecConverter):  # type: ignore[misc]
    def to_dict(self, spec: Any) -> dict[str, Any]:
        return dict(self.get_default_attributes(spec))

    def from_dict(self, kept: dict[str, Any]) -> Any:
        return self.task_spec_from_dict(kept)


_CONFIG = {**DEFAULT_CONFIG, Deadline: _Deadlines, ExternalJob: _Jobs}


class Oracle:
    """An instance kept as the library's own JSON between steps."""

    def __init__(self, definition: Definition, deadlines: Any, now: Any) -> None:
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(_CONFIG))
        self.definition, self.deadlines = definition, deadlines
        workflow = BpmnWorkflow(definition.spec, definition.called, script_engine=Conditions())
        self._at(workflow, now)
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)

    def waiting(self) -> list[tuple[str, int]]:
        """What waits: name and state, sorted."""
        workflow = self.serializer.deserialize_json(self.state)
        return sorted(
            (task.task_spec.name, int(task.state))
            for task in self._tasks(workflow)
            if task.task_spec.name in self.definition.elements
            and self.definition.elements[task.task_spec.name].kind not in {"callActivity", "parallelGateway"}
        )

    def step(self, name: str, values: Mapping[str, Any], now: Any) -> None:
        """Complete a task, finish a job, or let a timer happen."""
        workflow = self.serializer.deserialize_json(self.state)
        workflow.script_engine = Conditions()
        self._at(workflow, now)
        task = next(task for task in self._tasks(workflow) if task.task_spec.name == name)
        # the library's JSON knows no date; ours does, and a timer reads either
        task.data.update({key: str(value) if isinstance(value, date) else value for key, value in values.items()})
        if task.state == TaskState.READY:
            task.run()
        elif task.state == TaskState.STARTED:
            task.complete()
        else:
            task.internal_data["fired"] = True
            task.task_spec._update(task)
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)

    @property
    def data(self) -> dict[str, Any]:
        """The routing values at the task completed last."""
        workflow = self.serializer.deserialize_json(self.state)
        return dict(workflow.last_task.data) if workflow.last_task else {}

    def _tasks(self, workflow: Any) -> list[Any]:
        processes = [workflow, *(p for p in workflow.subprocesses.values() if not p.completed)]
        return [task for process in processes for task in process.tasks.values() if task.state & OPEN]

    def _at(self, workflow: Any, now: Any) -> None:
        workflow.deadlines, workflow.now = self.deadlines, now
