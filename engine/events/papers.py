"""Events of papers: issued, revised, examined, signed, remarked on."""

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True)
class DocumentIssued(Event):
    """A document was generated and numbered."""

    document: str
    code: str
    number: str
    title: str
    sha256: str


@dataclass(frozen=True)
class DocumentRevised(Event):
    """A file that somebody had changed became the next version of a document.

    ``altered`` says what the facts are called that were changed by hand in it.
    """

    number: str
    title: str
    version: int
    why: str
    sha256: str
    altered: tuple[str, ...]


@dataclass(frozen=True)
class PaperExamined(Event):
    """The adviser decided on a version of a document, known by its SHA-256; ``whom`` was asked, or has it now."""

    number: str
    title: str
    version: int
    sha256: str
    decision: str
    reason: str
    whom: str = ""


@dataclass(frozen=True)
class OpinionIssued(Event):
    """The opinion on what was decided on a version of the document ``on`` was issued under a number of its own."""

    number: str
    title: str
    on: str
    on_title: str
    version: int
    sha256: str


@dataclass(frozen=True)
class SignedCopyFiled(Event):
    """A scan was filed as the signed copy of a version, known by its SHA-256; of ``places`` a person saw the seal.

    ``why`` says what of the places where there is none.
    """

    number: str
    title: str
    version: int
    sha256: str
    pages: int
    places: int
    why: str = ""


@dataclass(frozen=True)
class RemarkMade(Event):
    """Somebody remarked on a clause of a document, or answered such a remark; ``category`` is in words."""

    number: str
    title: str
    version: int
    clause: str
    category: str
    answers: bool = False


@dataclass(frozen=True)
class RemarkResolved(Event):
    """A remark on a clause of a document was settled; ``by_whom`` had made it."""

    number: str
    title: str
    clause: str
    category: str
    by_whom: str


@dataclass(frozen=True)
class ReviewWaived(Event):
    """The adviser let a finding of the contract's pre-review stand."""

    rule: str
    title: str
    reason: str
