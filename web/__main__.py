"""``python -m web PORT [HOST [CERTIFICATE KEY]]``: the application behind waitress, or with a certificate over TLS.

Waitress buffers slow uploads before it takes a thread, and speaks no TLS.
"""

import dataclasses
import gc
import html
import logging
import sys
from pathlib import Path

import waitress
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from engine import settings, store
from engine.store import Public
from engine.use_cases import library
from web import access, bounds, create_app, secure

#: Few, since they take turns at one interpreter: with eight, half the time went into the turns.
_THREADS = 4
#: What stands where the application was never asked, as a body was longer than it would have read.
_BEYOND = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>文件太大 · 导入台</title><link rel="stylesheet" href="/static/vendor/bootstrap.css">
<link rel="stylesheet" href="/static/daoru.css"></head><body><main><div class="sign-in"><h1>没有完成</h1>
<div class="card-plain" role="alert">提交的文件一共超过 {most} MB，没有收下；此前存过的草稿还在。
请先按浏览器的“后退”，看刚填的内容是否还在页面上。
请分几次选文件：每个不超过 {each} MB，一次一共不超过 {files} MB。</div>
<p><a class="btn btn-primary" href="{path}">回到刚才的页面</a></p></div></main></body></html>
"""


_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'"),
]


def _beyond(path: str) -> bytes:
    most, each, files = (size >> 20 for size in (bounds.BODY, bounds.EACH, bounds.FILES))
    return _BEYOND.format(most=most, each=each, files=files, path=html.escape(access.inside(path) or "/")).encode()


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What waitress answers by itself: of a body that is too long in words, of the rest as it does."""

    def execute(self) -> None:
        if self.request.error.code != 413:
            super().execute()
            return
        body = _beyond(self.request.path)
        self.status = "413 Request Entity Too Large"
        self.response_headers += _HEADERS
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


def main() -> None:
    """Serve until told to end."""
    kept, said = settings.read(), sys.argv[1:]
    port, host, tls = int(said[0]), said[1] if len(said) > 1 else "127.0.0.1", said[2:4]
    if tls:
        kept = dataclasses.replace(kept, secure=True)
    opened = store.open(
        kept.database_url,
        files=kept.home / "files",
        synchronous=kept.synchronous,
        public=Public(kept.public_url, kept.person_key),
    )
    app = create_app(kept, opened, library.shipped())
    # a browser asks for six things at once, and whoever waits a moment is nothing to tell of
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # what is read once stays: the collector need not go through it again while somebody waits
    gc.collect()
    gc.freeze()
    if tls:
        refusal = secure.Refusal(bounds.BODY, _HEADERS, _beyond)
        secure.serve(app, host, port, Path(tls[0]), Path(tls[1]), refusal)
        return
    HTTPChannel.error_task_class = _Refusal
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=_THREADS,
        max_request_body_size=bounds.BODY,
        ident=None,
    )


if __name__ == "__main__":
    main()
