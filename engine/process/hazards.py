"""What the library refuses late, ignores, or accepts and gets wrong; each found before a diagram is published.

A rule takes a diagram and yields the id of an element with what is wrong and what to do; its name is its function's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from lxml import etree

from engine.process import expressions
from engine.process.diagram import Diagram, Flow, owner
from engine.process.elements import BPMN, NAMESPACES

Finding = tuple[str, str]
Rule = Callable[[Diagram], Iterator[Finding]]

#: A longer row overflows the parser's recursion before it helps anybody to read the diagram.
NODES_LIMIT = 400

FORBIDDEN: Mapping[str, tuple[tuple[str, ...], str]] = {
    "script_task": (("scriptTask",), "图中不能有脚本任务；请改为服务任务，用 operation 写明要做的事"),
    "link_event": (("linkEventDefinition",), "链接事件会让流程无声中断；请直接连线，或拆成子流程"),
    "signal_event": (("signalEventDefinition",), "信号事件不会抛出；请改用服务任务或消息"),
    "compensation_event": (("compensateEventDefinition",), "补偿事件会被忽略；请把补救画成任务"),
    "terminate_event": (("terminateEventDefinition",), "终止事件会丢下其他分支；请用普通结束事件"),
    "conditional_event": (("conditionalEventDefinition",), "条件事件看不到其他分支的值；请改用网关"),
    "error_event": (("errorEventDefinition",), "没有人捕捉的错误会被当作成功；请改用网关和另一个结束事件"),
    "escalation_event": (("escalationEventDefinition",), "升级事件没有人捕捉；请改用非中断时限"),
    "cancel_event": (("cancelEventDefinition",), "取消事件没有人捕捉；请改用网关"),
    "complex_gateway": (("complexGateway",), "不支持复杂网关；请用排他或并行网关"),
    "inclusive_gateway": (("inclusiveGateway",), "包容网关会让路径爆炸；请用排他或并行网关"),
    "ad_hoc_sub_process": (("adHocSubProcess",), "不支持自由子流程；请画出先后"),
    "transaction": (("transaction",), "不支持事务子流程；请用普通子流程"),
    "multi_instance": (("multiInstanceLoopCharacteristics",), "不支持多实例；逐户的事请记在登记册里"),
    "loop_marker": (("standardLoopCharacteristics",), "不支持循环标记；请用网关画出回路"),
    "data_store": (("dataStore", "dataStoreReference"), "不支持数据存储；数据在登记册里，请删去"),
    "data_object": (
        ("dataObject", "dataObjectReference", "ioSpecification", "property"),
        "流程只带路由值，不带数据对象；请删去，需要的值写在任务的 routing 里",
    ),
    "cycle_timer": (("timeCycle",), "循环定时器错过后会一次全部触发；请用回路和 timeDuration"),
}
#: Tags that a diagram may use; what is in neither list is foreign to us.
_KNOWN_TAGS = frozenset(
    {
        "definitions", "collaboration", "participant", "process", "documentation", "extensionElements", "laneSet",
        "lane", "flowNodeRef", "incoming", "outgoing", "sequenceFlow", "conditionExpression", "message",
        "messageEventDefinition", "timerEventDefinition", "timeDate", "timeDuration", "startEvent", "endEvent",
        "userTask", "manualTask", "task", "serviceTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity",
        "subProcess", "exclusiveGateway", "parallelGateway", "eventBasedGateway", "intermediateCatchEvent",
        "intermediateThrowEvent", "boundaryEvent", "textAnnotation", "text", "association", "group", "category",
        "categoryValue",
    }
)  # fmt: skip
_TAGS_ELSEWHERE = frozenset(tag for tags, _ in FORBIDDEN.values() for tag in tags)
_EXTENSIONS = frozenset(f"{{{NAMESPACES['spiffworkflow']}}}{tag}" for tag in ("properties", "property"))
_SCRIPTS = ("preScript", "postScript")


def forbidden(name: str) -> Rule:
    """The rule that refuses the tags of an entry of :data:`FORBIDDEN`."""
    tags, why = FORBIDDEN[name]

    def rule(diagram: Diagram) -> Iterator[Finding]:
        for tag in tags:
            yield from ((owner(node), why) for node in diagram.tagged(tag))

    rule.__name__ = name
    return rule


def attached_script(diagram: Diagram) -> Iterator[Finding]:
    """Scripts before and after a task."""
    for node in diagram.root.iter(etree.Element):
        if etree.QName(node).localname in _SCRIPTS:
            yield owner(node), "图中不能有前后脚本；请删去，计算写成登记的关口或操作"


def extension(diagram: Diagram) -> Iterator[Finding]:
    """Extensions that mean something to another engine and nothing here."""
    for held in diagram.tagged("extensionElements"):
        for node in held.iter(etree.Element):
            if node is not held and node.tag not in _EXTENSIONS and etree.QName(node).localname not in _SCRIPTS:
                yield owner(node), f"不认识扩展“{etree.QName(node).localname}”；请删去，或改写成 property"


def vocabulary(diagram: Diagram) -> Iterator[Finding]:
    """BPMN that nobody here runs."""
    for node in diagram.root.iter(f"{{{BPMN}}}*"):
        tag = etree.QName(node).localname
        if tag not in _KNOWN_TAGS and tag not in _TAGS_ELSEWHERE:
            yield owner(node), f"不支持“{tag}”；请换成任务、网关、子流程或事件"


def compensation_activity(diagram: Diagram) -> Iterator[Finding]:
    """Activities that only a compensation would start."""
    for node in diagram.root.iterfind(".//*[@isForCompensation='true']"):
        yield owner(node), "补偿任务永远不会开始；请删去 isForCompensation，把补救画在线上"


def event_sub_process(diagram: Diagram) -> Iterator[Finding]:
    """Event sub-processes: the library does not interrupt (decisions 23)."""
    for node in diagram.root.iterfind(".//bpmn:subProcess[@triggeredByEvent='true']", NAMESPACES):
        yield owner(node), "事件子流程不会中断；暂停和撤回另有流程，其余请用非中断时限"


def size(diagram: Diagram) -> Iterator[Finding]:
    """Rows too long to parse, and to read."""
    for scope, held in Counter(element.scope for element in diagram.elements).items():
        if held > NODES_LIMIT:
            yield scope, f"有 {held} 个节点，超过 {NODES_LIMIT} 个；请拆成子流程"


def single_start(diagram: Diagram) -> Iterator[Finding]:
    """Of several start events only one branch runs."""
    for scope in diagram.scopes:
        starts = len(diagram.starts(scope))
        if starts != 1:
            yield scope, f"有 {starts} 个开始事件；应恰有一个，多个起点请改用网关"


def plain_start(diagram: Diagram) -> Iterator[Finding]:
    """A start event that waits for something is never started."""
    for element in diagram.of_kind("startEvent"):
        if element.definitions:
            yield element.id, "开始事件不能带定时器或消息；请在它后面放一个中间事件"


def waiting_event(diagram: Diagram) -> Iterator[Finding]:
    """Catching and boundary events: exactly one timer or message."""
    for element in diagram.of_kind("intermediateCatchEvent", "boundaryEvent"):
        if len(element.definitions) != 1:
            yield element.id, f"有 {len(element.definitions)} 个事件定义；应恰有一个定时器或消息"


def throwing_event(diagram: Diagram) -> Iterator[Finding]:
    """Messages are sent by jobs: what an event throws reaches nobody outside."""
    for element in diagram.of_kind("intermediateThrowEvent", "endEvent"):
        if "messageEventDefinition" in element.definitions:
            yield element.id, "抛出的消息没有人收到；请改用服务任务发送"


def message(diagram: Diagram) -> Iterator[Finding]:
    """A message without a name can be received by nobody."""
    for element in diagram.of_kind("intermediateCatchEvent", "boundaryEvent"):
        if "messageEventDefinition" in element.definitions and not element.message:
            yield element.id, "等待的消息没有定义；请在 messageRef 写上一个有名称的 message"


def interrupting_timer(diagram: Diagram) -> Iterator[Finding]:
    """A task survives its deadline (decisions 22)."""
    for element in diagram.of_kind("boundaryEvent"):
        if element.timer is not None and element.interrupting:
            yield element.id, "时限不能中断任务；请设为非中断（cancelActivity=“false”）"


def event_gateway_timers(diagram: Diagram) -> Iterator[Finding]:
    """Of two timers behind one event-based gateway only the earlier means anything; the library confuses them."""
    for gateway in diagram.of_kind("eventBasedGateway"):
        behind = [diagram.by_id.get(flow.target) for flow in diagram.leaving(gateway.id)]
        if sum(1 for event in behind if event is not None and event.timer is not None) > 1:
            yield gateway.id, "事件网关后有两个定时器；只留较早的一个，另一个画在它之后"


def event_gateway_targets(diagram: Diagram) -> Iterator[Finding]:
    """Behind an event-based gateway stand at least two events, each reached from it alone."""
    for gateway in diagram.of_kind("eventBasedGateway"):
        flows = diagram.leaving(gateway.id)
        if len(flows) < 2:
            yield gateway.id, "事件网关后应有至少两个事件；只有一个时请直接等它"
        for flow in flows:
            target = diagram.by_id.get(flow.target)
            if target is None or target.kind != "intermediateCatchEvent" or len(diagram.entering(flow.target)) > 1:
                yield gateway.id, f"“{flow.target}”不是只从这里进入的中间事件；请在事件网关后放中间捕获事件"


def sequence(diagram: Diagram) -> Iterator[Finding]:
    """Flows that begin or end nowhere, or cross the edge of a sub-process."""
    for flow in diagram.flows:
        scopes = {diagram.by_id[name].scope if name in diagram.by_id else None for name in (flow.source, flow.target)}
        if scopes != {flow.scope}:
            yield flow.id, "连线的两端应是同一层里的节点；请重新连接"


def fork(diagram: Diagram) -> Iterator[Finding]:
    """Several flows out of anything but a gateway."""
    for element in diagram.elements:
        if len(diagram.leaving(element.id)) > 1 and not element.kind.endswith("Gateway"):
            yield element.id, "有多条线出去；请先接一个排他或并行网关"


def merge(diagram: Diagram) -> Iterator[Finding]:
    """Several flows into anything but a gateway: two tokens, and the tail runs twice."""
    for element in diagram.elements:
        if len(diagram.entering(element.id)) > 1 and not element.kind.endswith("Gateway"):
            yield element.id, "多条线直接汇入会办理两遍；请先用网关汇合"


def double_flow(diagram: Diagram) -> Iterator[Finding]:
    """Two flows from one node to the same other: nobody could tell which was taken."""
    for (source, target), drawn in Counter((flow.source, flow.target) for flow in diagram.flows).items():
        if drawn > 1:
            yield source, f"到“{target}”画了 {drawn} 条线，分不清走的是哪一条；请合成一条，条件用 or 连接"


def side_path(diagram: Diagram) -> Iterator[Finding]:
    """A path from a non-interrupting event is a second token: where it joins the main path, the tail runs twice."""
    main = diagram.reached([name for scope in diagram.scopes for name in diagram.starts(scope)])
    for event in diagram.of_kind("boundaryEvent"):
        if not event.interrupting:
            met = diagram.reached([event.id]) & main
            if met:
                yield event.id, f"时限的支线在“{min(met)}”汇回主线，之后会办理两遍；请让支线自己结束"


def unjoined_branches(diagram: Diagram) -> Iterator[Finding]:
    """Parallel branches that meet without a parallel gateway: each token goes on alone, and the tail runs twice."""
    joins = {gateway.id for gateway in diagram.of_kind("parallelGateway") if len(diagram.entering(gateway.id)) > 1}
    for split in diagram.of_kind("parallelGateway"):
        seen: Counter[str] = Counter()
        for flow in diagram.leaving(split.id):
            seen.update(diagram.reached([flow.target], until=joins) - joins)
        met = [name for name, times in seen.items() if times > 1]
        if met:
            yield split.id, f"并行的分支在“{min(met)}”相遇，之后会办理两遍；请用并行网关汇合"


def deadlock(diagram: Diagram) -> Iterator[Finding]:
    """A parallel join that waits for both ways out of one choice, or for what comes after it, waits for ever."""
    for choice in diagram.of_kind("exclusiveGateway", "eventBasedGateway"):
        ways: dict[str, set[str]] = {}
        for arrival in _arrivals(diagram, diagram.leaving(choice.id)):
            ways.setdefault(arrival.target, set()).add(arrival.id)
        for join, arrivals in ways.items():
            if len(arrivals) > 1:
                yield join, f"并行网关在等“{choice.id}”的两条去路，只会来一条；请用排他网关汇合"
    starts = [name for scope in diagram.scopes for name in diagram.starts(scope)]
    for gateway in diagram.of_kind("parallelGateway"):
        before = diagram.reached(starts, until={gateway.id}, sideways=True)
        for flow in diagram.entering(gateway.id):
            if flow.source not in before:
                yield gateway.id, f"并行网关在等它自己之后的“{flow.source}”；回路请用排他网关汇合"


def unreached(diagram: Diagram) -> Iterator[Finding]:
    """Nodes that nothing leads to, which the library drops without a word."""
    processes = [scope for scope in diagram.scopes if scope not in diagram.by_id]
    seen = diagram.reached([name for scope in processes for name in diagram.starts(scope)], sideways=True)
    for element in diagram.elements:
        if element.id not in seen:
            yield element.id, "从开始走不到这里；请连上线，或删去"


def dead_end(diagram: Diagram) -> Iterator[Finding]:
    """Nodes behind which nothing follows, though they are no end."""
    for element in diagram.elements:
        if element.kind != "endEvent" and not diagram.leaving(element.id):
            yield element.id, "走到这里就断了；请连到下一步，或连到结束事件"


def condition_place(diagram: Diagram) -> Iterator[Finding]:
    """Conditions count only behind an exclusive gateway; elsewhere they are ignored."""
    for flow in diagram.flows:
        source = diagram.by_id.get(flow.source)
        if flow.condition is not None and (source is None or source.kind != "exclusiveGateway"):
            yield flow.id, "条件只在排他网关之后起作用；请加一个排他网关，或删去条件"


def condition_missing(diagram: Diagram) -> Iterator[Finding]:
    """Flows out of an asking gateway without a condition, though they are not the default."""
    for gateway in diagram.of_kind("exclusiveGateway"):
        flows = diagram.leaving(gateway.id)
        for flow in flows if len(flows) > 1 else ():
            if flow.condition is None and diagram.defaults.get(gateway.id) != flow.id:
                yield flow.id, "分支没有条件，也不是默认分支；请写条件，或设为默认"


def default_flow(diagram: Diagram) -> Iterator[Finding]:
    """A default that leaves another node, or that carries a condition."""
    for source, default in diagram.defaults.items():
        own = {flow.id: flow for flow in diagram.leaving(source)}
        if default not in own or own[default].condition is not None:
            yield source, f"默认分支“{default}”应是从这里出去、没有条件的线；请改正 default"


def expression(diagram: Diagram) -> Iterator[Finding]:
    """Conditions outside the grammar, Python above all."""
    for flow in diagram.flows:
        if flow.condition is not None:
            try:
                expressions.compiled(flow.condition)
            except expressions.Refused as error:
                yield flow.id, f"{error}；请写成如 outcome == “PASS” 的比较"


def _arrivals(diagram: Diagram, flows: Iterable[Flow]) -> list[Flow]:
    """The flows by which ``flows`` come first to a parallel gateway."""
    gateways = {one.id: one.kind for one in diagram.of_kind("parallelGateway", "inclusiveGateway", "complexGateway")}
    found, seen, waiting = [], set(), list(flows)
    while waiting:
        flow = waiting.pop()
        if flow.target not in gateways and flow.target not in seen:
            seen.add(flow.target)
            waiting += diagram.leaving(flow.target)
        elif gateways.get(flow.target) == "parallelGateway":
            found.append(flow)
    return found


RULES: tuple[Rule, ...] = (
    *map(forbidden, FORBIDDEN), attached_script, extension, vocabulary, compensation_activity, event_sub_process, size,
    single_start, plain_start, waiting_event, throwing_event, message, interrupting_timer, event_gateway_timers,
    event_gateway_targets, sequence, fork, merge, double_flow, side_path, unjoined_branches, deadlock, unreached,
    dead_end, condition_place, condition_missing, default_flow, expression,
)  # fmt: skip
