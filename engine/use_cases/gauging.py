"""The two meters of an estate, kept apart: what households say at the door, and what owners decided by ballot.

Both show what :mod:`engine.rules.canvass` and :mod:`engine.rules.tally` counted: of a stage that is over as its gate
recorded it, of one that goes on as it stands now.  Before the count nothing is shown of what ballots say (decisions 3).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.rules import canvass, shortfall
from engine.rules.exact import Ratio
from engine.rules.jurisdiction import Pack
from engine.rules.tally import SPECIAL
from engine.store import estates
from engine.store.estates import Decided
from engine.use_cases import confirmed, counting
from engine.use_cases.dossier import Dossier

CONSENT, VOTE = "consent", "owners_vote"
_BASES = (("units", "按户"), ("heads", "按人"), ("area", "按面积"))
_SHARES = (
    ("support", "支持意向，占答复的"),
    ("support_of_all", "支持意向，占全部的"),
    ("response", "已答复"),
    ("coverage", "已见面"),
)


@dataclass(frozen=True)
class Gauge:
    """A share as it is shown: floored percent beside its counts; ``lacking`` is 0 once ``least`` is reached."""

    label: str
    base: str
    part: int
    whole: int
    percent: str
    area: bool
    least: str = ""
    reached: bool = True
    lacking: int = 0
    bound: Fraction = Fraction(0)

    @property
    def margin(self) -> Fraction:
        """By how much of the whole it lies above what it needs."""
        return Fraction(self.part, self.whole) - self.bound if self.whole else -self.bound

    @property
    def width(self) -> str:
        """How far a bar of 100 reaches."""
        return Ratio(self.part, self.whole).percent(2) if self.whole else "0"


@dataclass(frozen=True)
class Intention:
    """The canvass: support first, each share by units, heads and area; ``target`` is by units, and not law.

    ``checked`` is what households called back say, as :func:`confirmed.figures` has it.
    """

    gauges: tuple[Gauge, ...]
    target: Gauge
    settled: bool
    checked: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """An item of the vote: participation and approval by area and by persons; no approval before the count."""

    no: int
    text: str
    participation: tuple[Gauge, Gauge]
    approval: tuple[Gauge, Gauge] | None
    passed: bool

    @property
    def margin(self) -> Fraction:
        """The least margin of what it needs."""
        gauges: tuple[Gauge, ...] = (*self.participation, *(self.approval or ()))
        return min(gauge.margin for gauge in gauges)


@dataclass(frozen=True)
class Resolve:
    """The owners' vote; ``tight`` is the item that is furthest from what it needs, or least above it."""

    items: tuple[Question, ...]
    counted: bool

    @property
    def tight(self) -> Question:
        """The item with the least margin, of equal ones the first."""
        return min(self.items, key=lambda one: (one.passed, one.margin, one.no))


def intention(
    dossier: Dossier, decided: Mapping[str, Decided], under_way: Iterable[str], visited: bool
) -> Intention | None:
    """The canvass as it stands, or as its gate took it; None before the first visit."""
    if CONSENT in under_way and visited:
        return _intention(once(dossier, CONSENT, lambda: under_way_figures(dossier)), dossier.pack, settled=False)
    if CONSENT in decided:
        return _intention(decided[CONSENT].figures, dossier.pack, settled=True)
    return None


def under_way_figures(dossier: Dossier) -> dict[str, Any]:
    """The figures of a canvass that goes on, with what households called back in this round say."""
    return {**dossier.meter.figures(), "call_back": checked(dossier)}


def checked(dossier: Dossier) -> dict[str, Any]:
    """What households called back in the round that runs say, empty where none was drawn."""
    round = dossier.times("canvass_households", since="hold_briefing") + 1
    return confirmed.figures(dossier.work, dossier.estate_id, round, dossier.pack)


def of_figures(figures: Mapping[str, Any], pack: Pack) -> Intention:
    """The canvass as these figures of :meth:`canvass.Meter.figures` have it, while it goes on."""
    return _intention(figures, pack, settled=False)


