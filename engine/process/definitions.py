"""Published processes: parsed once, versioned by the hash of their files, shared read-only."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser, TaskParser
from SpiffWorkflow.bpmn.parser.event_parsers import IntermediateCatchEventParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.errors import InvalidDefinition
from engine.process import expressions, hazards
from engine.process.diagram import Diagram
from engine.process.elements import NAMESPACES, Element
from engine.process.waiting import CaughtEvent, Deadline, ExternalJob, FirstEvent, FirstEventParser

SIZE_LIMIT = 2 * 1024 * 1024
_CACHE_SIZE = 64


@dataclass(frozen=True)
class UserTask:
    """A step that a person of ``lane`` completes; ``routing`` are the answers that the diagram may read."""

    name: str
    title: str
    lane: str
    process: str
    routing: tuple[str, ...]
    properties: Mapping[str, str]


@dataclass(frozen=True)
class JobSpec:
    """A service or business rule task; ``operation`` says what a worker has to do."""

    name: str
    title: str
    operation: str
    process: str
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Definition:
    """One version of a process, with everything it calls.

    ``stages`` are the call activities of the top process in the order of the file.  ``elements`` holds
    what the diagram says of each BPMN id, ``flows`` the id of each sequence flow by source and target.
    """

    version: str
    process_id: str
    user_tasks: Mapping[str, UserTask]
    jobs: Mapping[str, JobSpec]
    stages: tuple[str, ...]
    elements: Mapping[str, Element] = field(repr=False)
    flows: Mapping[tuple[str, str], str] = field(repr=False)
    spec: Any = field(repr=False, compare=False)
    called: Mapping[str, Any] = field(repr=False, compare=False)
    files: Mapping[str, bytes] = field(repr=False, compare=False)

    @cached_property
    def following(self) -> Mapping[str, Sequence[str]]:
        """The elements that sequence flows lead to, by the one that they lead from."""
        found: dict[str, list[str]] = {}
        for source, target in self.flows:
            found.setdefault(source, []).append(target)
        return found

    def within(self, call: str) -> frozenset[str]:
        """The processes that run within the call activity ``call``, however deep."""
        reached: set[str] = set()
        waiting = [self.elements[call].called]
        while waiting:
            process = waiting.pop()
            if process not in reached:
                reached.add(process)
                waiting += [one.called for one in self.elements.values() if one.process == process and one.called]
        return frozenset(reached)


_cache: OrderedDict[tuple[str, str], Definition] = OrderedDict()


def load(files: Mapping[str, bytes], process_id: str) -> Definition:
    """The definition of ``process_id`` from diagrams by file name; files it does not reach are ignored.

    Raises InvalidDefinition naming file and element.
    """
    reached = _reach(files, process_id)
    digest = hashlib.sha256(process_id.encode())
    for name in sorted(reached):
        digest.update(b"\0".join((name.encode(), _glance(reached[name], name).digest)))
    key = (digest.hexdigest(), process_id)
    if key not in _cache:
        _cache[key] = _parse(reached, process_id, key[0])
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return _cache[key]


def document(content: bytes, file: str) -> Any:
    """The XML of a diagram, read without entities, DTD or network.  Raises InvalidDefinition."""
    if len(content) > SIZE_LIMIT:
        raise InvalidDefinition(file, "", f"文件超过 {SIZE_LIMIT // 1024 // 1024} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidDefinition(file, "", f"不是完整的 XML：{error.msg}") from error
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise InvalidDefinition(file, "", "不能有 DOCTYPE；请删去后再发布")
    return root


def _reach(files: Mapping[str, bytes], process_id: str) -> dict[str, bytes]:
    reached: dict[str, bytes] = {}
    waiting = [process_id]
    while waiting:
        name = f"{waiting.pop()}.bpmn"
        if name in reached:
            continue
        if name not in files:
            raise InvalidDefinition(name, "", "找不到这个流程的文件")
        reached[name] = files[name]
        waiting += _glance(files[name], name).calls
    return reached


@dataclass(frozen=True)
class _Glance:
    """What finding a version asks of a file: its hash, and the processes it calls."""

    digest: bytes
    calls: tuple[str, ...]


@lru_cache(maxsize=1024)
def _glance(content: bytes, file: str) -> _Glance:
    calls = document(content, file).iterfind(".//bpmn:callActivity", NAMESPACES)
    return _Glance(hashlib.sha256(content).digest(), tuple(call.get("calledElement") or "" for call in calls))


class _Parser(BpmnParser):  # type: ignore[misc]
    """Plain BPMN in which jobs wait for a worker, and events behind a gateway for each other."""

    OVERRIDE_PARSER_CLASSES = {
        full_tag("serviceTask"): (TaskParser, ExternalJob),
        full_tag("businessRuleTask"): (TaskParser, ExternalJob),
        full_tag("eventBasedGateway"): (FirstEventParser, FirstEvent),
        full_tag("intermediateCatchEvent"): (IntermediateCatchEventParser, CaughtEvent),
    }


def _parse(files: Mapping[str, bytes], process_id: str, version: str) -> Definition:
    parser = _Parser()
    elements: dict[str, Element] = {}
    flows: dict[tuple[str, str], str] = {}
    stages: tuple[str, ...] = ()
    for name, content in sorted(files.items()):
        root = document(content, name)
        diagram = Diagram(name, root)
        _check(diagram)
        found = diagram.by_id
        twice = sorted(set(found) & set(elements))
        if twice:
            raise InvalidDefinition(name, twice[0], "这个编号在另一张图中已经使用")
        elements.update(found)
        flows.update({(flow.source, flow.target): flow.id for flow in diagram.flows})
        if name == f"{process_id}.bpmn":
            stages = tuple(element.id for element in found.values() if element.kind == "callActivity")
        try:
            parser.add_bpmn_xml(root, name)
        except (ValidationException, ValueError) as error:
            raise InvalidDefinition(name, str(getattr(error, "id", "") or ""), f"流程图不能读入：{error}") from error
    try:
        spec, called = parser.get_spec(process_id), parser.get_subprocess_specs(process_id)
    except (ValidationException, RecursionError, ValueError) as error:
        where = getattr(error, "file_name", None) or f"{process_id}.bpmn"
        raise InvalidDefinition(str(where), str(getattr(error, "id", "") or ""), f"流程图不能运行：{error}") from error
    for process in (spec, *called.values()):
        _replace_timers(process, elements)
    return Definition(
        version=version,
        process_id=process_id,
        user_tasks=dict(_user_tasks(elements)),
        jobs=dict(_jobs(elements)),
        stages=stages,
        elements=elements,
        flows=flows,
        spec=spec,
        called=called,
        files=dict(files),
    )


def _check(diagram: Diagram) -> None:
    """Refuse what the library would run wrongly; what a diagram owes the files beside it is the lint's to say."""
    for rule in hazards.RULES:
        for place, why in rule(diagram):
            raise InvalidDefinition(diagram.file, place, why)
    for element in diagram.elements:
        for name in element.routing:
            try:
                expressions.check_name(name)
            except expressions.Refused as error:
                raise InvalidDefinition(diagram.file, element.id, f"{error}；请给表单字段换一个名称") from error


def _replace_timers(process: Any, elements: Mapping[str, Element]) -> None:
    for spec in process.task_specs.values():
        element = elements.get(spec.name)
        if element is not None and element.timer is not None:
            spec.event_definition = Deadline(element.timer)


def _user_tasks(elements: Mapping[str, Element]) -> Iterator[tuple[str, UserTask]]:
    for e in elements.values():
        if e.kind == "userTask":
            yield e.id, UserTask(e.id, e.name, e.lane, e.process, e.routing, e.properties)


def _jobs(elements: Mapping[str, Element]) -> Iterator[tuple[str, JobSpec]]:
    for e in elements.values():
        if e.kind in {"serviceTask", "businessRuleTask"}:
            operation = e.properties.get("operation") or ("decide" if "gate" in e.properties else "")
            if not operation:
                raise InvalidDefinition(f"{e.process}.bpmn", e.id, "服务任务没有“operation”属性")
            yield e.id, JobSpec(e.id, e.name, operation, e.process, e.properties)
