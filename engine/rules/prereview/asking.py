"""What several rules ask in the same way."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from engine.rules.prereview.contract import Check, Evidence
from engine.rules.prereview.file import File, Item, Opinion
from engine.rules.prereview.topics import TOPICS


def given(*facts: object) -> None:
    """The facts are there: reading one that nobody gave has raised Absent."""


def settled(file: File) -> set[str]:
    """What the clauses settle, each by its number and its words; reading one without them raises Absent."""
    for clause in file.contract.clauses:
        given(clause.no, clause.text)
    return {topic for clause in file.contract.clauses for topic in clause.topics}


def unsettled(file: File, topics: Iterable[str]) -> Iterator[str]:
    """A sentence for each of ``topics`` that no clause settles."""
    there = settled(file)
    for topic in topics:
        if topic not in there:
            yield f"合同没有约定“{TOPICS[topic]}”；请补写这一条。"


def lacking(there: Iterable[str], wanted: Mapping[str, str] | Iterable[str], names: Mapping[str, str]) -> str:
    """The Chinese names of what is wanted and not there, empty when nothing is."""
    present = set(there)
    return "、".join(names[one] for one in wanted if one not in present)


def unclear(check: Check, last: date, what: str) -> Iterator[str]:
    """A look-up that found something, or that somebody dates after ``last``."""
    if not check.clear:
        yield f"{what}不合格（{check.by}于 {check.on} 核查）；请先解决，或者另行选择。"
    yield from undated(check, last, what)


def undated(proof: Evidence | Check, last: date, what: str) -> Iterator[str]:
    """Evidence without a person, or dated later than it can have been; reading what is not there raises Absent."""
    given(proof.by, proof.paper if isinstance(proof, Evidence) else proof.clear)
    if proof.on > last:
        yield f"{what}的日期 {proof.on} 晚于 {last}；请核对。"


def allowed(file: File, rule: str) -> Opinion | None:
    """Counsel's signed opinion that this may go on, None without one; it must be dated by the day of review."""
    for one in file.opinions:
        given(one.by, one.paper)
        if one.rule == rule and one.allows and one.on <= file.on:
            return one
    return None


def item(file: File, no: int) -> Item | None:
    """An item of the vote by its number."""
    return next((one for one in file.resolution.items if one.no == no), None)
