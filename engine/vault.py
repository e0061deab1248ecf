"""The vault: what of a person has to be kept in full lies in the database only sealed, its keys in a file outside it.

The file holds one key a line, 64 hex digits, the newest first: the first seals, each of them opens what it sealed.  It
is read for every act, so that a new key needs no restart.  :mod:`engine.sealing` says how things are sealed.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import sealing
from engine.errors import DamagedState, EngineError

_KEY = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Vault:
    """The keys in ``path``; a key's mark is what rows name it by, and tells nothing of it."""

    path: Path

    def keys(self) -> Mapping[str, bytes]:
        """The keys by mark, the newest first; none where there is no file.  Raises EngineError for what is no key."""
        try:
            lines = self.path.read_text(encoding="ascii", errors="replace").split()
        except FileNotFoundError:
            return {}
        if not lines or not all(map(_KEY.fullmatch, lines)):
            raise EngineError(f"保险库的密钥文件 {self.path} 不是一行一个 64 位十六进制的密钥；请换回原来的文件。")
        return {mark(key): key for key in map(bytes.fromhex, lines)}

    def seal(self, purpose: str, content: bytes, sealed_with: Collection[str]) -> tuple[str, bytes]:
        """The mark of the newest key and ``content`` sealed with it; the first of all keys is made here.

        ``sealed_with`` are the marks that rows name.  Raises DamagedState where there are some and no key is there: a
        new key beside a lost one would hide the loss.
        """
        keys = self.keys()
        if not keys and sealed_with:
            raise self._lost(sealed_with)
        if not keys:
            self.write([secrets.token_bytes(32)])
            keys = self.keys()
        newest = next(iter(keys))
        return newest, sealing.seal(keys[newest], purpose, content)

    def unseal(self, purpose: str, by: str, sealed: bytes) -> bytes:
        """What was sealed under the key ``by``.  Raises DamagedState where that key is not there, or opens it not."""
        keys = self.keys()
        if by not in keys:
            raise self._lost([by])
        return sealing.unseal(keys[by], purpose, sealed)

    def write(self, keys: Iterable[bytes]) -> None:
        """Keep these keys, the newest first, in place of what is there: whole or not at all, for its owner alone."""
        made = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        made.unlink(missing_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.writelines(f"{key.hex()}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        made.replace(self.path)

    def _lost(self, marks: Iterable[str]) -> DamagedState:
        named = "、".join(sorted(marks))
        return DamagedState(
            f"保险库打不开：{self.path} 里没有密钥 {named}，没有做任何改动。请管理员把另行保管的 vault.key 放回去；"
            "没有它，入库的证件号谁也读不出来，名册和表决不受影响。"
        )


def mark(key: bytes) -> str:
    """By what rows name a key: the first digits of its SHA-256."""
    return hashlib.sha256(b"daoru vault " + key).hexdigest()[:12]
