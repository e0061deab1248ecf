"""How many made-up days of visits the rules find, and how many honest ones they ask about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.rules import honesty, oddness
from engine.rules.honesty import Day, Limits
from trials import visit_logs
from trials.visit_logs import Fake


@dataclass
class Seen:
    """Days looked at and days asked about, with how often each kind of finding was the reason."""

    days: int = 0
    asked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, days: Sequence[Day], others: Sequence[Day], limits: Limits) -> None:
        """Look at the days of one person."""
        odd = oddness.odd(days, others, limits)
        for day in days:
            found = [*honesty.look(day, others, limits), *([odd] if odd else [])]
            self.days += 1
            self.asked += bool(found)
            self.kinds.update({str(one.kind) for one in found})


def measure(seeds: Iterable[int], limits: Limits, fake: Fake | None = None) -> tuple[Seen, Seen]:
    """The honest and the made-up days of rounds by seed, each with one person who makes up days if ``fake``."""
    true, false = Seen(), Seen()
    for seed in seeds:
        honest, made_up = visit_logs.round_of(seed, fake)
        fakers = {day.person for day in made_up}
        for days, others in oddness.each([*honest, *made_up]):
            (false if days[0].person in fakers else true).add(days, others, limits)
    return true, false
