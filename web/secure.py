"""The pages over TLS, as phones need them: Hypercorn, with bodies spooled before they take a thread."""

import asyncio
import functools
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hypercorn.app_wrappers import WSGIWrapper, _build_environ
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config

#: More than without TLS, as a thread waits until the phone has taken what it was sent.
_THREADS = 16
#: A body that is longer than this lies in a temporary file.
_SPOOLED = 512 * 1024
#: A phone that says nothing for so many seconds in the middle of something has gone.
_SILENCE = 120


def serve(app: Any, host: str, port: int, certificate: Path, key: Path, refusal: "Refusal") -> None:
    """Serve over TLS until told to end; ``refusal`` answers bodies that are too long."""
    config = Config()
    config.bind = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    config.certfile, config.keyfile = str(certificate), str(key)
    # Hypercorn joins the cookies of HTTP/2, which browsers send one by one, with a sign that none of them is read at
    config.alpn_protocols = ["http/1.1"]
    config.loglevel, config.include_server_header = "ERROR", False
    config.keep_alive_timeout, config.read_timeout, config.ssl_handshake_timeout = 30, _SILENCE, 20
    asyncio.run(_serve(_Spooling(app, refusal), config))


async def _serve(app: "_Spooling", config: Config) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "pages"))
    await worker_serve(app, config)


class Refusal:
    """What is answered to a body that is longer than ``most`` bytes: ``page`` makes it from the path."""

    def __init__(self, most: int, headers: list[tuple[str, str]], page: Callable[[str], bytes]) -> None:
        self.most, self.page = most, page
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers]


class _Gone(Exception):
    """Raised when a phone has gone before it said everything."""


class _Spooling(WSGIWrapper):
    """The application for Hypercorn, whose own wrapper keeps bodies in memory and loses answers without one."""

    def __init__(self, app: Any, refusal: Refusal) -> None:
        super().__init__(app, refusal.most)
        self._refusal = refusal

    async def handle_http(
        self, scope: Any, receive: Any, send: Any, sync_spawn: Callable[..., Any], call_soon: Callable[..., Any]
    ) -> None:
        """Take the whole request, then answer it in a thread."""
        with tempfile.SpooledTemporaryFile(_SPOOLED) as body:
            try:
                whole = await self._took(scope, receive, body)
            except _Gone:
                return
            if not whole:
                await _say(send, 413, self._refusal.headers, self._refusal.page(scope["path"]))
                return
            environ = _build_environ(scope, b"")
            environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(body.tell()), "wsgi.input_terminated": True}
            body.seek(0)
            await sync_spawn(self.run_app, environ, functools.partial(call_soon, send))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _took(self, scope: Any, receive: Any, body: Any) -> bool:
        """Read the body; False once it is, or says it is, too long."""
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > self._refusal.most:
            return False
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body.write(message.get("body", b""))
            if body.tell() > self._refusal.most:
                return False
            if not message.get("more_body"):
                return True

    def run_app(self, environ: dict[str, Any], send: Callable[..., Any]) -> None:
        """Answer; what has no body, as what has not changed, begins all the same."""
        begun: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            told = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            begun.append((int(status.split(" ", 1)[0]), told))

        answer = self.app(environ, start_response)
        try:
            status, headers = begun[-1]
            send({"type": "http.response.start", "status": status, "headers": headers})
            for part in answer:
                send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            if hasattr(answer, "close"):
                answer.close()


async def _say(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
