"""A Word file as PDF, in a child process with limits and without a network; one at a time.

LibreOffice makes it where it is installed.  It gets a profile of its own for each file, so that no two share one and
nothing stays of a document: one that follows no link out of it, updates none and runs nothing in it; and it is told
which fonts of Debian stand for those that Chinese offices name.  What it makes is read again, as it may lose rows of a
table (:mod:`engine.documents.flowing`).  Elsewhere dxpdf makes it, for what is not signed and
what it prints as the paper says (:mod:`engine.documents.plain`).
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from enum import StrEnum
from functools import cache
from pathlib import Path

from engine.documents import flowing, package, plain
from engine.documents.fonts import STANDS
from engine.errors import InvalidDefinition

_SECONDS, _MEGABYTES = 60, 4096
#: So many requests may wait for the one that converts, each so long; the others are told to come again.
_WAITING, _PATIENCE = 2, 8.0
_turn, _waiting = threading.Lock(), threading.BoundedSemaphore(_WAITING)
#: Where a font may lie, and what one that has every sign of a Chinese paper is called.
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_FONT = "Noto*CJK*"
#: Nobody listens there: where no network can be taken away, the way out leads nowhere.
_NOWHERE = "127.0.0.1:9"
_SECURITY, _PROXY = "org.openoffice.Office.Common/Security/Scripting", "org.openoffice.Inet/Settings"
_SET = (
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),
    (_SECURITY, "DisableActiveContent", "true"),
    (_SECURITY, "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    (_PROXY, "ooInetProxyType", "1"),
    *((_PROXY, f"ooInet{kind}ProxyName", _NOWHERE.partition(":")[0]) for kind in ("HTTP", "HTTPS", "FTP")),
    *((_PROXY, f"ooInet{kind}ProxyPort", _NOWHERE.partition(":")[2]) for kind in ("HTTP", "HTTPS", "FTP")),
)


class Refused(StrEnum):
    """Why there is no PDF."""

    MISSING = "MISSING"
    SIGNED = "SIGNED"
    UNFIT = "UNFIT"
    NO_FONT = "NO_FONT"
    BUSY = "BUSY"
    FAILED = "FAILED"


def available() -> str:
    """The path of LibreOffice, empty where it is not installed."""
    return shutil.which("soffice") or ""


def plainly() -> bool:
    """Whether dxpdf, which stands in for it, is installed."""
    return importlib.util.find_spec("dxpdf") is not None


def missing(*, signed: bool = False) -> Refused | None:
    """What keeps this machine from making any PDF, of what is signed or of what is not."""
    if available():
        return None
    if signed:
        return Refused.SIGNED
    if not plainly():
        return Refused.MISSING
    return None if _has_font() else Refused.NO_FONT


def convert(content: bytes, *, signed: bool = False) -> bytes | Refused:
    """The PDF of a Word file, or why there is none; of what is signed LibreOffice alone makes one."""
    if refused := missing(signed=signed):
        return refused
    if not _waiting.acquire(blocking=False):
        return Refused.BUSY
    try:
        mine = _turn.acquire(timeout=_PATIENCE)
    finally:
        _waiting.release()
    if not mine:
        return Refused.BUSY
    try:
        with tempfile.TemporaryDirectory(prefix="daoru-pdf-") as folder:
            program = available()
            return _by_libreoffice(program, Path(folder), content) if program else _by_dxpdf(Path(folder), content)
    finally:
        _turn.release()


def _by_libreoffice(program: str, folder: Path, content: bytes) -> bytes | Refused:
    """The PDF with rows of tables in one piece, where pdftotext finds them all in it; else with rows that may break."""
    rows = flowing.rows(content)
    if rows and shutil.which("pdftotext"):
        made = _laid_out(program, folder / "whole", content)
        if made is Refused.FAILED or flowing.told(rows, _said(folder / "whole/in.pdf")):
            return made
    return _laid_out(program, folder / "broken", flowing.flowing(content))


def _laid_out(program: str, folder: Path, content: bytes) -> bytes | Refused:
    (folder / "profile/user").mkdir(parents=True)
    (folder / "in.docx").write_bytes(content)
    (folder / "profile/user/registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
    office = [program, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--nologo", "--norestore"]
    return _made(folder, [*office, "--convert-to", "pdf", "--outdir", str(folder), str(folder / "in.docx")])


def _said(made: Path) -> str:
    """What a PDF of ours says, in the order in which it was written; nothing when that cannot be read in time."""
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(made), "-"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_SECONDS)  # noqa: S603 - found on the path
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _by_dxpdf(folder: Path, content: bytes) -> bytes | Refused:
    try:
        parts = package.parts(content)
        if plain.unfit(parts):
            return Refused.UNFIT
        (folder / "in.docx").write_bytes(plain.fit(parts))
    except InvalidDefinition:
        return Refused.FAILED
    return _made(folder, [sys.executable, "-m", "engine.plain_pdf", "in.docx", "in.pdf"])


def _made(folder: Path, command: list[str]) -> bytes | Refused:
    """The PDF that a command makes in a folder."""
    (folder / "fonts.conf").write_text(_fonts(), encoding="utf-8")
    limited = [sys.executable, "-m", "engine.limited", str(_MEGABYTES), str(_SECONDS), *_walls(), *command]
    proxies = {f"{kind}_proxy": f"http://{_NOWHERE}" for kind in ("http", "https", "ftp", "all")}
    environment = {
        **proxies,
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(  # noqa: S603 - our own module and a program found on the path
        limited, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, cwd=folder, start_new_session=True
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(_SECONDS)
    # LibreOffice is a process of its own below the one that was started: the whole group has to end
    _end(child)
    made = folder / "in.pdf"
    return made.read_bytes() if made.is_file() and made.stat().st_size else Refused.FAILED


@cache
def _walls() -> tuple[str, ...]:
    """What shuts a command off from every network, nothing where this system does not permit it."""
    program = shutil.which("unshare")
    shut = (program, "--user", "--map-root-user", "--net", "--") if program else ()
    tried = subprocess.run([*shut, "true"], capture_output=True, check=False) if shut else None  # noqa: S603
    return shut if tried and tried.returncode == 0 else ()


@cache
def _has_font() -> bool:
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS]
    return any(folder.is_dir() and next(folder.rglob(_FONT), None) for folder in folders)


def _profile() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SET
    )
    space = 'xmlns:oor="http://openoffice.org/2001/registry"'
    return f'<?xml version="1.0" encoding="UTF-8"?><oor:items {space}>{items}</oor:items>'


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _fonts() -> str:
    """Fontconfig with what stands for the fonts of Chinese offices."""
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><prefer><family>{other}</family></prefer></alias>'
        for name, other in STANDS.items()
    )
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    return f'{head}<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>{aliases}</fontconfig>'
