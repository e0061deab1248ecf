"""Check diagrams before they are published: what the library gets wrong, and what they owe the files beside them.

Pure: names of forms, pages, documents, parameters and gates arrive as arguments (decisions 25).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from engine.errors import InvalidDefinition
from engine.process import expressions, hazards, routes
from engine.process.definitions import document
from engine.process.diagram import Diagram
from engine.process.hazards import Finding
from engine.process.routes import Choice
from engine.process.waiting import date_name, duration, pack_key

LANES = ("社区干部", "网格员", "业委会/物管会", "物业企业", "法律顾问", "会计审计", "监察人", "街道", "区住建")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Known:
    """What there is beside the diagrams.

    ``forms`` holds for each task the answers a diagram may route by, with the values each may have;
    ``gates`` the routing values that each gate gives; ``periods`` the parameters, in days, of every pack.
    """

    forms: Mapping[str, Mapping[str, Choice]]
    handbook: frozenset[str]
    periods: frozenset[str]
    documents: frozenset[str]
    gates: Mapping[str, Mapping[str, Choice]]
    operations: frozenset[str]

    @property
    def given(self) -> frozenset[str]:
        """Every routing value that a task or a gate may give."""
        return frozenset().union(*self.forms.values(), *self.gates.values())


@dataclass(frozen=True)
class Fault:
    """One thing wrong in what is published; ``rule`` is the name of the check."""

    rule: str
    file: str
    element: str
    message: str

    def __str__(self) -> str:
        return f"{self.file} 的 {self.element}：{self.message}（{self.rule}）"


Check = Callable[[Diagram, Known], Iterator[Finding]]


def lint(files: Mapping[str, bytes], known: Known) -> list[Fault]:
    """Every fault of the diagrams, by file."""
    found: list[Fault] = []
    diagrams: dict[str, Diagram] = {}
    for file in sorted(files):
        try:
            diagrams[file] = Diagram(file, document(files[file], file))
        except InvalidDefinition as error:
            found.append(Fault("xml", file, error.element or file, error.reason))
    for file, diagram in diagrams.items():
        for rule in hazards.RULES:
            found += [Fault(rule.__name__, file, *finding) for finding in rule(diagram)]
        for check in CHECKS:
            found += [Fault(check.__name__, file, *finding) for finding in check(diagram, known)]
    processes = {diagram.process: diagram for diagram in diagrams.values()}
    found += [*_unique_ids(diagrams), *_calls(processes)]
    if found:
        return found  # values are followed along sound lines only
    ways = routes.check(processes, known.forms, known.gates)
    return [Fault(way.rule, way.file, way.element, way.message) for way in ways]


def rules() -> frozenset[str]:
    """The names of every check of :func:`lint`."""
    named = {rule.__name__ for rule in (*hazards.RULES, *CHECKS)}
    return frozenset({"xml", "unique_id", "called_process", "calls_itself", *named, *routes.RULES})


# what a diagram is


def own_process(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """One executable process in one file, under its name."""
    processes = {node.get("id"): node.get("isExecutable") for node in diagram.tagged("process")}
    if set(processes) != {diagram.process}:
        yield diagram.process, "一张图应只有一个流程，编号与文件名相同；请改正 process 的 id"
    elif processes[diagram.process] != "true":
        yield diagram.process, "流程没有标为可执行；请设 isExecutable=“true”"


def element_id(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Ids are for ever: English words in lower case."""
    for element in diagram.elements:
        if not _ID.fullmatch(element.id):
            yield element.id or element.kind, "编号应为小写英文字母、数字和下划线，如 review_contract；请改正 id"


