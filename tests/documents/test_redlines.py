"""Papers of every kind come back changed: each is known, its redline is exact, and saving alone changes nothing."""

import subprocess
from pathlib import Path
from random import Random

import pytest

from engine import pdf
from engine.documents import catalogue, clauses, identity, package, redline
from engine.documents.identity import Identity
from engine.documents.reading import Word
from tests.documents.conftest import Issued
from tests.documents.editing import edited

KINDS = sorted(set(catalogue.KINDS) - {"ballot"})


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_says_which_it_is_and_its_redline_is_exact_whatever_was_edited(kind: str, issued: Issued) -> None:
    parts = package.read(issued.papers[kind], kind)
    assert identity.of(parts) == Identity(issued.records[kind]["document.number"]["value"], 1)
    for seed in range(3):
        redline.make(parts, edited(parts, Random(seed), 12), "何静", "2026-06-01T01:00:00Z")


def saved(folder: Path, content: bytes) -> bytes:
    """The file as LibreOffice opens and saves it; skipped with a plain word where there is none."""
    if not pdf.available():
        pytest.skip("没有安装 LibreOffice，来回保存的差别无从核对")
    (folder / "paper.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    run = [
        pdf.available(),
        profile,
        "--headless",
        "--convert-to",
        "docx",
        "--outdir",
        str(folder / "out"),
        "paper.docx",
    ]
    subprocess.run(run, cwd=folder, check=True, capture_output=True, timeout=120)
    return (folder / "out" / "paper.docx").read_bytes()


@pytest.mark.parametrize("kind", ["service_contract", "meeting_notice", "settlement", "handover_list"])
def test_saving_a_paper_in_libreoffice_changes_no_clause_and_keeps_whose_it_is(
    kind: str, issued: Issued, tmp_path: Path
) -> None:
    old = package.read(issued.papers[kind], kind)
    new = package.read_worked_on(saved(tmp_path, issued.papers[kind]), kind)
    assert identity.of(new) == identity.of(old)
    changes = clauses.compare(*(clauses.clauses(Word(parts)) for parts in (old, new)))
    assert not clauses.summary(changes)
    redline.make(old, new, "何静", "2026-06-01T01:00:00Z")


def test_libreoffice_reads_a_redline_as_we_do(issued: Issued, tmp_path: Path) -> None:
    old = package.read(issued.papers["service_contract"], "")
    new = edited(old, Random(7), 30)
    made = saved(tmp_path, redline.make(old, new, "何静", "2026-06-01T01:00:00Z"))
    for view, whole in (("accept", new), ("reject", old)):
        read = Word(package.read_worked_on(made, ""), view)  # type: ignore[arg-type]
        assert [*clauses.lines(read)] == [*clauses.lines(Word(whole))], view
