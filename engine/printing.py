"""Make what is to be printed, from rows: one part after the other, beside the job loop.

A part is kept in one commit, so that whoever is killed leaves nothing half, and the next one goes on where it was.
"""

from datetime import datetime

from engine import pdf
from engine.documents.catalogue import KINDS
from engine.documents.copies import Copies
from engine.errors import Conflict
from engine.pdf import Refused
from engine.store import Store, print_runs
from engine.store.print_runs import FAILED
from engine.use_cases import print_runs as use_cases

ACTOR = "导入台"


class Printer:
    """Makes the parts of print runs one after the other; keeps only the file unpacked that it was at last."""

    def __init__(self, opened: Store) -> None:
        self._store = opened
        self._open: tuple[str, Copies] | None = None

    def round(self, now: datetime) -> bool:
        """Make the next part of the oldest run; whether there was one.

        No transaction is open while it is made.  Somebody may have stopped the run meanwhile: then nothing is kept.
        """
        with self._store.work(ACTOR, now) as work:
            run = print_runs.waiting(work)
        if run is None or (due := run.next) is None:
            self._open = None
            return False
        made = pdf.convert(self._copies(run.source).cut(due.first, due.last), signed=KINDS[use_cases.PRINTED].signed)
        if made is Refused.BUSY:
            return False
        try:
            with self._store.work(ACTOR, now) as work:
                if isinstance(made, Refused):
                    print_runs.set_status(work, run, FAILED, use_cases.REASONS[made])
                else:
                    print_runs.keep(work, run, due, made)
        except Conflict:
            # stopped, or made by another: the next round sees
            return True
        return True

    def _copies(self, source: str) -> Copies:
        if self._open is None or self._open[0] != source:
            self._open = (source, Copies(self._store.files.read(source)))
        return self._open[1]
