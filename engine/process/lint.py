"""What the library accepts and gets wrong, and what a diagram owes its forms, documents and packs.

Pure: names of forms, documents, parameters and gates arrive as arguments (decisions 25).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidDefinition
from engine.process import expressions
from engine.process.definitions import document
from engine.process.elements import NAMESPACES, read_elements
from engine.process.waiting import duration, pack_key

LANES = frozenset(
    {"社区干部", "网格员", "业委会/物管会", "物业企业", "法律顾问", "会计审计", "监察人", "街道", "区住建"}
)
_UNSUPPORTED = {
    "scriptTask": "图中不能有脚本任务",
    "linkEventDefinition": "链接事件会让流程无声中断",
    "signalEventDefinition": "信号事件不会抛出",
    "compensateEventDefinition": "补偿事件会被忽略",
    "terminateEventDefinition": "终止事件会丢下其他分支",
    "conditionalEventDefinition": "条件事件看不到其他分支的值",
    "errorEventDefinition": "没有人捕捉的错误会被当作成功",
    "escalationEventDefinition": "升级事件没有人捕捉",
    "complexGateway": "不支持复杂网关",
    "inclusiveGateway": "包容网关会让路径爆炸；请用排他或并行网关",
    "eventBasedGateway": "事件网关的两个定时器会共用一个时刻",
    "adHocSubProcess": "不支持自由子流程",
    "multiInstanceLoopCharacteristics": "不支持多实例",
    "standardLoopCharacteristics": "不支持循环标记；请画出回路",
    "dataStoreReference": "不支持数据存储",
    "dataObject": "不支持数据对象；分支要用的值请写成路由值",
    "timeCycle": "不支持循环定时器",
}


@dataclass(frozen=True)
class Known:
    """What there is beside the diagrams: form fields by task, parameters of every pack, kinds, gates, operations."""

    forms: Mapping[str, frozenset[str]]
    parameters: frozenset[str]
    documents: frozenset[str]
    gates: frozenset[str]
    operations: frozenset[str]


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a diagram; ``rule`` is the name of the check."""

    rule: str
    file: str
    element: str
    message: str

    def __str__(self) -> str:
        return f"{self.file} 的 {self.element}：{self.message}（{self.rule}）"


def lint(files: Mapping[str, bytes], known: Known) -> list[Fault]:
    """Every fault of the diagrams, by file."""
    found: list[Fault] = []
    ids: Counter[str] = Counter()
    for file in sorted(files):
        try:
            root = document(files[file], file)
        except InvalidDefinition as error:
            found.append(Fault("xml", file, error.element or file, error.reason))
            continue
        diagram = _Diagram(file, root, files, known)
        found += diagram.faults()
        ids.update(element.id for element in diagram.elements)
        found += [Fault("unique_id", file, e.id, "编号在多张图中重复") for e in diagram.elements if ids[e.id] > 1]
    return found


