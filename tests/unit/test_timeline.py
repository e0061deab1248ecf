"""Every event reads as Chinese words, whatever happened, and nothing of a code shows."""

import re
from typing import Any

import pytest

from engine.events import Event
from engine.use_cases import reasons, telling, timeline
from engine.use_cases.library import ONBOARDING, Library
from engine.use_cases.stages import GATES

_CODE = re.compile(r"[A-Za-z_]{3,}")
#: What each field of an event may hold, by its name.
_HELD: dict[str, Any] = {
    "name": "桂语苑", "place": "钟楼区", "pack": "常州市钟楼区", "left": "旧版", "reached": "新版",
    "reason": "法规修订",
    "changes": [["voting_window", "15", "20"]], "task": "submit_application", "title": "提交导入申请",
    "lane": "社区干部", "stage": "consent", "timer": "wait", "due": "2026-01-05T00:00:00+00:00", "gate": "vote",
    "outcome": "PASSED", "figures": {"missing": ["没有备案证"]}, "rules": ["G7"], "document": "annual_plan",
    "code": "D-01", "number": "XQ0001-D-01-2026-001", "sha256": "0" * 64, "serials": [[1, 2]], "message": "法院裁判",
    "values": {}, "before": "周敏", "after": "刘洋", "ends_on": "2026-12-31", "start_on": "2026-07-01",
    "company_notice_on": "2026-10-01", "last_on": "2026-11-01", "end": "operating", "mentioned": ["何静"],
    "manner": "undo", "to": "submit_application", "done_by": "周敏", "fell": [], "tasks": [], "documents": [],
    "why": "面积与名册不符", "altered": ["物业费标准"], "clause": "第三条", "category": "必须改",
    "decision": "approved", "whom": "何静", "by_whom": "周敏",
}  # fmt: skip


def _told(library: Library, kind: str, **held: Any) -> timeline.Entry:
    fields = Event.registry[kind].__dataclass_fields__
    content = {name: held.get(name, _HELD.get(name, 3)) for name in fields}
    event = {"no": 1, "at": "2026-01-05T01:00:00+00:00", "actor": "周敏", "kind": kind, **content}
    return timeline.Teller(library, library.definition(ONBOARDING)).entry(event)


@pytest.mark.parametrize("kind", sorted(Event.registry))
def test_every_kind_of_event_has_words_and_a_place_in_the_filter(library: Library, kind: str) -> None:
    entry = _told(library, kind)
    shown = " ".join((entry.said, *entry.detail)).replace(_HELD["number"], "")
    assert re.search(r"[一-鿿]", shown), kind
    assert not _CODE.search(shown), f"{kind} shows a code: {shown}"
    assert sum(kind in kinds for _, kinds in timeline.GROUPS.values()) == 1, f"put {kind} into one of timeline.GROUPS"


@pytest.mark.parametrize("gate, outcome", sorted((name, one) for name, gate in GATES.items() for one in gate.outcomes))
def test_every_outcome_of_every_gate_has_words(library: Library, gate: str, outcome: str) -> None:
    entry = _told(library, "GateDecided", gate=gate, outcome=outcome)
    assert not _CODE.search(entry.said), entry.said
    assert entry.detail == ("没有备案证",)


def test_an_outcome_that_holds_an_estate_is_one_that_a_gate_has() -> None:
    assert set(telling.OUTCOMES) >= reasons.HOLDING
    assert {one for gate in GATES.values() for one in gate.outcomes} >= reasons.HOLDING


def test_whoever_on_behalf_another_is_named_with_them(library: Library) -> None:
    fields = {"task": "t", "title": "审核", "lane": "法律顾问", "stage": "consent"}
    event = {"no": 1, "at": "2026-01-05T01:00:00+00:00", "actor": "甲", "kind": "TaskCompleted", **fields}
    teller = timeline.Teller(library, library.definition(ONBOARDING))
    assert teller.entry(event).who == "甲"
    assert teller.entry({**event, "on_behalf": "乙"}).who == "甲 代 乙"
