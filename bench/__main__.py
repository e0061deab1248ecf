"""Measure everything, and write ``bench/RESULTS.md``; exit code 1 when a target is missed."""

import sys

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


def main() -> int:
    """Measure everything once."""
    circumstances = report.circumstances()
    papers, whole, votes = documents.measure(), journeys.measure(), voting.measure()
    rates, ratios = stepping.measure()
    lists = importing.measure()
    asked = [*load.measure(), *pages.measure(), *reviewing.measure(), *restarting.measure()]
    rounds, keyed = canvass.measure(), entering.measure()
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
        "docxtemplater gets our template with every branch taken and every row written out; each peer opens its",
        "template anew for a document, as it has no other way, and must write the same text. Each draws the code of",
        "each paper anew where ours does, docxtpl by the library that ours uses, docxtemplater by the fastest for Node",
        "that we found, and it must be read back as the same; a ballot without code stands beside it.",
        "",
        *report.figures(papers),
        "",
        "## Whole journeys",
        "",
        *report.figures(whole),
        "",
        "## Counting a vote",
        "",
        *report.figures(votes),
        "",
        "## Importing a roster",
        "",
        *report.figures(lists),
        "",
        "## Pages",
        "",
        f"{load.OFFERED:.0f} requests a second are offered by {load.CLIENTS} clients to the real server on SQLite;",
        "each counts from the moment at which it was to be sent, and the clients run on the same machine. The most is",
        "what they get when they ask without a pause; a bare Flask page behind the same server stands beside it. The",
        "board at both sizes is asked in turn, in one process.",
        "",
        *report.figures(asked),
        "",
        "## Canvassing",
        "",
        "The grid shows every door of the estate of 3,000 units, half of them visited up to three times, offered as",
        "the pages above; phones post to the same server, each from the moment at which its visit was to be sent.",
        "",
        *report.figures(rounds),
        "",
        "## Entering ballots",
        "",
        "One person keys, then another, from sending what was keyed to having the page of the next ballot.",
        "",
        *report.figures(keyed),
    ]
    text = "\n".join(lines) + "\n"
    (report.ROOT / "bench" / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)
    return (
        0 if all(figure.kept for figure in [*ratios, *papers, *whole, *votes, *lists, *asked, *rounds, *keyed]) else 1
    )


if __name__ == "__main__":
    sys.exit(main())
