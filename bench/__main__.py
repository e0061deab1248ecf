"""Measure everything, and write ``bench/RESULTS.md``; exit code 1 when a target is missed."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench import (
    canvass,
    documents,
    entering,
    importing,
    journeys,
    load,
    pages,
    report,
    restarting,
    reviewing,
    stepping,
    voting,
)
from bench.report import Figure, Rate


@dataclass(frozen=True)
class Section:
    """What is measured together: a heading, what the reader has to know, and how."""

    title: str
    text: str
    measure: Callable[[], tuple[Sequence[Rate], Sequence[Figure]]]


def _figures(*measures: Callable[[], list[Figure]]) -> Callable[[], tuple[Sequence[Rate], Sequence[Figure]]]:
    return lambda: ((), [figure for measure in measures for figure in measure()])


_SECTIONS: Mapping[str, Section] = {
    "stepping": Section(
        "Stepping the shipped process",
        """\
A step reads the instance, moves it and commits its state, the replaced state, tasks, answers, jobs, timers,
messages and events. The hand-written machine writes the very same rows, which is checked row by row; stock
SpiffWorkflow and `bpmn-engine` write their state and nothing else.""",
        stepping.measure,
    ),
    "documents": Section(
        "Documents",
        """\
docxtemplater gets our template with every branch taken and every row written out; each peer opens its
template anew for a document, as it has no other way, and must write the same text. Each draws the code of
each paper anew where ours does, docxtpl by the library that ours uses, docxtemplater by the fastest for Node
that we found, and it must be read back as the same; a ballot without code stands beside it.""",
        _figures(documents.measure),
    ),
    "journeys": Section("Whole journeys", "", _figures(journeys.measure)),
    "voting": Section("Counting a vote", "", _figures(voting.measure)),
    "importing": Section("Importing a roster", "", _figures(importing.measure)),
    "pages": Section(
        "Pages",
        f"""\
{load.OFFERED:.0f} requests a second are offered by {load.CLIENTS} clients to the real server on SQLite;
each counts from the moment at which it was to be sent, and the clients run on the same machine. The most is
what they get when they ask without a pause; a bare Flask page behind the same server stands beside it. The
board at both sizes is asked in turn, in one process.""",
        _figures(load.measure, pages.measure, reviewing.measure, restarting.measure),
    ),
    "canvass": Section(
        "Canvassing",
        """\
The grid shows every door of the estate of 3,000 units, half of them visited up to three times, offered as
the pages above; phones post to the same server, each from the moment at which its visit was to be sent.""",
        _figures(canvass.measure),
    ),
    "entering": Section(
        "Entering ballots",
        "One person keys, then another, from sending what was keyed to having the page of the next ballot.",
        _figures(entering.measure),
    ),
}


def main() -> int:
    """Measure everything once; of a part alone the figures are printed and no report is written."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--only", nargs="+", choices=_SECTIONS, metavar="PART", help=f"among {'、'.join(_SECTIONS)}")
    asked = parser.parse_args().only
    head = [
        "# Speed",
        "",
        "Written by `./run bench`: medians of five interleaved rounds; a ratio is taken within a round.",
    ]
    lines, kept = [*head, "", *report.circumstances()], True
    for name in asked or _SECTIONS:
        section = _SECTIONS[name]
        rates, figures = section.measure()
        lines += ["", f"## {section.title}", ""]
        lines += [section.text, ""] if section.text else []
        lines += [*report.rates(rates), ""] if rates else []
        lines += report.figures(figures)
        kept = kept and all(figure.kept for figure in figures)
    text = "\n".join(lines) + "\n"
    if not asked:
        (report.ROOT / "bench" / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
