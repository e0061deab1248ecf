"""Two processes ask for documents of one estate at once: the numbers are 1 to n, none twice, none left out."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from engine import store
from engine.documents import numbering
from engine.errors import Conflict
from engine.process import definitions, instance
from engine.process.waiting import WithoutPack
from engine.store import Store, documents, tables
from trials import races

_NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
_LOOP = Path(__file__).resolve().parents[1] / "tests" / "diagrams" / "mech_loop.bpmn"
_KINDS = ("meeting_notice", "result_notice")


@dataclass(frozen=True)
class Numbers:
    """What the processes took: ``asked`` documents, and the sequence numbers by kind, in order of number.

    ``died`` holds the exit codes of askers that did not come to their end; the asking ends with the first of them.
    """

    asked: int
    sequences: dict[str, list[int]]
    died: tuple[int, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether every kind has the numbers from 1 on, and together as many as were asked for."""
        without_gap = all(taken == list(range(1, len(taken) + 1)) for taken in self.sequences.values())
        return not self.died and without_gap and sum(len(taken) for taken in self.sequences.values()) == self.asked


def run(url: str, files: Path, each: int, asker: Callable[..., None] | None = None) -> Numbers:
    """Let two processes ask for ``each`` documents in turns of two kinds; every fifth request is given up."""
    opened = store.open(url, files=files, synchronous="NORMAL")
    definition = definitions.load({_LOOP.name: _LOOP.read_bytes()}, _LOOP.stem)
    with opened.work("编号", _NOW) as work:
        estate_id = work.enter_estate("编号小区", "test", ("v1", ""), {})
        work.start(estate_id, definition, instance.start(definition, deadlines=WithoutPack(), now=_NOW), lambda _: "")
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    askers = [context.Process(target=asker or ask, args=(url, files, each, number, barrier)) for number in range(2)]
    for one in askers:
        one.start()
    died = races.awaited(askers)
    sequences = _sequences(opened)
    opened.close()
    return Numbers(2 * each, sequences, died)


def _sequences(opened: Store) -> dict[str, list[int]]:
    taken: dict[str, list[int]] = {}
    with opened.engine.connect() as connection:
        for kind, number in connection.execute(sa.select(tables.document.c.kind, tables.document.c.number)):
            taken.setdefault(kind, []).append(numbering.parse(number)[3])
    return {kind: sorted(sequence) for kind, sequence in taken.items()}


class _GivenUp(Exception):
    """Ends a unit of work without its commit."""


def ask(url: str, files: Path, each: int, asker: int, barrier: Any) -> None:
    """Behind ``barrier``, ask for ``each`` documents as the process ``asker``."""
    opened = store.open(url, files=files, synchronous="NORMAL")
    barrier.wait()
    number = attempts = 0
    while number < each:
        attempts += 1
        try:
            _ask(opened, f"{asker}-{number}", _KINDS[number % 2], given_up=attempts % 5 == 0)
            number += 1
        except (_GivenUp, Conflict):
            continue
    opened.close()


def _ask(opened: Store, ref: str, kind: str, *, given_up: bool) -> None:
    """In one commit, a job that will render a document, and the document's number."""
    job = {
        "estate_id": 1, "instance_id": 1, "ref": ref, "name": ref, "operation": documents.RENDER, "stage": "",
        "parameters": orjson.dumps({"document": kind}), "status": "waiting", "requested_at": _NOW.isoformat(),
    }  # fmt: skip
    with opened.work(f"asker {os.getpid()}", _NOW) as work:
        work.insert(tables.job, [job])
        documents.request(work, 1, UTC)
        if given_up:
            work.later(_give_up)


def _give_up(connection: sa.Connection) -> None:
    raise _GivenUp
