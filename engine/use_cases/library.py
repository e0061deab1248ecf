"""What a district publishes: diagrams, forms, handbook, questions, jurisdiction packs, holidays and templates."""

import lzma
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from engine import forms, questions, resources
from engine.documents import catalogue, contents, facts, inspect, package, playbook, render, samples
from engine.documents.contents import Asked, Content
from engine.documents.facts import Facts, Field
from engine.documents.playbook import Playbook, building
from engine.documents.samples import Sample
from engine.errors import InvalidDefinition, NotFound
from engine.forms import Form
from engine.process import definitions
from engine.process.definitions import UserTask
from engine.questions import Entry
from engine.rules import deadlines, jurisdiction

#: The diagram of an estate's journey, and the small ones that run beside it: what suspends or withdraws it
#: (decisions 23), which alone goes on while it is suspended, and the end of the old company's term (manual §3.4).
ONBOARDING, INTERRUPTION, RENEWAL = "onboarding", "interruption", "renewal"
#: Every process that is started by itself; the others are called.
PROCESSES = (ONBOARDING, INTERRUPTION, RENEWAL)
#: The paper that is built from the clause library.
CONTRACT = "service_contract"
#: The facts of sample cases, made by ``daoru template specimens``.
SAMPLES = "templates/samples.json.xz"
#: How a file of holidays begins that lies beside the packs.
_HOLIDAYS = "holidays-"


@dataclass(frozen=True)
class Library:
    """The published files, read once and shared; nothing here belongs to one estate."""

    diagrams: Mapping[str, bytes]
    forms: Mapping[str, Form]
    packs: tuple[jurisdiction.Pack, ...]
    calendar: deadlines.Calendar
    templates: Mapping[str, bytes]
    handbook: Mapping[str, str]
    questions: tuple[Entry, ...]
    playbook: Playbook
    contents: tuple[Content, ...]
    sampled: bytes
    #: by kind, and those of a district by their SHA-256
    _compiled: dict[str, render.Compiled] = field(default_factory=dict, repr=False, compare=False)
    #: packs that are shipped no more, by version
    _earlier: dict[str, jurisdiction.Pack] = field(default_factory=dict, repr=False, compare=False)

    def definition(self, process_id: str) -> definitions.Definition:
        """The newest version of a process; running instances keep theirs."""
        return definitions.load(self.diagrams, process_id)

    @cached_property
    def tasks(self) -> Mapping[str, UserTask]:
        """Every user task of the published diagrams."""
        return {name: task for process in PROCESSES for name, task in self.definition(process).user_tasks.items()}

    def check(self) -> None:
        """Raise InvalidDefinition when a process could not run: asked before anything is written or removed."""
        for process_id in PROCESSES:
            self.definition(process_id)

    def form(self, task: str) -> Form:
        """The form of a user task."""
        if task not in self.forms:
            raise NotFound(what=f"任务“{task}”的表单")
        return self.forms[task]

    def pack(self, place: str, now: datetime) -> jurisdiction.Pack:
        """The pack in force at ``place`` on the legal day of that moment.  Raises NotFound."""
        zones = [pack.zone for pack in self.packs if pack.place == place]
        on = now.astimezone(ZoneInfo(zones[0] if zones else "Asia/Shanghai")).date()
        return jurisdiction.choose(self.packs, place, on)

    def pack_version(self, version: str, text_of: Callable[[str], str]) -> jurisdiction.Pack:
        """The pack of that version, which need not be in force any more; ``text_of`` finds its text."""
        for pack in self.packs:
            if pack.version == version:
                return pack
        if version not in self._earlier:
            self._earlier[version] = jurisdiction.read(text_of(version), file=version[:8])
        return self._earlier[version]

    @cached_property
    def schema(self) -> frozenset[str]:
        """Every fact that a template may name; of the pack only what every pack sets."""
        every = frozenset.intersection(*(frozenset(pack.parameters) for pack in self.packs)) | {"title", "version"}
        names = facts.schema(self._fields)
        return names - {"pack.*"} | {f"pack.{key}" for key in every}

    @cached_property
    def prose(self) -> frozenset[str]:
        """Every fact that people write in sentences."""
        return facts.prose(self._fields)

    @property
    def _fields(self) -> Mapping[str, Sequence[Field]]:
        return {task: form.fields for task, form in self.forms.items()}

    def template(self, kind: str) -> render.Compiled:
        """The compiled template of a document kind; compiled when first asked for."""
        if kind not in self._compiled:
            name = catalogue.kind_of(kind).template
            self._compiled[kind] = inspect.publish(self.templates[name], self.schema, self.prose, file=name)
        return self._compiled[kind]

    def asked(self, kind: str) -> Asked:
        """What a template of a kind has to say."""
        name = catalogue.kind_of(kind).template
        return Asked.of(self.contents, kind, package.read(self.templates[name], name), name)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """The sample cases that templates are tried with."""
        return samples.read(orjson.loads(lzma.decompress(self.sampled)))

    def samples_of(self, kind: str) -> dict[str, Facts]:
        """What the sample cases that are looked at with a kind of paper print, by their titles."""
        return {one.title: one.facts(kind) for one in self.samples if kind in one.papers}

    def compiled(self, kind: str, digest: str, read: Callable[[str], bytes]) -> render.Compiled:
        """The template of a kind that a district changed, by the SHA-256 of its file; ``read`` finds its bytes."""
        if digest not in self._compiled:
            name = catalogue.KINDS[kind].template
            self._compiled[digest] = inspect.publish(read(digest), self.schema, self.prose, file=name)
        return self._compiled[digest]


