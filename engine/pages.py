"""The pages of a PDF as pictures, by poppler where it is installed, in a child process with limits."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_MEGABYTES, _SECONDS = 1024, 20
#: Wide enough to read on a page beside another one.
_WIDTH = 900


def available() -> bool:
    """Whether poppler is installed."""
    return bool(shutil.which("pdftoppm") and shutil.which("pdfinfo"))


def count(pdf: bytes) -> int:
    """How many pages a PDF has, 0 when it cannot be read."""
    found = re.search(rb"^Pages:\s+(\d+)", _run("pdfinfo", pdf, []), re.MULTILINE)
    return int(found[1]) if found else 0


def picture(pdf: bytes, page: int) -> bytes:
    """A page, the first is 1, as PNG; empty when it cannot be drawn."""
    asked = ["-png", "-r", "96", "-scale-to-x", str(_WIDTH), "-scale-to-y", "-1", "-f", str(page), "-l", str(page)]
    return _run("pdftoppm", pdf, asked)


def _run(program: str, pdf: bytes, options: list[str]) -> bytes:
    path = shutil.which(program)
    if not path:
        return b""
    with tempfile.TemporaryDirectory(prefix="daoru-pages-") as folder:
        (Path(folder) / "in.pdf").write_bytes(pdf)
        command = [sys.executable, "-m", "engine.limited", str(_MEGABYTES), str(_SECONDS), path, *options, "in.pdf"]
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[1]), "HOME": folder}
        try:
            made = subprocess.run(  # noqa: S603 - our own module and a program found on the path
                command, capture_output=True, env=environment, cwd=folder, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return b""
    return made.stdout if made.returncode == 0 else b""
