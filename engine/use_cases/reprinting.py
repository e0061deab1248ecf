"""Replacement ballots on paper: what is handed out for spoiled ones is a document of its own, under its number."""

from collections.abc import Sequence

from engine import events
from engine.documents import catalogue, code
from engine.store import documents, rows
from engine.use_cases import papers, provenance, vote_papers
from engine.use_cases.dossier import Dossier

_BALLOT = catalogue.KINDS["ballot"]


def issue(dossier: Dossier, made: Sequence[rows.Ballot]) -> str:
    """Print these ballots of the vote that runs, each with its code and its owner's strip; returns their number."""
    work, template = dossier.work, dossier.template(_BALLOT.name)
    number = documents.take_number(work, dossier.estate_id, _BALLOT, dossier.today.year)
    address = code.address(work.public.address, documents.token(work.public.key, number))
    facts = papers.facts(dossier, _BALLOT, number, address)
    facts, content = vote_papers.rendered(template, facts, vote_papers.printed(dossier, made), work)
    used = provenance.used(facts, template.names)
    _, digest = documents.issue_beside(work, dossier.estate_id, _BALLOT, number, content, template.sha256, used)
    work.append(dossier.estate_id, events.DocumentIssued(_BALLOT.name, _BALLOT.code, number, _BALLOT.title, digest))
    return number