def lane(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every node stands in one of the nine lanes (decisions 21), and in one only."""
    placed = Counter((node.text or "").strip() for node in diagram.tagged("flowNodeRef"))
    for element in diagram.elements:
        if element.lane not in LANES:
            yield element.id, f"泳道“{element.lane}”不在九个角色之内；请放进其中一条泳道"
        elif placed[element.id] > 1:
            yield element.id, "同时在两条泳道里；请只留一条"


def chinese_name(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """People read names: of every node but a joining gateway, and of the answers to a gateway's question."""
    for element in diagram.elements:
        asks = element.kind == "exclusiveGateway" and len(diagram.leaving(element.id)) > 1
        if (asks or not element.kind.endswith("Gateway")) and not _CHINESE.search(element.name):
            yield element.id, "没有中文名称；请在 name 写上"
        for flow in diagram.leaving(element.id) if asks else ():
            if not flow.name:
                yield flow.id, "分支没有写回答；请在 name 写上，如 是、否"


def drawn(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """What is not drawn cannot be read by an official."""
    shown = {node.get("bpmnElement") for node in diagram.root.iter() if node.get("bpmnElement")}
    for name in [*diagram.by_id, *(flow.id for flow in diagram.flows)]:
        if name not in shown:
            yield name, "没有画出来（缺少图形信息）；请在建模工具里画上后保存"
    for name in sorted(shown - {node.get("id") for node in diagram.root.iter()}):
        yield name, "图形画的东西不存在；请删去这个图形，或改正 bpmnElement"


# what it owes the files beside it


def timer(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Timers are ISO 8601, a pack's parameter in days, or a date that a task, gate or start gives (decisions 22)."""
    given = known.given.union(*(element.routing for element in diagram.of_kind("startEvent")))
    for element in diagram.elements:
        if element.timer is None or element.timer.kind == "timeCycle":
            continue
        text = element.timer.text
        key = pack_key(text)
        if key is not None and key not in known.periods:
            yield element.id, f"规则包没有以天计的参数 {key}；请核对名称，或补进每一个规则包"
        elif key is None and element.timer.kind == "timeDuration" and duration(text) is None:
            yield element.id, f"“{text}”不是时长；请写成 ISO 8601（如 P7D）或 pack.参数"
        elif key is None and element.timer.kind == "timeDate" and not _is_day(text) and date_name(text) not in given:
            yield (
                element.id,
                f"“{text}”不是日期；请写图上某一步给出的日期（过完当天才到的写 after.日期），或 2026-03-02 这样的一天",
            )


def task_kind(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """A task is done by a person with a form, by a worker, or by a rule."""
    for element in diagram.of_kind("manualTask", "task", "sendTask", "receiveTask"):
        yield element.id, "应为用户任务、服务任务或业务规则任务；请改任务类型"


def form(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every user task asks something."""
    for element in diagram.of_kind("userTask"):
        if element.id not in known.forms:
            yield element.id, f"没有表单；请补上 workflows/forms/{element.id}.form"


def handbook(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every user task has its page of the manual."""
    for element in diagram.of_kind("userTask"):
        if element.id not in known.handbook:
            yield element.id, f"没有手册页；请补上 workflows/handbook/{element.id}.md"


def routing(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """A routing value is one flat answer of the task's own form."""
    for element in diagram.elements:
        if element.routing and element.kind not in {"userTask", "startEvent"} and not element.message:
            yield element.id, "只有用户任务、消息和开始事件给出路由值；请删去 routing"
            continue
        for name in element.routing:
            if element.id in known.forms and _is_safe(name) and name not in known.forms[element.id]:
                yield element.id, f"路由值 {name} 不是表单里的文字、整数、日期、是否或单选；请核对字段名"


def routing_name(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Names that SpiffWorkflow or Python would read in its own way."""
    for element in diagram.elements:
        for name in element.routing:
            if not _is_safe(name):
                yield element.id, f"名称“{name}”不能用作路由值；请给表单字段换一个名称"


def gate(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every business rule task names a registered gate."""
    for element in diagram.of_kind("businessRuleTask"):
        if element.properties.get("gate") not in known.gates:
            yield element.id, f"没有登记关口“{element.properties.get('gate', '')}”；请核对 gate 属性"


def operation(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every service task names a registered operation."""
    for element in diagram.of_kind("serviceTask"):
        if element.properties.get("operation") not in known.operations:
            yield element.id, f"没有登记操作“{element.properties.get('operation', '')}”；请核对 operation 属性"


def paper(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every rendering names a document of the catalogue."""
    for element in diagram.of_kind("serviceTask"):
        given = element.properties
        if given.get("operation") == "render" and given.get("document") not in known.documents:
            yield element.id, f"文书目录没有“{given.get('document', '')}”；请核对 document 属性"


CHECKS: tuple[Check, ...] = (
    own_process, element_id, lane, chinese_name, drawn, timer, task_kind, form, handbook, routing, routing_name, gate,
    operation, paper,
)  # fmt: skip


# across files


def _unique_ids(diagrams: Mapping[str, Diagram]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for file, diagram in diagrams.items():
        ids = Counter(node.get("id") for node in diagram.root.iter() if node.get("id"))
        for name in sorted(name for name, times in ids.items() if times > 1):
            yield Fault("unique_id", file, name, "编号在这张图中用了两次；请改其中一个")
        for name in diagram.by_id:
            if owners.setdefault(name, file) != file:
                yield Fault("unique_id", file, name, f"编号在 {owners[name]} 中已经使用；请另取一个")


def _calls(processes: Mapping[str, Diagram]) -> Iterator[Fault]:
    calls = {
        name: {element.called for element in diagram.of_kind("callActivity")} for name, diagram in processes.items()
    }
    for name, diagram in processes.items():
        for element in diagram.of_kind("callActivity"):
            if element.called not in processes:
                why = f"找不到被调用的流程“{element.called}”；请补上 {element.called}.bpmn，或改正 calledElement"
                yield Fault("called_process", diagram.file, element.id, why)
            elif name in _called_by(element.called, calls):
                yield Fault("calls_itself", diagram.file, element.id, "流程会这样不停地调用自己；请改用网关画出回路")


def _called_by(name: str, calls: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        at = waiting.pop()
        if at not in reached:
            reached.add(at)
            waiting += calls.get(at, ())
    return reached


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_safe(name: str) -> bool:
    try:
        expressions.check_name(name)
    except expressions.Refused:
        return False
    return True
