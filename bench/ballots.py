"""``python -m bench.ballots``: 3,000 ballots as one Word file in a process of its own, and the memory it took.

The facts of one ballot come pickled on standard input; each copy has a serial and thus a code of its own.
"""

import json
import pickle
import re
import resource
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from engine.documents.copies import count
from engine.documents.facts import Facts
from engine.use_cases.library import shipped

COPIES = 3_000


def main() -> None:
    """Render what comes in, and tell."""
    values: dict[str, Any] = pickle.loads(sys.stdin.buffer.read())
    one = vars(values.pop("ballot"))
    template = shipped().template("ballot")
    numbered = (SimpleNamespace(**{**one, "serial": f"{serial:06d}"}) for serial in range(1, COPIES + 1))
    many = [Facts({**values, "ballot": ballot}) for ballot in numbered]
    before = _megabytes()
    made = template.render_many(many)
    most = _megabytes()
    print(json.dumps({"copies": count(made), "before": before, "most": most}))


def _megabytes() -> float:
    # the kernel counts what the parent held before this process began, unless it is asked like this
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
