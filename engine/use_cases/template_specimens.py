"""What a version of a template makes of the specimens: papers, how many pages they have, and pictures of those."""

import hashlib
from datetime import datetime

from engine import pages, pdf, trial
from engine.errors import NotFound
from engine.pdf import Refused
from engine.store import Store, prints, template_versions
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library
from engine.use_cases.templating import measure, template, titles


def specimens(store: Store, library: Library, member: Member, name: str, version: int, now: datetime) -> dict[str, str]:
    """By the title of each specimen the SHA-256 of the paper that this version makes of it; empty where it cannot.

    Raises NotFound, NotPermitted.
    """
    with store.work(member.name, now) as work:
        shown = template(work, library, member, name).version(version)
        kept = template_versions.specimens(work, shown.sha256)
    against = measure(library, name)
    if shown.given is not None or kept.keys() >= {*against.titles}:
        return kept
    made = trial.papers(library.template(name), against)
    with store.work(member.name, now) as work:
        template_versions.keep_specimens(work, shown.sha256, made)
    return {title: hashlib.sha256(paper).hexdigest() for title, paper in made.items()}


def paper(
    store: Store, library: Library, member: Member, name: str, version: int, place: int, now: datetime
) -> tuple[str, bytes]:
    """Title and Word file of what a version makes of the specimen at that place.  Raises NotFound, NotPermitted."""
    title, digest = _placed(store, library, member, name, version, place, now)
    return title, store.files.read(digest)


def pages_of(
    store: Store, library: Library, member: Member, name: str, version: int, place: int, now: datetime
) -> int | Refused:
    """How many pages that paper has as PDF, or why there is none; 0 where the version was tried without that specimen.

    Raises NotFound, NotPermitted.
    """
    kept, title = specimens(store, library, member, name, version, now), titles(library, name)[place]
    if title not in kept:
        return 0
    made = _printed(store, member, kept[title], now)
    return pages.count(made) if isinstance(made, bytes) else made


def picture(
    store: Store, library: Library, member: Member, name: str, version: int, place: int, page: int, now: datetime
) -> bytes:
    """A page of that paper as PNG.  Raises NotFound, NotPermitted."""
    made = _printed(store, member, _placed(store, library, member, name, version, place, now)[1], now)
    drawn = pages.picture(made, page) if isinstance(made, bytes) else b""
    if not drawn:
        raise NotFound(what=f"第 {page} 页的图片")
    return drawn


def _placed(
    store: Store, library: Library, member: Member, name: str, version: int, place: int, now: datetime
) -> tuple[str, str]:
    kept = specimens(store, library, member, name, version, now)
    shown = titles(library, name)
    if place >= len(shown) or shown[place] not in kept:
        raise NotFound(what="这个样例")
    return shown[place], kept[shown[place]]


def _printed(store: Store, member: Member, digest: str, now: datetime) -> bytes | Refused:
    if not pages.available():
        return Refused.MISSING
    with store.work(member.name, now) as work:
        known = prints.of(work, digest)
    if known is not None:
        return known
    made = pdf.convert(store.files.read(digest))
    if isinstance(made, bytes) and pdf.available():
        with store.work(member.name, now) as work:
            prints.keep(work, digest, made)
    return made
