"""The present moment.  A rehearsal on other dates sets its own with ``DAORU_CLOCK``, which then goes on by itself."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """The present moment, or the one in the file that ``DAORU_CLOCK`` names and what has passed since it was set."""
    rehearsed = os.environ.get("DAORU_CLOCK")
    if not rehearsed:
        return datetime.now(UTC)
    kept = Path(rehearsed)
    passed = timedelta(seconds=max(0.0, time.time() - kept.stat().st_mtime))
    return datetime.fromisoformat(kept.read_text(encoding="ascii")) + passed


def set_to(rehearsed: Path, moment: datetime) -> None:
    """Set the clock of a rehearsal."""
    made = rehearsed.with_suffix(".new")
    made.write_text(moment.astimezone(UTC).isoformat(), encoding="ascii")
    made.replace(rehearsed)
