"""Every shipped diagram reads as a picture: left to right, nothing on top of anything, words clear of lines."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from math import ceil
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from engine.process.elements import Element, read_elements

DIAGRAMS = sorted((Path(__file__).parents[2] / "workflows").glob("*.bpmn"))
MOST_NODES = 25  # a process with more wants a sub-process with a name
#: The journey itself: ten stages, the questions between them and the ways it may end cannot be folded away.
MOST_NODES_OF = {"onboarding": 33}
MOST_BENDS, MOST_BENDS_BACK = 2, 3  # more is a staircase: move what stands in the way
STROKE = 2, 14, 8  # the mark of the way taken otherwise: where on its line it begins, ends, how far it sticks out
LETTER, LEADING = 11, 14  # what a Chinese character of a label and a line of it take, in pixels
NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}


class Box(NamedTuple):
    """A rectangle of the picture; a stretch of a line is one without width or height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def meets(self, other: "Box") -> bool:
        """Do the two share more than an edge?"""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: "Box") -> bool:
        return self.x <= other.x and other.right <= self.right and self.y <= other.y and other.bottom <= self.bottom

    def has_on_its_outline(self, x: float, y: float) -> bool:
        sides = x in (self.x, self.right) and self.y <= y <= self.bottom
        return sides or (y in (self.y, self.bottom) and self.x <= x <= self.right)


class Flow(NamedTuple):
    id: str
    name: str
    source: str
    target: str
    points: list[tuple[float, float]]
    otherwise: bool  # the way a gateway takes when no condition holds, marked by a stroke

    def stretches(self) -> list[Box]:
        """The straight parts of its line."""
        return [
            Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in pairwise(self.points)
        ]


class Picture:
    """A diagram as it is drawn: where its nodes, lanes, lines and words stand."""

    def __init__(self, file: Path) -> None:
        root = etree.parse(file).getroot()
        self.nodes: dict[str, Element] = {e.id: e for e in read_elements(root, file.name)}
        self.drawn: Counter[str] = Counter()
        self.boxes: dict[str, Box] = {}
        self.labels: dict[str, Box] = {}
        points: dict[str, list[tuple[float, float]]] = {}
        for drawing in root.iterfind(".//bpmndi:BPMNPlane/*", NAMESPACES):
            name = drawing.get("bpmnElement")
            self.drawn[name] += 1
            bounds = drawing.find("dc:Bounds", NAMESPACES)
            if bounds is not None:
                self.boxes[name] = _box(bounds)
            words = drawing.find("bpmndi:BPMNLabel/dc:Bounds", NAMESPACES)
            if words is not None:
                self.labels[name] = _box(words)
            points[name] = [(float(p.get("x")), float(p.get("y"))) for p in drawing.iterfind("di:waypoint", NAMESPACES)]
        self.lanes = {
            lane.get("name"): self.boxes[lane.get("id")] for lane in root.iterfind(".//bpmn:lane", NAMESPACES)
        }
        otherwise = {node.get("default") for node in root.iterfind(".//*[@default]")}
        self.flows = [
            Flow(
                f.get("id"),
                f.get("name") or "",
                f.get("sourceRef"),
                f.get("targetRef"),
                points[f.get("id")],
                f.get("id") in otherwise,
            )
            for f in root.iterfind(".//bpmn:sequenceFlow", NAMESPACES)
        ]
        self.shapes = {name: self.boxes[name] for name in self.nodes}

    def words(self) -> dict[str, str]:
        """What is written beside a shape or line, by its id; the name of a task stands inside it."""
        beside = {name: e.name for name, e in self.nodes.items() if e.kind.endswith(("Event", "Gateway"))}
        return {name: text for name, text in {**beside, **{f.id: f.name for f in self.flows}}.items() if text}

    def begins_at(self, flow: Flow) -> str:
        """The node whose course a flow goes on with: of an event on a task's edge, the task."""
        return self.nodes[flow.source].attached_to or flow.source

    def runs_back(self) -> set[str]:
        """The flows that close a loop."""
        follow: dict[str, list[Flow]] = {}
        for flow in self.flows:
            follow.setdefault(self.begins_at(flow), []).append(flow)
        back: set[str] = set()
        done: set[str] = set()

        def walk(name: str, way: tuple[str, ...]) -> None:
            for flow in follow.get(name, []):
                if flow.target in way:
                    back.add(flow.id)
                elif flow.target not in done:
                    walk(flow.target, (*way, flow.target))
            done.add(name)

        for name, node in self.nodes.items():
            if node.kind == "startEvent":
                walk(name, (name,))
        return back


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(key)) for key in ("x", "y", "width", "height")))


@cache
def _picture(file: Path) -> Picture:
    return Picture(file)


@pytest.fixture(params=DIAGRAMS, ids=[path.stem for path in DIAGRAMS])
def picture(request: pytest.FixtureRequest) -> Picture:
    return _picture(request.param)


def test_there_are_diagrams_to_look_at() -> None:
    assert DIAGRAMS


def test_every_node_and_flow_is_drawn_once(picture: Picture) -> None:
    wanted = [*picture.nodes, *(flow.id for flow in picture.flows)]
    assert [name for name in wanted if picture.drawn[name] != 1] == []


def test_a_diagram_has_about_twenty_five_nodes_at_most(picture: Picture) -> None:
    [process] = {node.process for node in picture.nodes.values()}
    assert len(picture.nodes) <= MOST_NODES_OF.get(process, MOST_NODES), "make a sub-process of a part"


def test_no_shape_lies_on_another(picture: Picture) -> None:
    allowed = {frozenset((name, node.attached_to)) for name, node in picture.nodes.items() if node.attached_to}
    assert [
        (a, b)
        for a, b in combinations(picture.shapes, 2)
        if picture.shapes[a].meets(picture.shapes[b]) and frozenset((a, b)) not in allowed
    ] == []


