"""What administrators watch: jobs that failed, what fires next, versions in use, and who changed or looked at what."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from engine.documents import catalogue
from engine.errors import NotFound
from engine.process.definitions import Definition
from engine.rules.jurisdiction import Pack, Parameter
from engine.store import accounts, administration, disclosures, running, template_versions
from engine.store.disclosures import Disclosure
from engine.store.running import Failed, Firing
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import hands, templating
from engine.use_cases.accounts import Member
from engine.use_cases.library import INTERRUPTION, ONBOARDING, PROCESSES, RENEWAL, Library
from engine.use_cases.managing import part

OPERATIONS: Mapping[str, str] = {
    "render": "出具文书", "decide": "判定", "suspend": "暂停", "resume": "恢复", "withdraw": "撤回",
    "reopen_vote": "重新表决", running.TIMER: "到期",
}  # fmt: skip
TITLES: Mapping[str, str] = {ONBOARDING: "导入", INTERRUPTION: "暂停、撤回和重新表决", RENEWAL: "老物业合同到期"}


@dataclass(frozen=True)
class FailedJob:
    """A job or timer that failed, with its step and stage in the diagrams' words."""

    job: Failed
    step: str
    stage: str
    what: str
    stopped: bool
    is_timer: bool


@dataclass(frozen=True)
class Next:
    """A timer that fires, and what it does then; ``waits`` while its estate is suspended."""

    timer: Firing
    stage: str
    does: str
    waits: bool


def failed_jobs(work: UnitOfWork, library: Library, member: Member, page: int) -> tuple[list[FailedJob], int]:
    """A page of the jobs and timers that failed in this part, and how many there are.  Raises NotPermitted."""
    found, total = running.failed(work, part(member), page)
    names = _names(library)
    return [
        FailedJob(
            job,
            names.get(job.name, job.name),
            names.get(job.stage, job.stage),
            OPERATIONS.get(job.operation, job.operation),
            bool(job.retry_at and job.retry_at.startswith("9999")),
            job.operation == running.TIMER,
        )
        for job in found
    ], total


def retry(work: UnitOfWork, member: Member, key: int, *, timer: bool) -> Failed:
    """Let a job, or a timer, that failed be tried at once.  Raises NotFound, NotPermitted."""
    found = running.failed_one(work, part(member), key, timer=timer)
    if found is None:
        raise NotFound(what="这项失败的后台任务")
    running.retry(work, found)
    administration.note(
        work, found.node_id, found.estate, f"重试后台任务 {key}（{OPERATIONS.get(found.operation, '')}）"
    )
    return found


def what_fires_next(work: UnitOfWork, library: Library, member: Member, page: int) -> tuple[list[Next], int]:
    """A page of the running timers in this part, the next first, and how many there are.  Raises NotPermitted."""
    found, total = running.firing(work, part(member), page)
    names = _names(library)
    return [
        Next(timer, names.get(timer.stage, timer.stage), _does(timer, names), _rests(timer)) for timer in found
    ], total


def _does(timer: Firing, names: Mapping[str, str]) -> str:
    if timer.attached_to:
        return f"“{names.get(timer.attached_to, timer.attached_to)}”还没办完就记为逾期，并走到期的分支"
    return "等到这一刻，流程往下走"


def _rests(timer: Firing) -> bool:
    return timer.estate_status == "suspended" and timer.clock == "programme"


def _names(library: Library) -> dict[str, str]:
    """Every element of the published diagrams by its name."""
    definitions = (library.definition(process_id) for process_id in PROCESSES)
    return {key: element.name for definition in definitions for key, element in definition.elements.items()}


@dataclass(frozen=True)
class PackListed:
    """A pack with how many estates of this part are on it; ``in_force`` for the newest of its place today."""

    pack: Pack
    estates: int
    kept_at: str | None
    in_force: bool
    published: bool


def packs(work: UnitOfWork, library: Library, member: Member) -> list[PackListed]:
    """Every published pack, and those of before that estates of this part are still on.  Raises NotPermitted."""
    used = running.packs(work, part(member))
    known = {pack.version: pack for pack in library.packs}
    known |= {version: library.pack_version(version, work.pack_text) for version in used if version not in known}
    published = {pack.version for pack in library.packs}
    found = [
        PackListed(
            pack,
            used.get(version, 0),
            running.pack_kept_at(work, version),
            version in published and library.pack(pack.place, work.now).version == version,
            version in published,
        )
        for version, pack in known.items()
    ]
    return sorted(found, key=lambda one: (one.pack.place, one.pack.effective_from), reverse=True)


