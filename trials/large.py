"""A made-up estate of any size, carried from application to operation."""

import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import yaml

_CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
_ITEMS = 8
_MEASURED = (
    "import resource, sys; from engine import cli; code = cli.main(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr); sys.exit(code)"
)


@dataclass(frozen=True)
class Carried:
    """What carrying a large estate came to; memory and database in MB."""

    code: int
    said: str
    documents: int
    events: int
    seconds: float
    memory: int
    database: int


def carry(folder: Path, units: int) -> Carried:
    """Write the case of ``units`` units below ``folder`` and carry it in a process of its own."""
    case, out = write(folder, units), folder / "out"
    arguments = ["carry", str(case), "--out", str(out), "--quiet"]
    environment = {**os.environ, "DAORU_HOME": str(folder / "home"), "PYTHONPATH": str(_CASES.parents[1])}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    said = done.stderr.strip().splitlines() or ["0"]
    if done.returncode != 0:
        return Carried(done.returncode, "\n".join(said), 0, 0, seconds, 0, 0)
    summary = orjson.loads((out / "summary.json").read_bytes())
    events = orjson.loads((out / "timeline.json").read_bytes())
    size = (out / "data" / "daoru.db").stat().st_size // 1024 // 1024
    return Carried(0, "", len(summary["documents"]), len(events), seconds, int(said[-1]), size)


def write(folder: Path, units: int) -> Path:
    """The case: the steps of the 3,000-unit one, with registers and figures for ``units`` units."""
    chance = random.Random(units)
    numbers = [f"{1 + unit // 150}-{1 + unit % 150 // 6:02d}{1 + unit % 6:02d}" for unit in range(units)]
    areas = [chance.randrange(60_00, 150_00) for _ in numbers]
    owners = [f"业主{chance.randrange(10**6):06d}" for _ in numbers]
    returned = numbers[: units * 3 // 4]
    tables: dict[str, Iterable[Iterable[str]]] = {
        "roster": _roster(numbers, areas, owners),
        "visits": [("unit_no", "on", "attitude"), *((no, "2026-02-10", "SUPPORT") for no in numbers)],
        "deliveries": [
            ("unit_no", "on", "mode", "receiver"),
            *((no, "2026-04-13", "VISIT", owner) for no, owner in zip(numbers, owners, strict=True)),
        ],
        "ballots": [
            ("unit_no", "on", "marks", "signed"),
            *((no, "2026-04-17", " ".join("1" * _ITEMS), "是") for no in returned),
        ],
        "prepaid": [
            ("unit_no", "building", "paid_until", "amount", "months_paid", "months_left", "disposition"),
            *((no, no.partition("-")[0], "2027-03-19", "1500.00", "12", "8", "TRANSFERRED") for no in numbers),
        ],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    case = folder / "large.yaml"
    case.write_text(yaml.safe_dump(_case(units, sum(areas), len(returned), tables), allow_unicode=True), "utf-8")
    return case


def _roster(numbers: list[str], areas: list[int], owners: list[str]) -> Iterator[tuple[str, ...]]:
    yield "房号", "楼栋", "建筑面积", "用途", "产权人", "证件号", "电话"
    for number, (no, area, owner) in enumerate(zip(numbers, areas, owners, strict=True)):
        identity = f"32040019800101{number:05d}"[-18:]
        yield no, no.partition("-")[0], f"{area // 100}.{area % 100:02d}", "住宅", owner, identity, "13800000000"


def _case(units: int, area: int, returned: int, tables: Iterable[str]) -> dict[str, object]:
    raw = yaml.load((_CASES / "large.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    metres, prepaid = f"{area // 100}.{area % 100:02d}", f"{units * 1000}.00"
    own = {
        "submit_application": {"households": str(units), "total_area": metres, "residential_area": metres},
        "compute_ledgers": {
            "charged_area": metres,
            "common_income": f"{units * 240}.00",
            "basic_service_cost": f"{units * 1300}.00",
        },
        "build_owner_register": {"registered_total_area": metres},
        "close_voting": {"issued": str(units), "returned": str(returned), "unreturned": str(units - returned)},
        "count_votes": {"callback_sample": str(returned), "callback_confirmed": str(returned)},
        "confirm_opening_balance": {"opening_balance": prepaid},
        "record_first_month": {"opening_balance": prepaid, "bank_balance": f"{units * 1000 + 6997}.70"},
    }
    given: dict[str, object] = {name: f"{name}.csv" for name in tables}
    for task, answers in raw["with"].items():
        given.setdefault(task, {**answers, **own.get(task, {})} if isinstance(answers, dict) else answers)
    title = {"case": f"large-{units}", "title": f"{units} 户", "like": str(_CASES / raw["like"])}
    return {**raw, **title, "with": given}
