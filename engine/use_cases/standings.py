"""Keep each estate's place on the board: its stage, since when, and the days on which its light turns."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from engine.errors import InvalidDefinition
from engine.process.instance import Timer, WaitState
from engine.rules import lights
from engine.rules.jurisdiction import Pack
from engine.rules.lights import Standing
from engine.store import Store, standings
from engine.store.standings import Known, Row, Stay
from engine.use_cases import figures
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import ONBOARDING, Library


def follow(dossier: Dossier, wait: WaitState) -> None:
    """In the commit of a move, take the estate where the move has brought it; most moves bring it nowhere."""
    fresh = (one for ref, one in wait.waits.items() if wait.before.get(ref) != one)
    if wait.entered or wait.left or dossier.estate.lawful_on or any(isinstance(one, Timer) for one in fresh):
        place(dossier)


def place(dossier: Dossier, pack: Pack | None = None) -> None:
    """In the commit, work the estate's place out again, under another ``pack`` where it moves to one."""
    under = pack or dossier.pack
    standings.place(dossier.work, dossier.estate_id, lambda known: _worked_out(dossier, under, known))


def _worked_out(dossier: Dossier, pack: Pack, known: Known) -> Row:
    here = stay_shown(known.stays, dossier.library.definition(ONBOARDING).stages)
    if here is None:
        return Row("", "", None, "", "")
    standing = standing_in(here, known.lawful_due, dossier.deadlines.zone)
    turns = lights.turns(standing, lights.measure(pack, here.stage, known.type), dossier.library.calendar)
    since, lawful_on = standing.entered_on + timedelta(standing.paused), standing.lawful_on
    last = lawful_on.isoformat() if lawful_on else None
    return Row(here.stage, since.isoformat(), last, turns.amber_on.isoformat(), turns.red_on.isoformat())


def refresh(opened: Store, library: Library, actor: str, now: datetime) -> int:
    """Put right where estates on their way stand, as after a new calendar; returns how many stood wrong.

    One whose pack cannot be read stays as it is: the others' loop begins all the same.
    """
    with opened.work(actor, now) as work:
        keys, wrong = standings.under_way(work), 0
        for key in keys:
            dossier = Dossier(work, library, key)
            try:
                known = _worked_out(dossier, dossier.pack, standings.known(work, key))
            except InvalidDefinition:
                continue
            if known != standings.row(work, key):
                place(dossier)
                wrong += 1
            if figures.missing(dossier, known):
                figures.place(dossier)
    return wrong


def stay_shown(stays: Sequence[Stay], stages: Sequence[str]) -> Stay | None:
    """The stay under which an estate is shown: in the earliest unfinished stage (decisions 20), else the last one."""
    known = [stay for stay in stays if stay.stage in stages]
    still = [stay for stay in known if stay.left_at is None]
    if still:
        return min(still, key=lambda stay: stages.index(stay.stage))
    return known[-1] if known else None


def standing_in(stay: Stay, lawful_due: str | None, zone: tzinfo) -> Standing:
    """A stay as the rule reads it; a period that is over at midnight ends with the day before."""
    last = None
    if lawful_due is not None:
        last = (datetime.fromisoformat(lawful_due) - timedelta(seconds=1)).astimezone(zone).date()
    return Standing(_day(stay.entered_at, zone), stay.paused, last)


def _day(at: str, zone: tzinfo) -> date:
    return datetime.fromisoformat(at).astimezone(zone).date()
