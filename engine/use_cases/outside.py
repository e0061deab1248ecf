"""What became of a paper outside: signed, posted, or taken away.  Nothing done here reaches it any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from engine.documents.catalogue import KINDS
from engine.store import documents, notices
from engine.store.documents import Fallen, Printed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.use_cases.revising import Versions

Went = Literal["signed", "posted", "taken", ""]
_SIGNING = "sign_contract"
#: Under which subject a paper hangs on the boards.
_HANGS_AS: Mapping[str, str] = {
    "comment_notice": "plan", "convening_decision": "convening", "meeting_notice": "meeting",
    "roster_publication": "roster", "extension_notice": "extension", "void_notice": "void", "result_notice": "result",
    "contract_filing": "contract", "handover_plan": "handover_plan", "entry_notice": "entry",
    "first_disclosure": "first_disclosure",
}  # fmt: skip
_VOID: Mapping[Went, str] = {
    "signed": "这份已经签署：签字的原件仍有法律效力，保留不动；请出补充协议，或与对方改签后以新编号重新出具。",
    "posted": "这份已经张贴：原件和照片保留不动；请在原处张贴更正公告，重新出具的以新编号张贴。",
    "taken": "这份已经有人取走：原件保留不动；请收回或书面告知已作废，还要用的以新编号重新出具。",
    "": "",
}


@dataclass(frozen=True)
class Outside:
    """Where the papers of an estate went."""

    dossier: Dossier

    def went(self, paper: Printed | Fallen) -> Went:
        """The gravest that is known of one."""
        nature = KINDS[paper.kind].nature if paper.kind in KINDS else "I"
        if paper.number in self._filed or (nature == "C" and any(at >= paper.issued_at for at in self._signings)):
            return "signed"
        issued_on = datetime.fromisoformat(paper.issued_at).astimezone(self.dossier.deadlines.zone).date().isoformat()
        hangs_as = _HANGS_AS.get(paper.kind)
        if any(subject == hangs_as and on >= issued_on for subject, on in self._posted):
            return "posted"
        return "taken" if paper.taken_at else ""

    @cached_property
    def _log(self) -> list[dict[str, object]]:
        # with what was taken back: a signature stays one
        return self.dossier.work.log(self.dossier.estate_id)

    @cached_property
    def _filed(self) -> set[object]:
        return {event["number"] for event in self._log if event["kind"] == "SignedCopyFiled"}

    @cached_property
    def _signings(self) -> list[str]:
        return [
            str(event["at"]) for event in self._log if event["kind"] == "TaskCompleted" and event["task"] == _SIGNING
        ]

    @cached_property
    def _posted(self) -> list[tuple[str, str]]:
        return notices.posted(self.dossier.work, self.dossier.estate_id)


def of_void(dossier: Dossier, numbers: Iterable[str]) -> dict[str, str]:
    """What is left to do about papers that do not stand any more, by number; nothing for what went nowhere."""
    outside = Outside(dossier)
    told = {one.number: _VOID[outside.went(one)] for one in documents.fallen(dossier.work, dossier.estate_id, numbers)}
    return {number: said for number, said in told.items() if said}


def left(work: UnitOfWork, library: Library, found: Versions) -> str:
    """The same of one paper, empty for what stands."""
    if not found.known.void_reason:
        return ""
    return of_void(Dossier(work, library, found.known.estate_id), [found.paper.number]).get(found.paper.number, "")
