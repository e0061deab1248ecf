"""How a journey was conducted, read as a judge would: PR-01…PR-98 over the event log alone (features §3.8, law §2.5).

How a notice hung on each board is in the log where an estate keeps its boards; rules over the delivery of each ballot
and double entry need more than the log keeps.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

# each of these registers its rules
from engine.rules.conduct import contract, convening, groundwork, people, publishing, records, takeover, voting  # noqa: F401
from engine.rules.conduct.journey import Entry, Journey
from engine.rules.conduct.kept import KEPT, kept
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import RULES, Finding, Rule, Verdict, examine
from engine.rules.prereview.registry import Severity

__all__ = ["KEPT", "RULES", "Entry", "Finding", "Journey", "Limits", "Rule", "Severity", "Verdict", "kept", "review"]


def review(log: Sequence[Mapping[str, Any]], zone: ZoneInfo, limits: Limits) -> list[Finding]:
    """What every rule says of a log, by their numbers; the same log and limits always give the same."""
    return examine(RULES, Journey.read(log, zone), limits)
