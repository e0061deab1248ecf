"""Photos and scans: sent in parts, kept as they came, shown to others without what a photo tells about its place.

A photo belongs to a field of a task.  Until the task is completed only whoever has it adds to it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine import events, pictures
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.forms import Form
from engine.store import documents, photos
from engine.store.desk import Listed
from engine.store.photos import Photo
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

#: A phone's photo of 108 megapixels has some 30 MB.
LARGEST = 40 * 1024 * 1024
#: What is sent at a time: small enough that a bad line loses little.
PART = 1024 * 1024
#: Who may see where a photo was taken and fetch the original, beside the person who took it: those who must prove it.
MAY_SEE_ORIGINAL = frozenset({"街道", "区住建", "法律顾问", "监察人"})
_KEPT_UNFINISHED = timedelta(days=30)
_SWEPT_AT_ONCE = 500
_KEY = re.compile(r"[A-Za-z0-9-]{16,80}")
_PLACE = re.compile(r"-?\d{1,3}\.\d{1,12}|-?\d{1,3}")


@dataclass(frozen=True)
class Sent:
    """How far a photo has come: ``received`` of its bytes, ``photo`` once it is kept, or why it was ``refused``."""

    received: int
    photo: Photo | None = None
    refused: str = ""


def begin(work: UnitOfWork, library: Library, member: Member, task_id: int, key: str, said: Mapping[str, str]) -> Sent:
    """Begin to send a photo, or go on where it broke off: ``key`` is the browser's own, the same each time.

    ``said`` names ``field``, ``name``, ``size`` and, where the browser was allowed to tell, ``latitude``,
    ``longitude`` and ``accuracy``.  Raises NotFound, NotPermitted, InvalidAnswers.
    """
    found = _mine(work, member, task_id)
    known = photos.by_key(work, member.id, _sound(key))
    if known:
        return Sent(_there(work, known), known if known.sha256 else None)
    size, field = said.get("size", ""), said.get("field", "")
    if not size.isdecimal() or len(size) > 12 or not 0 < int(size) <= LARGEST:
        limit = LARGEST // 1024 // 1024
        raise InvalidAnswers([Problem(field, f"文件是空的，或超过 {limit} MB；请调低相机分辨率后重拍。")])
    _is_field(library.form(found.name), field)
    photos.begin(work, _row(work, member, found, key, field, said.get("name", "")) | _told(said) | {"size": int(size)})
    return Sent(0)


def add(work: UnitOfWork, member: Member, task_id: int, key: str, at: int, part: bytes) -> Sent:
    """Add a part that begins at byte ``at``; one that does not follow is left, and the answer says where to go on.

    With the last part the photo is decoded and kept.  Raises NotFound, NotPermitted, Conflict.
    """
    _mine(work, member, task_id)
    sent = photos.by_key(work, member.id, _sound(key))
    if sent is None or sent.task_id != task_id:
        raise NotFound(what="这张照片的上传记录")
    if sent.sha256:
        return Sent(sent.size, sent)
    there = _there(work, sent)
    if at != there or not part or there + len(part) > sent.size:
        return Sent(there)
    work.files.write_part(_part(sent), at, part)
    received = there + len(part)
    if received < sent.size:
        photos.receive(work, sent, received=received)
        return Sent(received)
    try:
        values = _kept(work, work.files.read_part(_part(sent)))
    except pictures.Unfit as error:
        now = photos.by_key(work, member.id, key)
        if now and now.sha256:
            # the same last part came twice at once, and the other one was first
            return Sent(now.size, now)
        photos.drop(work, sent)
        work.files.drop_part(_part(sent))
        return Sent(0, refused=str(error))
    photos.receive(work, sent, received=received, **values)
    work.files.drop_part(_part(sent))
    return Sent(received, replace(sent, received=received, **values))


def sweep(work: UnitOfWork) -> int:
    """Throw away what was begun so long ago and never finished; of how many photos, which is bounded."""
    left = photos.stale(work, (work.now - _KEPT_UNFINISHED).isoformat(), _SWEPT_AT_ONCE)
    for one in left:
        work.files.drop_part(_part(one))
        photos.drop(work, one)
    return len(left)


def take(work: UnitOfWork, member: Member, task: Listed, field: str, name: str, content: bytes) -> str:
    """Keep a photo that a form brought along; returns its SHA-256.

    Raises Unfit, or NotFound where the task is over; nothing is kept then.
    """
    desk.still_open(task)
    return beside(work, member, task, field, name, content)


def beside(work: UnitOfWork, member: Member, task: Listed, field: str, name: str, content: bytes) -> str:
    """Keep a photo under a field of a task or of a page beside it; returns its SHA-256.

    Raises Unfit; nothing is kept then.
    """
    if len(content) > LARGEST:
        raise pictures.Unfit(f"文件超过 {LARGEST // 1024 // 1024} MB；请调低相机分辨率后重拍。")
    key = "form-" + hashlib.sha256(f"{task.id} {field} ".encode() + content).hexdigest()
    known = photos.by_key(work, member.id, key)
    if known and known.sha256:
        return known.sha256
    row = _row(work, member, task, key, field, name)
    row |= {"size": len(content), "received": len(content), **_told({})}
    values = _kept(work, content)
    photos.begin(work, {**row, **values})
    return str(values["sha256"])


def one(work: UnitOfWork, member: Member, photo_id: int) -> Photo:
    """A photo.  Raises NotFound when it does not exist, or lies outside the scope."""
    found = photos.in_scope(work, member.nodes, photo_id)
    if found is None:
        raise NotFound(what="这张照片")
    return found


def copy(work: UnitOfWork, member: Member, photo_id: int, size: str) -> bytes:
    """A copy without position: ``screen`` or ``small``.  Raises NotFound."""
    found = one(work, member, photo_id)
    digest = {"screen": found.screen, "small": found.small}.get(size)
    if digest is None:
        raise NotFound(what="这张照片的图像")
    return work.files.read(digest)


def may_see_original(member: Member, photo: Photo) -> bool:
    """Whether this member has reason to see the original: who took it, and those who must prove what it shows."""
    return photo.account_id == member.id or bool(member.roles & MAY_SEE_ORIGINAL)


def original(work: UnitOfWork, member: Member, photo_id: int, reason: str) -> tuple[Photo, bytes]:
    """The original, with all that it tells; that it was fetched is logged with the reason.

    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    found = one(work, member, photo_id)
    if not may_see_original(member, found):
        raise NotPermitted("原件含拍摄位置，只有拍摄人和街道、区住建、法律顾问、监察人可以下载。")
    if not 2 <= len(reason.strip()) <= 200:
        raise InvalidAnswers(
            [Problem("reason", "没有写下载原件的用途；请用 2–200 字写明，会记入流转记录。")], "没有下载。"
        )
    work.append(found.estate_id, events.PhotoOriginalFetched(found.id, reason.strip()))
    return found, work.files.read(str(found.sha256))


