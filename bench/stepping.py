"""Step the shipped process, each step committed: ours against its peers, over its stages and in a crowd."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench import by_hand, crowd, npm, ours, stock, walk
from bench.report import Figure, Rate
from bench.walk import Step
from engine import store
from engine.process.definitions import Definition
from engine.use_cases.library import ONBOARDING, shipped
from tests import postgresql

ROUNDS = 5
COLD, WARM = "ours, decoded each step, SQLite WAL NORMAL", "ours, kept warm, SQLite WAL NORMAL"
STOCK = f"stock SpiffWorkflow {version('SpiffWorkflow')}, whole JSON, SQLite WAL NORMAL"
NPM = "npm bpmn-engine 25, state to a file"
HAND = "hand-written machine on the bare driver, the same rows"

Way = Callable[[], float]


def measure() -> tuple[list[Rate], list[Figure]]:
    """Steps a second of each way, medians of interleaved rounds, and what follows from them."""
    library = shipped()
    definition, steps = library.definition(ONBOARDING), walk.steps(library)
    with ExitStack() as stack:
        ways = _ways(definition, steps, stack)
        rounds = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
    rates = {name: statistics.median(found[name] for found in rounds) for name in ways}
    figures = [*_against(rounds), over_stages(definition, steps), in_a_crowd(definition, steps)]
    return [Rate(name, rate, rate / rates[STOCK], rate / rates[HAND]) for name, rate in rates.items()], figures


def _ways(definition: Definition, steps: Sequence[Step], stack: ExitStack) -> dict[str, Way]:
    ways: dict[str, Way] = {
        COLD: lambda: ours.rate(definition, steps, warm=False),
        WARM: lambda: ours.rate(definition, steps, warm=True),
        "ours, decoded each step, SQLite WAL FULL": lambda: ours.rate(
            definition, steps, warm=False, synchronous="FULL"
        ),
        "ours, kept warm, SQLite WAL FULL": lambda: ours.rate(definition, steps, warm=True, synchronous="FULL"),
    }
    if postgresql.available():
        server = stack.enter_context(postgresql.server(durable=True))
        url = stack.enter_context(postgresql.database(server))
        kind = _postgresql(server)
        ways[f"ours, decoded each step, {kind}"] = lambda: ours.rate_at(url, definition, steps, warm=False)
        ways[f"ours, kept warm, {kind}"] = lambda: ours.rate_at(url, definition, steps, warm=True)
    ways[STOCK] = lambda: stock.rate(definition, steps)
    if not npm.missing():
        ways[NPM] = lambda: npm.rate(definition, steps)
    ways[HAND] = lambda: by_hand.rate(definition, steps)
    return ways


def _postgresql(server: str) -> str:
    with psycopg.connect(server) as connection:
        settings = [connection.execute(f"SHOW {name}").fetchone() for name in ("server_version", "synchronous_commit")]
    number, commit = (str(found[0]) if found else "" for found in settings)
    return f"PostgreSQL {number.split()[0]}, synchronous_commit {commit}"


def _against(rounds: Sequence[Mapping[str, float]]) -> list[Figure]:
    """Ratios are taken within a round, where both sides had the same machine."""

    def ratio(one: str, *others: str) -> float:
        return statistics.median(found[one] / max(found[other] for other in others) for found in rounds)

    peers = [STOCK, NPM] if NPM in rounds[0] else [STOCK]
    hand = statistics.median(found[HAND] for found in rounds)
    return [
        Figure("decoded each step, × the best of stock and bpmn-engine", ratio(COLD, *peers), at_least=10),
        Figure("kept warm, × the hand-written machine", ratio(WARM, HAND), at_least=0.3),
        Figure("decoded each step, × the hand-written machine", ratio(COLD, HAND)),
        Figure("hand-written machine, steps/s", hand, at_least=3_000),
    ]


def over_stages(definition: Definition, steps: Sequence[Step], estates: int = 20) -> Figure:
    """The cost of a step in the last stage over that in the first."""
    with TemporaryDirectory() as folder:
        opened = store.open(f"sqlite:///{folder}/stages.db", files=Path(folder), synchronous="NORMAL")
        begun = [ours.begin(opened, definition) for _ in range(estates)]
        took = [ours.carry(opened, definition, one, steps, warm=False) for one in begun]
        opened.close()
    cost = [statistics.median(seconds) for seconds in zip(*took, strict=True)]
    stages = list(dict.fromkeys(step.stage for step in steps if step.stage))
    first, last = (
        statistics.mean(seconds for step, seconds in zip(steps, cost, strict=True) if step.stage == stage)
        for stage in (stages[0], stages[-1])
    )
    return Figure(
        f"a step in the last stage ({stages[-1]}), × one in the first ({stages[0]})", last / first, at_most=1.5
    )


def in_a_crowd(definition: Definition, steps: Sequence[Step], few: int = 100, many: int = 10_000) -> Figure:
    """The cost of a step among many estates over that among few, each with the rows and history of its place."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        stores = []
        for estates in (few, many):
            opened = store.open(f"sqlite:///{folder}/{estates}.db", files=Path(folder), synchronous="NORMAL")
            stack.callback(opened.close)
            crowd.settle(opened, definition, steps, estates)
            stores.append(opened)
        ratios = []
        for _ in range(ROUNDS):
            among_few, among_many = (
                sum(ours.carry(opened, definition, ours.begin(opened, definition), steps, warm=False))
                for opened in stores
            )
            ratios.append(among_many / among_few)
    return Figure(f"a step among {many:,} estates, × one among {few}", statistics.median(ratios), at_most=1.5)
