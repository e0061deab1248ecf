"""What takes long of an import: read a list, find what is wrong and what it would change, and write a version.

No transaction is open meanwhile; what was found is kept only if nobody has changed the import since.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from engine import events, sealing, spreadsheets
from engine.errors import InvalidAnswers, Problem
from engine.rules import roster, roster_change, roster_columns, roster_sheet
from engine.rules.roster import Roster, masked
from engine.rules.roster_columns import FIELDS, plain
from engine.rules.roster_sheet import Read
from engine.spreadsheets import Grid
from engine.store import Store, desk, roster_imports, rosters
from engine.store.roster_imports import COLUMNS, DONE, FAILED, IMPORTING, REVIEW, Import
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import data_notice, figures, registering
from engine.use_cases.dossier import Dossier
from engine.use_cases.importing import OF_UNITS, SEALED_FOR, TOTAL
from engine.use_cases.library import Library

Tell = Callable[[int, int], None]
#: So much of what was found is kept to be shown; all of it is counted.
_SHOWN = 200
#: So many rows and columns of the head are shown, and so many signs of a cell.
_HEAD, _WIDE, _LONG = 30, 40, 60
_TELL_EVERY = 10_000
#: What merged cells say of every row they cover; a number and an area belong to one unit.
_FILLED = frozenset(FIELDS) - {"unit_no", *roster_columns.AREAS}


@contextmanager
def uncollected() -> Iterator[None]:
    """Let no garbage be looked for meanwhile: of what a list is read into nothing is, and looking took a third."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def go_on(opened: Store, library: Library, key: bytes, given: Import, now: datetime) -> None:
    """Do the next thing for an import that waits for the program.

    Raises Conflict when somebody changed it meanwhile; what cannot be read leaves it failed, with the reason.
    """
    actor = str(given.setting.get("importer", given.begun_by))

    def tell(done: int, total: int) -> None:
        with opened.work(actor, now) as work:
            roster_imports.progress(work, given, done, total)

    try:
        if given.status == IMPORTING:
            read = _read(key, given, tell)
            with opened.work(actor, now) as work:
                _write(work, library, key, given, read)
        elif "fields" in given.setting:
            read = _read(key, given, tell)
            with opened.work(actor, now) as work:
                found = _found(work, library, key, given, read)
                roster_imports.change(work, given, status=REVIEW, found=found, done=read.rows, total=read.rows)
        else:
            head = _head(_grid(key, given))
            with opened.work(actor, now) as work:
                _guess(work, key, given, head)
    except InvalidAnswers as error:
        with opened.work(actor, now) as work:
            reason = "；".join(problem.message for problem in error.problems)
            roster_imports.change(work, given, status=FAILED, reason=reason, content=None, mended=None, found=None)


def _grid(key: bytes, given: Import) -> Grid:
    content = sealing.unseal(key, SEALED_FOR, bytes(given.content or b""))
    return spreadsheets.grid(given.name, content, given.setting["sheet"])


def _head(grid: Grid) -> dict[str, Any]:
    rows = []
    for cells in grid.rows():
        rows.append([plain(cell)[:_LONG] for cell in cells[:_WIDE]])
        if len(rows) == _HEAD:
            break
    return {"sheets": grid.sheets, "rows": rows, "height": grid.height}


def _guess(work: UnitOfWork, key: bytes, given: Import, head: Mapping[str, Any]) -> None:
    if not any(any(row) for row in head["rows"]):
        raise InvalidAnswers([Problem(given.name, "这张表格是空的；请换一张工作表，或换一个文件")])
    known = roster_imports.headings(work, desk.node_of(work, given.estate_id))
    guessed = roster_columns.guess(head["rows"], known)
    setting = {"sheet": given.setting["sheet"], "header": guessed.header, "guess": guessed.fields}
    found = sealing.seal(key, SEALED_FOR, orjson.dumps({"head": head}))
    roster_imports.change(work, given, status=COLUMNS, setting=setting, found=found)


def _opened(key: bytes, sealed: bytes | None) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(sealing.unseal(key, SEALED_FOR, bytes(sealed))) if sealed else {}
    return read


@uncollected()
def _read(key: bytes, given: Import, tell: Tell) -> Read:
    """The whole list, with what was mended and decided in it."""
    mended, setting = _opened(key, given.mended), given.setting
    grid = _grid(key, given)
    reader = roster_sheet.Reader(
        setting["fields"],
        registering.known_by(key),
        setting.get("units"),
        mended.get("one_person", {}),
        {kind: {unit: choice for unit, (choice, _) in mended.get(kind, {}).items()} for kind in OF_UNITS},
        spreadsheets.UNSOLVED if grid.unsolved else "",
        lambda row, column: spreadsheets.cell_name(row, column + grid.left),
    )
    fixed: dict[int, Mapping[str, str]] = {int(row): texts for row, texts in mended.get("cells", {}).items()}
    fixed.update({row: {} for row in mended.get("out", ())})
    numbered = _told(rows(grid, setting["header"], setting["fields"]), grid.height, tell)
    return roster_sheet.read(numbered, reader, fixed)


