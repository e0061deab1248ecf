"""``python -m bench.importing ours|plain FILE``: a roster of 200,000 rows read in a process of its own.

Ours opens the workbook warily, reads each row into a unit with keyed hashes of its numbers, and finds what is wrong and
what merges; plain is the reader alone, as a list of lists.
"""

import io
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from bench.ballots import _megabytes
from bench.report import Figure
from engine import spreadsheets
from engine.rules import roster_change, roster_columns, roster_sheet
from engine.rules.roster import Policies, Roster
from engine.use_cases import registering, roster_reading

ROWS, _ROUNDS = 200_000, 3
_HEADINGS = ("楼栋", "房号", "建筑面积", "用途", "产权人", "身份证号", "电话", "销售状态")


def measure() -> list[Figure]:
    """Time to the reader's own, and memory, the medians of interleaved rounds."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        _make(path)
        told = [{which: _asked(which, path) for which in ("plain", "ours")} for _ in range(_ROUNDS)]
    ratio = statistics.median(one["ours"]["seconds"] / one["plain"]["seconds"] for one in told)
    took = statistics.median(one["ours"]["seconds"] for one in told)
    most = max(one["ours"]["most"] for one in told)
    detail = f"{ROWS:,} rows, xlsx, read, checked and merged in {took:.1f} s, no database"
    return [
        Figure("importing a roster, × the reader alone", ratio, at_most=3, detail=detail),
        Figure("the same, most memory, MB", most, at_most=600, detail="of the whole process"),
    ]


def _make(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(_HEADINGS)
    for number in range(ROWS):
        building, area = number // 200 + 1, f"{60 + number % 80}.{number % 100:02d}"
        row = [f"{building}幢", f"{number % 200:04d}室", area, "住宅", f"王{number % 5_000}", _identity_number(number)]
        sheet.append([*row, f"138{number:08d}", "已交付"])
    book.save(path)


def _identity_number(number: int) -> str:
    """One with its check sign (GB 11643-1999)."""
    digits = f"3204001980{number:07d}"
    weighed = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[weighed % 11]


def _asked(which: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.importing", which, str(path)]
    answered = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(answered.stdout)
    return found


def _plain(content: bytes) -> int:
    return len(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


@roster_reading.uncollected()
def _ours(content: bytes) -> int:
    grid = spreadsheets.grid("roster.xlsx", content)
    fields = roster_columns.fields(_HEADINGS, {})
    reader = roster_sheet.Reader(fields, registering.known_by(b"key"))
    read = roster_sheet.read(roster_reading.rows(grid, 0, fields), reader, {})
    roster_change.merging(Roster(tuple(read.units)), Policies())
    return len(read.units)


def main() -> None:
    """Read once, and tell."""
    which, name = sys.argv[1:]
    content = Path(name).read_bytes()
    started = time.perf_counter()
    rows = {"ours": _ours, "plain": _plain}[which](content)
    print(json.dumps({"seconds": time.perf_counter() - started, "most": _megabytes(), "rows": rows}))


if __name__ == "__main__":
    main()
