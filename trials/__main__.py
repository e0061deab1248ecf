"""Run the long trials and write ``docs/reliability.md``."""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from engine.use_cases.library import shipped
from tests import filled_ballots, postgresql
from trials import ballots, districts, fuzzing, honesty, kills, large, numbers, photos, races, scans, walks

_ROOT = Path(__file__).resolve().parents[1]
_REPORT = _ROOT / "docs" / "reliability.md"
_FAILED = " — FAILED"
_FUZZED = "ended in an error that is not ours"


@dataclass(frozen=True)
class Section:
    """What a trial found: a heading, lines of text, and whether all was as it must be."""

    title: str
    lines: list[str]
    good: bool


def main() -> int:
    """Kill, race, damage and enlarge; returns 1 when anything was lost, doubled or escaped."""
    parser = argparse.ArgumentParser(prog="./run trials")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--races", type=int, default=1_000)
    parser.add_argument("--numbers", type=int, default=500)
    parser.add_argument("--walks", type=int, default=400)
    parser.add_argument("--fuzz", type=int, default=2_000)
    parser.add_argument("--districts", type=int, default=6)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--scans", type=int, default=200)
    parser.add_argument("--ballots", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", nargs="+", metavar="TRIAL", help="run these alone, and leave the others' figures")
    parser.add_argument("--report", type=Path, default=_REPORT)
    asked = parser.parse_args()
    trials: dict[str, Callable[[], Section]] = {
        "races": lambda: _races(asked.races, asked.numbers),
        "walks": lambda: _walks(asked.walks),
        "fuzz": lambda: _fuzzing(asked.fuzz),
        "large": _large,
        "districts": lambda: _districts(asked.districts),
        "photos": lambda: _photos(asked.photos),
        "scans": lambda: _scans(asked.scans),
        "ballots": lambda: _ballots(asked.ballots),
        "honesty": lambda: _honesty(asked.rounds),
        "kills": lambda: _kills(asked.kills),
    }
    wanted = asked.only or list(trials)
    if unknown := set(wanted) - set(trials):
        parser.error(f"no trial is called {', '.join(sorted(unknown))}; there are {', '.join(trials)}")
    kept = _sections(asked.report) if asked.only else {}
    good = True
    for name in wanted:
        section = trials[name]()
        text = _text(section)
        print(text, flush=True)
        kept[section.title] = text
        good = good and section.good
        asked.report.write_text(_head() + "".join(kept.values()), encoding="utf-8")
    print(f"written: {asked.report}")
    return 0 if good else 1


def _sections(report: Path) -> dict[str, str]:
    """The sections of an earlier report by their titles."""
    told = report.read_text(encoding="utf-8") if report.is_file() else ""
    parts = [part for part in re.split(r"^(?=## )", told, flags=re.MULTILINE) if part.startswith("## ")]
    return {part.splitlines()[0].removeprefix("## ").removesuffix(_FAILED): part for part in parts}


def _kills(number: int) -> Section:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = kills.carry_undisturbed(Path(folder))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda seed: kills.kill_and_resume(seed, undisturbed), range(number)))
    mid_run, same = sum(kill.mid_run for kill in done), sum(kill.same for kill in done)
    met = Counter(kill.stage for kill in done if kill.stage in kill.met)
    lines = [
        f"{number} runs of the reference journey killed with SIGKILL, {mid_run} mid-run, {same} resumed to the same "
        f"events, stages, document numbers, SHA-256 and rows per table ({_seconds(started)}).",
        "Kills by stage met: " + ", ".join(f"{stage} {met[stage]}" for stage in undisturbed.stages) + ".",
        *(f"Seed {seed}, {kill.stage}: {kill.difference}" for seed, kill in enumerate(done) if not kill.same),
    ]
    good = same == mid_run == number and (number < len(undisturbed.stages) or set(met) == set(undisturbed.stages))
    return Section("Kills", lines, good)


def _races(rounds: int, each: int) -> Section:
    lines, good = [], True
    with tempfile.TemporaryDirectory() as folder, _databases(Path(folder)) as databases:
        for name, addresses in databases.items():
            started = time.monotonic()
            raced = races.run(next(addresses), Path(folder) / "files", rounds)
            lines.append(
                f"{name}: {raced.rounds} races of two processes for one task: {raced.won} won, {raced.lost} refused "
                f"with Conflict, {raced.moves} moves and {raced.completed} completions recorded ({_seconds(started)})."
            )
            lines += [f"{name}: the races ended early, as a racer died with exit code {code}." for code in raced.died]
            started = time.monotonic()
            taken = numbers.run(next(addresses), Path(folder) / "files", each)
            ends = ", ".join(f"{kind} 1–{sequence[-1]}" for kind, sequence in sorted(taken.sequences.items()))
            lines.append(
                f"{name}: two processes asked for {taken.asked} documents at once, every fifth attempt given up: "
                f"numbers {ends}, {'no gap, none twice' if taken.clean else 'NOT CLEAN'} ({_seconds(started)})."
            )
            lines += [
                f"{name}: the asking ended early, as a process died with exit code {code}." for code in taken.died
            ]
            good = good and raced.clean and taken.clean
        if "PostgreSQL" not in databases:
            lines.append("PostgreSQL: skipped, none here.")
    return Section("Races", lines, good)


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, Iterator[str]]]:
    """Addresses of empty databases, two of each kind."""
    found = {"SQLite": iter([f"sqlite:///{folder / 'races.db'}", f"sqlite:///{folder / 'numbers.db'}"])}
    with ExitStack() as stack:
        if postgresql.available():
            server = stack.enter_context(postgresql.server())
            found["PostgreSQL"] = iter([stack.enter_context(postgresql.database(server)) for _ in range(2)])
        yield found


