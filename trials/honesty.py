"""How many made-up days of visits the rules find, and how many honest ones they ask about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.rules import honesty, oddness
from engine.rules.honesty import Day, Limits
from engine.use_cases.library import shipped
from trials import unseen_visit_logs, visit_logs
from trials.visit_logs import Fake

_PLACE, _HALF = "changzhou-zhonglou", "half true"
SAID = (
    "`walked past` stands in a module of its own, was written after the rules and figures were settled, and was found "
    "on each of 158 days at its first measuring; only the figure of the score was raised after that, from 15 to 17, "
    "which finds fewer, as rounds without any made-up day stood at 5.6 %. Two kinds before it were unseen at first "
    "too, and were found badly then: `from the armchair` (1 % of days) and `imitated` (60 %); the score was rebuilt on "
    "them, so that they count as seen. `half true`, a real day on which those who were out are entered as in favour, "
    "is not held to nine of ten: its log is a real one but for that. Call-backs find it."
)


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


@dataclass(frozen=True)
class Kind:
    """A kind of made-up days, with what was found of it and of the honest days beside; ``counts`` is held to 0.9."""

    name: str
    made_up: Seen
    honest: Seen
    counts: bool


def all_kinds(seeds: Sequence[int]) -> list[Kind]:
    """Every kind, and rounds in which nobody made anything up."""
    limits = Limits.of(next(pack for pack in shipped().packs if pack.place == _PLACE))
    kinds = {"nobody": None, **visit_logs.FAKES, "walked past (unseen)": unseen_visit_logs.walked_past}
    found = []
    for name, fake in kinds.items():
        honest, made_up = measure(seeds, limits, fake)
        found.append(Kind(name, made_up, honest, counts=name not in ("nobody", _HALF)))
    return found
