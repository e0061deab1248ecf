"""Material 补充材料: the files that come with the answer to a request for more, kept as they came."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from engine import pictures
from engine.documents import arriving
from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import documents, examinations
from engine.store.examinations import Material
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, revising
from engine.use_cases.accounts import Member

LARGEST, MOST = arriving.LARGEST, 6
FIELD = "files-answered"
_NAME = 120
#: A name and its bytes.
File = tuple[str, bytes]


def given(files: Iterable[File]) -> list[File]:
    """The files that were really chosen, each under the last part of its name."""
    named = ((PurePath(name.replace("\\", "/")).name[-_NAME:] or "（没有文件名）", content) for name, content in files)
    return [(name, content) for name, content in named if content or name != "（没有文件名）"]


def problems(files: Sequence[File]) -> Iterable[Problem]:
    """Why files cannot be taken, each by its name: PDF, photos and Word without macros can."""
    if len(files) > MOST:
        yield Problem(FIELD, f"一次最多 {MOST} 个文件（现在 {len(files)} 个）；请合并成一份 PDF，或分两次答复。")
        return
    for name, content in files:
        if said := _refusal(name, content):
            yield Problem(FIELD, f"“{name}”：{said}")


def _refusal(name: str, content: bytes) -> str:
    if not content:
        return "文件是空的；请确认已保存，再选一次。"
    if len(content) > LARGEST:
        return f"超过 {LARGEST // 1_000_000} MB；请拆开，或用 200–300 dpi 灰度重新扫描。"
    try:
        if name.lower().endswith(".docx"):
            arriving.read(content, name)
        else:
            pictures.read(content)
    except InvalidAnswers as error:
        return error.problems[0].message
    except pictures.Unfit as error:
        return f"{error}材料可以是照片、PDF 或 Word（.docx）。"
    return ""


def keep(work: UnitOfWork, examination_id: int, files: Sequence[File]) -> None:
    """Keep the files of an answer as they came; of a photo others see a copy that does not tell its place."""
    kept = []
    for name, content in files:
        digest = documents.keep(work, content)
        picture = None if name.lower().endswith(".docx") else pictures.read(content)
        shown = digest if picture is None else documents.keep(work, picture.screen)
        kept.append({"name": name, "sha256": digest, "shown": shown})
    examinations.add_material(work, examination_id, kept)


def one(work: UnitOfWork, member: Member, number: str, material_id: int) -> File:
    """A file that came with an answer about a document, as others see it.  Raises NotFound, NotPermitted."""
    found = revising.versions(work, member, number)
    disclosing.open_paper(work, member, number)
    brought = {each.id: each for each in examinations.brought(work, found.known.id)}
    if material_id not in brought:
        raise NotFound(what="这份补充材料")
    chosen = brought[material_id]
    return _name(chosen), work.files.read(chosen.shown)


def _name(chosen: Material) -> str:
    """The name of what is shown: the copy of a photo is a JPEG whatever the photo was."""
    return chosen.name if chosen.shown == chosen.sha256 else f"{PurePath(chosen.name).stem}.jpg"
