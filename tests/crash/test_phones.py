"""``daoru serve`` with a certificate: the pages over TLS, as a phone on the same network meets them."""

import http.client
import re
import socket
import ssl
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import certificates
from engine.errors import EngineError
from tests.certificates import Made, make
from tests.district import PASSWORD
from tests.serving import Served, serve
from web import bounds


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What the documented commands make."""
    return make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def over_tls(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages, reachable from other machines too."""
    with serve(tmp_path_factory.mktemp("home"), "--host", "0.0.0.0", *made.options) as served:
        yield served


def connect(served: Served, made: Made) -> closing[http.client.HTTPSConnection]:
    """A connection of a phone that trusts the authority and nothing else."""
    context = ssl.create_default_context(cafile=str(made.authority))
    at = urllib.parse.urlsplit(served.address).netloc
    return closing(http.client.HTTPSConnection(at, context=context, timeout=20))


def ask(
    served: Served, made: Made, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """What is answered: status, headers in small letters, body."""
    with connect(served, made) as phone:
        phone.request(method, path, body or None, {name.replace("_", "-"): said for name, said in headers.items()})
        answer = phone.getresponse()
        return answer.status, {name.lower(): said for name, said in answer.getheaders()}, answer.read()


def test_who_trusts_the_authority_signs_in_and_cookies_are_of_this_host_and_of_https_alone(
    over_tls: Served, made: Made
) -> None:
    _, headers, page = ask(over_tls, made, "GET", "/sign-in")
    assert headers["set-cookie"].startswith("__Host-session=")
    token = re.search(rb'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    body = urllib.parse.urlencode({"login": "user0", "password": PASSWORD, "csrf_token": token[1].decode()})
    said = {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"{over_tls.address}/sign-in"}
    said["Cookie"] = headers["set-cookie"].partition(";")[0]
    status, headers, _ = ask(over_tls, made, "POST", "/sign-in", body, **said)
    assert status == 302
    kept, _, more = headers["set-cookie"].partition(";")
    assert kept.startswith("__Host-daoru=")
    assert sorted(one.strip() for one in more.split(";")) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    assert ask(over_tls, made, "GET", "/", Cookie=kept)[0] == 200


def test_what_has_not_changed_and_what_only_asks_for_the_head_are_answered_without_a_body(
    over_tls: Served, made: Made
) -> None:
    _, headers, _ = ask(over_tls, made, "GET", "/static/daoru.css")
    again = ask(over_tls, made, "GET", "/static/daoru.css", If_None_Match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")
    assert ask(over_tls, made, "HEAD", "/sign-in")[::2] == (200, b"")


def test_a_body_that_is_too_long_is_refused_in_words_before_it_is_read(over_tls: Served, made: Made) -> None:
    with connect(over_tls, made) as phone:
        phone.putrequest("POST", "/sign-in")
        phone.putheader("Content-Length", str(bounds.BODY + 1))
        phone.endheaders()
        answer = phone.getresponse()
        assert (answer.status, "提交的文件一共超过" in answer.read().decode()) == (413, True)


def test_twenty_slow_phones_hold_up_nobody(over_tls: Served, made: Made) -> None:
    with ExitStack() as slow:
        for _ in range(20):
            phone = slow.enter_context(connect(over_tls, made))
            phone.putrequest("POST", "/sign-in")
            phone.putheader("Content-Length", str(3 << 20))
            phone.endheaders()
            phone.send(b"x" * (1 << 20))
        for _ in range(6):
            assert ask(over_tls, made, "GET", "/sign-in")[0] == 200


def test_a_phone_that_only_connects_holds_up_nobody(over_tls: Served, made: Made) -> None:
    at = urllib.parse.urlsplit(over_tls.address)
    with ExitStack() as silent:
        for _ in range(20):
            silent.enter_context(socket.create_connection((str(at.hostname), int(at.port or 0)), timeout=5))
        assert ask(over_tls, made, "GET", "/sign-in")[0] == 200


def test_nobody_is_let_in_over_a_network_without_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAORU_HOME", str(tmp_path))
    command = [sys.executable, "-m", "engine.cli", "serve", "--host", "0.0.0.0"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (told.returncode, "密码和业主信息在网络上就是明文" in told.stderr) == (2, True)


def test_a_certificate_that_does_not_fit_is_named(tmp_path: Path, made: Made) -> None:
    now, other = datetime.now(UTC), made.authority.with_name("ca.key")
    for certificate, key, at, said in (
        (tmp_path / "none.crt", made.key, now, "--tls-cert 写的 .* 不存在"),
        (made.key, made.key, now, "不是 PEM 证书"),
        (made.certificate, other, now, "不是一对"),
        (made.authority, other, now, "subjectAltName"),
        (made.certificate, made.key, now + timedelta(days=398), "到期"),
        (made.certificate, made.key, now - timedelta(days=1), "才生效"),
    ):
        with pytest.raises(EngineError, match=said):
            certificates.read(certificate, key, at)
    assert certificates.read(made.certificate, made.key, now).names == ("127.0.0.1",)
