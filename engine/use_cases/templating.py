"""Templates that advisers change in Word: brought, inspected, compared, approved by a second person, and stopped.

Version 1 is the shipped file.  A paper is rendered with the version in force on its day, and keeps it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

from engine import trial
from engine.documents import arriving, catalogue, clauses, package, tampering, weighing
from engine.documents.catalogue import Kind
from engine.documents.clauses import Change
from engine.documents.contents import Reworded
from engine.documents.reading import Word
from engine.documents.weighing import Sort
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import Store, administration, desk, running, template_versions
from engine.store.template_versions import Version
from engine.store.unit_of_work import UnitOfWork
from engine.trial import Measure
from engine.use_cases.accounts import ADMINISTRATOR, Member
from engine.use_cases.library import Library

ADVISER = "法律顾问"
LARGEST, LONGEST_WHY, _NAME = arriving.LARGEST, 200, 120
#: What a version is, in a word.
FAULTY, WAITING, REFUSED, APPROVED, IN_FORCE, REPLACED, STOPPED = (
    "检查未过", "待批准", "已退回", "已批准", "生效", "被取代", "停用",
)  # fmt: skip
_FILE = "模板"
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Shown:
    """A version with its state; ``given`` is nothing for the shipped one; ``papers`` were issued from it."""

    version: int
    sha256: str
    state: str
    papers: int
    given: Version | None = None


@dataclass(frozen=True)
class Template:
    """A template with its versions, the newest first, and the paper kind that it is of."""

    kind: Kind
    versions: list[Shown]

    @property
    def in_force(self) -> Shown:
        """The version from which papers are rendered today."""
        return next(one for one in self.versions if one.state == IN_FORCE)

    def version(self, number: int) -> Shown:
        """One of them.  Raises NotFound."""
        found = next((one for one in self.versions if one.version == number), None)
        if found is None:
            raise NotFound(what=f"《{self.kind.title}》模板的第 {number} 版")
        return found


@dataclass(frozen=True)
class Review:
    """A version beside ``against``, the approved one before it, with the clauses that changed and what that amounts to.

    ``reworded`` is what law asks for and the version says in other words than the shipped one and than ``against``.
    ``may_decide`` says why this member may not decide on it, empty when they may.
    """

    shown: Shown
    against: Shown | None
    changes: list[Change]
    amounts: Mapping[Sort, list[Change]]
    reworded: list[Reworded]
    may_decide: str
    may_stop: bool


def refuse_others(member: Member) -> None:
    """Raise NotPermitted for whoever is neither an adviser nor an administrator."""
    if not {ADVISER, ADMINISTRATOR} & member.roles:
        raise NotPermitted(f"模板由{ADVISER}和{ADMINISTRATOR}维护，您没有这两个角色。")


def today(work: UnitOfWork) -> str:
    """The legal day as an ISO date."""
    return work.now.astimezone(_ZONE).date().isoformat()


def listed(work: UnitOfWork, library: Library, member: Member) -> list[Template]:
    """Every template, those with a version that waits first.  Raises NotPermitted."""
    refuse_others(member)
    by_kind: dict[str, list[Version]] = {}
    for one in template_versions.every(work):
        by_kind.setdefault(one.kind, []).append(one)
    issued = running.papers(work)
    found = [
        _template(library, kind, by_kind.get(kind.name, []), issued, today(work)) for kind in catalogue.KINDS.values()
    ]
    return sorted(found, key=lambda one: not any(shown.state == WAITING for shown in one.versions))


def template(work: UnitOfWork, library: Library, member: Member, name: str) -> Template:
    """A template with its versions.  Raises NotFound, NotPermitted."""
    refuse_others(member)
    if name not in catalogue.KINDS:
        raise NotFound(what=f"“{name}”这种文书")
    given = template_versions.versions(work, name)
    return _template(library, catalogue.KINDS[name], given, running.papers(work, name), today(work))


def _template(
    library: Library, kind: Kind, given: list[Version], issued: Mapping[tuple[str, str], int], day: str
) -> Template:
    force = template_versions.in_force(given, day)
    shipped = hashlib.sha256(library.templates[kind.template]).hexdigest()
    first = Shown(1, shipped, REPLACED if force else IN_FORCE, issued.get((kind.name, shipped), 0))
    versions = [
        Shown(one.version, one.sha256, _state(one, force, day), issued.get((kind.name, one.sha256), 0), one)
        for one in given
    ]
    return Template(kind, [*versions, first])


def _state(one: Version, force: Version | None, day: str) -> str:
    if one.found:
        return FAULTY
    if one.decided_at is None:
        return WAITING
    if one.effective_on is None:
        return REFUSED
    if one.stopped_on is not None:
        return STOPPED
    if one is force:
        return IN_FORCE
    return APPROVED if one.effective_on > day else REPLACED


def content(work: UnitOfWork, library: Library, member: Member, name: str, version: int) -> bytes:
    """The Word file of a version.  Raises NotFound, NotPermitted."""
    found = template(work, library, member, name)
    return _content(work, library, found, found.version(version))


def _content(work: UnitOfWork, library: Library, of: Template, shown: Shown) -> bytes:
    return library.templates[of.kind.template] if shown.given is None else work.files.read(shown.sha256)


# bringing


def take(
    store: Store, library: Library, member: Member, name: str, file: str, brought: bytes, why: str, now: datetime
) -> int:
    """Try a file that somebody brought, and keep it with what was found; returns the number of its version.

    No transaction is open while it is tried.  Raises NotFound, NotPermitted, InvalidAnswers; nothing is kept then.
    """
    with store.work(member.name, now) as work:
        found = template(work, library, member, name)
        other = _other(work, library, name, brought)
    if again := _again(member, found, brought):
        return again
    file = PurePath(file.replace("\\", "/")).name[-_NAME:] or "（没有文件名）"
    problems = [*_problems(found, other, file, brought, why.strip())]
    if problems:
        raise InvalidAnswers(problems, "模板没有收下。")
    tried = trial.run(brought, measure(library, name))
    with store.work(member.name, now) as work:
        work.alone(f"template {name}")
        found = template(work, library, member, name)
        if again := _again(member, found, brought):
            return again
        number = found.versions[0].version + 1
        faults = [fault.record() for fault in tried.faults]
        template_versions.add(work, name, number, file, brought, why.strip(), faults)
        template_versions.keep_specimens(work, hashlib.sha256(brought).hexdigest(), dict(tried.papers))
        said = f"检查出 {len(faults)} 处毛病" if faults else "检查通过，待批准"
        _note(work, member, found.kind, f"上传模板第 {number} 版：{said}；{why.strip()}")
    return number


def measure(library: Library, kind: str) -> Measure:
    """What a template of a kind is held against."""
    forms = {task: form.fields for task, form in library.forms.items()}
    return Measure(library.schema, forms, library.asked(kind), library.samples_of(kind))


def titles(library: Library, kind: str) -> tuple[str, ...]:
    """The specimens that people look at with a kind of paper, in order."""
    return measure(library, kind).titles


def _again(member: Member, found: Template, brought: bytes) -> int:
    """The version that this member brought as the last one with the same file, 0 when this is another."""
    given, digest = found.versions[0].given, hashlib.sha256(brought).hexdigest()
    undecided = given is not None and given.decided_at is None and given.by == member.name
    return given.version if given is not None and undecided and given.sha256 == digest else 0


def _other(work: UnitOfWork, library: Library, name: str, brought: bytes) -> Kind | None:
    """The kind of paper that a file is a template of, when it is another than ``name``."""
    given = [one.kind for one in template_versions.every(work) if one.sha256 == hashlib.sha256(brought).hexdigest()]
    shipped = [kind.name for kind in catalogue.KINDS.values() if library.templates[kind.template] == brought]
    kinds = [*shipped, *given]
    return catalogue.KINDS[kinds[0]] if kinds and name not in kinds else None


def _problems(found: Template, other: Kind | None, file: str, brought: bytes, why: str) -> list[Problem]:
    problems = []
    if said := arriving.unlike(brought, file):
        problems.append(Problem("file", said))
    elif other is not None:
        said = f"这是《{other.title}》的模板，不是《{found.kind.title}》的；请到那种文书的页面上传。"
        problems.append(Problem("file", said))
    digest = hashlib.sha256(brought).hexdigest()
    for one in found.versions:
        if one.sha256 == digest:
            problems.append(Problem("file", f"这就是第 {one.version} 版的文件，没有改动；请选修改后保存的那一份。"))
    if not 0 < len(why) <= LONGEST_WHY:
        problems.append(Problem("why", f"要写明为什么改，1–{LONGEST_WHY} 个字；请补上。"))
    return problems


# looking and deciding


def review(work: UnitOfWork, library: Library, member: Member, name: str, version: int) -> tuple[Template, Review]:
    """A version beside the one it would replace, or replaced.  Raises NotFound, NotPermitted."""
    found = template(work, library, member, name)
    shown = found.version(version)
    against = _against(found, shown)
    changes: list[Change] = []
    reworded: list[Reworded] = []
    if against is not None and not (shown.given and shown.given.found):
        before, after = (package.read(_content(work, library, found, one), _FILE) for one in (against, shown))
        old, new = Word(before), Word(after)
        changes = weighing.restyled(old, new, clauses.compare(clauses.clauses(old), clauses.clauses(new)))
        known, found_now = (library.asked(name).reworded(parts, _FILE) for parts in (before, after))
        reworded = [one for one in found_now if one not in known]
    may_stop = shown.given is not None and shown.state in {APPROVED, IN_FORCE, REPLACED} and _at_top(work, member)
    amounts = weighing.sorted_out(changes, tampering.tags)
    return found, Review(shown, against, changes, amounts, reworded, _may_decide(work, member, shown), may_stop)


def _against(found: Template, shown: Shown) -> Shown | None:
    """The last version before it that was ever approved, or the shipped one; nothing for the shipped one itself."""
    if shown.given is None:
        return None
    approved = (one for one in found.versions if one.given is None or one.given.effective_on)
    return next(one for one in approved if one.version < shown.version)


def _at_top(work: UnitOfWork, member: Member) -> bool:
    """Whether somebody keeps templates for the whole district, where every paper is made from them."""
    held = {node for node, role in member.held if role in {ADVISER, ADMINISTRATOR}}
    return any(len(desk.above(work, node)) == 1 for node in held)


def _may_decide(work: UnitOfWork, member: Member, shown: Shown) -> str:
    """Why this member may not decide on a version; empty when they may."""
    if shown.given is None:
        return "第 1 版是随软件来的，不用批准。"
    if shown.state == FAULTY:
        return "检查没有通过，不能批准；请改好后重新上传。"
    if shown.state != WAITING:
        return "这一版已经处理过了。"
    if shown.given.by == member.name:
        return f"要由上传人以外的另一位{ADVISER}或{ADMINISTRATOR}批准。"
    if not _at_top(work, member):
        return f"模板全区共用，由区一级的{ADVISER}或{ADMINISTRATOR}批准；您的角色在街道或社区，请转告他们。"
    return ""


def approve(work: UnitOfWork, library: Library, member: Member, name: str, version: int, why: str, on: str) -> None:
    """Let a version take effect from the day ``on``.  Raises NotFound, NotPermitted, InvalidAnswers, Conflict."""
    found, given = _undecided(work, library, member, name, version)
    problems = [] if len(why) <= LONGEST_WHY else [Problem("why", f"超过 {LONGEST_WHY} 个字；请缩短。")]
    day = _day(on)
    if day is None:
        problems.append(Problem("on", "没有写生效日期，或不是日期；请选择一天。"))
    elif day < today(work):
        problems.append(Problem("on", "生效日期不能早于今天：以前出具的文书各用当时的版本。请选今天或以后。"))
    if problems:
        raise InvalidAnswers(problems, "没有批准。")
    template_versions.decide(work, given, why.strip(), day)
    _note(
        work, member, found.kind, f"批准模板第 {version} 版，{day} 起生效" + (f"：{why.strip()}" if why.strip() else "")
    )


def refuse(work: UnitOfWork, library: Library, member: Member, name: str, version: int, why: str) -> None:
    """Turn a version down.  Raises NotFound, NotPermitted, InvalidAnswers, Conflict."""
    found, given = _undecided(work, library, member, name, version)
    _reason(why, "没有退回。")
    template_versions.decide(work, given, why.strip(), None)
    _note(work, member, found.kind, f"退回模板第 {version} 版：{why.strip()}")


def stop(work: UnitOfWork, library: Library, member: Member, name: str, version: int, why: str) -> None:
    """Let a version count no more from today on: what was in force before it is so again.

    Raises NotFound, NotPermitted, InvalidAnswers, Conflict.
    """
    found, shown = review(work, library, member, name, version)
    if not shown.may_stop or shown.shown.given is None:
        raise InvalidAnswers(
            [Problem("do", "只有批准过、还没有停用的版本可以停用，并由区一级的人停用；请刷新后核对。")], "没有停用。"
        )
    _reason(why, "没有停用。")
    template_versions.stop(work, shown.shown.given, today(work), why.strip())
    rest = [one.given for one in found.versions if one.given and one.version != version]
    back = template_versions.in_force(rest, today(work))
    _note(work, member, found.kind, f"停用模板第 {version} 版，恢复第 {back.version if back else 1} 版：{why.strip()}")


def _undecided(work: UnitOfWork, library: Library, member: Member, name: str, version: int) -> tuple[Template, Version]:
    found = template(work, library, member, name)
    shown = found.version(version)
    because = _may_decide(work, member, shown)
    if because or shown.given is None:
        raise InvalidAnswers([Problem("do", because)], "没有处理。")
    return found, shown.given


def _reason(why: str, said: str) -> None:
    if not 0 < len(why.strip()) <= LONGEST_WHY:
        raise InvalidAnswers([Problem("why", f"要写明理由，1–{LONGEST_WHY} 个字；请补上。")], said)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _note(work: UnitOfWork, member: Member, kind: Kind, what: str) -> None:
    """A line in the log of administration, at the top of the member's organisation."""
    node = next(node for node, role in member.held if role in {ADVISER, ADMINISTRATOR})
    administration.note(work, desk.above(work, node)[-1], f"《{kind.title}》模板", what)
