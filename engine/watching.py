"""Look again and again, beside the job loop, whether a canvass asks for a question, and tell who leads it."""

from datetime import date, datetime, timedelta

from engine.store import Store, canvass_checks, estates
from engine.use_cases import canvass_checks as checks
from engine.use_cases import canvassing, hands
from engine.use_cases.library import Library

ACTOR = "导入台"
_EVERY = timedelta(minutes=10)


class Watcher:
    """Looks at every canvass that goes on; remembers what it has seen, and looks anew after an event or a day."""

    def __init__(self, opened: Store, library: Library) -> None:
        self._store, self._library = opened, library
        self._looked: datetime | None = None
        self._seen: dict[int, tuple[int, date]] = {}

    def round(self, now: datetime) -> bool:
        """Look, unless that was done a short while ago; never in a hurry to do it again."""
        if self._looked is not None and timedelta(0) <= now - self._looked < _EVERY:
            return False
        self._looked = now
        with self._store.work(ACTOR, now) as work:
            going = canvass_checks.going(work, canvassing.TASK)
        for estate_id in going:
            self._look(estate_id, now)
        return False

    def _look(self, estate_id: int, now: datetime) -> None:
        with self._store.work(ACTOR, now) as work:
            state = estates.version(work, estate_id), hands.today(work)
            if self._seen.get(estate_id) == state:
                return
            canvass = canvassing.of_program(work, self._library, estate_id)
            if canvass is not None:
                checks.tell(canvass)
        self._seen[estate_id] = state
