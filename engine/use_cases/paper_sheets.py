"""The paper twin 纸质表: doors or a checklist on paper with a code; typed in beside its photo, and told when it is old.

A row of a sheet is one visit under a name that the sheet gives it, so that typing it in twice changes nothing.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import events, pictures, reading_scans
from engine.documents import code, facts
from engine.documents.catalogue import CHECKLIST_SHEET, VISIT_SHEET, Kind
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.forms import Field, Form
from engine.rules import roster, sheet_versions
from engine.rules.call_back_sample import digest
from engine.store import documents, verification
from engine.store import doors as kept_doors
from engine.store import paper_sheets as kept
from engine.store.desk import Listed
from engine.store.paper_sheets import CHECKLIST, PACKET, Page, Sheet
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import canvassing, desk, incoming, provenance, visiting
from engine.use_cases.canvassing import Canvass

#: Doors on a sheet, and pages that are brought at once.
_MOST_DOORS, _MOST_PAGES = 200, 20
PERSON, BUILDING, TASK = "person:", "building:", "task:"
_NO = "没有录入。"


@dataclass(frozen=True)
class Back:
    """A sheet as whoever types it in sees it: its pages, what is old about it, and which doors are typed in already."""

    sheet: Sheet
    pages: Sequence[Page]
    old: Sequence[str]
    typed: Mapping[str, Any]


# printed


def print_packet(canvass: Canvass, packet: str) -> str:
    """Print the doors of a person or a building; the number of the paper.

    Raises NotPermitted for another's doors to whoever does not lead, InvalidAnswers, NotFound.
    """
    _may_print(canvass, packet)
    units = _doors_of(canvass, packet)
    if not 0 < len(units) <= _MOST_DOORS:
        many = f"一张表最多 {_MOST_DOORS} 户，这里有 {len(units)} 户；请按人分派以后再印，或分楼栋印。"
        none = "没有要走的门户；请先分派，或选别的楼栋。"
        raise InvalidAnswers([Problem("packet", many if units else none)], "没有印。")
    dossier = canvass.dossier
    owners = kept_doors.first_owners(dossier.work, dossier.estate_id, canvass.roster_version)
    rows = [
        {"unit_no": unit, "owner": roster.masked(owners.get(unit, "")), "last": _last(canvass, unit)} for unit in units
    ]
    title = packet.partition(":")[2]
    said = {"round": canvass.round, "whose": title if packet.startswith(PERSON) else f"{title} 栋", "doors": rows}
    values = {"kind": PACKET, "packet": packet, "title": said["whose"], "task_id": None, "round": canvass.round}
    return _issue(canvass, VISIT_SHEET, {**said, "lines": []}, tuple(units), values)


def _may_print(canvass: Canvass, packet: str) -> None:
    if canvass.locked:
        raise NotPermitted(canvass.locked)
    if not canvass.leads and packet != PERSON + canvass.member.name:
        raise NotPermitted("走访表由{lanes}印，走访人印分给自己的那几户。", lanes="、".join(canvassing.LEADING))


def _doors_of(canvass: Canvass, packet: str) -> list[str]:
    """The doors of a packet now: those lived in that did not refuse."""
    name = packet.partition(":")[2]
    if packet.startswith(BUILDING):
        units = canvass.of_building(name)
    else:
        units = [unit for unit in canvass.layout.order if name and canvass.holder(unit) == name]
    stands, vacant = canvass.standing.doors, canvass.layout.vacant
    return [unit for unit in units if unit not in vacant and not stands[unit].refused]


def _last(canvass: Canvass, unit: str) -> str:
    door = canvass.standing.doors[unit]
    return f"约 {int(door.follow_up[5:7])} 月 {int(door.follow_up[8:])} 日" if door.follow_up else "　"


def print_checklist(canvass: Canvass, task: Listed) -> str:
    """Print the form of a task that is open and one's own, numbered as on the page; the number of the paper.

    Raises NotPermitted.
    """
    _mine(canvass, task)
    lines = list(_lines(canvass.dossier.library.form(task.name)))
    said = {"round": 0, "whose": task.title, "doors": [], "lines": lines}
    values = {"kind": CHECKLIST, "packet": f"{TASK}{task.id}", "title": task.title, "task_id": task.id, "round": 0}
    return _issue(canvass, CHECKLIST_SHEET, said, _of_lines(lines), values)


def _of_lines(lines: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(f"{one['no']} {one['label']} {one['answer']}" for one in lines)


def _mine(canvass: Canvass, task: Listed) -> None:
    if task.who != canvass.member.name:
        raise NotPermitted(lane=task.lane)
    desk.still_open(task)


def _lines(form: Form) -> Iterator[dict[str, str]]:
    """The lines of a form as paper: each field, and of a table each item, or a few empty rows, with its columns."""
    for number, one in enumerate(form.fields, 1):
        if one.kind != "table":
            yield {"no": str(number), "label": one.label, "answer": _blank(one)}
            continue
        columns = [column for column in one.columns if not column.stamp]
        items = list(columns[0].options.values()) if one.checks else ["", "", ""]
        rest = columns[1:] if one.checks else columns
        for row, item in enumerate(items, 1):
            answers = "；".join(f"{column.label} {_blank(column)}" for column in rest)
            label = f"{one.label}：{item}" if item else f"{one.label}（第 {row} 行）"
            yield {"no": f"{number}.{row}", "label": label, "answer": answers}


def _blank(one: Field) -> str:
    if one.kind in ("enum", "choices"):
        return " ".join(f"□{word}" for word in one.options.values())
    if one.kind == "bool":
        return "□是 □否"
    if one.kind == "date":
        return "　　年　月　日"
    return "另拍照片" if one.kind == "files" else f"＿＿＿＿{one.unit}"


def _issue(canvass: Canvass, kind: Kind, said: Mapping[str, Any], content: tuple[str, ...], values: Any) -> str:
    dossier = canvass.dossier
    work, estate_id, template = dossier.work, dossier.estate_id, dossier.library.template(kind.name)
    number = documents.take_number(work, estate_id, kind, dossier.today.year)
    token = documents.token(work.public.key, number)
    document = {"number": number, "title": kind.title, "date": dossier.today}
    known = {
        "document": {**document, "address": code.address(work.public.address, token)},
        "estate": {"name": dossier.estate.name},
        "sheet": said,
    }
    made = facts.build({}, known, provenance.sources(dossier, kind))
    used = provenance.used(made, template.names)
    documents.issue_beside(work, estate_id, kind, number, template.render(made), template.sha256, used)
    version = _version(values["packet"], values["round"], content)
    kept.add(work, estate_id, content, {**values, "number": number, "token": token, "version": version})
    work.append(estate_id, events.SheetPrinted(number, values["title"], len(content)))
    return number


def _version(packet: str, round: int, content: Sequence[str]) -> str:
    return digest([packet, str(round), *content])


# come back


def may_handle(canvass: Canvass, sheet: Sheet) -> bool:
    """Whether the member may bring this sheet, and see what is written on it."""
    if sheet.kind == PACKET:
        return (canvass.leads and canvass.sees) or sheet.packet == PERSON + canvass.member.name
    return desk.task(canvass.dossier.work, canvass.member, sheet.task_id or 0).who == canvass.member.name


def mine(canvass: Canvass) -> list[Back]:
    """The sheets of the estate that the member may handle, the latest first."""
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    found = [one for one in kept.listed(work, estate_id) if may_handle(canvass, one)]
    pages = kept.pages(work, [one.id for one in found])
    return [Back(one, pages.get(one.id, ()), old(canvass, one), {}) for one in found]


def bring(canvass: Canvass, files: Sequence[tuple[str, bytes]]) -> tuple[list[Sheet], list[str]]:
    """Keep photos or scans of filled sheets, each known by its code; the sheets, and what is to be told of them.

    Raises InvalidAnswers that names each page which is none of them; nothing is kept then.
    """
    work, problems = canvass.dossier.work, []
    sheets: dict[int, Sheet] = {}
    told: list[str] = []
    for one in incoming.read(files, _MOST_PAGES, "填好的表"):
        for part in range(1, one.pages + 1):
            where = f"“{one.name}”" + (f"第 {part} 页" if one.pages > 1 else "")
            picture = one.content if pictures.read(one.content) else reading_scans.drawn(one.content, part)
            sheet, why = _known(canvass, reading_scans.glance(picture).codes)
            if sheet is None:
                problems.append(Problem("files", where + why))
                continue
            told += _keep(canvass, sheet, one.content, part, picture, first=sheet.id not in sheets)
            sheets[sheet.id] = sheet
    if problems:
        raise InvalidAnswers(problems, "没有收下。")
    work.append(canvass.dossier.estate_id, events.SheetsBrought(len(sheets)))
    return list(sheets.values()), list(dict.fromkeys(told))


def _known(canvass: Canvass, codes: Sequence[str]) -> tuple[Sheet | None, str]:
    """The sheet that a page is of, or why it is none."""
    work = canvass.dossier.work
    tokens = [held.token for one in codes if (held := code.held(one))]
    if not tokens:
        return None, "没有读到二维码；请把纸放平、四角拍全、光线亮些，再拍一次。"
    found = kept.by_token(work, tokens[0])
    if found is None:
        other = verification.by_token(work, tokens[0])
        what = f"是《{other.title}》（{other.number}）" if other else "上的二维码不是本系统的表"
        return None, f"{what}，不是走访登记表或现场填写表；请核对。"
    estate_id, sheet = found
    if estate_id != canvass.dossier.estate_id:
        return None, "是另一个小区的表；请到那个小区上传。"
    if not may_handle(canvass, sheet):
        return None, f"是{sheet.title}的表，不由您录入；请交给负责的人。"
    return sheet, ""


def _keep(canvass: Canvass, sheet: Sheet, content: bytes, part: int, picture: bytes, *, first: bool) -> Iterator[str]:
    work = canvass.dossier.work
    sha256 = documents.keep(work, content)
    if first:
        yield from old(canvass, sheet)
    if any((one.sha256, one.part) == (sha256, part) for one in kept.pages(work, [sheet.id]).get(sheet.id, ())):
        yield f"{sheet.number}：这一页已经上传过，没有再收一份。"
        return
    seen = pictures.read(picture)
    assert seen is not None
    kept.bring(work, sheet, sha256, part, documents.keep(work, seen.screen))


def old(canvass: Canvass, sheet: Sheet) -> list[str]:
    """What is to be told of a sheet: that it was typed in, was printed anew, or that what it is of has changed."""
    told = []
    if sheet.typed_at:
        told.append(
            f"{sheet.number}：这张表已由{sheet.typed_by}于 {sheet.typed_at[:10]} 录入过；录过的户不会重复登记。"
        )
    later = [
        one for one in kept.listed(canvass.dossier.work, canvass.dossier.estate_id)
        if one.packet == sheet.packet and one.id > sheet.id
    ]  # fmt: skip
    if later:
        told.append(f"{sheet.number}：这是旧的一版，之后又印过 {later[0].number}；请核对手上是不是最新的。")
    if sheet.kind == CHECKLIST:
        task = desk.task(canvass.dossier.work, canvass.member, sheet.task_id or 0)
        lines = list(_lines(canvass.dossier.library.form(task.name)))
        if _version(sheet.packet, 0, _of_lines(lines)) != sheet.version:
            differs = sheet_versions.told(sheet.content, lines)
            told.append(f"{sheet.number}：这是旧的一版，填写的内容后来改过；请对照页面逐项录入。{differs}。")
    elif _version(sheet.packet, canvass.round, _still(canvass, sheet)) != sheet.version:
        told.append(_changed(canvass, sheet))
    return told


def _still(canvass: Canvass, sheet: Sheet) -> list[str]:
    """The doors of the packet now; one that refused since it was printed does not make the sheet old."""
    units = _doors_of(canvass, sheet.packet) if _stands(canvass, sheet) else []
    return [unit for unit in canvass.layout.order if unit in {*units, *_refused(canvass, sheet)}]


def _refused(canvass: Canvass, sheet: Sheet) -> list[str]:
    return [one for one in sheet.content if one in canvass.standing.doors and canvass.standing.doors[one].refused]


def _stands(canvass: Canvass, sheet: Sheet) -> bool:
    name = sheet.packet.partition(":")[2]
    return not sheet.packet.startswith(BUILDING) or name in canvass.layout.buildings


def _changed(canvass: Canvass, sheet: Sheet) -> str:
    if sheet.round != canvass.round:
        return f"{sheet.number}：这是旧的一版，是第 {sheet.round} 轮的表，现在是第 {canvass.round} 轮。"
    now = set(_still(canvass, sheet))
    gone, come = sorted(set(sheet.content) - now), sorted(now - set(sheet.content))
    said = [f"现在不在名单里：{'、'.join(gone)}" if gone else "", f"后来加的：{'、'.join(come)}" if come else ""]
    return f"{sheet.number}：这是旧的一版，印了以后分派变过；" + "；".join(one for one in said if one) + "。"


# typed in


def back(canvass: Canvass, sheet_id: int) -> Back:
    """A sheet to be typed in.  Raises NotFound, NotPermitted."""
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    sheet = kept.one(work, estate_id, sheet_id)
    if sheet is None:
        raise NotFound(what="这张表")
    if not may_handle(canvass, sheet):
        raise NotPermitted("这张表不由您录入；上面写的只给走访的人和负责的人看。")
    typed = {}
    for unit in sheet.content if sheet.kind == PACKET else ():
        if found := kept_doors.visit(work, estate_id, key_of(sheet, unit)):
            typed[unit] = found
    return Back(sheet, kept.pages(work, [sheet.id]).get(sheet.id, []), old(canvass, sheet), typed)


def key_of(sheet: Sheet, unit_no: str) -> str:
    """The name under which a row of a sheet is kept as a visit, the same whenever it is typed in."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sheet.number}/{unit_no}"))


