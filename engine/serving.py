"""``daoru serve``: one parent that keeps two children running, the pages and the job loop (decisions 26)."""

import ipaddress
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from engine.certificates import Certificate
from engine.errors import Conflict, EngineError

HOST = "127.0.0.1"
_LOOK_EVERY = 0.1
#: A child that dies within so many seconds is started again after a pause of so many.
_PAUSE = 0.5
_TO_END = 10.0


@dataclass(frozen=True)
class At:
    """Where the pages are served; with a ``certificate`` over TLS."""

    port: int
    host: str = HOST
    certificate: Certificate | None = None

    @property
    def here(self) -> str:
        """The address at which this machine reaches them."""
        host = HOST if self.host in {"", "0.0.0.0", "::"} else self.host  # noqa: S104 - asked for by whoever serves
        return f"{'https' if self.certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def command(self) -> list[str]:
        """What serves them."""
        tls = [str(self.certificate.path), str(self.certificate.key)] if self.certificate else []
        return ["-m", "web", str(self.port), self.host, *tls]


def serve(at: At, say: Callable[[str], None], *, behind_proxy: bool = False) -> None:
    """Serve the pages and do what is waiting until SIGINT or SIGTERM.

    Raises Conflict when the port is taken, EngineError where passwords would cross a network in the clear;
    ``behind_proxy`` says that one in front speaks TLS.
    """
    if not (at.certificate or behind_proxy or _is_local(at.host)):
        raise EngineError(
            f"--host {at.host} 会让别的设备连进来，没有证书，密码和业主信息在网络上就是明文。请加上 --tls-cert 和"
            " --tls-key，做法见 docs/phones.md；前面另有 HTTPS 反向代理的，请设 DAORU_ENV=production。"
        )
    _refuse_taken(at)
    ready = False

    def look() -> None:
        nonlocal ready
        if not ready and (ready := _answers(at.here)):
            say(f"导入台已启动：{at.here}（按 Ctrl-C 停止）")
            if at.certificate:
                say(f"手机打开：{'、'.join(f'https://{name}:{at.port}' for name in at.certificate.names)}")
                say(f"证书到 {at.certificate.until} 为止；手机怎样信任它，见“我的 → 手机连接”。")

    keep([at.command, ["-m", "engine.worker"]], look)
    say("已停止。")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def keep(commands: Sequence[list[str]], look: Callable[[], None] = lambda: None) -> None:
    """Keep a child running for each command until SIGINT or SIGTERM; whatever ended one, it is started again."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    children = [_Child(command) for command in commands]
    try:
        while not ending.wait(_LOOK_EVERY):
            look()
            for child in children:
                if child.ended and not (child.short_lived and ending.wait(_PAUSE)):
                    child.start()
    finally:
        _end([child.process for child in children])


class _Child:
    """A process of ours that runs this command."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.start()

    def start(self) -> None:
        """Start it, once more."""
        self._started = time.monotonic()
        # a session of its own: Ctrl-C at the terminal reaches the parent alone, which ends the children in order
        self.process = subprocess.Popen([sys.executable, *self._command], start_new_session=True)  # noqa: S603

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None

    @property
    def short_lived(self) -> bool:
        """Whether it was started a moment ago."""
        return time.monotonic() - self._started < _PAUSE


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    latest = time.monotonic() + _TO_END
    for child in children:
        try:
            child.wait(max(0.0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _opener() -> urllib.request.OpenerDirector:
    """The way to ourselves: through no proxy, and whatever name our certificate is for."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))


_OPENER = _opener()


def _answers(address: str) -> bool:
    try:
        with _OPENER.open(f"{address}/sign-in", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _refuse_taken(at: At) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(at.host, at.port, type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError, UnicodeError) as error:
        if isinstance(error, OverflowError):
            raise _taken(at) from error
        raise EngineError(f"--host 写的“{at.host}”不是这台机器的地址；请写 0.0.0.0 或本机的 IP 地址。") from error
    with closing(socket.socket(family)) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
        except (OSError, OverflowError) as error:
            raise _taken(at) from error


def _taken(at: At) -> Conflict:
    where = "" if at.host == HOST else f"{at.host} 的"
    return Conflict(f"{where}端口 {at.port} 用不了：可能已有一个导入台在运行；请先停下它，或用 --port 换一个。")
