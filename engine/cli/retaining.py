"""Commands about how long data of owners are kept: what has to go, and letting it go."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from engine import settings
from engine.cli.opening import kept
from engine.cli.parsing import EXPECTED, Commands
from engine.errors import InvalidAnswers, Problem
from engine.rules.retention import KINDS
from engine.store import purge_journal
from engine.store import retention as held
from engine.store.purge_journal import FILE
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
    again = of.add_parser("again", help="恢复备份以后，按清除日志把当时已清除的重新清除；已清除的不再动")
    again.add_argument("journal", type=Path, nargs="?", metavar="日志", help=f"默认 DAORU_HOME 里的 {FILE}")
    again.set_defaults(run=_again)


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


def _again(parsed: argparse.Namespace) -> int:
    journal = parsed.journal or settings.read().home / FILE
    if not journal.is_file():
        raise InvalidAnswers([Problem("清除日志", f"没有 {journal}；请把另行保管的 {FILE} 放回去")], "没有重新清除。")
    print(done_again(journal))
    return EXPECTED


def unheeded() -> str:
    """A warning where the journal of this home knows of acts that its store does not; empty where there are none.

    A backup that others than us restored brings back what was purged since; nothing is purged without being asked.
    """
    journal = settings.read().home / FILE
    if not journal.is_file():
        return ""
    try:
        entries = purge_journal.read(journal)
    except InvalidAnswers as error:
        return f"注意：{error.problems[0].message}"
    opened = kept(None)
    try:
        with opened.work(ACTOR, _now()) as work:
            missing = purge_journal.missing(work, entries)
    finally:
        opened.close()
    if not missing:
        return ""
    what = f"清除日志里有 {len(missing)} 条，数据库里还没有清除"
    return f"注意：{what}——恢复过旧的备份？请运行 daoru retention again，个人信息才会重新清除。"


def done_again(journal: Path) -> str:
    """Let go again what the journal says and the store still has; what it came to, in words."""
    entries, opened, rows, many = purge_journal.read(journal), kept(None), 0, 0
    try:
        with opened.work(ACTOR, _now()) as work:
            missing = purge_journal.missing(work, entries)
        for entry in missing:
            with opened.work(ACTOR, _now()) as work:
                rows, many = rows + retention.again(work, library.shipped(), entry), many + 1
    finally:
        opened.close()
    purge_journal.add(settings.read().home / FILE, entries)
    return f"清除日志 {len(entries)} 条；备份里还没有清除的 {many} 条已重新清除，共 {rows} 项"
