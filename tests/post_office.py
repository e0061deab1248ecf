"""A mail server and a webhook for the tests: real sockets, and both can be told to fail."""

import contextlib
import http.server
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Post:
    """What has arrived; ``before_answer`` is called when a message is there, and may say what to answer instead."""

    address: str = ""
    arrived: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    before_answer: Callable[[], str | None] = lambda: None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


@contextlib.contextmanager
def _serving(handler: type[socketserver.BaseRequestHandler], scheme: str, post: Post) -> Iterator[Post]:
    with _Server(("127.0.0.1", 0), handler) as server:
        post.address = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def mail_server() -> Iterator[Post]:
    """A mail server that takes every mail."""
    post = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionResetError):
                self._talk()

        def _talk(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline():
                word = line.decode().split()[0].upper()
                if word == "DATA":
                    self._say("354 go on")
                    post.arrived.append(self._mail())
                    self._say(post.before_answer() or "250 taken")
                else:
                    self._say("221 bye" if word == "QUIT" else "250 ok")

        def _mail(self) -> bytes:
            found = b""
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                found += line
            return found

        def _say(self, text: str) -> None:
            with contextlib.suppress(OSError):
                self.wfile.write(f"{text}\r\n".encode())

    with _serving(Handler, "smtp", post):
        yield post


@contextlib.contextmanager
def webhook() -> Iterator[Post]:
    """A webhook that takes everything, unless ``before_answer`` names another status."""
    post = Post()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            post.arrived.append(self.rfile.read(int(self.headers["Content-Length"])))
            post.headers.append(dict(self.headers))
            self.send_response(int(post.before_answer() or 204))
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            """Say nothing."""

    with _serving(Handler, "http", post):
        yield post
