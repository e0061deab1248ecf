"""Look at scanned ballots page by page, from rows, beside the job loop.

What a page turned out to be is kept in one commit: whoever is killed leaves nothing half, and the next one goes on.
"""

import io
from contextlib import suppress
from datetime import datetime

from PIL import Image

from engine import pictures, reading_scans
from engine.errors import Conflict
from engine.reading_scans import Sight
from engine.rules.ballot_scan import Verdict
from engine.store import Store, ballot_scans
from engine.store.ballot_scans import Batch, Page, Seen
from engine.use_cases import ballot_scans as use_cases
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

ACTOR = "导入台"
#: As a ballot is shown beside the keys: about 150 pixels to an inch of A4.
_LONGER_SIDE, _QUALITY = 1754, 60


class BallotScanner:
    """Looks at the pages of scanned ballots, one after the other."""

    def __init__(self, opened: Store, library: Library) -> None:
        self._store, self._library = opened, library

    def round(self, now: datetime) -> bool:
        """Look at the next page of the oldest batch; whether there was one.  No transaction is open meanwhile."""
        with self._store.work(ACTOR, now) as work:
            found = ballot_scans.unread(work)
            if found is None:
                return False
            batch, page = found
            brought = use_cases.read(work, page.source)
        picture = reading_scans.sketched(brought, page.part) if brought.startswith(b"%PDF-") else brought
        try:
            sight = reading_scans.glance(picture)
        except pictures.Unfit:
            self._broken(page, now)
        else:
            self._keep(batch, page, sight, now)
        return True

    def _broken(self, page: Page, now: datetime) -> None:
        with suppress(Conflict), self._store.work(ACTOR, now) as work:
            ballot_scans.see(work, page, Seen(Verdict.BROKEN, "这一页画不出来；请重新扫描这一页，这一张放下。"))

    def _keep(self, batch: Batch, page: Page, sight: Sight, now: datetime) -> None:
        """Keep what a page is; where somebody was first, or filed that ballot meanwhile, the next round sees."""
        with suppress(Conflict), self._store.work(ACTOR, now) as work:
            picture = use_cases.keep(work, _jpeg(sight.shown))
            dossier = Dossier(work, self._library, batch.estate_id)
            use_cases.note(work, dossier, page, sight.codes, sight.blank, picture)


def _jpeg(picture: Image.Image) -> bytes:
    written, small = io.BytesIO(), picture.copy()
    small.thumbnail((_LONGER_SIDE, _LONGER_SIDE), Image.Resampling.LANCZOS)
    small.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