def _intention(figures: Mapping[str, Any], pack: Pack, *, settled: bool) -> Intention:
    gauges = tuple(
        _gauge(label, base, *figures[f"{name}_{key}"], area=key == "area")
        for name, label in _SHARES
        for key, base in _BASES
    )
    least = pack.value("support_rate_min")
    some, every = figures["support_units"]
    target = Gauge(
        "支持意向", "按户", some, every, Ratio(some, every).percent(), area=False,
        least=f"{least}%", reached=Ratio(some, every).reaches(least),
        lacking=shortfall.to_reach(some, every, Fraction(least) / 100),
    )  # fmt: skip
    return Intention(gauges, target, settled, figures.get("call_back") or {})


def resolve(dossier: Dossier, decided: Mapping[str, Decided], under_way: Iterable[str]) -> Resolve | None:
    """The vote as it was counted, or while it runs how many took part; None before the first ballot came back."""
    done = decided.get("vote")
    frozen = estates.completed_at(dossier.work, dossier.estate_id, "freeze_roster")
    if done and done.figures.get("items") and done.at >= frozen:
        return _resolve(done.figures["items"], dossier, counted=True)
    took_part = once(dossier, VOTE, lambda: _took_part(dossier)) if VOTE in under_way else []
    return _resolve(took_part, dossier, counted=False) if took_part else None


def _took_part(dossier: Dossier) -> list[dict[str, Any]]:
    if not (dossier.convened and dossier.ballot_returns):
        return []
    return [found.figures() for found in counting.took_part(dossier)]


#: What was counted of running registers; thousands of rows are not read again before something has happened.
_counted: OrderedDict[tuple[str, int, int, str], Any] = OrderedDict()
_KEPT = 256


def once(dossier: Dossier, what: str, count: Callable[[], Any]) -> Any:
    """What ``count`` gives, kept until the estate's next event."""
    work = dossier.work
    key = (str(work.files.root), dossier.estate_id, estates.version(work, dossier.estate_id), what)
    found = _counted.get(key)
    if found is None:
        found = _counted[key] = count()
        while len(_counted) > _KEPT:
            _counted.popitem(last=False)
    return found


def _resolve(items: Iterable[Mapping[str, Any]], dossier: Dossier, *, counted: bool) -> Resolve:
    kept = estates.answers(dossier.work, dossier.estate_id, "resolve_agenda").get("resolve_agenda", {})
    texts = {int(row["no"]): row["text"] for row in kept.get("items", ())}
    return Resolve(tuple(_question(item, texts, dossier.pack, counted) for item in items), counted)


def _question(item: Mapping[str, Any], texts: Mapping[int, str], pack: Pack, counted: bool) -> Question:
    special = item["item_class"] in SPECIAL
    bound = pack.value("pass_special" if special else "pass_ordinary")
    took, of_all = _pair(item, "participating"), _pair(item, "total")
    quorum = pack.value("quorum_area"), pack.value("quorum_headcount")
    approval = None
    if counted:
        lacks = shortfall.to_reach if special else shortfall.to_exceed
        least = f"{'达到' if special else '超过'} {bound}"
        approval = _two("同意", _pair(item, "approving"), took, least, (bound, bound), lacks)
    return Question(
        no=item["no"],
        text=texts.get(item["no"], ""),
        participation=_two("参与", took, of_all, f"达到 {quorum[0]}", quorum, shortfall.to_reach),
        approval=approval,
        passed=item["outcome"] == "PASSED",
    )


def _pair(item: Mapping[str, Any], name: str) -> tuple[int, int]:
    return item[f"{name}_area"], item[f"{name}_persons"]


def _two(
    label: str, some: tuple[int, int], every: tuple[int, int], least: str, bounds: tuple[Fraction, Fraction], lacks: Any
) -> tuple[Gauge, Gauge]:
    by_area, by_heads = (
        Gauge(
            label, base, part, whole, Ratio(part, whole).percent(2), area=base == "按面积",
            least=least, reached=lacks(part, whole, bound) == 0, lacking=lacks(part, whole, bound),
            bound=bound,
        )
        for base, part, whole, bound in zip(("按面积", "按人"), some, every, bounds, strict=True)
    )  # fmt: skip
    return by_area, by_heads


def _gauge(label: str, base: str, part: int, whole: int, *, area: bool) -> Gauge:
    return Gauge(label, base, part, whole, Ratio(part, whole).percent(), area=area)


#: What the meter of intentions must say of itself (law §3.11).
NOT_A_VOTE = canvass.LABEL
