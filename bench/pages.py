"""What pages cost in the server, as whoever holds the whole district asks for them."""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient

from bench import district
from bench.report import Figure
from engine.settings import Settings
from engine.use_cases.library import Library, shipped
from web import create_app

FEW, MANY, ROUNDS = 74, 5_000, 60


def measure() -> list[Figure]:
    """What the board costs at 5,000 estates, against 74."""
    with ExitStack() as stack:
        few, many = (_board(stack, shipped(), estates) for estates in (FEW, MANY))
        took = [(few(), many()) for _ in range(ROUNDS + 5)][5:]
    at_few, at_many = ([pair[at] for pair in took] for at in (0, 1))
    ratio = statistics.median(at_many) / statistics.median(at_few)
    detail = f"{_median(at_many)} against {_median(at_few)}"
    return [Figure(f"board at {MANY:,} estates, × one at {FEW}", ratio, at_most=2, detail=detail)]


def _board(stack: ExitStack, library: Library, estates: int) -> Callable[[], float]:
    client = _signed_in(stack, library, estates)

    def ask() -> float:
        started = time.perf_counter()
        answer = client.get("/board")
        took = (time.perf_counter() - started) * 1_000
        assert answer.status_code == 200, answer.text
        return took

    return ask


def _signed_in(stack: ExitStack, library: Library, estates: int) -> FlaskClient:
    home = Path(stack.enter_context(TemporaryDirectory()))
    opened = district.opened(home)
    stack.callback(opened.close)
    district.settle(opened, library, estates)
    app = create_app(Settings(home, "", "FULL", b"bench", b"bench" * 8, production=False), opened, library)
    app.extensions["daoru"] = replace(app.extensions["daoru"], now=lambda: district.NOW)
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    given = {"login": district.LOGIN, "password": district.PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=given).status_code == 302
    return client


def _median(took: Sequence[float]) -> str:
    return f"median {statistics.median(took):.1f}"
