"""A contract held against the clause library: what became of each clause, and whether we may accept it.

The library's own contract, rendered with the estate's facts, stands on one side, the paper on the other; what differs
is then held against the wordings that may be accepted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jinja2 import TemplateError, nodes

from engine.documents import clauses as paper
from engine.documents.aligning import Span
from engine.documents.clauses import Change
from engine.documents.dialect import ENVIRONMENT
from engine.documents.playbook.library import Clause, Playbook, Variant

#: As the library has it; its wording with other figures; a fallback; in other words; not there; not in the library.
State = Literal["standard", "figures", "fallback", "changed", "missing", "added"]
STATES: tuple[State, ...] = ("missing", "changed", "added", "figures", "fallback", "standard")
_BLOCK = re.compile(r"\{%p (.*?)%\}")
_MARK = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Checked:
    """What became of a clause; ``name`` is what it is called in the paper, or would be.

    ``clause`` is None for what the library does not have; ``variant`` is the wording that was found, ``lines`` show
    what differs from the wording that should stand there.
    """

    state: State
    name: str
    clause: Clause | None
    variant: Variant | None
    lines: tuple[tuple[Span, ...], ...]


def check(
    playbook: Playbook, expected: Sequence[paper.Clause], found: Sequence[paper.Clause], facts: Mapping[str, Any]
) -> list[Checked]:
    """Each clause of the library and of the paper once, in the order of the paper.

    ``expected`` are the clauses of the library's contract for this estate, ``facts`` what its template saw.
    """
    checked = [_checked(playbook, change, facts) for change in paper.compare(expected, found) if change.kind != "left"]
    return [one for one in checked if one is not None]


def applying(clause: Clause, facts: Mapping[str, Any]) -> Variant | None:
    """The wording that is printed of a clause for an estate; None where a fact it depends on is not there yet."""
    return next((one for one in clause.of("required") if _holds(one.condition, facts)), None)


def _holds(condition: str, facts: Mapping[str, Any]) -> bool:
    if not condition:
        return True
    try:
        return bool(ENVIRONMENT.from_string(f"{{% if {condition} %}}1{{% endif %}}").render(facts))
    except TemplateError:
        return False


def _checked(playbook: Playbook, change: Change, facts: Mapping[str, Any]) -> Checked | None:
    name = change.title
    clause = playbook.by_title.get(change.old.title) if change.old and change.old.time == 1 else None
    if clause is None:
        annexed = change.old is not None and change.kind in {"same", "renumbered"}
        if annexed or (change.new or change.old) is None:
            return None
        state: State = "missing" if change.new is None else "added" if change.old is None else "changed"
        return Checked(state, name, None, None, change.lines)
    standard = applying(clause, facts)
    if change.new is None:
        return Checked("missing", name, clause, standard, change.lines)
    if change.old is not None and change.old.body == change.new.body:
        return Checked("standard", name, clause, standard, ())
    body = change.new.body
    fallback = next((one for one in clause.of("fallback") if _says(playbook, clause, one, body, facts)), None)
    if fallback is not None:
        return Checked("fallback", name, clause, fallback, change.lines)
    state = "figures" if standard and _says(playbook, clause, standard, body, facts) else "changed"
    return Checked(state, name, clause, standard, change.lines)


def _says(playbook: Playbook, clause: Clause, variant: Variant, body: str, facts: Mapping[str, Any]) -> bool:
    """Whether a text is this wording, whatever was filled in, where the wording may be used at all."""
    return _holds(variant.condition, facts) and bool(
        wording(playbook, clause, variant).fullmatch("".join(body.split()))
    )


# wordings as patterns


def wording(playbook: Playbook, clause: Clause, variant: Variant) -> re.Pattern[str]:
    """What a wording says, for every fact and every branch of it; white space left out."""
    said = "\n".join(_MARK.sub(r"\1", _BLOCK.sub(r"{% \1%}", line)) for line in variant.lines)
    parsed = ENVIRONMENT.parse(playbook.referred(f"{clause.title}。{said}"))
    # the places to sign follow the last clause and are read as part of it
    signs = ".*" if clause.id == playbook.clauses[-1].id else ""
    return re.compile("".join(_pattern(parsed.body)) + signs, re.DOTALL)


def _pattern(body: Iterable[nodes.Node]) -> Iterator[str]:
    for node in body:
        if isinstance(node, nodes.Output):
            yield from (_value(one) for one in node.nodes)
        elif isinstance(node, nodes.If):
            yield "(?:" + "|".join("".join(_pattern(one)) for one in _branches(node)) + ")"
        elif isinstance(node, nodes.For):
            yield "(?:" + "".join(_pattern(node.body)) + ")*"


def _branches(node: nodes.If) -> Iterator[list[nodes.Node]]:
    yield node.body
    for one in node.elif_:
        yield one.body
    yield node.else_


def _value(node: nodes.Node) -> str:
    if isinstance(node, nodes.TemplateData):
        return re.escape("".join(node.data.split()))
    if isinstance(node, nodes.Const):
        return re.escape("".join(str(node.value).split()))
    if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
        return f"(?:{_value(node.expr1)}|{_value(node.expr2)})"
    return "[^\n]*?"
