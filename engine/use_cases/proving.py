"""The paper 公示情况说明: how a notice hung on each board, whom it reached, and what owners said, with its photos."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from engine import events, pictures
from engine.documents import code, facts, illustrating, printing
from engine.documents.catalogue import PUBLICATION_PROOF as KIND
from engine.documents.facts import Facts, Source
from engine.errors import Conflict
from engine.rules import posting
from engine.rules.posting import Break, State
from engine.store import documents
from engine.store.notices import Seen
from engine.use_cases import noticing, provenance, publications
from engine.use_cases.dossier import Dossier
from engine.use_cases.noticing import Here
from engine.use_cases.publications import OnBoard, Publication
from engine.use_cases.telling import FOUND

_STATES = {
    State.HANGING: "未满期", State.DUE: "未满期", State.UNPROVED: "缺少证据", State.BROKEN: "中断",
    State.WHOLE: "满期",
}  # fmt: skip
_RULES = {Break.RESTART: "从重新贴好之日起重新计算", Break.EXTEND: "按缺失的天数顺延"}
#: A paper shows no more photos, as a Word file that comes back may have so many parts only.
_MOST = 120
#: The places of a row of photos.
_PLACES = ("left", "middle", "right")
#: So much of a photo's SHA-256 is printed.
_MARK = 16


def issue(at: Here, notice_id: int) -> str:
    """Issue the paper on a notice as it stands today; returns its number.

    Raises NotFound, NotPermitted, and Conflict for a notice that has no days to hang.
    """
    noticing.permitted(at)
    shown, dossier, work = noticing.publication(at, notice_id), at.dossier, at.dossier.work
    if not shown.needed:
        raise Conflict("这份公告没有法定的公示期，不出具公示情况说明。")
    template = dossier.library.template(KIND.name)
    number = documents.take_number(work, dossier.estate_id, KIND, dossier.today.year)
    known = _facts(dossier, number, shown)
    content, used = template.render(known), provenance.used(known, template.names)
    content = illustrating.illustrate(content, _photos(dossier, shown))
    _, digest = documents.issue_beside(work, dossier.estate_id, KIND, number, content, template.sha256, used)
    work.append(dossier.estate_id, events.NoticeProved(shown.notice.subject, number, KIND.title, digest))
    return number


def _facts(dossier: Dossier, number: str, shown: Publication) -> Facts:
    work = dossier.work
    address = code.address(work.public.address, documents.token(work.public.key, number))
    known = {
        "document": {"number": number, "title": KIND.title, "date": dossier.today, "address": address},
        "estate": {"name": dossier.estate.name},
        "publication": _printed(dossier, shown),
    }
    rests = {"publication": Source("PostingsProved", work.actor, work.at)}
    return facts.build({}, known, provenance.sources(dossier, KIND) | rests)


def _printed(dossier: Dossier, shown: Publication) -> dict[str, Any]:
    return {
        "title": shown.title,
        "posted_on": shown.posted_on,
        "needed": shown.needed,
        "as_of": shown.today,
        "completed_on": shown.completed_on,
        "ends_on": shown.end,
        "rule": _RULES[publications.rule_of(dossier)],
        "boards_total": len(shown.boards),
        "whole": shown.whole,
        "proved": shown.whole == len(shown.boards),
        "open": list(_open(shown)),
        "boards": [_board(one) for one in shown.boards],
        "photos": len(_pictured(shown)),
        "photos_total": sum(bool(each.sha256) for one in shown.boards for each in one.seen),
        "pictures": list(_pictures(shown)),
        "seen": [_seen(dossier, one, each) for one in shown.boards for each in one.seen],
        "units": len(shown.units),
        "reached": len(shown.reached),
        "last_on": _day(shown.last_on),
        "told": bool(shown.committee_on),
        "committee_on": _day(shown.committee_on),
        "modes": list(_modes(shown)),
        "voices": [
            {
                "kind": noticing.MATTERS[each.kind],
                "unit": each.unit_no or "没有写房号",
                "on": _day(each.received_on),
                "answered_on": _day(each.answered_on or "") or "没有答复",
            }
            for each in shown.voices
        ],
        "heard": len(shown.voices),
        "unanswered": len(shown.unanswered),
    }


def _pictured(shown: Publication) -> list[tuple[OnBoard, Seen]]:
    """The photos that the paper shows, board by board and day by day."""
    of = [[each for each in one.seen if each.small] for one in shown.boards]
    chosen = posting.spread([len(photos) for photos in of], _MOST)
    return [
        (one, photos[place]) for one, photos, places in zip(shown.boards, of, chosen, strict=True) for place in places
    ]


def _pictures(shown: Publication) -> Iterator[dict[str, str]]:
    """Rows of photos with what each is of, empty where the last row is not full."""
    found = _pictured(shown)
    for start in range(0, len(found), len(_PLACES)):
        row = dict.fromkeys([*_PLACES, *(f"{name}_of" for name in _PLACES)], "")
        for name, (one, each) in zip(_PLACES, found[start : start + len(_PLACES)], strict=False):
            row[name], row[f"{name}_of"] = illustrating.mark(each.sha256), f"{one.posting.name}\n{_day(each.on)}"
        yield row


def _photos(dossier: Dossier, shown: Publication) -> dict[str, illustrating.Photo]:
    found = {}
    for _, each in _pictured(shown):
        content = dossier.work.files.read(each.small)
        found[each.sha256] = illustrating.Photo(content, *pictures.size(content))
    return found


def _day(on: str) -> str:
    return printing.day(date.fromisoformat(on)) if on else ""


def _open(shown: Publication) -> Iterator[dict[str, str]]:
    """The boards that are not whole, and what each lacks."""
    for one in shown.boards:
        if not one.chain.whole:
            lacking = one.chain.says or f"已连续公示{one.chain.days}天，{printing.day(one.chain.end)}满期"
            yield {"name": one.posting.name, "says": f"{lacking.rstrip('。')}。"}


def _board(one: OnBoard) -> dict[str, str]:
    chain = one.chain
    return {
        "name": one.posting.name,
        "since": printing.day(chain.since),
        "until": printing.day(chain.end),
        "days": str(chain.days),
        "state": _STATES[chain.state],
    }


def _seen(dossier: Dossier, one: OnBoard, each: Seen) -> dict[str, str]:
    at = datetime.fromisoformat(each.at).astimezone(dossier.deadlines.zone).strftime("%Y-%m-%d %H:%M")
    taken = f"拍摄 {each.taken_at[:16].replace('T', ' ')}\n" if each.taken_at else ""
    marks = [each.sha256[:_MARK], each.doubt] if each.sha256 else [each.note]
    return {
        "board": one.posting.name,
        "on": _day(each.on),
        "what": "照片" if each.sha256 else FOUND[each.what],
        "taken": f"{taken}登记 {at}\n{each.actor}",
        "mark": "\n".join(mark for mark in marks if mark),
    }


def _modes(shown: Publication) -> Iterator[dict[str, str]]:
    for mode, title in noticing.MODES.items():
        days = sorted(one.on for one in shown.reached if one.mode == mode)
        if days:
            yield {"mode": title, "units": str(len(days)), "first": _day(days[0]), "last": _day(days[-1])}
