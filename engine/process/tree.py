"""The library's task tree, counted instead of clocked and scanned flat instead of walked.

Its tree iterator stalls at a depth of 1,000 tasks and at 995 parallel children; a scan does neither.
"""

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.process.live import Journey


class Node(Task):  # type: ignore[misc]
    """A place in the tree of a process, with a number where the library draws an id and reads the clock.

    ``data`` may be shared with the nodes around it: whoever changes it, replaces it.
    """

    def __init__(self, process: Any, spec: Any, parent: Any = None, state: int = TaskState.MAYBE, id: int = 0) -> None:
        self.workflow, self.task_spec, self._state = process, spec, state
        self.id = self.last_state_change = id or process.top_workflow.tick()
        self._parent: int | None = None
        self._children: list[int] = []
        self.triggered, self.thread_id = False, 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        process.tasks[self.id] = self
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)

    @property
    def children(self) -> list["Node"]:
        """The nodes that follow."""
        tasks = self.workflow.tasks
        return [tasks[id] for id in self._children]

    def _add_child(self, spec: Any, state: int = TaskState.MAYBE) -> "Node":
        child = Node(self.workflow, spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        if value != self._state:
            # a join merges what arrived in the order of these changes
            self._state, self.last_state_change = value, self.workflow.top_workflow.tick()

    def set_data(self, **values: Any) -> None:
        """Give routing values."""
        self.data = {**self.data, **values}

    def _inherit_data(self) -> None:
        inherited = self.workflow.tasks[self._parent].data
        # a join merges into its data; values are never nested, so that this copies all there is
        joins = isinstance(self.task_spec, Join)
        self.data = {**self.data, **inherited} if self.data or joins else inherited

    def is_descendant_of(self, task: Any) -> bool:
        """Whether ``task`` lies on the way from here to the root."""
        tasks, above = self.workflow.tasks, self._parent
        while above is not None and above != task.id:
            above = tasks[above]._parent
        return above is not None


class Scanned:
    """A process whose tasks are found by looking at all of them."""

    spec: Any
    tasks: dict[int, Any]
    task_tree: Any

    def begin(self) -> None:
        """Set out from the start event."""
        self.task_tree = Node(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree.task_spec._predict(self.task_tree, mask=TaskState.NOT_FINISHED_MASK)
        self.task_tree._ready()

    def get_tasks(self, first_task: Any = None, **wanted: Any) -> list[Any]:
        """The tasks that are ``wanted``; below ``first_task`` when there is one."""
        if first_task is None and wanted.keys() == {"spec_name"}:
            return [task for task in self.tasks.values() if task.task_spec.name == wanted["spec_name"]]
        found: list[Any] = super().get_tasks(first_task, **wanted)  # type: ignore[misc]
        return found

    def update_waiting_tasks(self) -> None:
        """Let the joins look again at what has arrived; an event happens only when it is told to."""
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING]:
            if not isinstance(task.task_spec, CatchingEvent) and task._state == TaskState.WAITING:
                task.task_spec._update(task)


class Called(Scanned, BpmnSubWorkflow):  # type: ignore[misc]
    """A process that ``caller``, a task of another process, called."""

    def __init__(self, spec: Any, caller: Node, journey: "Journey") -> None:
        self.caller = caller
        super().__init__(spec, caller.id, journey, deserializing=True)
        journey.subprocesses[caller.id] = self

    def _calculate_depth(self) -> int:
        return int(self.caller.workflow.depth) + 1
