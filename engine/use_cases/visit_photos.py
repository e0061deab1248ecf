"""Photos taken at a visit 走访照片: kept once however often sent, and shown to whom the door is shown to alone."""

import hashlib
import re
from collections.abc import Sequence

from engine import pictures
from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import documents
from engine.store import doors as kept
from engine.use_cases import canvassing, photos
from engine.use_cases.canvassing import Canvass

#: So many photos a visit may have.
MOST = 5
_KEY = re.compile(r"[0-9a-zA-Z-]{8,80}")


def keep(canvass: Canvass, unit_no: str, visit_key: str, key: str, content: bytes) -> bool:
    """Keep a photo of the visit ``visit_key`` under its own ``key``; False where it was there already.

    The visit may come after it.  Raises NotFound, NotPermitted, InvalidAnswers.
    """
    canvassing.permitted(canvass, [unit_no])
    canvassing.counted_unit(canvass, unit_no, owners=False)
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    if not (_KEY.fullmatch(key) and _KEY.fullmatch(visit_key) and len(visit_key) <= 40):
        _refuse("这张照片没有编号；请刷新页面后重新拍。")
    work.alone(f"visit:{estate_id}:{unit_no}")
    if kept.photo_by_key(work, estate_id, key):
        return False
    visit = kept.visit(work, estate_id, visit_key)
    if visit is not None and visit.unit_no != unit_no:
        _refuse("这次走访登记在另一户；请刷新页面后重新拍。")
    if len(kept.photos(work, estate_id, visit_key)) >= MOST:
        _refuse(f"一次走访最多 {MOST} 张照片，多出的没有收。")
    picture = _picture(content)
    copies = {"screen": documents.keep(work, picture.screen), "small": documents.keep(work, picture.small)}
    row = {"unit_no": unit_no, "visit_key": visit_key, "key": key, "taken_at": picture.taken_at}
    kept.add_photo(work, estate_id, {**row, **copies, "sha256": documents.keep(work, content)})
    return True


def keep_all(canvass: Canvass, unit_no: str, visit_key: str, contents: Sequence[bytes]) -> int:
    """Keep the photos that a form brought; how many are new, as a form that is sent again brings the same."""
    names = [f"form-{hashlib.sha256(visit_key.encode() + content).hexdigest()}" for content in contents]
    return sum(keep(canvass, unit_no, visit_key, name, content) for name, content in zip(names, contents, strict=True))


def copy(canvass: Canvass, unit_id: int, photo_id: int, size: str) -> bytes:
    """A copy without a position: ``screen`` or ``small``.  Raises NotFound, NotPermitted for whom the door is not."""
    unit_no = canvassing.unit_of(canvass, unit_id)
    canvassing.shown_to(canvass, unit_no)
    work = canvass.dossier.work
    found = kept.photo(work, canvass.dossier.estate_id, unit_no, photo_id)
    if found is None:
        raise NotFound(what="这张照片")
    return work.files.read(found.small if size == "small" else found.screen)


def _picture(content: bytes) -> pictures.Picture:
    if not content:
        _refuse("照片是空的，没有收；请重新拍。")
    if len(content) > photos.LARGEST:
        _refuse(f"照片超过 {photos.LARGEST // 1024 // 1024} MB，没有收；请调低相机分辨率后重拍。")
    try:
        picture = pictures.read(content)
    except pictures.Unfit as error:
        raise InvalidAnswers([Problem("photo", str(error))], "没有登记。") from error
    if picture is None:
        raise InvalidAnswers([Problem("photo", "这是 PDF；走访只收照片。")], "没有登记。")
    return picture


def _refuse(message: str) -> None:
    raise InvalidAnswers([Problem("photo", message)], "没有登记。")
