"""The boards of an estate of the demo: kept, and walked round with a phone while a notice hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import partial

from engine.carry.casefile import Step
from engine.demo import photographs
from engine.demo.errands import GRID, Place
from engine.store import notices
from engine.use_cases import noticing, publications
from engine.use_cases.dossier import Dossier
from engine.use_cases.publications import Publication

#: When the boards are walked round on the days after the posting.
_ROUND = time(16, 30)
_USUAL = 3


@dataclass
class Boards:
    """The boards of one estate; ``seen`` are the notices whose rounds are planned."""

    place: Place
    seen: set[int] = field(default_factory=set)
    kept: int = 0

    def keep(self, count: int, moment: datetime) -> None:
        """Keep so many boards, where none is kept."""
        if self.kept:
            return
        wanted = ["小区大门公告栏", *(f"{number} 幢大厅" for number in range(1, count - 1)), "社区公告栏"][:count]
        with self.place.at_work(GRID, moment) as (work, member):
            here = noticing.here(work, self.place.library, member, self.place.estate_id)
            if here.may:
                noticing.keep_boards(here, "\n".join(wanted))
                self.kept = len(wanted)

    def posted(self, step: Step) -> Step:
        """The step as it is handed in where the notice hangs on every board that is kept."""
        if not (self.kept and "boards" in step.answers):
            return step
        answers = {**step.answers, "boards": str(self.kept)}
        return replace(step, answers=answers, stated=step.stated | {"boards"})

    def walk(self, moment: datetime) -> None:
        """Have the rounds made that a notice needs which was posted just now."""
        with self.place.acting.store.work(self.place.name(GRID), moment) as work:
            dossier = Dossier(work, self.place.library, self.place.estate_id)
            fresh = [one for one in publications.of_estate(dossier) if one.kept and one.notice.id not in self.seen]
        self.seen |= {one.notice.id for one in fresh}
        for one in fresh:
            if one.needed and one.boards:
                self._plan(one, moment)

    def _plan(self, one: Publication, moment: datetime) -> None:
        first, middle, last = (window.first for window, _ in one.boards[0].chain.windows)
        for day in sorted({max(first, moment.date()), middle, last}):
            at = datetime.combine(day, _ROUND, moment.tzinfo)
            self.place.errands.add(max(at, moment), partial(self._photograph, one.notice.id))

    def _photograph(self, notice_id: int, moment: datetime) -> None:
        with self.place.at_work(GRID, moment) as (work, member):
            here = noticing.here(work, self.place.library, member, self.place.estate_id)
            known = {one.id for one in notices.listed(work, self.place.estate_id)}
            if not here.may or notice_id not in known:
                return
            for each in noticing.publication(here, notice_id).boards:
                noticing.photograph(here, notice_id, each.posting.id, photographs.notice(self.place.seed, moment))


def count(steps: Sequence[Step]) -> int:
    """On how many boards the steps post, and so many are kept."""
    told = (step.answers["boards"] for step in steps if "boards" in step.answers)
    return int(next(told, _USUAL))
