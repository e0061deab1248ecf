"""What the people and the gates of the reference case said, node by node, so that a walk can follow its main path."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from bench.report import ROOT
from engine import store
from engine.carry import casefile, run
from engine.process import instance
from engine.process.instance import Awaited, Job, Task, Value, Wait, WaitState
from engine.process.waiting import Deadlines
from engine.store import Store, tables
from engine.use_cases import linting
from engine.use_cases.library import ONBOARDING, Library

#: The routing values that a node gave each time it was done, by BPMN id.
Given = Mapping[str, Sequence[Mapping[str, Value]]]

_CASE = ROOT / "tests" / "cases" / "reference.yaml"


def given(library: Library, deadlines: Deadlines) -> Given:
    """Carry the reference case, and read from the states that its moves kept what each node gave."""
    case = casefile.read(_CASE)
    begun = run.morning(case.steps[0].on)
    with TemporaryDirectory() as folder:
        opened = store.open(f"sqlite:///{folder}/reference.db", files=Path(folder), synchronous="NORMAL")
        run.replay(case, opened, library, run.Options(person_key=b"a key for the bench"), lambda line: None)
        with opened.work("bench", begun) as work:
            heard = {event["message"] for event in work.log(1) if event["kind"] == "MessageReceived"}
        states = _states(opened)
        opened.close()
    definition, gates = library.definition(ONBOARDING), linting.known(library).gates
    rests = [instance.inspect(definition, state, deadlines=deadlines, now=begun) for state in states]
    found: defaultdict[str, list[Mapping[str, Value]]] = defaultdict(list)
    for before, after in pairwise(rests):
        for wait in _done(before, after, heard):
            gate = gates.get(wait.parameters.get("gate", ""), {}) if isinstance(wait, Job) else {}
            values, names = after.data, (*definition.elements[node(wait)].routing, *gate)
            found[node(wait)].append({name: values.get(name) for name in names})
    return dict(found)


def node(wait: Wait) -> str:
    """The BPMN id of what waits."""
    return wait.ref.rpartition("-")[0]


def _states(opened: Store) -> list[bytes]:
    """Where the journey came to rest, from its first task to its end."""
    journey, move = tables.instance, tables.move
    with opened.engine.connect() as connection:
        chosen = sa.select(journey.c.id, journey.c.state).where(journey.c.process_id == ONBOARDING)
        key, last = connection.execute(chosen).one()
        kept = sa.select(move.c.replaced).where(move.c.instance_id == key).order_by(move.c.version)
        return [*map(bytes, connection.execute(kept).scalars()), bytes(last)]


def _done(before: WaitState, after: WaitState, heard: Collection[str]) -> Iterator[Wait]:
    """The task or job that a move did, or the message that it brought; a timer has nothing to say."""
    for ref, wait in before.waits.items():
        says = isinstance(wait, Task | Job) or (isinstance(wait, Awaited) and wait.name in heard)
        if says and ref not in after.waits:
            yield wait
