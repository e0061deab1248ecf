"""The values that a paper was filled with 填入的内容: where each stands, where it comes from, where it is corrected.

A value is corrected at its source, by going back to the step that gave it; never in the paper.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.documents import ballots, computed
from engine.documents.clauses import Clause
from engine.store import desk as listing
from engine.store import photos, undone, uploads
from engine.store.undone import Done
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import ballot_text, correcting, desk, falling, revising, staffing, telling, undoing
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.use_cases.revising import Versions


@dataclass(frozen=True)
class Filled:
    """A value as it was printed; ``rule`` is what it rests on where a pack or a rule says so, ``how`` it came about."""

    name: str
    label: str
    value: str
    rule: str
    how: str = ""


@dataclass(frozen=True)
class Way:
    """How this member goes back before the step: in which manner, to which task, from which open one of theirs."""

    manner: str
    target: int
    source: int = 0

    @property
    def verb(self) -> str:
        """In a word."""
        return telling.MANNERS[self.manner]


@dataclass(frozen=True)
class Origin:
    """A step that gave values, by whom and when, with the photos and scans handed in with it.

    ``step`` is its page, empty where it has none.  Without a ``way`` ``whose`` says who can go back.
    """

    key: str
    step: str
    title: str
    by: str
    at: str
    filled: Sequence[Filled]
    evidence: Sequence[photos.Attached]
    way: Way | None
    whose: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a clause; ``origin`` is the key of where a filled value comes from, ``label`` what it is."""

    text: str
    origin: str = ""
    label: str = ""


def origins(dossier: Dossier, member: Member, found: Versions) -> list[Origin]:
    """Where the values of a document's newest version come from, in the order of time."""
    work, by_source = dossier.work, _by_source(dossier, found)
    evidence: dict[tuple[str, str], list[photos.Attached]] = {}
    for photo in photos.attached(work, dossier.estate_id, {at for at, _, _ in by_source}):
        evidence.setdefault((photo.task, photo.completed_at), []).append(photo)
    ways = _Ways(dossier, member, {step for _, step, _ in by_source})
    return [
        _origin(ways, number, source, filled, evidence.get((source[1], source[0]), ()))
        for number, (source, filled) in enumerate(sorted(by_source.items()), start=1)
    ]


def values(dossier: Dossier, found: Versions) -> list[Origin]:
    """As :func:`origins`, of what was filled in alone: without evidence and ways to correct it."""
    return [
        Origin(f"origin-{number}", "", "", by, at, filled, (), None, "")
        for number, ((at, _, by), filled) in enumerate(sorted(_by_source(dossier, found).items()), start=1)
    ]


def _by_source(dossier: Dossier, found: Versions) -> dict[tuple[str, str, str], list[Filled]]:
    """What was filled in, by the moment, the step and the person that it comes from."""
    known: dict[tuple[str, str, str], list[Filled]] = {}
    for name, (value, *source) in uploads.printed(dossier.work, found.known.id, found.newest.version).items():
        known.setdefault((source[2], source[0], source[1]), []).append(_filled(dossier, name, value))
    return known


def _origin(
    ways: "_Ways",
    number: int,
    source: tuple[str, str, str],
    filled: Sequence[Filled],
    evidence: Sequence[photos.Attached],
) -> Origin:
    at, step, by = source
    page, title = correcting.place(ways.dossier.library, step)
    way, whose = ways.to(step) if page else (None, "")
    return Origin(f"origin-{number}", page, title, by, at, filled, evidence, way, whose)


def _filled(dossier: Dossier, name: str, value: Any) -> Filled:
    group, _, key = name.partition(".")
    parameter = dossier.pack.parameters.get(key) if group in {"pack", "readings"} else None
    # what a register copied from the application is called as it was asked there
    asked = f"submit_application.{key}" if group == "estate" and _copied(dossier.library, key) else name
    label = parameter.title if parameter else correcting.label(dossier.library, asked)
    if name.startswith(ballot_text.FACTS):
        # whose ballots they are stands where they are listed
        label, value = ballots.label(name.removeprefix(ballot_text.FACTS)), f"{len(value)} 张，逐张不同"
    if name.endswith("_code"):
        value = _worded(dossier.library, name.removesuffix("_code"), value)
    worked_out = computed.rule(name)
    if worked_out:
        return Filled(name, label, _text(value), worked_out.source, worked_out.says)
    return Filled(name, label, _text(value), parameter.source if parameter else "")


