"""The ZIP of an archive: files, their list of SHA-256, and what checks them with nothing but Python.

The same files in the same order give the same bytes.  The comment of the ZIP is the SHA-256 of all that stands before
it, so that no byte of it, inside a file or between them, changes unseen.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Self

MANIFEST, VERIFIER, NUMBER = "MANIFEST.sha256", "verify.py", "编号.txt"
_SEAL = 64
_CHUNK = 1024 * 1024
#: How a text begins that a spreadsheet could run (OWASP CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: What is compressed already.
_PACKED = (".docx", ".pdf", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".zip", ".xlsx")


class Archive:
    """An archive under construction in ``target``, sealed when the block ends; ``sha256`` is then that of the whole."""

    def __init__(self, target: BinaryIO) -> None:
        self._target, self._digests, self.sha256 = target, dict[str, str](), ""
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self._seal()
        else:
            self._zip.close()

    @property
    def names(self) -> Sequence[str]:
        """The files so far."""
        return list(self._digests)

    def add(self, name: str, content: bytes) -> None:
        """Add a file.  Raises ValueError for a second one of that name."""
        if name in self._digests:
            raise ValueError(f"{name} is there already")
        self._digests[name] = hashlib.sha256(content).hexdigest()
        self._put(name, content)

    def _seal(self) -> None:
        """Add verifier and list; what all of it comes to is the comment of the ZIP."""
        self.add(VERIFIER, Path(__file__).with_name("verify_archive.py").read_bytes())
        self._put(MANIFEST, "".join(f"{digest}  {name}\n" for name, digest in self._digests.items()).encode())
        self._zip.comment = bytes(_SEAL)
        self._zip.close()
        end = self._target.seek(0, io.SEEK_END) - _SEAL
        self._target.seek(0)
        found = hashlib.sha256()
        while end > 0:
            chunk = self._target.read(min(_CHUNK, end))
            found.update(chunk)
            end -= len(chunk)
        seal = found.hexdigest().encode()
        self._target.write(seal)
        found.update(seal)
        self.sha256 = found.hexdigest()

    def _put(self, name: str, content: bytes) -> None:
        # dated by what it says, not by when it was made
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system, info.external_attr = 3, 0o600 << 16
        packed = name.lower().endswith(_PACKED)
        self._zip.writestr(info, content, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A sheet of comma-separated values that no spreadsheet runs, marked as UTF-8 for those that would guess."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(headings)
    sheet.writerows([_cell(value) for value in row] for row in rows)
    return ("\ufeff" + written.getvalue()).encode("utf-8", "replace")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
