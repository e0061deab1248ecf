"""What a gate yields, and the shapes of checks and gates."""

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
#: What a gate decides from the estate's own records.
Gate = Callable[[Dossier], Decision]
