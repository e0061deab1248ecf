"""The opinion 审阅意见书 on a paper, issued of one decision of its examination and of what that decision rests on."""

from engine import events
from engine.documents import code, facts
from engine.documents.catalogue import OPINION
from engine.documents.facts import Facts, Source
from engine.errors import Conflict, NotFound, NotPermitted
from engine.store import documents, examinations
from engine.store.examinations import Decided
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import examining, provenance
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.examining import Examination
from engine.use_cases.library import Library


def issue(work: UnitOfWork, library: Library, member: Member, number: str, decision_id: int) -> str:
    """Issue the opinion on a decision on that document; returns its number, the same when it was issued before.

    Raises NotFound, NotPermitted for anybody but who examines the document, and Conflict for a decision of which
    nothing was kept.
    """
    work.alone(f"examine {number}")
    shown = examining.examination(work, member, number)
    decided = next((one for one in shown.decided if one.id == decision_id), None)
    if decided is None:
        raise NotFound(what="这次审阅的决定")
    if decided.opinion:
        return decided.opinion
    if not shown.mine:
        raise NotPermitted(
            "审阅意见书由审阅人{reviewer}出具；您可以留言请审阅人处理。",
            reviewer=shown.reviewer or "（还没有法律顾问）",
        )
    if not decided.rests:
        raise Conflict("这次决定没有留下审阅依据，不能出具审阅意见书；请对现行版重新审阅后出具。")
    return _issued(work, library, shown, decided)


def _issued(work: UnitOfWork, library: Library, shown: Examination, decided: Decided) -> str:
    estate_id, about = shown.found.known.estate_id, shown.found.paper
    dossier, template = Dossier(work, library, estate_id), library.template(OPINION.name)
    opinion = documents.take_number(work, estate_id, OPINION, dossier.today.year)
    known = _facts(dossier, opinion, decided)
    content, used = template.render(known), provenance.used(known, template.names)
    key, digest = documents.issue_beside(work, estate_id, OPINION, opinion, content, template.sha256, used)
    examinations.name_opinion(work, decided.id, key)
    said = events.OpinionIssued(opinion, OPINION.title, about.number, about.title, decided.version, digest)
    work.append(estate_id, said)
    return opinion


def _facts(dossier: Dossier, number: str, decided: Decided) -> Facts:
    work = dossier.work
    address = code.address(work.public.address, documents.token(work.public.key, number))
    known = {
        "document": {"number": number, "title": OPINION.title, "date": dossier.today, "address": address},
        "estate": {"name": dossier.estate.name},
        "opinion": examinations.grounds(work, decided.id),
    }
    rests = {"opinion": Source("PaperExamined", decided.actor, decided.at)}
    return facts.build({}, known, provenance.sources(dossier, OPINION) | rests)
