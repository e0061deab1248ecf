"""What a gate yields, and what checks and gates are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.errors import Problem
from engine.process.instance import Value
from engine.rules.outcome import Outcome
from engine.use_cases.dossier import Answers, Dossier


@dataclass(frozen=True)
class Decision:
    """An outcome, and what else the diagram may route by beside ``<gate>_outcome``."""

    outcome: Outcome
    routing: Mapping[str, Value] = field(default_factory=dict)


#: Whether the answers of a task may stand: a problem for each field that breaks a rule.
Check = Callable[[Dossier, Answers], list[Problem]]


@dataclass(frozen=True)
class Gate:
    """How a gate decides, its possible outcomes, and what else it gives the diagram, with the possible values.

    None stands for any value.  The lint holds the diagrams against this.
    """

    decide: Callable[[Dossier], Decision]
    outcomes: frozenset[str]
    routing: Mapping[str, frozenset[str | bool] | None] = field(default_factory=dict)


def gate(decide: Callable[[Dossier], Decision], outcomes: str, **routing: frozenset[str | bool] | None) -> Gate:
    """A gate whose ``outcomes`` are written with blanks between."""
    return Gate(decide, frozenset(outcomes.split()), routing)
