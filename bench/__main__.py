"""Measure everything, and write ``bench/RESULTS.md``; exit code 1 when a target is missed."""

import sys

from bench import documents, journeys, report, stepping


def main() -> int:
    """Measure everything once."""
    circumstances = report.circumstances()
    papers, whole = documents.measure(), journeys.measure()
    rates, ratios = stepping.measure()
    lines = [
        "# Speed",
        "",
        "Written by `./run bench`: medians of five interleaved rounds; a ratio is taken within a round.",
        "",
        *circumstances,
        "",
        "## Stepping the shipped process",
        "",
        "A step reads the instance, moves it and commits its state, the replaced state, tasks, answers, jobs, timers,",
        "messages and events. The hand-written machine writes the very same rows, which is checked row by row; stock",
        "SpiffWorkflow and `bpmn-engine` write their state and nothing else.",
        "",
        *report.rates(rates),
        "",
        *report.figures(ratios),
        "",
        "## Documents",
        "",
        *report.figures(papers),
        "",
        "## Whole journeys",
        "",
        *report.figures(whole),
    ]
    text = "\n".join(lines) + "\n"
    (report.ROOT / "bench" / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(figure.kept for figure in [*ratios, *papers, *whole]) else 1


if __name__ == "__main__":
    sys.exit(main())
