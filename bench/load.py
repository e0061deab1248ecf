"""What a page costs whoever waits for it: the real server, asked by many at once (decisions 34).

``python -m bench.load PORT`` is the page of nothing but Flask that the limit is held against.
"""

import contextlib
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import flask
import sqlalchemy as sa
import waitress

from bench import district
from bench.pages import FEW, MANY
from bench.report import ROOT, Figure
from engine.carry import casefile, run
from engine.store import tables
from engine.store.accounts import node_below
from engine.use_cases import accounts
from engine.use_cases.library import Library, shipped
from tests import postgresql

#: So many requests a second are offered by so many clients, who think in between.
OFFERED, CLIENTS = 50.0, 16
_SECONDS, _ROUNDS, _LIMIT_SECONDS = 4.0, 2, 3.0
_HOST, _THREADS = "127.0.0.1", 8
INBOX = 100
_STEP = "settle_accounts"


#: What a client does again and again.
Act = Callable[[http.client.HTTPConnection], object]


@dataclass(frozen=True)
class Asked:
    """A page of a server, as somebody signed in asks for it."""

    port: int
    page: str
    cookie: str = ""

    def ask(self, connection: http.client.HTTPConnection) -> str:
        """Ask once; the page."""
        connection.request("GET", self.page, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{self.page} answers {answer.status}: {body[:200]!r}")
        return body.decode()

    def send(self, connection: http.client.HTTPConnection, given: Mapping[str, str]) -> str:
        """Send a form to it; where that leads."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        connection.request("POST", self.page, urlencode(given), headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 302:
            raise AssertionError(f"{self.page} answers {answer.status}: {body[-2000:].decode()}")
        return answer.headers["Location"]

    def connected(self) -> contextlib.closing[http.client.HTTPConnection]:
        """A connection to the server, closed at the end."""
        return contextlib.closing(http.client.HTTPConnection(_HOST, self.port, timeout=30))


def measure() -> list[Figure]:
    """Each page as p95 at what is offered, and how many requests a second are the most."""
    library = shipped()
    with contextlib.ExitStack() as stack:
        few, many = (_district(stack, library, estates) for estates in (FEW, MANY))
        inbox, (task, estate) = _district(stack, library, INBOX), _estate(stack, library)
        pages = {
            f"inbox of {2 * INBOX} tasks": replace(inbox, page="/"),
            "task page": task,
            "estate page": estate,
            f"board at {FEW} estates": replace(few, page="/board"),
            f"board at {MANY:,} estates": replace(many, page="/board"),
        }
        for page in pages.values():
            offer(page, 0.5)
        # in turn, so that a busy moment of the machine is nobody's alone
        rounds = [{name: offer(page, _SECONDS / _ROUNDS) for name, page in pages.items()} for _ in range(_ROUNDS)]
        took = {name: [one for found in rounds for one in found[name]] for name in pages}
        bare = _bare(stack)
        limits = [(limit(pages[f"inbox of {2 * INBOX} tasks"]), limit(bare)) for _ in range(_ROUNDS)]
    figures = [Figure(f"{name}, p95 in ms", p95(one), at_most=100, detail=detail(one)) for name, one in took.items()]
    ours, theirs = (statistics.median(pair[at] for pair in limits) for at in (0, 1))
    return [
        *figures,
        Figure("the most inboxes a second", ours, detail=f"bare Flask page: {theirs:,.0f}"),
        Figure("the most inboxes a second, × bare Flask pages", ours / theirs),
    ]


def on_each_database(measured: Callable[[str, str, Path], list[Figure]]) -> list[Figure]:
    """What is measured on SQLite, and on PostgreSQL where there is one: by name, address and home."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory()))
        figures = measured("SQLite", f"sqlite:///{home}/daoru.db", home)
        if postgresql.available():
            server = stack.enter_context(postgresql.server(durable=True))
            url = stack.enter_context(postgresql.database(server))
            figures += measured("PostgreSQL", url, Path(stack.enter_context(TemporaryDirectory())))
    return figures


def offer(page: Asked, seconds: float, offered: float = OFFERED) -> list[float]:
    """Milliseconds of each request for a page that so many a second are offered for."""
    return offered_by(page, [page.ask] * CLIENTS, seconds, offered)


def offered_by(asked: Asked, acts: Sequence[Act], seconds: float, offered: float) -> list[float]:
    """Milliseconds of each act of as many clients, so many acts a second between them.

    Each counts from the moment at which it was to begin: a late answer delays nobody's count.
    """
    every, begun, took = len(acts) / offered, time.perf_counter() + 0.1, list[float]()

    def client(number: int) -> None:
        with asked.connected() as connection:
            due = begun + number * every / len(acts)
            while due < begun + seconds:
                time.sleep(max(0.0, due - time.perf_counter()))
                acts[number](connection)
                took.append((time.perf_counter() - due) * 1_000)
                due += every

    _all(client, len(acts))
    return took


def limit(page: Asked) -> float:
    """Requests a second when every client asks again as soon as it was answered."""
    begun, done = time.perf_counter(), list[int]()

    def client(number: int) -> None:
        with page.connected() as connection:
            while time.perf_counter() < begun + _LIMIT_SECONDS:
                page.ask(connection)
                done.append(number)

    _all(client, CLIENTS)
    return len(done) / (time.perf_counter() - begun)


def _all(client: Callable[[int], None], many: int) -> None:
    """Run so many clients beside each other; the first that failed is heard."""
    failed: list[BaseException] = []

    def run_one(number: int) -> None:
        try:
            client(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run_one, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _district(stack: contextlib.ExitStack, library: Library, estates: int) -> Asked:
    home = Path(stack.enter_context(TemporaryDirectory()))
    opened = district.opened(home)
    district.settle(opened, library, estates)
    opened.close()
    return signed_in(stack.enter_context(served(home)), district.LOGIN)


def _estate(stack: contextlib.ExitStack, library: Library) -> tuple[Asked, Asked]:
    """A task with a long form late in the reference journey, and the page of its estate."""
    home = Path(stack.enter_context(TemporaryDirectory()))
    case = casefile.read(ROOT / "tests" / "cases" / "reference.yaml")
    steps = case.steps[: next(step.number for step in case.steps if step.task == _STEP) - 1]
    opened = district.opened(home)
    options = run.Options(person_key=district.PUBLIC.key)
    run.replay(replace(case, steps=steps), opened, library, options, lambda line: None)
    with opened.work("bench", district.NOW) as work:
        lane = work.task(1, _STEP).lane
        accounts.add(work, district.LOGIN, case.people[lane], district.PASSWORD, "测速区", [lane])
    with opened.work("bench", district.NOW) as work:
        place = node_below(work, None, "测速区")
        work.execute(sa.update(tables.estate).values(node_id=place))
        key = work.task(1, _STEP).id
    opened.close()
    asked = signed_in(stack.enter_context(served(home)), district.LOGIN)
    return replace(asked, page=f"/tasks/{key}"), replace(asked, page="/estates/1")


def signed_in(port: int, login: str) -> Asked:
    """A page of a server, as somebody who has just signed in."""
    with contextlib.closing(http.client.HTTPConnection(_HOST, port, timeout=30)) as connection:
        connection.request("GET", "/sign-in")
        form = connection.getresponse()
        token = re.search(r'name="csrf_token" value="([^"]+)"', form.read().decode())
        assert token is not None
        cookies = [_cookie(form)]
        given = urlencode({"login": login, "password": district.PASSWORD, "csrf_token": token[1]})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies[0]}
        connection.request("POST", "/sign-in", given, kind)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        return Asked(port, "/", "; ".join([*cookies, _cookie(answer)]))


def _cookie(answer: http.client.HTTPResponse) -> str:
    return "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or ())


def _bare(stack: contextlib.ExitStack) -> Asked:
    port = _free_port()
    stack.enter_context(_running(["-m", "bench.load", str(port)], port, {}))
    return Asked(port, "/sign-in")


@contextlib.contextmanager
def served(home: Path, url: str = "") -> Iterator[int]:
    """The real server on a home, and on the database ``url`` instead of the home's own; its port."""
    port, key = _free_port(), district.PUBLIC.key.hex()
    variables = {"DAORU_HOME": str(home), "DAORU_DATABASE_URL": url, "DAORU_PERSON_KEY": key}
    with _running(["-m", "web", str(port), _HOST], port, variables):
        yield port


@contextlib.contextmanager
def _running(command: Sequence[str], port: int, variables: dict[str, str]) -> Iterator[None]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    quiet = subprocess.DEVNULL
    running = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    try:
        _wait_for(port)
        yield
    finally:
        running.terminate()
        running.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), contextlib.closing(socket.create_connection((_HOST, port), timeout=1)):
            return
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {port}")


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as found:
        found.bind((_HOST, 0))
        return int(found.getsockname()[1])


def p95(took: Sequence[float]) -> float:
    """The time within which 19 of 20 were answered."""
    return statistics.quantiles(took, n=20)[-1]


def detail(took: Sequence[float]) -> str:
    """What stands beside it."""
    return f"median {statistics.median(took):.1f}"


def _serve_bare(port: int) -> None:
    app = flask.Flask("bare")
    app.add_url_rule(
        "/sign-in", "page", lambda: flask.render_template_string("<title>{{ title }}</title>", title="裸页")
    )
    waitress.serve(app, host=_HOST, port=port, threads=_THREADS, ident=None)


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]))
