"""An instance in memory: run it on to where it rests, and forget what is over."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.process.definitions import Definition
from engine.process.expressions import Conditions
from engine.process.tree import Called, Node, Scanned
from engine.process.waiting import Deadlines

OPEN = TaskState.READY | TaskState.STARTED | TaskState.WAITING
_CONDITIONS = Conditions()


class Journey(Scanned, BpmnWorkflow):  # type: ignore[misc]
    """An instance in memory.

    ``log`` collects what a step passed: what happened, BPMN id, stage, and the sequence flow by which the node was
    reached.  ``waits`` is what it last rested at.
    """

    def __init__(self, definition: Definition, deadlines: Deadlines, now: datetime) -> None:
        self.definition, self.deadlines, self.now = definition, deadlines, now
        self.log: list[tuple[str, str, str, str]] = []
        self.waits: dict[str, Any] = {}
        self.end = ""
        self.serial = self.ticks = 0
        super().__init__(definition.spec, definition.called, script_engine=_CONDITIONS, deserializing=True)

    def tick(self) -> int:
        """The next number in this instance: of a node, or of the change of one."""
        self.ticks += 1
        return self.ticks

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        """Start a called process, and note the entry when it is a stage."""
        if my_task.task_spec.name in self.definition.stages:
            self.log.append(("entered", my_task.task_spec.name, my_task.task_spec.name, ""))
        called = Called(self.subprocess_specs[spec_name], my_task, self)
        called.begin()
        return called

    def run(self) -> None:
        """Run everything that waits for nobody."""
        ready = self._ready()
        while ready:
            for task in ready:
                if task.has_state(TaskState.READY):
                    self._pass(task)
            ready = self._ready()

    def give(self, values: Mapping[str, Any]) -> None:
        """Give the instance routing values: the newest of each name holds for every branch from here on.

        The library keeps values with each branch, and where branches meet an old one may win over a new one.
        """
        if not values:
            return
        renewed: dict[int, dict[str, Any]] = {}
        for process in self._processes():
            for task in process.tasks.values():
                # what is still to be reached inherits them then
                if task._state >= TaskState.WAITING:
                    # what nodes shared they go on sharing
                    shared = id(task.data)
                    if shared not in renewed:
                        renewed[shared] = {**task.data, **values}
                    task.data = renewed[shared]

    def complete(self, task: Any) -> None:
        """Complete an open task, then run on."""
        self._note(task, "completed")
        if task.has_state(TaskState.READY):
            task.run()
        else:
            task.complete()
        self.run()

    def fire(self, task: Any) -> None:
        """Let a waiting event happen, then run on."""
        task.internal_data["fired"] = True
        task.internal_data["event_fired"] = True
        task.task_spec._update(task)
        self.run()

    def waiting(self) -> Iterator[Any]:
        """Every task at which the process rests, parents before the processes they call."""
        for process in self._processes():
            for task in process.tasks.values():
                if task._state & OPEN:
                    yield task

    def stage_of(self, process: Any) -> str:
        """The stage within which ``process`` runs; empty when it runs within none."""
        while process is not self:
            caller = process.caller
            if caller.task_spec.name in self.definition.stages:
                return str(caller.task_spec.name)
            process = caller.workflow
        return ""

    def prune(self) -> None:
        """Forget what is over and nothing can ask for again."""
        for key in [key for key, process in self.subprocesses.items() if process.completed]:
            del self.subprocesses[key]
        for process in self._processes():
            _prune(process)

    def _processes(self) -> list[Any]:
        return [self, *[called for called in self.subprocesses.values() if not called.completed]]

    def _ready(self) -> list[Any]:
        ready = TaskState.READY
        return [
            task
            for process in reversed(self._processes())
            for task in process.tasks.values()
            if task._state == ready and not task.task_spec.manual
        ]

    def _pass(self, task: Any) -> None:
        result = task.run()
        if result is not None:
            self._note(task, "completed")

    def _note(self, task: Any, what: str) -> None:
        name = task.task_spec.name
        element = self.definition.elements.get(name)
        if element is None:
            return
        stage = self.stage_of(task.workflow)
        if name in self.definition.stages:
            self.log.append(("left", name, name, ""))
        if element.kind == "endEvent" and task.workflow is self:
            self.end = name
        self.log.append((what, name, stage, self._flow_to(task)))

    def _flow_to(self, task: Any) -> str:
        """The sequence flow by which a node was reached; a start and a boundary event were reached by none."""
        before = task.parent
        while before is not None and before.task_spec.name not in self.definition.elements:
            before = before.parent
        return "" if before is None else self.definition.flows.get((before.task_spec.name, task.task_spec.name), "")


def _prune(process: Any) -> None:
    """Drop finished leaves and pull finished chains together; what a join may still look at stays."""
    tasks = process.tasks
    joining = {task.task_spec for task in tasks.values() if task._state & OPEN}
    for task in reversed(list(tasks.values())):
        if not task._state & TaskState.FINISHED_MASK or task is process.task_tree:
            continue
        parent = tasks[task._parent]
        if not task._children:
            if parent._state & TaskState.FINISHED_MASK and not _may_be_asked(task, joining):
                parent._children.remove(task.id)
                del tasks[task.id]
        elif len(task._children) == 1 and _is_link(task, tasks[task._children[0]]):
            child = tasks[task._children[0]]
            child._parent = parent.id
            parent._children[parent._children.index(task.id)] = child.id
            del tasks[task.id]


def _may_be_asked(task: Node, joining: set[Any]) -> bool:
    spec = task.task_spec
    # a join merges the data of branches that arrived before, and looks for its split among its ancestors
    return isinstance(spec, UnstructuredJoin) and spec in joining


def _is_link(task: Node, child: Node) -> bool:
    # what comes before an unfinished task tells by which flow it was reached; a deadline splits the two
    if isinstance(child.task_spec, BoundaryEventSplit):
        return False
    return bool(child._state == TaskState.COMPLETED and task._state == TaskState.COMPLETED)