def picture(canvass: Canvass, sheet_id: int, page_id: int) -> bytes:
    """A page that came back, without a position.  Raises NotFound, NotPermitted."""
    found = next((one for one in back(canvass, sheet_id).pages if one.id == page_id), None)
    if found is None:
        raise NotFound(what="这一页")
    return canvass.dossier.work.files.read(found.screen)


def type_in(canvass: Canvass, sheet_id: int, rows: Mapping[str, Mapping[str, str]]) -> int:
    """Enter the rows of a sheet as visits, all or none; how many.  A row without anything is left out.

    Raises NotFound, NotPermitted, InvalidAnswers naming door and field.
    """
    found = back(canvass, sheet_id)
    sheet, problems, done = found.sheet, [], 0
    if canvass.locked:
        raise NotPermitted(canvass.locked)
    for place, unit in enumerate(sheet.content):
        given = {name: value.strip() for name, value in rows.get(unit, {}).items()}
        if unit in found.typed or not any(given.get(one) for one in ("result", "on", "time", "note")):
            continue
        try:
            if not given.get("on"):
                raise InvalidAnswers([Problem("on", "没有写走访日期；请照表上填。")])
            visiting.record(canvass, unit, {**given, "key": key_of(sheet, unit)})
            done += 1
        except (InvalidAnswers, NotFound, NotPermitted) as error:
            why = error.problems if isinstance(error, InvalidAnswers) else [Problem("result", str(error))]
            problems += [Problem(f"{one.field}-{place}", f"{unit}：{one.message}") for one in why]
    if problems or not done:
        raise InvalidAnswers(problems or [Problem("result-0", "一户也没有填；请照表上逐户录入。")], _NO)
    kept.typed(canvass.dossier.work, sheet)
    canvass.dossier.work.append(canvass.dossier.estate_id, events.SheetTypedIn(sheet.number, done))
    return done


def checklist_of(canvass: Canvass, number: str) -> Back | None:
    """The sheet with that number beside the form of its task, for whoever fills it in."""
    listed = kept.listed(canvass.dossier.work, canvass.dossier.estate_id)
    sheet = next((one for one in listed if one.number == number and one.kind == CHECKLIST), None)
    return back(canvass, sheet.id) if sheet and may_handle(canvass, sheet) else None


def filled_in(work: UnitOfWork, estate_id: int, sheet: Sheet) -> None:
    """Note that a checklist was typed in from its sheet."""
    kept.typed(work, sheet)
    work.append(estate_id, events.SheetTypedIn(sheet.number, len(sheet.content)))