class _Diagram:
    def __init__(self, file: str, root: Any, files: Mapping[str, bytes], known: Known) -> None:
        self.file, self.root, self.files, self.known = file, root, files, known
        self.elements = list(read_elements(root, file))
        self.flows = list(root.iterfind(".//bpmn:sequenceFlow", NAMESPACES))

    def faults(self) -> Iterator[Fault]:
        for check in (
            self._process, self._unsupported, self._scripts, self._lanes, self._names, self._drawn, self._reached,
            self._interrupting, self._merges, self._gateways, self._timers, self._tasks, self._jobs, self._calls,
        ):  # fmt: skip
            yield from (Fault(check.__name__.lstrip("_"), self.file, element, why) for element, why in check())

    def _process(self) -> Iterator[tuple[str, str]]:
        wanted = self.file.removesuffix(".bpmn")
        processes = [node.get("id") for node in self.root.iterfind("bpmn:process", NAMESPACES)]
        if processes != [wanted]:
            yield wanted, "一张图应只有一个流程，编号与文件名相同"
        starts = [e.id for e in self.elements if e.kind == "startEvent"]
        if len(starts) != 1:
            yield wanted, "应恰有一个开始事件"

    def _unsupported(self) -> Iterator[tuple[str, str]]:
        for tag, why in _UNSUPPORTED.items():
            for node in self.root.iterfind(f".//bpmn:{tag}", NAMESPACES):
                yield node.get("id") or node.getparent().get("id") or tag, why

    def _scripts(self) -> Iterator[tuple[str, str]]:
        for node in self.root.iter():
            if isinstance(node.tag, str) and node.tag.endswith(("}preScript", "}postScript")):
                yield node.getparent().getparent().get("id") or "", "图中不能有前后脚本"

    def _lanes(self) -> Iterator[tuple[str, str]]:
        for element in self.elements:
            if element.lane not in LANES:
                yield element.id, f"泳道“{element.lane}”不在九个角色之内"

    def _names(self) -> Iterator[tuple[str, str]]:
        outgoing = Counter(flow.get("sourceRef") for flow in self.flows)
        for element in self.elements:
            asked = element.kind == "exclusiveGateway" and outgoing[element.id] > 1
            if not element.name and (asked or not element.kind.endswith("Gateway")):
                yield element.id, "没有中文名称"

    def _drawn(self) -> Iterator[tuple[str, str]]:
        drawn = {node.get("bpmnElement") for node in self.root.iter() if node.get("bpmnElement")}
        for name in [e.id for e in self.elements] + [flow.get("id") for flow in self.flows]:
            if name not in drawn:
                yield name, "没有画出来（缺少图形信息）"

    def _reached(self) -> Iterator[tuple[str, str]]:
        follow: dict[str, list[str]] = {}
        for flow in self.flows:
            follow.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef"))
        for element in self.elements:
            if element.attached_to:
                follow.setdefault(element.attached_to, []).append(element.id)
        seen: set[str] = set()
        waiting = [e.id for e in self.elements if e.kind == "startEvent"]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += follow.get(name, [])
        for element in self.elements:
            if element.id not in seen:
                yield element.id, "从开始走不到这里"
            elif element.kind != "endEvent" and element.id not in follow:
                yield element.id, "走到这里就断了，没有连到结束"

    def _interrupting(self) -> Iterator[tuple[str, str]]:
        for element in self.elements:
            if element.kind == "boundaryEvent" and element.timer is not None and element.interrupting:
                yield element.id, "时限不能中断任务；请设为非中断"
        for node in self.root.iterfind(".//bpmn:subProcess[@triggeredByEvent='true']", NAMESPACES):
            yield node.get("id"), "事件子流程不会中断；暂停和撤回另有流程"

    def _merges(self) -> Iterator[tuple[str, str]]:
        incoming = Counter(flow.get("targetRef") for flow in self.flows)
        for element in self.elements:
            if incoming[element.id] > 1 and not element.kind.endswith("Gateway"):
                yield element.id, "多条线直接汇入会办理两遍；请先用网关汇合"

    def _gateways(self) -> Iterator[tuple[str, str]]:
        defaults = {n.get("id"): n.get("default") for n in self.root.iterfind(".//bpmn:exclusiveGateway", NAMESPACES)}
        outgoing = Counter(flow.get("sourceRef") for flow in self.flows)
        for flow in self.flows:
            source = flow.get("sourceRef")
            written = flow.find("bpmn:conditionExpression", NAMESPACES)
            if written is not None:
                try:
                    expressions.compiled(written.text or "")
                except expressions.Refused as error:
                    yield flow.get("id"), str(error)
            elif source in defaults and outgoing[source] > 1 and defaults[source] != flow.get("id"):
                yield flow.get("id"), "分支没有条件，也不是默认分支"

    def _timers(self) -> Iterator[tuple[str, str]]:
        routed = {name for e in self.elements for name in e.routing} | {"voting_closes_on"}
        for element in self.elements:
            if element.timer is None:
                continue
            text = element.timer.text
            key = pack_key(text)
            if key is not None and key not in self.known.parameters:
                yield element.id, f"规则包没有参数 {key}"
            elif key is None and element.timer.kind == "timeDuration" and duration(text) is None:
                yield element.id, f"“{text}”不是 ISO 8601 时长，也不是 pack.参数"
            elif key is None and element.timer.kind == "timeDate" and text not in routed and not _is_date(text):
                yield element.id, f"日期“{text}”不是这张图的路由值，也不是 ISO 日期"

    def _tasks(self) -> Iterator[tuple[str, str]]:
        for element in self.elements:
            if element.kind in {"manualTask", "task", "sendTask", "receiveTask"}:
                yield element.id, "任务应为用户任务、服务任务或业务规则任务"
            if element.kind != "userTask":
                continue
            fields = self.known.forms.get(element.id)
            if fields is None:
                yield element.id, f"没有表单；请补上 workflows/forms/{element.id}.form"
                continue
            for name in element.routing:
                if name not in fields:
                    yield element.id, f"路由值 {name} 不是表单的字段"
                elif not _is_safe(name):
                    yield element.id, f"名称“{name}”不能用作路由值"

    def _jobs(self) -> Iterator[tuple[str, str]]:
        for element in self.elements:
            given = element.properties
            if element.kind == "businessRuleTask" and given.get("gate") not in self.known.gates:
                yield element.id, f"没有登记关口“{given.get('gate', '')}”"
            if element.kind != "serviceTask":
                continue
            if given.get("operation") not in self.known.operations:
                yield element.id, f"没有登记操作“{given.get('operation', '')}”"
            elif given["operation"] == "render" and given.get("document") not in self.known.documents:
                yield element.id, f"文书目录没有“{given.get('document', '')}”"

    def _calls(self) -> Iterator[tuple[str, str]]:
        for node in self.root.iterfind(".//bpmn:callActivity", NAMESPACES):
            if f"{node.get('calledElement')}.bpmn" not in self.files:
                yield node.get("id"), f"找不到被调用的流程“{node.get('calledElement')}”"


def _is_date(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()


def _is_safe(name: str) -> bool:
    try:
        expressions.check_name(name)
    except expressions.Refused:
        return False
    return True