@dataclass(frozen=True)
class PackPage:
    """A pack: its parameters, the estates on it, and what differs from another one; ``may_move`` says to that one."""

    pack: Pack
    parameters: list[Parameter]
    estates: list[tuple[int, str, str]]
    total: int
    others: list[Pack]
    against: Pack | None
    differences: tuple[tuple[str, str, str, str], ...]
    may_move: bool


def pack(work: UnitOfWork, library: Library, member: Member, version: str, against: str, page: int) -> PackPage:
    """One pack, compared with the version ``against`` where one is given.  Raises NotFound, NotPermitted."""
    listed = [one.pack for one in packs(work, library, member)]
    shown = next((one for one in listed if one.version == version), None)
    if shown is None and running.pack_kept_at(work, version):
        # the last estate has just left it
        shown = library.pack_version(version, work.pack_text)
    other = next((one for one in listed if one.version == against), None)
    if shown is None or (against and other is None):
        raise NotFound(what="这个规则包版本")
    estates, total = running.on_pack(work, part(member), version, page)
    differences = tuple(_differences(shown, other)) if other else ()
    others = [one for one in listed if one.version != version]
    parameters = sorted(shown.parameters.values(), key=lambda one: one.title)
    published = other is not None and other.version in {one.version for one in library.packs}
    in_force = other is not None and other.place == shown.place and other.effective_from <= hands.today(work)
    return PackPage(shown, parameters, estates, total, others, other, differences, published and in_force)


def _differences(shown: Pack, other: Pack) -> list[tuple[str, str, str, str]]:
    both = {**other.parameters, **shown.parameters}
    return [(key, both[key].title, here, there) for key, here, there in shown.differences(other)]


@dataclass(frozen=True)
class DefinitionListed:
    """A version of a process; ``newest`` is the one that new instances get."""

    title: str
    process_id: str
    version: str
    kept_at: str | None
    instances: int
    open: int
    newest: bool


def definitions(work: UnitOfWork, library: Library, member: Member) -> list[DefinitionListed]:
    """The versions of every process, the newest first, with the instances of this part.  Raises NotPermitted."""
    used = running.definitions(work, part(member))
    found = []
    for process_id in PROCESSES:
        newest: Definition = library.definition(process_id)
        mine = [one for one in used if one.process_id == process_id]
        if newest.version not in {one.version for one in mine}:
            found.append(DefinitionListed(TITLES[process_id], process_id, newest.version, None, 0, 0, newest=True))
        mine.sort(key=lambda one: (one.version == newest.version, one.kept_at or ""), reverse=True)
        found += [
            DefinitionListed(
                TITLES[process_id], process_id, one.version, one.kept_at, one.instances, one.open,
                newest=one.version == newest.version,
            )
            for one in mine
        ]  # fmt: skip
    return found


@dataclass(frozen=True)
class TemplateListed:
    """A template with its present version; ``papers`` were issued from it, ``earlier`` from versions before."""

    kind: str
    code: str
    title: str
    version: str
    papers: int
    earlier: int
    last_at: str | None


def templates(work: UnitOfWork, library: Library, member: Member) -> list[TemplateListed]:
    """Every template with the papers of this part that were issued from it.  Raises NotPermitted."""
    used, brought = running.templates(work, part(member)), template_versions.every(work)
    today = templating.today(work)
    found = []
    for kind in catalogue.KINDS.values():
        changed = template_versions.in_force([one for one in brought if one.kind == kind.name], today)
        version = changed.sha256 if changed else hashlib.sha256(library.templates[kind.template]).hexdigest()
        mine = [one for one in used if one.kind == kind.name]
        now = sum(one.papers for one in mine if one.template == version)
        before = sum(one.papers for one in mine) - now
        last_at = max((one.last_at for one in mine), default=None)
        found.append(TemplateListed(kind.name, kind.code, kind.title, version, now, before, last_at))
    return found


def looks(work: UnitOfWork, member: Member, page: int) -> tuple[list[Disclosure], int]:
    """A page of the looks at personal data in this part, and how many there are.  Raises NotPermitted."""
    return disclosures.in_scope(work, part(member), page)


def changes(work: UnitOfWork, member: Member, page: int) -> tuple[list[tuple[administration.Change, str]], int]:
    """A page of the log of administration in this part, each with its place.  Raises NotPermitted."""
    found, total = administration.changes(work, part(member), page)
    paths = accounts.paths(work)
    return [(change, paths[change.node_id]) for change in found], total
