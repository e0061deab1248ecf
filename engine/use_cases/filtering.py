"""What a list is narrowed to: read from an address, told in words, and what may be chosen next."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.errors import NotFound
from engine.rules.lights import AMBER, GREEN, GREY, LIGHTS, RED
from engine.store import board, desk
from engine.store.board import Ground
from engine.store.filters import DUE, UNKNOWN, Day, Filter
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import Member
from engine.use_cases.library import ONBOARDING, Library

LIGHT_NAMES: Mapping[str, str] = {RED: "超期", AMBER: "临期", GREEN: "正常", GREY: "挂起"}
#: What an address says of a filter.
PARTS = ("node", "stage", "type", "batch", "light", "due", "q")
DUE_NAMES: Mapping[str, str] = dict(zip(DUE, ("期限已过", "今天到期", "本周到期"), strict=True))
_ZONE = ZoneInfo("Asia/Shanghai")
_LONGEST_WORDS = 60
#: The forms in which an estate gets its type and its batch.
_ASKED = {"type": ("submit_application", "estate_type"), "batch": ("set_annual_plan", "batch")}


@dataclass(frozen=True)
class Lists:
    """What a member's lists share: what they are narrowed to, by the day of ``work``, within the member's scope."""

    work: UnitOfWork
    library: Library
    member: Member
    chosen: Filter

    @property
    def day(self) -> Day:
        """The legal day."""
        return Day(self.work.now, _ZONE)

    @property
    def nodes(self) -> frozenset[int]:
        """Where it looks: what lies below these."""
        return self.member.nodes if self.chosen.node is None else frozenset({self.chosen.node})

    @cached_property
    def ground(self) -> Ground:
        """Where it looks, as a board does."""
        tops = board.tops(self.work, self.nodes)
        return Ground(tops[0] if len(tops) == 1 else None, tops)

    @cached_property
    def stages(self) -> dict[str, str]:
        """The stages by id, with their titles."""
        definition = self.library.definition(ONBOARDING)
        return {stage: definition.elements[stage].name for stage in definition.stages}

    @cached_property
    def types(self) -> dict[str, str]:
        """The types of estates."""
        return self._asked("type")

    @cached_property
    def batches(self) -> dict[str, str]:
        """The batches of the plan."""
        return self._asked("batch")

    def _asked(self, what: str) -> dict[str, str]:
        form, key = _ASKED[what]
        field = next(field for field in self.library.form(form).fields if field.key == key)
        return {**field.options, UNKNOWN: "还没有填"}

    @cached_property
    def below(self) -> list[tuple[int, str]]:
        """The nodes one may look into next."""
        ground = self.ground
        if ground.focus is not None:
            return board.children(self.work, ground.focus)
        return sorted(board.names(self.work, ground.tops).items(), key=lambda one: one[1])

    @cached_property
    def way(self) -> list[tuple[int, str]]:
        """The nodes from the top of the scope down to the one it is narrowed to."""
        if self.chosen.node is None:
            return []
        scope = desk.scope(self.work, self.member.nodes)
        keys = [key for key in reversed(desk.above(self.work, self.chosen.node)) if key in scope]
        names = board.names(self.work, keys)
        return [(key, names[key]) for key in keys]

    @property
    def said(self) -> list[tuple[str, str]]:
        """What it is narrowed to in words, by the part of the address that says so."""
        chosen = self.chosen
        words = (
            ("node", self.way[-1][1] if self.way else ""),
            ("stage", self.stages.get(chosen.stage, "")),
            ("type", f"类型：{self.types[chosen.type]}" if chosen.type else ""),
            ("batch", f"批次：{self.batches[chosen.batch]}" if chosen.batch else ""),
            ("light", f"灯：{LIGHT_NAMES[chosen.light]}" if chosen.light else ""),
            ("due", DUE_NAMES.get(chosen.due, "")),
            ("q", f"含“{chosen.words}”" if chosen.words else ""),
        )
        return [(key, said) for key, said in words if said]


def read(work: UnitOfWork, library: Library, member: Member, given: Mapping[str, str]) -> Lists:
    """The filter that an address names.  Raises NotFound for a value that is none, or lies outside the scope."""
    node = given.get("node", "")
    chosen = Filter(
        int(node) if node.isascii() and node.isdigit() and len(node) < 10 else None,
        given.get("stage", ""),
        given.get("type", ""),
        given.get("batch", ""),
        given.get("light", "").upper(),
        given.get("due", ""),
        given.get("q", "").strip()[:_LONGEST_WORDS],
    )
    lists = Lists(work, library, member, chosen)
    known = (
        (chosen.stage, lists.stages),
        (chosen.type, lists.types),
        (chosen.batch, lists.batches),
        (chosen.light, LIGHTS),
        (chosen.due, DUE),
    )
    if any(value and value not in allowed for value, allowed in known) or bool(node) != (chosen.node is not None):
        raise NotFound(what="这样的筛选")
    if chosen.node is not None and chosen.node not in desk.scope(work, member.nodes):
        raise NotFound(what="这个辖区")
    return lists


def address(chosen: Filter) -> dict[str, str]:
    """The filter as an address names it."""
    parts = {
        "node": "" if chosen.node is None else str(chosen.node),
        "stage": chosen.stage,
        "type": chosen.type,
        "batch": chosen.batch,
        "light": chosen.light.lower(),
        "due": chosen.due,
        "q": chosen.words,
    }
    return {key: value for key, value in parts.items() if value}
