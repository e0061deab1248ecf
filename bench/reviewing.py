"""What the pre-review of a contract costs, and the page on which the adviser reviews it."""

import contextlib
import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from bench import district, load
from bench.report import ROOT, Figure
from engine import jobs
from engine.carry import casefile, run
from engine.carry.acting import Acting
from engine.carry.casefile import Case
from engine.jobs import ACTOR
from engine.store import Store, tables
from engine.store.accounts import node_below
from engine.use_cases import accounts, contract_review, contract_terms, onboarding
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library, shipped

_BEFORE, _LANE, _ROUNDS, _SECONDS = "sign_contract", "法律顾问", 40, 6.0
#: Requests a second: advisers who open one contract after the other.
_READERS = 5.0
#: The estates whose contracts wait together, each with what it answers otherwise than the reference estate, by task.
_OTHERS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "枫林苑": {},
    "柳岸苑": {"finalise_contract": {"fund_route": "F2"}},
    "清水苑": {"draft_contract_terms": {"payment_limit_a": "2000.00"}},
    "银杏苑": {"finalise_contract": {"fund_route": "F2"}, "draft_contract_terms": {"exit_days": "10"}},
    "映月苑": {"draft_plan": {"deficit_rule": "OWNERS_BEAR_WITH_VOTE"}},
}


def measure() -> list[Figure]:
    """Milliseconds for a pre-review from rows and paper to its findings; p95 of the screen on the real server."""
    library = shipped()
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory()))
        opened = district.opened(home)
        number, moment = _about_to_be_signed(opened, library)
        took, found = zip(*(_reviewed(opened, library, moment) for _ in range(_ROUNDS + 1)), strict=True)
        opened.close()
        screen = load.signed_in(stack.enter_context(load.served(home)), district.LOGIN)
        pages = {
            "review screen of a contract, p95 in ms": replace(screen, page=f"/papers/{number}/examine"),
            "findings of the pre-review, p95 in ms": replace(screen, page="/estates/1/review"),
            f"batch of {1 + len(_OTHERS)} contracts, p95 in ms": replace(screen, page="/examining/service_contract"),
        }
        for page in pages.values():
            load.offer(page, 0.5, _READERS)
        asked = {name: load.offer(page, _SECONDS, _READERS) for name, page in pages.items()}
    review = Figure(
        "pre-review of a contract, ms", statistics.median(took[1:]) * 1_000, at_most=50, detail=f"{found[0]} findings"
    )
    screens = [Figure(name, load.p95(one), at_most=150, detail=load.detail(one)) for name, one in asked.items()]
    return [review, *screens]


def _about_to_be_signed(opened: Store, library: Library) -> tuple[str, datetime]:
    """The reference estate and others, their contracts issued, and the adviser; a contract's number, and the moment."""
    case = casefile.read(ROOT / "tests" / "cases" / "reference.yaml")
    steps = case.steps[: next(step.number for step in case.steps if step.task == _BEFORE) - 1]
    options = run.Options(person_key=district.PUBLIC.key)
    run.replay(replace(case, steps=steps), opened, library, options, lambda line: None)
    for name, other in _OTHERS.items():
        otherwise = {**other, "submit_application": {"estate_name": name}}
        changed = [replace(one, answers={**(one.answers or {}), **otherwise.get(one.task, {})}) for one in steps]
        _carried(opened, library, replace(case, steps=tuple(changed)), name)
    with opened.work("bench", district.NOW) as work:
        accounts.add(work, district.LOGIN, case.people[_LANE], district.PASSWORD, "测速区", [_LANE])
    with opened.work("bench", district.NOW) as work:
        work.execute(sa.update(tables.estate).values(node_id=node_below(work, None, "测速区")))
        [number] = [paper.number for paper in work.documents(1) if paper.kind == "service_contract"]
    return number, run.morning(steps[-1].on)


def _carried(opened: Store, library: Library, case: Case, name: str) -> None:
    """Another estate, by all steps of the case that are not refused."""
    moment = run.morning(case.steps[0].on)
    with opened.work(ACTOR, moment) as work:
        key = onboarding.open_estate(work, library, name, case.place, case.people)
    acting = Acting(opened, library, key, case.people, district.PUBLIC.key)
    for number, step in enumerate(case.steps):
        if not step.refused:
            moment = run.morning(step.on) + timedelta(minutes=number)
            jobs.advance(opened, library, key, moment)
            acting.do(step, moment)
    jobs.advance(opened, library, key, moment)


def _reviewed(opened: Store, library: Library, moment: datetime) -> tuple[float, int]:
    # as for a version that nobody has reviewed yet
    contract_terms.recognised.cache_clear()
    started = time.perf_counter()
    with opened.work(ACTOR, moment) as work:
        found = contract_review.review(Dossier(work, library, 1))
    return time.perf_counter() - started, len(found)
