"""One estate, one archive: everything is in it, a changed byte is named, and what may be published names no owner."""

import ast
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as some

from engine import archives, cli, verify_archive
from engine.store import Store
from engine.use_cases import archiving
from tests import carrying
from tests.carrying import CASES, Carried

NOW = datetime(2026, 9, 30, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ended(carried: Carried, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A copy of the reference estate at its end."""
    home = tmp_path_factory.mktemp("archive")
    shutil.copytree(carried.out("reference") / "data", home / "data")
    opened = carrying.opened(home / "data")
    yield opened
    opened.close()


def _written(ended: Store, path: Path, *, public: bool = False) -> Path:
    with ended.work("测试", NOW) as work, path.open("w+b") as target:
        archiving.write(work, 1, target, public=public)
    return path


@pytest.fixture(scope="module")
def whole(ended: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole archive."""
    return _written(ended, tmp_path_factory.mktemp("whole") / "全本.zip")


@pytest.fixture(scope="module")
def published(ended: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive for publication."""
    return _written(ended, tmp_path_factory.mktemp("public") / "公开本.zip", public=True)


def test_everything_that_is_kept_of_an_estate_is_in_its_archive(ended: Store, whole: Path) -> None:
    with zipfile.ZipFile(whole) as archive, ended.work("测试", NOW) as work:
        told = archive.read("目录.txt").decode()
        page = archive.read("目录.html").decode()
        names = set(archive.namelist())
        papers = [name for name in names if name.startswith("文书/")]
        issued = work.documents(1)
        assert len(papers) == len(issued) >= 60
        for paper in issued:
            (name,) = (name for name in papers if paper.number in name)
            assert archive.read(name) == work.files.read(paper.sha256)
        log = [json.loads(line) for line in archive.read("流转记录.jsonl").splitlines()]
        assert log == json.loads(json.dumps(work.log(1)))
        roster = list(csv.DictReader(io.StringIO(archive.read("表格/业主清册.csv").decode("utf-8-sig"))))
        assert len(roster) == len((CASES / "reference-roster.csv").read_text().splitlines()) - 1
        assert {"附件/" + name.split("/")[1] for name in names if name.startswith("附件/")}
        for name in names - {"目录.html", "目录.txt"}:
            assert name in told
            assert f'href="{name}"' in page


def test_the_same_state_gives_the_same_bytes(ended: Store, whole: Path, tmp_path: Path) -> None:
    assert _written(ended, tmp_path / "again.zip").read_bytes() == whole.read_bytes()


@tried(max_examples=150, deadline=None)
@given(some.data())
def test_one_changed_byte_fails_and_is_named(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: some.DataObject
) -> None:
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        info = data.draw(some.sampled_from(archive.infolist()))
        begins = info.header_offset + 30 + len(info.filename.encode())
        inside = data.draw(some.booleans())
        at = (
            data.draw(some.integers(begins, begins + info.compress_size - 1))
            if inside
            else data.draw(some.integers(0, len(content) - 1))
        )
        content[at] ^= data.draw(some.integers(1, 255))
    changed = tmp_path_factory.mktemp("changed") / "changed.zip"
    changed.write_bytes(content)
    wrong = verify_archive.check_zip(changed)
    assert wrong
    if inside and info.filename != archives.MANIFEST and _content(whole, info) != _content(changed, info):
        assert any(info.filename in line for line in wrong), (info.filename, wrong)


def _content(path: Path, info: zipfile.ZipInfo) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(info.filename)
    except Exception:
        return None


def _verified(*arguments: Path) -> tuple[int, str]:
    old = Path.home() / ".pyenv/versions/3.8.18/bin/python"
    python = old if old.is_file() else sys.executable
    ran = subprocess.run([python, "-I", "-S", *arguments], capture_output=True, text=True, check=False)
    assert not ran.stderr
    return ran.returncode, ran.stdout


def test_a_bare_python_verifies_the_archive_packed_and_unpacked(whole: Path, tmp_path: Path) -> None:
    ast.parse(Path(verify_archive.__file__).read_text(), feature_version=(3, 8))
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(tmp_path)
    verifier = tmp_path / archives.VERIFIER
    assert _verified(verifier, whole) == (0, "通过：每份文件都与写成时相同；没有导出编号\n")
    assert _verified(verifier)[0] == 0
    (tmp_path / "表格/走访记录.csv").unlink()
    with (tmp_path / "流转记录.jsonl").open("ab") as log:
        log.write(b"{}\n")
    code, said = _verified(verifier)
    assert code == 1
    assert "缺少文件：表格/走访记录.csv" in said
    assert "内容被改动：流转记录.jsonl" in said
    assert "2 处不符" in said
    (tmp_path / "broken.zip").write_bytes(whole.read_bytes()[:-1000])
    assert _verified(verifier, tmp_path / "broken.zip")[0] == 1
    assert _verified(verifier, tmp_path / "nowhere.zip")[0] == 1


def test_a_file_that_was_slipped_in_is_named(whole: Path, tmp_path: Path) -> None:
    more = shutil.copy(whole, tmp_path / "more.zip")
    with zipfile.ZipFile(more, "a") as archive:
        archive.writestr("文书/补充协议.docx", b"x")
    assert "清单之外的文件：文书/补充协议.docx" in verify_archive.check_zip(Path(more))


def test_no_name_and_no_number_of_an_owner_stands_in_what_is_published(published: Path) -> None:
    with (CASES / "reference-roster.csv").open() as file:
        owners = list(csv.DictReader(file))
    secret = {owner[column] for owner in owners for column in ("产权人", "电话", "证件号")}
    secret = {word for words in secret for word in re.split(r"[、，,;\s]", words) if len(word) > 1}
    assert len(secret) > 300
    for name, text in _texts(published.read_bytes()):
        found = [word for word in secret if word in text]
        assert not found, (name, found)


def _texts(content: bytes, within: str = "") -> Iterator[tuple[str, str]]:
    """Every file of a ZIP as text, and of the Word files in it every part, as it stands and without mark-up."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if part.startswith(b"PK\3\4"):
                yield from _texts(part, f"{within}{name}/")
            text = part.decode("utf-8", "replace")
            yield within + name, f"{name}{text}{re.sub('<[^>]+>', '', text)}"


def test_what_is_published_says_what_it_leaves_out_and_masks(published: Path) -> None:
    assert verify_archive.check_zip(published) == []
    with zipfile.ZipFile(published) as archive:
        told = archive.read("目录.txt").decode()
        assert "重点人员谈话记录：不是对外公布的文书" in told
        result = next(name for name in archive.namelist() if "D-51" in name)
        assert result.endswith(".txt")
        text = archive.read(result).decode()
        assert "不是原件" in text
        assert "12,188.75" in text
        log = [json.loads(line) for line in archive.read("流转记录.jsonl").splitlines()]
        assert {event["who"] for event in log} >= {"社区干部", "街道", "系统"}
        names = archive.namelist()
    assert not [name for name in names if name.startswith("附件/") or name.endswith(".pdf")]
    assert "表格/走访记录.csv" not in names


def test_an_archive_bears_its_number_and_is_not_taken_for_another(ended: Store, tmp_path: Path) -> None:
    number, path = "DC20260930-000007", tmp_path / "桂语苑 一案一档（公开本）-DC20260930-000007.zip"
    with ended.work("测试", NOW) as work, path.open("w+b") as target:
        archiving.write(work, 1, target, public=True, number=number)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
        assert archive.read(archives.NUMBER).decode() == f"{number}\n"
        assert archive.read("目录.txt").decode().splitlines()[0].endswith(f"导出编号 {number}")
        assert f"导出编号 {number}</h1>" in archive.read("目录.html").decode()
    verifier = tmp_path / "unpacked" / archives.VERIFIER
    assert _verified(verifier, path) == (0, f"通过：每份文件都与写成时相同；导出编号 {number}\n")
    assert _verified(verifier) == (0, f"通过：每份文件都与写成时相同；导出编号 {number}\n")
    other = path.rename(tmp_path / "桂语苑-DC20260930-000008.zip")
    said = "文件名的导出编号是 DC20260930-000008，档案里是 DC20260930-000007\n没有通过：1 处不符\n"
    assert _verified(verifier, other) == (1, said)


def test_a_table_of_contents_of_another_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "档案.zip"
    with path.open("w+b") as target, archives.Archive(target) as archive:
        archive.add(archives.NUMBER, b"DC20260930-000007\n")
        archive.add("目录.txt", "桂语苑 一案一档（全本） 导出编号 DC20260930-000009\n".encode())
    said = "目录.txt的导出编号是 DC20260930-000009，档案里是 DC20260930-000007"
    assert verify_archive.check_zip(path) == [said]


def test_a_cell_is_never_a_formula() -> None:
    written = archives.table(["甲"], [["=1+1"], ["@x"], [-3], ["\t=a"], [None], [b"-1"], ["正常"]]).decode("utf-8-sig")
    assert written.splitlines() == ["甲", "'=1+1", "'@x", "-3", "'\t=a", '""', "'-1", "正常"]


def test_the_command_takes_an_archive_on_record_and_replaces_nothing(
    ended: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAORU_HOME", str(Path(ended.engine.url.database or "").parent))
    target = tmp_path / "档案.zip"
    assert cli.main(["archive", "1", "--to", str(target)]) == 2
    assert "--purpose" in capsys.readouterr().err
    assert cli.main(["archive", "99", "--to", str(target), "--public"]) == 2
    assert not list(tmp_path.iterdir())
    arguments = ["archive", "1", "--to", str(target), "--by", "陈立", "--purpose", archiving.PURPOSES[0]]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert verify_archive.check_zip(target) == []
    assert hashlib.sha256(target.read_bytes()).hexdigest() in said
    assert cli.main(arguments) == 2
    assert "已有" in capsys.readouterr().err
    with ended.work("测试", NOW) as work:
        taken = work.log(1)[-1]
    assert (taken["kind"], taken["actor"], taken["purpose"]) == ("ArchiveTaken", "陈立", archiving.PURPOSES[0])
    assert taken["sha256"] in said
