"""PDFs are made without a network: by LibreOffice, or by what stands in for it for what is not signed."""

import io
import shutil
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from engine import pages, pdf
from engine.use_cases.library import Library

ASKED: list[str] = []


class _Telling(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ASKED.append(f"{self.command} {self.path}")
        self.send_error(404)

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        pass


def linked(content: bytes, address: str) -> bytes:
    """A Word file whose code is a picture somewhere else."""
    source, made = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/_rels/document.xml.rels":
                part = part.replace(b'Target="media/code.png"', f'Target="{address}" TargetMode="External"'.encode())
                assert address.encode() in part
            if name == "word/document.xml":
                part = part.replace(b"r:embed=", b"r:link=")
            archive.writestr(name, part)
    return made.getvalue()


@pytest.mark.skipif(not pdf.available(), reason="没有 LibreOffice")
@pytest.mark.parametrize("walls", [True, False])
def test_a_picture_that_is_somewhere_else_is_never_asked_for(
    walls: bool, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both where a network can be taken away, and by the profile and the proxies alone where it cannot."""
    if not walls:
        monkeypatch.setattr(pdf, "_walls", tuple)
    ASKED.clear()
    with HTTPServer(("127.0.0.1", 0), _Telling) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hostile = linked(library.templates["ballots/ballot.docx"], f"http://127.0.0.1:{server.server_port}/code.png")
        made = pdf.convert(hostile)
        server.shutdown()
    assert isinstance(made, bytes)
    assert ASKED == []


@pytest.mark.skipif(not pages.available() or not pdf.plainly(), reason="没有 dxpdf 或 poppler")
def test_without_libreoffice_a_paper_is_set_with_its_pages_numbered(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "available", lambda: "")
    plain = pdf.convert(library.templates["notices/meeting_notice.docx"])
    assert isinstance(plain, bytes)
    assert pages.count(plain) > 1
    text = subprocess.run(
        [str(shutil.which("pdftotext")), "-", "-"], input=plain, capture_output=True, check=True
    ).stdout.decode()
    assert f"共{pages.count(plain)}" in text.replace(" ", "")


def test_what_is_signed_is_made_by_libreoffice_alone(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "available", lambda: "")
    content = library.templates["contracts/service_contract.docx"]
    assert pdf.convert(content, signed=True) is pdf.Refused.SIGNED


def test_without_a_chinese_font_nothing_is_made(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "available", lambda: "")
    monkeypatch.setattr(pdf, "_has_font", lambda: False)
    assert pdf.convert(library.templates["ballots/ballot.docx"]) is pdf.Refused.NO_FONT
