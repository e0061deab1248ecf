"""``python -m web PORT``: the application behind waitress, which buffers slow uploads before it takes a thread."""

import sys

import waitress

from engine import settings, store
from engine.use_cases import library
from web import create_app

_THREADS = 8
#: Beyond it waitress refuses a body before the application could say why.
_LONGEST_BODY = 160 * 1024 * 1024


def main() -> None:
    """Serve until told to end."""
    kept = settings.read()
    opened = store.open(kept.database_url, files=kept.home / "files", synchronous=kept.synchronous)
    app = create_app(kept, opened, library.shipped())
    waitress.serve(
        app,
        host=sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1",
        port=int(sys.argv[1]),
        threads=_THREADS,
        max_request_body_size=_LONGEST_BODY,
        ident=None,
    )


if __name__ == "__main__":
    main()
