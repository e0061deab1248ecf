"""核对一案一档：python3 verify.py 档案.zip；解开以后，在档案的文件夹里 python3 verify.py。

Checks every file against MANIFEST.sha256, the archive as a whole, and that its table of contents and the name of the
file bear the number that stands in it; needs nothing but Python 3.8.
Ends with 0 when all is as it was written, with 1 and the name of each file that is not.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO

MANIFEST, NUMBER, CONTENTS = "MANIFEST.sha256", "编号.txt", "目录.txt"
_NUMBER = re.compile(r"DC\d{8}-\d{6,9}")
#: The comment of the archive is the SHA-256 of everything before it.
SEAL = 64


def digest_of(stream: IO[bytes], length: int | None = None) -> str:
    """SHA-256 of a stream, or of its first bytes."""
    found = hashlib.sha256()
    while length is None or length > 0:
        chunk = stream.read(1048576 if length is None else min(1048576, length))
        if not chunk:
            break
        found.update(chunk)
        length = None if length is None else length - len(chunk)
    return found.hexdigest()


def listed(manifest: bytes) -> tuple[dict[str, str], list[str]]:
    """Digest by name, and what is wrong with the list itself."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(manifest.decode("utf-8", "replace").split("\n")[:-1], 1):
        digest, gap, name = line[:64], line[64:66], line[66:]
        if gap != "  " or not name or len(digest) != 64 or name in found:
            wrong.append(f"{MANIFEST} 第 {number} 行被改动：{name or line[:80]}")
        else:
            found[name] = digest
    if not manifest.endswith(b"\n"):
        wrong.append(f"{MANIFEST} 不完整")
    return found, wrong


def check_zip(path: Path) -> list[str]:
    """What is wrong with an archive."""
    wrong: list[str] = []
    with path.open("rb") as stream:
        whole = digest_of(stream, path.stat().st_size - SEAL)
        sound = stream.read() == whole.encode()
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if names.count(MANIFEST) != 1:
                return [f"缺少 {MANIFEST}"]
            wrong += compare(names, archive.open, *listed(archive.read(MANIFEST)))
            wrong += [f"压缩包里的文件重名：{name}" for name in sorted(set(names)) if names.count(name) > 1]
            wrong += [f"清单之外的文件：{name}" for name in names if name not in known(archive)]
            wrong += [] if wrong else misnumbered(path.name, archive.read)
    except Exception as error:
        wrong.append(f"压缩包打不开，或 {MANIFEST} 损坏：{error}")
    if not sound and not wrong:
        wrong.append("压缩包本身（目录或文件头）被改动；各文件的内容没有改动")
    return wrong


def known(archive: zipfile.ZipFile) -> set[str]:
    """The names that an archive may hold."""
    return set(listed(archive.read(MANIFEST))[0]) | {MANIFEST}


def check_folder(folder: Path) -> list[str]:
    """What is wrong with an archive that was unpacked."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
    except OSError:
        return [f"缺少 {MANIFEST}"]
    names = [name for name in listed(manifest)[0] if (folder / name).is_file()]
    wrong = compare(names, lambda name: (folder / name).open("rb"), *listed(manifest))
    return wrong + ([] if wrong else misnumbered("", lambda name: (folder / name).read_bytes()))


def number_in(read: Callable[[str], bytes]) -> str:
    """The number under which an archive was taken; empty for one without, or from before there were any."""
    try:
        found = _NUMBER.fullmatch(read(NUMBER).decode("utf-8", "replace").strip())
    except (KeyError, OSError):
        return ""
    return found.group() if found else ""


def misnumbered(name: str, read: Callable[[str], bytes]) -> list[str]:
    """Where the table of contents, or the name of the file, bears another number than the archive."""
    number, wrong = number_in(read), []
    try:
        contents = read(CONTENTS).decode("utf-8", "replace").split("\n", 1)[0]
    except (KeyError, OSError):
        return []
    for said, where in ((contents, CONTENTS), (name, "文件名")):
        found = _NUMBER.search(said)
        if found and found.group() != number:
            wrong.append(f"{where}的导出编号是 {found.group()}，档案里是 {number or '没有编号'}")
    return wrong


def compare(
    names: Collection[str], opened: Callable[[str], IO[bytes]], expected: dict[str, str], wrong: list[str]
) -> list[str]:
    """What is wrong with the files of a list."""
    found, there = list(wrong), set(names)
    for name, digest in sorted(expected.items()):
        if name not in there:
            found.append(f"缺少文件：{name}")
            continue
        try:
            with opened(name) as stream:
                same = digest_of(stream) == digest
        except Exception:
            same = False
        if not same:
            found.append(f"内容被改动：{name}")
    return found


def told(given: Path) -> str:
    """The number of a sound archive, in words."""
    if given.is_dir():
        number = number_in(lambda name: (given / name).read_bytes())
    else:
        with zipfile.ZipFile(given) as archive:
            number = number_in(archive.read)
    return f"；导出编号 {number}" if number else "；没有导出编号"


def main() -> int:
    """Check what the command line names, or the folder in which this file lies."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    if not given.exists():
        print(f"找不到：{given}")
        return 1
    wrong = check_folder(given) if given.is_dir() else check_zip(given)
    for line in wrong:
        print(line)
    print(f"没有通过：{len(wrong)} 处不符" if wrong else f"通过：每份文件都与写成时相同{told(given)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
