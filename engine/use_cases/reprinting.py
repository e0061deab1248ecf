"""Replacement ballots on paper: what is handed out for spoiled ones is a document of its own, under its number.

All ballots of a vote come from the template of its first printing, so that no owner reads another text (law §4.5).
"""

from collections.abc import Sequence

from engine import events
from engine.documents import catalogue, code
from engine.documents.render import Compiled
from engine.store import ballots, documents, rows
from engine.use_cases import papers, provenance, vote_papers
from engine.use_cases.dossier import Dossier

_BALLOT = catalogue.KINDS["ballot"]


def keep_template(dossier: Dossier) -> None:
    """Keep the shipped template beside the ballots printed from it: a later release ships another file."""
    shipped = dossier.library.template(_BALLOT.name)
    if dossier.template(_BALLOT.name) is shipped:
        documents.keep(dossier.work, dossier.library.templates[_BALLOT.template])


def issue(dossier: Dossier, made: Sequence[rows.Ballot]) -> str:
    """Print these ballots of the vote that runs, each with its code and its owner's strip; returns their number."""
    work, template = dossier.work, _first(dossier)
    number = documents.take_number(work, dossier.estate_id, _BALLOT, dossier.today.year)
    address = code.address(work.public.address, documents.token(work.public.key, number))
    facts = papers.facts(dossier, _BALLOT, number, address)
    facts, content = vote_papers.rendered(template, facts, vote_papers.printed(dossier, made), work)
    used = provenance.used(facts, template.names)
    _, digest = documents.issue_beside(work, dossier.estate_id, _BALLOT, number, content, template.sha256, used)
    work.append(dossier.estate_id, events.DocumentIssued(_BALLOT.name, _BALLOT.code, number, _BALLOT.title, digest))
    return number


def _first(dossier: Dossier) -> Compiled:
    """The template of the first printing; that of today where the file of a printing long past was not kept."""
    digest = ballots.template_of(dossier.work, dossier.estate_id)
    if not digest or not dossier.work.has_file(digest):
        return dossier.template(_BALLOT.name)
    return dossier.library.compiled(_BALLOT.name, digest, dossier.work.files.read)