def _walks(number: int) -> Section:
    started, library = time.monotonic(), shipped()
    walked = walks.run(range(number), library)
    found = [one.walk for one in walked if one.walk]
    refused = Counter(walk.refused for walk in found if walk.refused)
    fell = [walk.fell for walk in found if walk.fell]
    lines = [
        f"{number} journeys cut at a random step and undone to a random earlier one: {len(fell)} undone, "
        f"{sum(fell)} completed steps fell (at most {max(fell, default=0)} at once), {sum(refused.values())} refused "
        f"with nothing changed; each effect was the preview, row by row ({_seconds(started)}).",
        f"{sum(walk.finished for walk in found)} of them then went on to the gates, papers and end of their case.",
        *(f"Refused {times} times: {why}" for why, times in refused.most_common()),
        *(f"Seed {one.seed}: {one.wrong}" for one in walked if one.wrong),
    ]
    return Section("Going back", lines, not any(one.wrong for one in walked))


def _fuzzing(rounds: int) -> Section:
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fuzzing.run_all(rounds)
    lines = ["| damaged | inputs | taken | refused | " + _FUZZED + " |", "|---|---|---|---|---|"]
    lines += [f"| {one.name} | {one.inputs} | {one.accepted} | {one.refused} | {len(one.escaped)} |" for one in found]
    lines += [
        f"\n{times} × {what}" for one in found for what, times in Counter(one.escaped).most_common()
    ]  # what to mend, named
    total = sum(one.inputs for one in found)
    lines.append(f"\n{total} damaged inputs by seed; a refusal is a sentence naming the place ({_seconds(started)}).")
    return Section("Damaged input", lines, not any(one.escaped for one in found))