def _worded(library: Library, name: str, value: Any) -> Any:
    """A choice that decides a clause, in the word of the form that offers it."""
    task, _, key = name.partition(".")
    asked = library.forms[task].fields if task in library.forms else ()
    field = next((one for one in asked if one.key == key), None)
    return field.options.get(value, value) if field and isinstance(value, str) else value


def _copied(library: Library, key: str) -> bool:
    return any(field.key == key for field in library.form("submit_application").fields)


def _text(value: Any) -> str:
    if isinstance(value, list):
        shown = [_text(one) for one in value[:3] if one not in (None, "")]
        return "、".join(shown) + (f" 等 {len(value)} 行" if len(value) > 3 else "")
    return "——" if value in (None, "") else str(value)


@dataclass
class _Ways:
    """How a member goes back before these steps of an estate."""

    dossier: Dossier
    member: Member
    steps: Collection[str]

    def to(self, step: str) -> tuple[Way | None, str]:
        """The way to the latest completion of a step, else who may go."""
        done = self._done.get(step)
        if done is None or done.id not in self._lawful:
            return None, "这一步现在不能撤回，请按流程在后面的步骤里更正。" if done else ""
        if self.member.roles & staffing.REASSIGNING:
            return Way(undoing.UNDO, done.id), ""
        for task in self._held:
            if task.instance_id == done.instance_id and (done.completed_at or "") <= task.opened_at:
                return Way(undoing.RETURN, done.id, task.id), ""
        if done.id in self._untouched:
            return Way(undoing.TAKE_BACK, done.id), ""
        return None, f"请{done.completed_by}或街道更正：街道可撤回，正在办后面一步的人可退回。"

    @cached_property
    def _done(self) -> Mapping[str, Done]:
        """By step its latest completion."""
        latest = self.dossier.latest
        keys = {latest[step].task_id: step for step in self.steps if step in latest}
        return {keys[one.id]: one for one in undone.tasks_of(self.dossier.work, keys)}

    @cached_property
    def _lawful(self) -> set[int]:
        return falling.lawful(self.dossier, self._done.values())

    @cached_property
    def _untouched(self) -> set[int]:
        return undone.untouched(self.dossier.work, self.member.name, self._lawful)

    @cached_property
    def _held(self) -> list[Done]:
        """The open tasks that this member works on."""
        work = self.dossier.work
        opened = listing.open_tasks(work, self.dossier.estate_id)
        return undone.tasks_of(work, {one.id for one in opened if desk.may_fill(work, self.member, one)})


def pieces(
    work: UnitOfWork, library: Library, found: Versions, shown: Iterable[Clause], sources: Iterable[Origin]
) -> Mapping[str, list[list[Piece]]]:
    """The lines of each clause, cut where a filled value stands."""
    printed = uploads.printed(work, found.known.id, found.newest.version)
    values = {name: row[0] for name, row in printed.items()}
    known = {one.name: (origin.key, one.label) for origin in sources for one in origin.filled}
    if found.known.kind == ballot_text.BALLOT:
        for name in [name for name in values if name.startswith(ballot_text.FACTS)]:
            own = name.removeprefix(ballot_text.FACTS)
            values[f"ballot.{own}"], known[f"ballot.{own}"] = ballots.blank(own), known[name]
    template = revising.template_of(work, library, found.known.kind, found.newest, values)
    return {
        clause.name: [_cut(line.whole, template.places(line.whole), known) for line in clause.lines] for clause in shown
    }


def _cut(line: str, places: Iterable[tuple[str, int, int]], known: Mapping[str, tuple[str, str]]) -> list[Piece]:
    found, end = [], 0
    for name, start, stop in places:
        if start < end or name not in known:
            continue
        found += [Piece(line[end:start]), Piece(line[start:stop], *known[name])]
        end = stop
    return [piece for piece in (*found, Piece(line[end:])) if piece.text]
