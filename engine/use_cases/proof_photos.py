"""Photos that prove a notice 公示照片: one rule for a photo from a phone and for one that a sheet names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import pictures
from engine.errors import InvalidAnswers, Problem
from engine.rules import posting
from engine.store import documents, notices
from engine.store.notices import Used
from engine.use_cases import photos
from engine.use_cases.dossier import Dossier

#: A position that is off by more metres leads to another entrance.
_NEAR = 50


@dataclass(frozen=True)
class Taken:
    """A photo as it is kept: the day it counts for, what is doubtful in it, and the row without its board.

    ``position`` is latitude and longitude in degrees where the photo tells them well enough to find a board by.
    """

    on: date
    doubt: str
    looks: str
    sha256: str
    values: Mapping[str, Any]
    position: tuple[str, str] | None = None


def used(dossier: Dossier) -> list[Used]:
    """Every photo that proves a notice of the estate; nobody adds one meanwhile."""
    dossier.work.alone(f"postings {dossier.estate_id}")
    return notices.proofs(dossier.work, dossier.estate_id)


def take(dossier: Dossier, content: bytes, posted_on: str, before: Sequence[Used]) -> Taken:
    """A photo of a notice posted on that day.

    Raises InvalidAnswers for one that is no photo, is older than the notice, or was used before, also a copy of it.
    """
    picture, digest = _picture(content), documents.keep(dossier.work, content)
    for one in before:
        if one.sha256 == digest:
            _refuse(f"这张照片已经登记为{one.name} {one.on} 的；同一张照片只能用一次，请到场重新拍一张。")
        if posting.same_picture(one.looks, picture.looks):
            _refuse(
                f"这张照片和{one.name} {one.on} 的是同一张，压缩或转发过；"
                "同一张照片只能用一次，请到场重新拍一张。确是新拍的，请换个角度再拍。"
            )
    on, doubt = _dated(dossier, picture.taken_at)
    if on.isoformat() < posted_on:
        _refuse(f"照片摄于 {on}，早于公告张贴的 {posted_on}，不能证明张贴；请到场重新拍一张。")
    copies = {
        "screen": documents.keep(dossier.work, picture.screen),
        "small": documents.keep(dossier.work, picture.small),
    }
    values = {"sha256": digest, "taken_at": picture.taken_at, "looks": picture.looks, **copies}
    near = picture.latitude and (picture.accuracy or 0) <= _NEAR
    position = (picture.latitude, picture.longitude) if near else None
    return Taken(on, doubt, picture.looks, digest, values, position)


def _picture(content: bytes) -> pictures.Picture:
    if not content:
        _refuse("没有选照片；请对着公告拍一张，公告内容和周围环境都要看得清。")
    if len(content) > photos.LARGEST:
        _refuse(f"照片超过 {photos.LARGEST // 1024 // 1024} MB；请调低相机分辨率后重拍。")
    try:
        picture = pictures.read(content)
    except pictures.Unfit as error:
        raise InvalidAnswers([Problem("photo", str(error))], "没有登记。") from error
    if picture is None:
        raise InvalidAnswers([Problem("photo", "这是 PDF；张贴要用现场照片证明，请拍一张。")], "没有登记。")
    return picture


def _dated(dossier: Dossier, taken_at: str) -> tuple[date, str]:
    """The day that a photo counts for, and what is doubtful about it: its own time, unless that cannot be."""
    zone, arrived = dossier.deadlines.zone, dossier.work.now
    if not taken_at:
        return dossier.today, posting.doubts(None)
    taken = datetime.fromisoformat(taken_at)
    taken = (taken if taken.tzinfo else taken.replace(tzinfo=zone)).astimezone(zone)
    minutes = int((arrived - taken).total_seconds() // 60)
    doubt = posting.doubts(minutes)
    return (dossier.today if minutes < -posting.CLOCK_MINUTES else taken.date()), doubt


def _refuse(message: str) -> None:
    raise InvalidAnswers([Problem("photo", message)], "没有登记。")