def rows(grid: Grid, header: int, fields: Sequence[str]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows below the headings, numbered as a spreadsheet does; what merged cells say stands in each of them."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in grid.merged:
        if bottom > top > header and column < len(fields) and fields[column] in _FILLED:
            starts.setdefault(top, []).append((column, bottom))
    carried: dict[int, tuple[int, Any]] = {}
    for at, cells in enumerate(grid.rows()):
        if at <= header:
            continue
        if carried:
            cells = list(cells)
            for column, (bottom, value) in list(carried.items()):
                cells[column] = value
                if at == bottom:
                    del carried[column]
        for column, bottom in starts.get(at, ()):
            carried[column] = bottom, cells[column]
        yield at + 1, cells


def _told(numbered: Iterator[tuple[int, Sequence[Any]]], total: int, tell: Tell) -> Iterator[tuple[int, Sequence[Any]]]:
    for row in numbered:
        if row[0] % _TELL_EVERY == 0:
            tell(row[0], total)
        yield row


@uncollected()
def _found(work: UnitOfWork, library: Library, key: bytes, given: Import, read: Read) -> bytes:
    """What a person has to look at, sealed."""
    dossier = Dossier(work, library, given.estate_id)
    version = rosters.newest(work, given.estate_id)
    before, after = rosters.read(work, given.estate_id, version), Roster(tuple(read.units))
    changes = roster_change.changes(before, after)
    merged = roster_change.merging(after, dossier.policies)
    kept = [(number, [plain(cell) for cell in cells]) for number, cells in read.bad.items()]
    registered = dossier.answers_if_any("build_owner_register").get("registered_total_area")
    stated = registered or dossier.answers_if_any("submit_application").get("total_area")
    electorate = roster.assemble(after, dossier.policies)
    uncounted = [unit for unit in after.units if unit.unit_no not in electorate.units]
    shared = roster_change.co_owned(after)
    found = {
        "head": _opened(key, given.found)["head"],
        "version": version,
        "good": len(read.units), "bad": read.bad_rows, "repeated": len(read.repeated), "joined": read.joined[:_SHOWN],
        "joins": len(read.joined), "left_out": read.left_out, "rows": kept,
        "faults": [asdict(fault) for fault in read.faults if fault.row in read.bad],
        "notes": [asdict(note) for note in read.notes[:_SHOWN]], "noted": len(read.notes),
        "totals": roster_change.totals(after, dossier.policies),
        "before": roster_change.totals(before, dossier.policies) if version else None,
        "stated_area": stated or None, "registered": bool(registered),
        "uncounted": [(one.unit_no, one.usage, one.area) for one in uncounted[:_SHOWN]],
        "uncounted_many": len(uncounted),
        "idle": _idle(_opened(key, given.mended), after),
        "parking": dossier.policies.parking_counting,
        "shared": [(one.unit_no, one.names) for one in shared[:_SHOWN]],
        "merged": _by_rule([asdict(one) for one in merged]),
        "merges": Counter(one.rule for one in merged),
        "co_owned": len(shared),
        "usages": _counted(after),
        "changes": [(one.unit_no, one.what) for one in changes[:_SHOWN]], "changed": len(changes),
        "same": bool(version) and not changes and not read.faults,
    }  # fmt: skip
    return sealing.seal(key, SEALED_FOR, orjson.dumps(found))


def _idle(mended: Mapping[str, Any], after: Roster) -> list[str]:
    """The units about which something was decided and which the list does not have."""
    decided = [unit for kind in OF_UNITS for unit in mended.get(kind, {})]
    there = {unit.unit_no for unit in after.units} if decided else set()
    return [unit for unit in dict.fromkeys(decided) if unit not in there]


def _by_rule(merged: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    listed: dict[str, list[dict[str, Any]]] = {}
    for one in merged:
        one["units"], one["many"] = one["units"][:12], len(one["units"])
        of = listed.setdefault(one["rule"], [])
        if len(of) < _SHOWN:
            of.append(one)
    return listed


def _counted(read: Roster) -> list[tuple[str, int, int]]:
    """Units and their area in 0.01 m² by use, in the order of the list."""
    found: dict[str, list[int]] = {}
    for unit in read.units:
        of = found.setdefault(unit.usage, [0, 0])
        of[0] += 1
        of[1] += unit.area
    return [(usage, many, area) for usage, (many, area) in found.items()]


def _write(work: UnitOfWork, library: Library, key: bytes, given: Import, read: Read) -> None:
    after = Roster(tuple(read.units))
    if read.faults or not read.units:
        raise InvalidAnswers([Problem(given.name, "名册里还有要改的行，没有导入；请重新上传")])
    estate_id, version = given.estate_id, rosters.next_version(work, given.estate_id)
    dossier = Dossier(work, library, estate_id)
    rosters.keep(work, estate_id, version, after, data_notice.version(dossier))
    roster_imports.decide(work, estate_id, version, _decisions(_opened(key, given.mended)))
    roster_imports.end(work, given, DONE, version)
    work.append(estate_id, events.RosterImported(version, len(after.units), after.area))
    figures.place(dossier)


def _decisions(mended: Mapping[str, Any]) -> list[Mapping[str, str]]:
    named = [
        {"kind": "one_person", "who": masked(name), "units": "", "reason": reason}
        for name, (_, reason) in mended.get("one_person", {}).items()
    ]
    of_units = [
        {"kind": f"{kind}:{choice}"[:20], "who": "", "units": what, "reason": reason}
        for kind in (*OF_UNITS, TOTAL)
        for what, (choice, reason) in mended.get(kind, {}).items()
    ]
    return [*named, *of_units]