def version_in(folder: Path) -> Library:
    """The shipped library with the diagrams of ``folder``, and the forms of its ``forms`` where it has any.

    Raises InvalidDefinition when no diagram is there.
    """
    diagrams = resources.within(folder, "*.bpmn")
    if not diagrams:
        raise InvalidDefinition(str(folder), "", "这里没有流程图；请给出放 .bpmn 文件的文件夹")
    return replace(shipped(), diagrams=diagrams, forms={**shipped().forms, **_forms(folder / "forms")})


def with_packs(folder: Path) -> Library:
    """The shipped library with the packs of ``folder`` as well.  Raises InvalidDefinition when none is there."""
    found = _packs(resources.within(folder, "*.toml"))
    if not found:
        raise InvalidDefinition(str(folder), "", "这里没有规则包；请给出放 .toml 文件的文件夹")
    versions = {pack.version: pack for pack in (*shipped().packs, *found)}
    return replace(shipped(), packs=tuple(versions.values()))


def _packs(texts: Mapping[str, bytes]) -> tuple[jurisdiction.Pack, ...]:
    return tuple(
        jurisdiction.read(text.decode(), file=name) for name, text in texts.items() if not name.startswith(_HOLIDAYS)
    )


def _forms(folder: Path) -> dict[str, Form]:
    texts = resources.within(folder, "*.form")
    return {name.removesuffix(".form"): forms.parse(text.decode(), file=name) for name, text in texts.items()}


@cache
def shipped() -> Library:
    """The library that comes with Daoru."""
    packs = resources.read("workflows/jurisdictions", "*.toml")
    holidays = [text for name, text in packs.items() if name.startswith(_HOLIDAYS)]
    templates = {
        f"{folder}/{name}": content
        for folder in ("contracts", "notices", "ballots", "records")
        for name, content in resources.read(f"templates/{folder}", "*.docx").items()
    }
    lists = resources.read("templates", "*.tsv")
    return Library(
        diagrams=resources.read("workflows", "*.bpmn"),
        forms=_forms(resources.root() / "workflows/forms"),
        packs=_packs(packs),
        calendar=deadlines.Calendar.read(text.decode() for text in holidays),
        templates=templates,
        handbook={
            name.removesuffix(".md"): text.decode()
            for name, text in resources.read("workflows/handbook", "*.md").items()
        },
        questions=questions.read(
            {name: text.decode() for name, text in resources.read("workflows/questions", "*.md").items()}
        ),
        playbook=playbook.read(
            *(
                {name: text.decode() for name, text in resources.read(f"templates/clauses/{folder}", "*.md").items()}
                for folder in ("chapters", "annexes")
            )
        ),
        contents=contents.read(lists["mandatory_contents.tsv"].decode(), lists["sources.tsv"].decode()),
        sampled=(resources.root() / SAMPLES).read_bytes(),
    )


def build_contract() -> Path:
    """Write the contract's template anew from the clause library; returns the file.  Raises InvalidDefinition."""
    name = catalogue.KINDS[CONTRACT].template
    found = shipped()
    path = resources.root() / "templates" / name
    path.write_bytes(building.build(found.playbook, found.templates[name], file=name))
    return path
