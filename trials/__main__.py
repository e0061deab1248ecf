"""Run the long trials and write ``docs/reliability.md``."""

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import postgresql
from trials import kills, races

_REPORT = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"


def main() -> int:
    """Kill 200 times, race 1,000 times on each database; returns 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="./run trials")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--races", type=int, default=1_000)
    asked = parser.parse_args()
    lines = [_races(asked.races), _kills(asked.kills)]
    _REPORT.write_text(_head() + "".join(f"- {line}\n" for line, _ in lines), encoding="utf-8")
    print(_REPORT.read_text(encoding="utf-8"))
    return 0 if all(good for _, good in lines) else 1


def _kills(number: int) -> tuple[str, bool]:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = kills.carry_undisturbed(Path(folder))
    done = [kills.kill_and_resume(seed, number, undisturbed) for seed in range(number)]
    same = sum(kill.same for kill in done)
    mid_run = sum(kill.mid_run for kill in done)
    for kill in done:
        if not kill.same:
            print(f"line {kill.line}: {kill.difference}", file=sys.stderr)
    seconds = time.monotonic() - started
    told = f"kill -9 of the reference journey: {number} kills, {mid_run} mid-run, {same} resumed to the same"
    return f"{told} timeline, numbers and hashes ({seconds:.0f} s)", same == mid_run == number


def _races(rounds: int) -> tuple[str, bool]:
    told, good = [], True
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        results = [("SQLite", races.run(f"sqlite:///{home / 'races.db'}", home / "files", rounds))]
        if postgresql.available():
            with postgresql.server() as server, postgresql.database(server) as url:
                results.append(("PostgreSQL", races.run(url, home / "files", rounds)))
        else:
            told.append("PostgreSQL skipped: none here")
    for name, result in results:
        told.append(f"{name}: {result.rounds} rounds, {result.won} won, {result.lost} refused, {result.moves} moves")
        good = good and result.clean
    return f"two processes racing for one task; {'; '.join(told)}", good


def _head() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"# Reliability\n\nLast figures of `./run trials`, at commit {commit}, on {machine}.\n\n"


if __name__ == "__main__":
    sys.exit(main())
