"""A Word template tried in a child process with limits before anybody may publish it.

``python -m engine.trial`` is the child: it reads what to try from its standard input and tells on its standard output.
"""

import base64
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from engine.documents import contents, facts, inspect, ordering, package, specimens
from engine.documents.contents import Asked
from engine.documents.facts import Facts, Field
from engine.documents.faults import Fault, Places, own_text
from engine.documents.render import Compiled
from engine.errors import InvalidDefinition

#: What one trial may use: memory, processor time, and time altogether.
MEGABYTES, SECONDS, PATIENCE = 1024, 20, 40
_FILE = "模板"
#: One at a time: a trial may fill a processor.
_turn = threading.Lock()


@dataclass(frozen=True)
class Trial:
    """What came of it: every fault, and where there is none the paper of each specimen by its title."""

    faults: tuple[Fault, ...]
    papers: Mapping[str, bytes]


@dataclass(frozen=True)
class Measure:
    """What a template is held against: the names it may use, the forms these come from, what it has to say.

    ``samples`` are the facts of carried cases by the case's title.
    """

    schema: frozenset[str]
    forms: Mapping[str, Sequence[Field]]
    asked: Asked = contents.NOTHING
    samples: Mapping[str, Facts] = field(default_factory=dict)

    @property
    def titles(self) -> tuple[str, ...]:
        """What people look at, in order: carried cases, then what is made up so that nothing is left out."""
        return (*self.samples, *(specimen.title for specimen in specimens.SHOWN))


def run(content: bytes, measure: Measure) -> Trial:
    """Try a template.  Nothing of it runs in this process; what does not end within its limits is a fault."""
    given = pickle.dumps((content, measure))
    with _turn:
        said = _child(given)
    try:
        told = orjson.loads(said)
    except orjson.JSONDecodeError:
        return Trial((Fault("", _beyond()),), {})
    return Trial(
        tuple(Fault(**fault) for fault in told["faults"]),
        {title: base64.b64decode(paper) for title, paper in told["papers"].items()},
    )


def papers(template: Compiled, measure: Measure) -> dict[str, bytes]:
    """The paper of each specimen by its title, of a template that was published."""
    return {title: template.render(known) for title, known in _specimens(template, measure) if title in measure.titles}


def _specimens(template: Compiled, measure: Measure) -> Iterator[tuple[str, Facts]]:
    yield from measure.samples.items()
    for one in (*specimens.SHOWN, specimens.LARGE):
        yield one.title, specimens.make(one, measure.forms, template.names, template.groups)


def _beyond() -> str:
    return (
        f"检查没有做完：这份文件用完了给它的 {SECONDS} 秒或 {MEGABYTES:,} MB。常见原因是循环里又循环同一份名册、"
        "标签嵌套过深或文件过大；请简化后再上传。"
    )


def _child(given: bytes) -> bytes:
    """What the child says, empty when it had to be ended."""
    command = [
        sys.executable,
        "-m",
        "engine.limited",
        str(MEGABYTES),
        str(SECONDS),
        sys.executable,
        "-m",
        "engine.trial",
    ]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[1]), "LANG": "C.UTF-8"}
    child = subprocess.Popen(  # noqa: S603 - our own modules
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = child.communicate(given, PATIENCE)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return b""
    return said if child.returncode == 0 else b""


def main() -> None:
    """Try what comes in, and tell."""
    trial = here(*pickle.loads(sys.stdin.buffer.read()))  # noqa: S301 - of our own parent
    told = {
        "faults": [fault.record() for fault in trial.faults],
        "papers": {title: base64.b64encode(paper).decode() for title, paper in trial.papers.items()},
    }
    sys.stdout.buffer.write(orjson.dumps(told))


def here(content: bytes, measure: Measure) -> Trial:
    """The same as :func:`run` in this process, without limits: for the child, and for what is shipped."""
    if faults := inspect.faults(content, measure.schema, measure.asked, file=_FILE):
        return Trial(tuple(faults), {})
    faults, made = _rendered(inspect.publish(content, measure.schema, facts.prose(measure.forms), file=_FILE), measure)
    faults += _out_of_order(content, made)
    return Trial(tuple(faults), {} if faults else made)


def _rendered(template: Compiled, measure: Measure) -> tuple[list[Fault], dict[str, bytes]]:
    faults: list[Fault] = []
    papers: dict[str, bytes] = {}
    for title, known in _specimens(template, measure):
        try:
            made = template.render(known)
            left = _tags_left(made)
        except InvalidDefinition as error:
            faults.append(_failed(title, error.reason, error.element))
            continue
        if left:
            faults.append(_failed(title, f"生成的文书里还留着标签“{left}”；请核对括号。", left))
        if title in measure.titles:
            papers[title] = made
    return faults, papers


def _out_of_order(content: bytes, papers: Mapping[str, bytes]) -> list[Fault]:
    """Clauses that a paper counts wrongly, in the paragraph of the template that prints them; each told once."""
    document = package.unpacked(content, _FILE)[package.DOCUMENT]
    places = Places.of(package.tree(document, package.DOCUMENT, _FILE), package.DOCUMENT)
    found: dict[tuple[str, str], str] = {}
    for title, paper in papers.items():
        for said, number in ordering.wrong(package.read(paper, _FILE)):
            found.setdefault((said, number), title)
    return [
        places.at(
            f"样例“{title}”里{said}", next((at for at, text in enumerate(places.texts, 1) if number in text), 0), number
        )
        for (said, number), title in found.items()
    ]


def _failed(title: str, said: str, tag: str) -> Fault:
    return Fault(package.DOCUMENT, f"用样例“{title}”试着生成时：{said}", tag=tag)


def _tags_left(paper: bytes) -> str:
    """A sign of a tag that a paper still shows, empty when there is none; the paper must open as any other."""
    for name, part in package.read(paper, _FILE).items():
        if name.startswith("word/") and name.endswith(".xml"):
            for paragraph in package.tree(part, name, _FILE).iter("{*}p"):
                text = own_text(paragraph)
                if sign := next((one for one in ("{{", "}}", "{%", "%}") if one in text), ""):
                    return sign
    return ""


if __name__ == "__main__":
    main()