def test_every_node_stands_in_the_lane_of_its_role(picture: Picture) -> None:
    astray = [name for name, node in picture.nodes.items() if not picture.lanes[node.lane].holds(picture.shapes[name])]
    assert astray == []


def test_no_lane_lies_on_another(picture: Picture) -> None:
    assert [(a, b) for a, b in combinations(picture.lanes, 2) if picture.lanes[a].meets(picture.lanes[b])] == []


def test_an_event_on_a_task_sits_on_its_edge(picture: Picture) -> None:
    for name, node in picture.nodes.items():
        if node.attached_to:
            middle = picture.shapes[name].middle
            assert picture.shapes[node.attached_to].has_on_its_outline(*middle), name


def test_lines_run_level_or_upright(picture: Picture) -> None:
    assert [flow.id for flow in picture.flows if any(bit.width and bit.height for bit in flow.stretches())] == []


def test_a_line_joins_the_two_shapes_it_is_said_to_join(picture: Picture) -> None:
    for flow in picture.flows:
        assert picture.shapes[flow.source].has_on_its_outline(*flow.points[0]), flow.id
        assert picture.shapes[flow.target].has_on_its_outline(*flow.points[-1]), flow.id


def test_no_line_passes_through_a_shape(picture: Picture) -> None:
    assert [
        (flow.id, name)
        for flow in picture.flows
        for name, box in picture.shapes.items()
        if any(_runs_into(bit, box) for bit in flow.stretches())
    ] == []


def _runs_into(bit: Box, box: Box) -> bool:
    """Does a stretch of a line enter a shape? To end on its outline is not to enter."""
    if bit.height == 0:
        return box.y < bit.y < box.bottom and bit.x < box.right and box.x < bit.right
    return box.x < bit.x < box.right and bit.y < box.bottom and box.y < bit.bottom


def test_two_lines_run_together_only_from_one_shape_or_into_one(picture: Picture) -> None:
    assert [
        (a.id, b.id)
        for a, b in combinations(picture.flows, 2)
        if a.source != b.source and a.target != b.target and _run_together(a, b)
    ] == []


def _run_together(a: Flow, b: Flow) -> bool:
    for one in a.stretches():
        for other in b.stretches():
            level = one.height == other.height == 0 and one.y == other.y
            upright = one.width == other.width == 0 and one.x == other.x
            if level and one.x < other.right and other.x < one.right:
                return True
            if upright and one.y < other.bottom and other.y < one.bottom:
                return True
    return False


def test_no_lines_cross(picture: Picture) -> None:
    assert [(a.id, b.id) for a, b in combinations(picture.flows, 2) for _ in _crossings(a, b)] == []


def _crossings(a: Flow, b: Flow) -> Iterator[tuple[float, float]]:
    for one in a.stretches():
        for other in b.stretches():
            for level, upright in ((one, other), (other, one)):
                if level.height == 0 == upright.width and _cross(level, upright):
                    yield upright.x, level.y


def _cross(level: Box, upright: Box) -> bool:
    return level.x < upright.x < level.right and upright.y < level.y < upright.bottom


def test_a_line_is_no_staircase(picture: Picture) -> None:
    back = picture.runs_back()
    assert [
        flow.id for flow in picture.flows if len(flow.points) - 2 > (MOST_BENDS_BACK if flow.id in back else MOST_BENDS)
    ] == []


def test_the_course_of_things_runs_from_left_to_right(picture: Picture) -> None:
    back = picture.runs_back()
    shapes = picture.shapes
    assert [
        flow.id
        for flow in picture.flows
        if flow.id not in back and shapes[flow.target].middle[0] < shapes[picture.begins_at(flow)].middle[0]
    ] == []


def test_what_is_written_beside_a_shape_or_line_has_room_for_its_words(picture: Picture) -> None:
    for name, text in picture.words().items():
        assert name in picture.labels, f"{name} has no label"
        box = picture.labels[name]
        lines = ceil(sum(LETTER if ord(c) > 0x2E7F else LETTER / 2 for c in text) / box.width)
        assert lines * LEADING <= box.height, f"{name}: {text}"


def test_words_lie_clear_of_shapes_lines_and_one_another(picture: Picture) -> None:
    words = {name: picture.labels[name] for name in picture.words()}
    assert [(a, b) for a, b in combinations(words, 2) if words[a].meets(words[b])] == []
    for name, box in words.items():
        assert [shape for shape, other in picture.shapes.items() if box.meets(other)] == [], name
        assert [f.id for f in picture.flows if any(_runs_into(bit, box) for bit in f.stretches())] == [], name


def test_words_lie_clear_of_the_stroke_of_the_way_taken_otherwise(picture: Picture) -> None:
    strokes = {flow.id: _stroke(flow) for flow in picture.flows if flow.otherwise}
    assert [
        (name, flow) for name in picture.words() for flow, box in strokes.items() if picture.labels[name].meets(box)
    ] == []


def _stroke(flow: Flow) -> Box:
    """The room the stroke takes across the beginning of the line."""
    (x, y), (next_x, next_y) = flow.points[:2]
    begin, end, out = STROKE
    if y == next_y:
        return Box(x + begin if next_x > x else x - end, y - out, end - begin, 2 * out)
    return Box(x - out, y + begin if next_y > y else y - end, 2 * out, end - begin)


def test_words_lie_clear_of_the_borders_of_lanes(picture: Picture) -> None:
    for name in picture.words():
        assert any(lane.holds(picture.labels[name]) for lane in picture.lanes.values()), name
