"""Registers as the sheets that people fill in: Chinese headings and words become the registers' names and codes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from engine.documents import choices as printed
from engine.documents.printing import Choice
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import canvass, roster
from engine.spreadsheets import Row
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, hands, registering
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

_PLACE = re.compile(r"\w+\[(\d+)\]\.(\w+)")


@dataclass(frozen=True)
class Sheet:
    """A register's sheet: ``columns`` by heading, the first with an example below it; ``words`` by column and word."""

    what: str
    title: str
    lanes: tuple[str, ...]
    columns: Mapping[str, str]
    example: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        """Whether it holds identity numbers, which are kept only as hashes (decisions 15): the sheet is not kept."""
        return "owner_ids" in self.columns.values()


_ATTITUDES = {
    "坚决支持": "STRONG_SUPPORT", "支持": "SUPPORT", "犹豫": "NEUTRAL", "反对": "OPPOSE", "坚决反对": "STRONG_OPPOSE",
    "无人": "NOT_MET",
}  # fmt: skip
_SAFETY = {"电梯": "LIFT", "消防": "FIRE", "配电": "POWER", "监控": "CCTV"}


def _columns(listed: str) -> dict[str, str]:
    """Headings with the columns they stand for, written ``房号 unit_no, 日期 on``."""
    return dict(pair.split() for pair in listed.split(","))


def _words(printed: Choice) -> dict[str, str]:
    """The words that papers print, to their codes."""
    return {word: code for code, word in printed.labels.items()}


_ROSTER = {headings[1] if len(headings) > 1 else headings[0]: headings[0] for headings in roster.COLUMNS.values()}

SHEETS: Mapping[str, Sheet] = {
    sheet.what: sheet
    for sheet in (
        Sheet(
            "roster",
            "业主清册",
            ("社区干部",),
            _ROSTER,
            ("1-0101", "1", "104.00", "", "", "住宅", "王小明", "320400198001010011", "", "13800000001", ""),
        ),
        Sheet(
            "visits",
            "走访记录",
            ("网格员", "社区干部"),
            _columns(
                "房号 unit_no, 日期 on, 时间 time, 态度 attitude, 疑虑 concerns, 备注 note, "
                "承诺 promise, 走访人 visitors, 回访日期 follow_up"
            ),
            ("1-0101", "2026-02-05", "18:30", "支持", "担心涨价 停车", "", "三个月内更换电梯光幕", "吴倩", ""),
            {"attitude": _ATTITUDES, "concerns": {word: code for code, word in canvass.CONCERNS.items()}},
        ),
        Sheet(
            "deliveries",
            "表决票送达",
            ("社区干部", "网格员"),
            _columns(
                "房号 unit_no, 日期 on, 方式 mode, 签收人 receiver, 送票人 by, 送达证明 proof, "
                "原票号 replaces, 换发原因 reason"
            ),
            ("1-0101", "2026-04-03", "上门送达", "王小明", "吴倩", "", "", ""),
            {"mode": _words(printed.DELIVERY)},
        ),
        Sheet(
            "ballots",
            "表决票收回",
            ("社区干部", "网格员"),
            _columns(
                "房号 unit_no, 日期 on, 各事项 marks, 已签名 signed, 签名 signed_by, 票号 serial, "
                "次序 no, 代投人 cast_by, 证明身份 proven, 共有人推举 designated, 共有人异议 objected, "
                "复印件 is_copy, 委托事项 matter, 委托权限 scope, 委托起 valid_from, 委托止 valid_to, "
                "委托书已签名 mandate_signed"
            ),
            ("1-0101", "2026-04-16", "1 1 2 3", "是", "王小明", "", "", "", "", "", "", "", "", "", "", "", ""),
        ),
        Sheet(
            "handover_items",
            "移交清单",
            ("物业企业", "业委会/物管会"),
            _columns(
                "类别 group, 名称 name, 数量 qty, 单位 unit, 位置 location, 状态 state, 安全设施 safety, "
                "凭证 evidence, 移交人 given_by, 接收人 received_by, 见证人 witness, 日期 on, "
                "已控风险 mitigated, 补交安排 missing_plan, 争议 dispute, 备注 remark"
            ),
            (
                "设施运行记录", "1 号电梯", "1", "部", "1 幢", "完好", "电梯", "", "", "", "", "2026-06-30", "", "", "",
                "",
            ),
            {"state": _words(printed.HANDOVER_STATE), "safety": _SAFETY},
        ),
        Sheet(
            "prepaid",
            "预交费",
            ("会计审计", "物业企业"),
            _columns(
                "房号 unit_no, 楼栋 building, 交至 paid_until, 金额 amount, 预交月数 months_paid, "
                "剩余月数 months_left, 预交天数 days_paid, 剩余天数 days_left, 去向 disposition, 办理日期 done_on, "
                "凭证 voucher"
            ),
            ("1-0101", "1", "2026-12-31", "1200.00", "12", "6", "", "", "转入共有资金账户", "", ""),
            {"disposition": _words(printed.DISPOSITION)},
        ),
    )
}  # fmt: skip


