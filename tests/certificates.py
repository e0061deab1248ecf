"""A certificate for this machine, made by the very commands of docs/phones.md."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_DOCS = Path(__file__).parents[1] / "docs/phones.md"


@dataclass(frozen=True)
class Made:
    """The files that the commands made: the authority that a phone trusts, the certificate and its key."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def options(self) -> tuple[str, str, str, str]:
        """What ``daoru serve`` is told."""
        return "--tls-cert", str(self.certificate), "--tls-key", str(self.key)


def make(folder: Path, address: str = "127.0.0.1") -> Made:
    """Run what docs/phones.md tells an administrator to run."""
    if shutil.which("openssl") is None:
        pytest.skip("没有 openssl，做不出证书")
    found = re.search(r"```sh\n(address=.*?)```", _DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    commands = re.sub(r"^address=.*$", f"address={address}", found[1], count=1, flags=re.MULTILINE)
    subprocess.run(["sh", "-eu"], input=commands, cwd=folder, text=True, check=True, capture_output=True)
    return Made(folder / "ca.crt", folder / "daoru.crt", folder / "daoru.key")
