"""What the people of an estate of the demo do themselves, where its case hands in a sheet: the acts of the pages.

So it is since a certain day; what lies before stands as it was entered from paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.carry.casefile import Step
from engine.demo import boards, doorsteps
from engine.demo.balloting import Balloting
from engine.demo.boards import Boards
from engine.demo.errands import Place
from engine.demo.handing_over import HandingOver

#: Columns of a sheet that only a sheet has: what they say came in another way than through a door.
_ONLY_A_SHEET = ("no", "proven", "designated", "objected", "is_copy")


@dataclass
class Everyday:
    """The people of one estate at work; ``steps`` are the whole case, as it goes on after today too."""

    place: Place
    since: date
    steps: Sequence[Step]
    balloting: Balloting = field(init=False)
    boards: Boards = field(init=False)
    handing_over: HandingOver = field(init=False)

    def __post_init__(self) -> None:
        self.balloting, self.boards = Balloting(self.place), Boards(self.place)
        self.handing_over = HandingOver(self.place)

    def takes_over(self, step: Step, moment: datetime) -> bool:
        """Whether the people do what a step enters as a sheet; it is planned then, each act on its own day."""
        if step.on < self.since or step.task or len(step.rows) != 1:
            return False
        [(kind, rows)] = step.rows.items()
        if kind == "proofs":
            return bool(self.boards.kept)
        if kind not in {"visits", "deliveries", "ballots"} or any(
            row.get(name) for row in rows for name in _ONLY_A_SHEET
        ):
            return False
        plan = {
            "visits": lambda: doorsteps.plan(self.place, step, moment),
            "deliveries": lambda: self.balloting.deliver(step, moment),
            "ballots": lambda: self.balloting.take(step, moment),
        }
        plan[kind]()
        return True

    def before(self, step: Step, moment: datetime) -> Step:
        """Do what a step needs of the people; the step as they hand it in."""
        if step.on < self.since:
            return step
        if step.task in _POSTING:
            self.boards.keep(boards.count(self.steps), moment)
        if step.task == "inspect_and_list":
            self.handing_over.inspected(moment)
        if step.task == "count_votes":
            step = self.balloting.count(step, moment)
        return self.boards.posted(step)

    def after(self, step: Step, moment: datetime) -> None:
        """Have done what follows a step."""
        if step.task == "plan_handover":
            self.handing_over.planned(step)
        if step.on < self.since:
            return
        if step.task in _POSTING:
            self.boards.walk(moment)
        if step.task == "close_voting":
            self.balloting.sealed(moment)
        if "handover_items" in step.rows and not self._listed_again(step):
            self.handing_over.listed(moment)

    def _listed_again(self, step: Step) -> bool:
        """Whether the list comes once more as a sheet: it may not once it is signed."""
        return any("handover_items" in other.rows and other.number > step.number for other in self.steps)


#: The steps after which a notice hangs for so many days.
_POSTING = frozenset(
    {
        "post_plan_for_comment",
        "post_meeting_notice",
        "announce_result",
        "plan_handover",
        "post_first_disclosure",
    }
)