def sheet(what: str) -> Sheet:
    """The sheet of a register.  Raises NotFound."""
    if what not in SHEETS:
        raise NotFound(what="这张登记表")
    return SHEETS[what]


def may_enter(work: UnitOfWork, member: Member, estate_id: int, of: Sheet) -> bool:
    """Whether this member acts in one of the sheet's lanes for the estate."""
    return hands.acts_in_lanes(work, member, estate_id, of.lanes)


def enter(
    work: UnitOfWork,
    library: Library,
    member: Member,
    estate_id: int,
    what: str,
    entries: Sequence[Row],
    person_key: bytes,
) -> None:
    """Enter a sheet into its register, whole or not at all.

    Raises NotFound, NotPermitted, or InvalidAnswers whose problems name row and heading of the sheet.
    """
    desk.estate(work, member, estate_id)
    of = sheet(what)
    if not may_enter(work, member, estate_id, of):
        raise NotPermitted(lane="或".join(of.lanes))
    coded = in_codes(of, entries)
    try:
        registering.enter(work, library, estate_id, what, coded, person_key)
    except InvalidAnswers as error:
        raise InvalidAnswers([_placed(of, coded, problem) for problem in error.problems], "没有登记。") from error


def in_codes(of: Sheet, entries: Sequence[Row]) -> list[Row]:
    """Rows under the register's own names, with codes for words.  Raises InvalidAnswers."""
    problems = [*_unknown_headings(of, entries), *_unknown_words(of, entries)]
    if problems:
        raise InvalidAnswers(problems, "没有登记。")
    return [
        Row({_column(of, name): _coded(of, name, cell) for name, cell in row.items()}, row.sheet, row.number)
        for row in entries
    ]


def _column(of: Sheet, heading: str) -> str:
    """The column of a heading; a sheet made by a program may use the column's own name.  Empty when there is none."""
    return of.columns.get(heading) or (heading if heading in registering.COLUMNS[of.what] else "")


def _coded(of: Sheet, heading: str, cell: str) -> str:
    words = of.words.get(_column(of, heading))
    return " ".join(words.get(word, word) for word in cell.split()) if words else cell


def _unknown_headings(of: Sheet, entries: Sequence[Row]) -> Iterator[Problem]:
    for name in dict.fromkeys(name for row in entries for name in row):
        if not _column(of, name):
            near = get_close_matches(name, of.columns, n=3, cutoff=0.5) or list(of.columns)
            yield Problem(name, f"没有“{name}”这一列；可以有的列：{'、'.join(near)}。请改正列名，多余的列请删去。")


def _unknown_words(of: Sheet, entries: Sequence[Row]) -> Iterator[Problem]:
    for row in entries:
        for name, cell in row.items():
            words = of.words.get(_column(of, name), {})
            unknown = [word for word in cell.split() if words and word not in {*words, *words.values()}]
            if unknown:
                said = f"{_where(row, name)}没有“{unknown[0]}”这种写法；可填：{'、'.join(words)}。"
                yield Problem(name, said)


def _placed(of: Sheet, entries: Sequence[Row], problem: Problem) -> Problem:
    """A problem by row and heading of the sheet; one that is about no cell stays as it is."""
    found = _PLACE.fullmatch(problem.field)
    if found is None or int(found[1]) >= len(entries):
        return problem
    headings = {column: name for name, column in of.columns.items()}
    heading = headings.get(found[2], found[2])
    return Problem(heading, f"{_where(entries[int(found[1])], heading)}{problem.message}")


def _where(row: Row, heading: str) -> str:
    return f"第 {row.number} 行“{heading}”："
