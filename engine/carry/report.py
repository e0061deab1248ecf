"""What a carried journey leaves behind: papers, timeline, summary, and an index page for a person."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import orjson

from engine.carry.casefile import Case

STATUSES = {
    "running": "办理中",
    "suspended": "已暂停",
    "withdrawn": "已撤回",
    "ended": "已结束",
    "operating": "转入常态运行",
}
#: What a run leaves below its folder, and where that of an earlier one waits until this one has ended.
_LEFT = ("data", "papers", "timeline.json", "summary.json", "index.html")
_ASIDE = ".earlier"
_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True)
class Paper:
    """An issued document: its number, kind, title, day of issue, SHA-256 of its bytes, and where these are."""

    number: str
    kind: str
    title: str
    issued_on: str
    sha256: str
    source: Path

    @property
    def file(self) -> str:
        """The name of its copy below ``papers/``."""
        return f"papers/{self.number}_{self.title}.docx"


@dataclass(frozen=True)
class Journey:
    """Everything there is to tell of a carried estate; ``events`` as the log keeps them, ``titles`` by stage."""

    case: Case
    estate: str
    status: str
    end: str
    pack: str
    events: Sequence[Mapping[str, Any]]
    papers: Sequence[Paper]
    titles: Mapping[str, str]


def stages(events: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Each stay in a stage, in order of entry: ``stage``, ``entered``, ``left`` (empty while it lasts)."""
    stays: list[dict[str, str]] = []
    for event in events:
        if event["kind"] == "StageEntered":
            stays.append({"stage": event["stage"], "entered": event["at"], "left": ""})
        elif event["kind"] == "StageLeft":
            for stay in reversed(stays):
                if stay["stage"] == event["stage"] and not stay["left"]:
                    stay["left"] = event["at"]
                    break
    return stays


def summary(journey: Journey) -> dict[str, Any]:
    """The journey in short, without personal data."""
    return {
        "case": journey.case.name,
        "title": journey.case.title,
        "estate": journey.estate,
        "pack": journey.pack,
        "status": journey.status,
        "end": journey.end,
        "stages": stages(journey.events),
        "outcomes": [
            {"gate": event["gate"], "outcome": event["outcome"], "at": event["at"], "rules": event["rules"]}
            for event in journey.events
            if event["kind"] == "GateDecided"
        ],
        "documents": [
            {
                "number": paper.number,
                "kind": paper.kind,
                "title": paper.title,
                "issued_on": paper.issued_on,
                "sha256": paper.sha256,
                "file": paper.file,
            }
            for paper in journey.papers
        ],
    }


def write(journey: Journey, out: Path) -> None:
    """Write ``papers/``, ``timeline.json``, ``summary.json`` and ``index.html`` below ``out``."""
    (out / "papers").mkdir(parents=True, exist_ok=True)
    for paper in journey.papers:
        shutil.copyfile(paper.source, out / paper.file)
    short = summary(journey)
    _put(out / "timeline.json", orjson.dumps(list(journey.events), option=_PRETTY))
    _put(out / "summary.json", orjson.dumps(short, option=_PRETTY))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("index.html.j2").render(
        short=short, events=journey.events, statuses=STATUSES, titles=journey.titles
    )
    _put(out / "index.html", page.encode())


def set_aside(out: Path, *, again: bool) -> None:
    """Keep what an earlier run left, so that it can be given back: all of it ``again``, else a copy of its data."""
    forget(out)
    for name in _LEFT if again else ("data",):
        left = out / name
        if left.exists():
            (out / _ASIDE).mkdir(exist_ok=True)
            left.rename(out / _ASIDE / name) if again else shutil.copytree(left, out / _ASIDE / name)


def give_back(out: Path) -> None:
    """Leave ``out`` as it was when :func:`set_aside` was called; of this run there is nothing but data."""
    shutil.rmtree(out / "data", ignore_errors=True)
    for kept in (out / _ASIDE).glob("*"):
        kept.rename(out / kept.name)
    forget(out)


def forget(out: Path) -> None:
    """Let go of what was set aside."""
    shutil.rmtree(out / _ASIDE, ignore_errors=True)


def _put(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
