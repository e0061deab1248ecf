"""Files by their content: a name is a SHA-256, a file is written once and never changed."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.errors import NotFound


@dataclass(frozen=True)
class Files:
    """A folder of content-addressed files; what is kept survives a power loss when ``durable``."""

    root: Path
    durable: bool = True

    def keep(self, content: bytes) -> str:
        """Write ``content`` durably, unless it is there; returns its SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            written.flush()
            if self.durable:
                os.fsync(written.fileno())
        # renamed when complete: a crash leaves a temporary file, never half a document
        Path(name).replace(target)
        if self.durable:
            _synchronise(target.parent)
        return digest

    def path(self, digest: str) -> Path:
        """Where the file of that SHA-256 lies, or would lie."""
        return self.root / digest[:2] / digest

    def read(self, digest: str) -> bytes:
        """The content of a file.  Raises NotFound."""
        path = self.path(digest)
        if not path.is_file():
            raise NotFound(what=f"文件 {digest[:12]}")
        return path.read_bytes()

    # what is on its way: written in parts, and kept when it is whole

    def write_part(self, name: str, at: int, content: bytes) -> None:
        """Write a part durably at its place; a part that came before, and was not noted, is written over."""
        self._part(name).parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._part(name), os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.pwrite(handle, content, at)
            os.fsync(handle)
        finally:
            os.close(handle)

    def part_size(self, name: str) -> int:
        """How many bytes have come."""
        return self._part(name).stat().st_size if self._part(name).is_file() else 0

    def read_part(self, name: str) -> bytes:
        """All that has come."""
        return self._part(name).read_bytes()

    def drop_part(self, name: str) -> None:
        """Forget what has come."""
        self._part(name).unlink(missing_ok=True)

    def _part(self, name: str) -> Path:
        return self.root / "incoming" / name


def _synchronise(folder: Path) -> None:
    """Make the name of a new file as durable as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
