"""Commands about how long data of owners are kept: what has to go, and letting it go."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from engine.cli.opening import kept
from engine.cli.parsing import EXPECTED, Commands
from engine.errors import InvalidAnswers, Problem
from engine.rules.retention import KINDS
from engine.store import retention as held
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import library, retention
from engine.use_cases.dossier import Dossier
from engine.use_cases.identities import ACTOR


def add(commands: Commands) -> None:
    """Add the commands."""
    of = commands.add_parser("retention", help="个人信息的保存期限").add_subparsers(required=True, metavar="命令")
    due = of.add_parser("due", help="列出各小区到期要清除的，和为什么还不能清除")
    due.set_defaults(run=_due)
    purge = of.add_parser("purge", help="核对以后清除一个小区到期的一类；不能恢复")
    purge.add_argument("estate", type=int, metavar="小区", help="小区编号")
    purge.add_argument(
        "kind", choices=KINDS, metavar="类别", help="；".join(f"{n} {k.title}" for n, k in KINDS.items())
    )
    purge.add_argument("--by", required=True, metavar="姓名", help="核对的人")
    purge.add_argument("--reason", required=True, metavar="理由", help="记入清除记录")
    purge.set_defaults(run=_purge)


def _now() -> datetime:
    return datetime.now(UTC)


def _due(parsed: argparse.Namespace) -> int:
    opened = kept(None)
    try:
        with opened.work(ACTOR, _now()) as work:
            lines = [line for estate_id in held.estates(work) for line in _lines(work, estate_id)]
    finally:
        opened.close()
    print("\n".join(lines) or "没有到期要清除的")
    return EXPECTED


def _lines(work: UnitOfWork, estate_id: int) -> Iterator[str]:
    dossier = Dossier(work, library.shipped(), estate_id)
    of = retention.register(dossier)
    for line in of.lines:
        if line.due:
            why = f"；现在不能清除：{'；'.join(of.held)}" if of.held else ""
            what = f"{line.name}：{line.kind.title} {line.rows} 条，{line.goes_on} 到期"
            yield f"{estate_id} {dossier.estate.name} {what}{why}"


def _purge(parsed: argparse.Namespace) -> int:
    if not parsed.by.strip():
        raise InvalidAnswers([Problem("--by", "请写核对的人的姓名")], "没有清除。")
    opened = kept(None)
    try:
        with opened.work(parsed.by.strip(), _now()) as work:
            dossier = Dossier(work, library.shipped(), parsed.estate)
            said = retention.purge(dossier, parsed.kind, parsed.reason)
    finally:
        opened.close()
    print(said)
    return EXPECTED