def _large() -> Section:
    lines, good = [], True
    for units in (3_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            carried = large.carry(Path(folder), units)
        lines.append(
            f"{units} units: {'as expected' if carried.code == 0 else carried.said}, {carried.documents} documents, "
            f"{carried.events} events, {carried.seconds:.1f} s, {carried.memory} MB at most, "
            f"database {carried.database} MB, synchronous FULL."
        )
        good = good and carried.code == 0
    return Section("Large estates", lines, good)


def _districts(number: int) -> Section:
    before = districts.spent()
    built = [districts.build(day) for day in districts.days(number)]
    stages = {stage for one in built for stage in one.stages}
    everywhere = all(one.stages >= stages for one in built)
    each = (districts.spent() - before) / max(1, number)
    lines = [
        f"The demo district built on {number} days from {districts.FIRST} on, {districts.APART.days} days apart: "
        f"{sum(one.whole for one in built)} whole, "
        f"{'every stage occupied in each' if everywhere else 'STAGES MISSING'}; "
        f"{max((one.seconds for one in built), default=0):.0f} s at most, {each:.0f} s of processor time each.",
        *(f"{one.day}, {name}: {why}" for one in built for name, why in one.stopped.items()),
    ]
    return Section("Demo districts", lines, everywhere and all(one.whole for one in built))


def _photos(count: int) -> Section:
    with tempfile.TemporaryDirectory() as folder:
        kept = photos.keep(Path(folder), count)
    line = (
        f"{kept.photos} photos of 12 to 20 megapixels for one estate ({kept.megabytes} MB) sent in parts, {kept.cut} "
        f"answers lost on the way: {kept.wrong} missing, doubled or altered; {kept.seconds:.0f} s, the last part with "
        f"decoding {kept.longest:.1f} s at most, small copies {kept.largest_small // 1024} KB at most."
    )
    return Section("Photos", [line], kept.wrong == 0)


def _scans(count: int) -> Section:
    """At least 80 of 100 changed numbers are to be told, and at most 2 of 100 that are as they should be doubted."""
    started = time.monotonic()
    home = Path(os.environ.get("DAORU_HOME", tempfile.gettempdir())) / "trials"
    seen = scans.run(home, count)
    clean, changed = [one for one in seen if not one.changed], [one for one in seen if one.changed]
    told, numbers = sum(one.told for one in changed), sum(one.numbers for one in clean)
    flagged = sum(len(one.flagged) for one in clean)
    seconds = sorted(one.seconds for one in seen)
    lines = [
        f"{len(seen)} scanned pages of {len(scans.PAPERS)} papers of the reference journey, turned, blurred, pale and "
        f"grainy: {sum(one.known for one in seen)} known by their words, {sum(one.coded for one in seen)} by the code "
        f"on the page ({_seconds(started)}).",
        f"One digit changed on {len(changed)} of them: {told} told ({_percent(told, len(changed))}).",
        f"{len(clean)} clean ones with {numbers} numbers: {flagged} numbers doubted ({_percent(flagged, numbers)}), on "
        f"{sum(bool(one.flagged) for one in clean)} pages; {sum(one.lines for one in clean)} lines not found, on "
        f"{sum(one.lines > 0 for one in clean)} pages.",
        f"{seconds[len(seconds) // 2]} s a page in the middle, {seconds[-1]} s at most, two at once.",
        *(
            f"Not told: {one.changed} that stood as {one.stands}, {one.paper} page {one.page}."
            for one in changed
            if not one.told
        ),
    ]
    return Section("Scans", lines, 100 * told >= 80 * len(changed) and 100 * flagged <= 2 * numbers)


def _ballots(count: int) -> Section:
    """No ballot may go astray; of those whose code is whole 98 of 100 are to be read, and none be shown turned."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        read = ballots.run(Path(folder), count, lambda line: print(line, flush=True))
    sheets = read.sheets
    ways = [*filled_ballots.WAYS, *ballots.BESIDE]
    rows = [(way, [one for one in sheets if one.way == way]) for way in ways]
    whole = [one for one in sheets if one.way in ballots.WHOLE]
    turned = sum(not one.upright for one in sheets if one.right and one.filed)
    lines = [
        "| brought as | sheets | filed or told rightly | a person is asked | astray |",
        "|---|---|---|---|---|",
        *(
            f"| {way} | {len(some)} | {sum(one.right for one in some)} | {sum(one.asked for one in some)} "
            f"| {sum(one.astray for one in some)} |"
            for way, some in rows
        ),
        f"\n{ballots.SAID} {_percent(sum(one.right for one in whole), len(whole))} of those whose code is whole are "
        f"filed by it, {turned} are shown turned; {read.middle:.1f} s a page in the middle, {read.longest:.1f} s at "
        f"most ({_seconds(started)}). No printer or scanner was at hand: the paper is drawn.",
    ]
    good = 100 * sum(one.right for one in whole) >= 98 * len(whole) and not turned
    return Section("Scanned ballots", lines, good and not any(one.astray for one in sheets))


def _honesty(rounds: int) -> Section:
    """Of a kind of made-up days at least 90 of 100 are to be found, at most 5 of 100 honest ones asked about."""
    started, found = time.monotonic(), honesty.all_kinds(range(1_000, 1_000 + rounds))
    honest = [one.honest for one in found]
    days, asked = sum(one.days for one in honest), sum(one.asked for one in honest)
    lines = [
        "| made up | days | found | honest days beside | asked about |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.made_up.days} | {_percent(one.made_up.asked, one.made_up.days)} "
            f"| {one.honest.days} | {_percent(one.honest.asked, one.honest.days)} |"
            for one in found
        ),
        f"\n{rounds} rounds by seed for each kind, 5 to 8 people, one of whom makes up his days. Honest days: {days}, "
        f"asked about: {_percent(asked, days)} ({_seconds(started)}).",
        "\n" + honesty.SAID,
    ]
    good = all(10 * one.made_up.asked >= 9 * one.made_up.days for one in found if one.counts) and 20 * asked <= days
    return Section("Made-up visits", lines, good)


def _percent(part: int, whole: int) -> str:
    return f"{part * 1000 // max(1, whole) / 10} %"


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"


def _text(section: Section) -> str:
    if section.lines[0].startswith("|"):
        body = "\n".join(section.lines)
    else:
        body = "\n".join(f"- {line}" for line in section.lines)
    measured = f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}"
    return f"## {section.title}{'' if section.good else _FAILED}\n\n{measured}\n\n{body}\n\n"


def _head() -> str:
    return (
        "# Reliability\n\n"
        f"Last figures of `./run trials`. Machine: {_machine()}.\n\n"
        "What is not shown here: loss of power (the processes were killed, the disk was not pulled), a full disk, and\n"
        "more than one machine.\n\n"
    )


def _commit() -> str:
    command = ["git", "-C", str(_ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _machine() -> str:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(": ")[2] for line in told.splitlines() if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    parts = [f"{os.cpu_count()} × {model or platform.machine()}", f"{memory} GiB", platform.system()]
    parts.append(f"Python {platform.python_version()}, SQLite in it")
    if postgresql.available():
        with postgresql.server() as address, psycopg.connect(address) as connection:
            parts.append(f"PostgreSQL {connection.info.server_version // 10_000}")
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