def _mine(work: UnitOfWork, member: Member, task_id: int) -> Listed:
    found = desk.task(work, member, task_id)
    if found.who != member.name:
        raise NotPermitted(lane=found.lane)
    desk.still_open(found)
    return found


def _sound(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise NotFound(what="这张照片的上传记录")
    return key


def _is_field(form: Form, name: str) -> None:
    """Refuse what is no field for photos: ``photos``, or ``<table>.<row>.<column>``."""
    parts = name.split(".")
    top = next((one for one in form.fields if one.key == parts[0]), None)
    if len(parts) == 3 and top and parts[1].isdecimal() and len(parts[1]) < 5:
        top = next((one for one in top.columns if one.key == parts[2]), None)
    elif len(parts) != 1:
        top = None
    if top is None or top.kind != "files":
        raise InvalidAnswers([Problem(name[:80], "这张表单没有这个放照片的位置；请刷新页面后重新选择照片。")])


def _row(work: UnitOfWork, member: Member, task: Listed, key: str, field: str, name: str) -> dict[str, Any]:
    return {
        "estate_id": task.estate_id,
        "task_id": task.id,
        "account_id": member.id,
        "key": key,
        "field": field,
        "name": "".join(sign for sign in name if sign.isprintable())[:200],
        "received": 0,
        "begun_at": work.at,
        "kept_by": member.name,
        "taken_at": "",
    }


def position(said: Mapping[str, str]) -> tuple[str, str] | None:
    """Latitude and longitude in degrees as a browser told them, None where they are none."""
    latitude, longitude = said.get("latitude", ""), said.get("longitude", "")
    sound = all(_PLACE.fullmatch(part) for part in (latitude, longitude))
    if not sound or abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        return None
    return latitude[:12], longitude[:12]


def _told(said: Mapping[str, str]) -> dict[str, Any]:
    """The position that the browser told, if it is one."""
    told = position(said)
    if told is None:
        return {"latitude": "", "longitude": "", "accuracy": None, "located_by": ""}
    latitude, longitude = told
    accuracy = said.get("accuracy", "").partition(".")[0]
    return {
        "latitude": latitude,
        "longitude": longitude,
        "accuracy": int(accuracy) if accuracy.isdecimal() and len(accuracy) < 7 else None,
        "located_by": "device",
    }


def _kept(work: UnitOfWork, content: bytes) -> dict[str, Any]:
    """Keep the original and its copies; what the photo itself tells of its place goes before what the browser told."""
    picture = pictures.read(content)
    values: dict[str, Any] = {"sha256": documents.keep(work, content), "kept_at": work.at, "kept_by": work.actor}
    if picture is None:
        return values
    values |= {"screen": documents.keep(work, picture.screen), "small": documents.keep(work, picture.small)}
    values |= {"width": picture.width, "height": picture.height, "taken_at": picture.taken_at}
    # a picture of a place that was sent from another one tells the place by itself
    if picture.latitude:
        position = {"latitude": picture.latitude, "longitude": picture.longitude, "accuracy": picture.accuracy}
        values |= {**position, "located_by": "photo"}
    return values


def _there(work: UnitOfWork, sent: Photo) -> int:
    """How many bytes are really there: a restored copy of the database may know of more."""
    return sent.size if sent.sha256 else min(sent.received, work.files.part_size(_part(sent)))


def _part(sent: Photo) -> str:
    return f"{sent.account_id}-{hashlib.sha256(sent.key.encode()).hexdigest()[:32]}"
