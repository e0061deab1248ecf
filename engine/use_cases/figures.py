"""The one figure on an estate's card: what households intend, how many ballots came back, what was taken over.

It is kept in the estate's row beside the stage that it tells of, in the commit of whatever changes it, so that a board
reads no register.  Which it is follows from the stage, so that an intention is never shown as a decision (law §3.11).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine import events
from engine.errors import InvalidAnswers
from engine.process.instance import WaitState
from engine.rules.exact import Ratio
from engine.store import estates, standings
from engine.store.board import Card
from engine.store.standings import Figure
from engine.use_cases import voting
from engine.use_cases.dossier import Dossier


@dataclass(frozen=True)
class Metric:
    """A figure as a card shows it: ``part`` of ``whole`` in ``unit``."""

    label: str
    unit: str
    part: int
    whole: int

    @property
    def percent(self) -> str:
        """The share, cut off after one decimal."""
        return Ratio(self.part, self.whole).percent()


@dataclass(frozen=True)
class _Counted:
    label: str
    unit: str
    count: Callable[[Dossier], tuple[int, int]]


def _intention(dossier: Dossier) -> tuple[int, int]:
    """Units in favour, of those that answered, as the estate's page shows it; none before the first visit."""
    if not estates.visited(dossier.work, dossier.estate_id):
        return 0, 0
    support = dossier.meter.support.units
    return support.numerator, support.denominator


def _returned(dossier: Dossier) -> tuple[int, int]:
    """Ballots that came back, of those that count; what they say is not looked at (decisions 3).

    None where the place does not show it before the box is sealed.
    """
    if voting.hidden(dossier):
        return 0, 0
    count = {ballot.id for ballot in dossier.ballot_of.values()}
    return len(count & {one.ballot_id for one in dossier.ballot_returns}), len(count)


def _taken_over(dossier: Dossier) -> tuple[int, int]:
    """Things of the list that leave nothing to be done."""
    items = dossier.handover_items
    return sum(not item.state.is_open for item in items), len(items)


_BY_STAGE: Mapping[str, _Counted] = {
    "consent": _Counted("支持意向", "户", _intention),
    "owners_vote": _Counted("表决票回收", "张", _returned),
    "handover": _Counted("移交完好", "项", _taken_over),
}
#: Steps by which a vote begins, is sealed or void, and its ballots count, are shown or not.
_VOTE = frozenset({"resolve_agenda", "freeze_roster", "close_voting", "declare_vote_void"})


def follow(dossier: Dossier, wait: WaitState, happened: Iterable[events.Event]) -> None:
    """In the commit of a move, count again where it may have changed the figure; most moves do not."""
    printed = any(isinstance(one, events.BallotsPrinted) or getattr(one, "task", "") in _VOTE for one in happened)
    if wait.entered or wait.left or printed:
        place(dossier)


def place(dossier: Dossier) -> None:
    """In the commit, after what it has written so far, count the figure of the stage in which the estate stands."""
    standings.place_figure(
        dossier.work, dossier.estate_id, lambda: worked_out(Dossier(dossier.work, dossier.library, dossier.estate_id))
    )


def worked_out(dossier: Dossier) -> Figure:
    """The figure of the stage in which an estate stands, counted from its registers; of no stage where it has none."""
    stage = standings.row(dossier.work, dossier.estate_id).stage
    if stage not in _BY_STAGE:
        return Figure("", 0, 0)
    try:
        return Figure(stage, *_BY_STAGE[stage].count(dossier))
    except InvalidAnswers:
        # registers that contradict each other, as a roster without a visited unit, are told where they are read
        return Figure(stage, 0, 0)


def missing(dossier: Dossier, known: standings.Row) -> bool:
    """Whether the estate stands in a stage whose figure was never counted, as before figures were kept."""
    return known.stage in _BY_STAGE and standings.figure(dossier.work, dossier.estate_id).figure_of != known.stage


def of_card(card: Card) -> Metric | None:
    """What a card shows; None in a stage without a figure, and before there is anything to count."""
    counted = _BY_STAGE.get(card.stage)
    if counted is None or card.figure_of != card.stage or not card.figure_whole:
        return None
    return Metric(counted.label, counted.unit, card.figure_part, card.figure_whole)
