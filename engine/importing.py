"""Read and write the lists of owners that wait for it, beside the job loop; the rows say what is left to do.

Whoever is killed leaves nothing half: what was found is kept in one commit, and a version of the roster is one commit.
"""

from datetime import datetime

from engine.errors import Conflict
from engine.store import Store, roster_imports
from engine.use_cases import roster_reading
from engine.use_cases.library import Library

ACTOR = "导入台"


class Importer:
    """Does what waits, one list after the other; ``key`` is that of persons and of what is sealed."""

    def __init__(self, opened: Store, library: Library, key: bytes) -> None:
        self._store, self._library, self._key = opened, library, key

    def round(self, now: datetime) -> bool:
        """Do the next thing for the oldest list that waits; whether there was one."""
        with self._store.work(ACTOR, now) as work:
            given = roster_imports.waiting(work)
        if given is None:
            return False
        try:
            roster_reading.go_on(self._store, self._library, self._key, given, now)
        except Conflict:
            # somebody changed it, or another did it: the next round sees
            return True
        return True
