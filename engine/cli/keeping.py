"""Commands about what is kept: accounts, backups, archives."""

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from engine import jobs
from engine.cli import retaining
from engine.cli.opening import embedded, kept
from engine.cli.parsing import EXPECTED, Commands
from engine.errors import Conflict, InvalidAnswers, Problem
from engine.store import backups
from engine.store.purge_journal import FILE
from engine.use_cases import accounts, archiving, exporting


def add(commands: Commands) -> None:
    """Add the commands that keep things."""
    account = commands.add_parser("account", help="账号").add_subparsers(required=True, metavar="命令")
    added = account.add_parser("add", help="建立账号：从标准输入读密码")
    added.add_argument("--login", required=True, metavar="登录名")
    added.add_argument("--name", required=True, metavar="姓名", help="办事时署的姓名")
    added.add_argument("--place", required=True, metavar="组织", help="从上到下，如 钟楼区/永红街道/怡和社区")
    added.add_argument("--role", required=True, nargs="+", metavar="角色", help="、".join(accounts.ROLES))
    added.set_defaults(run=_add_account)
    backup = commands.add_parser("backup", help="备份数据库和文件；可以在运行时做")
    backup.add_argument("folder", type=Path, metavar="目录", help="新的空目录")
    backup.set_defaults(run=_backup)
    restored = commands.add_parser("restore", help="从备份恢复到 DAORU_HOME；不替换已有的数据")
    restored.add_argument("folder", type=Path, metavar="目录", help="备份时的目录")
    restored.add_argument(
        "--purges", type=Path, metavar="日志", help=f"备份以后的清除日志，默认 DAORU_HOME 里的 {FILE}"
    )
    restored.set_defaults(run=_restore)
    traced = commands.add_parser("exported", help="按导出编号查是谁、什么时候、导出了什么")
    traced.add_argument("number", metavar="编号", help="印在表格首行、页眉和文件名里，如 DC20260402-000012")
    traced.set_defaults(run=_exported)
    archive = commands.add_parser("archive", help="取出一个小区的一案一档：一个 ZIP，自带目录、清单和核对程序")
    archive.add_argument("estate", type=int, metavar="小区", help="小区编号")
    archive.add_argument("--to", type=Path, required=True, metavar="文件", help="新的 .zip 文件")
    archive.add_argument("--public", action="store_true", help="公开本：不含个人信息")
    archive.add_argument("--by", default="", metavar="姓名", help="取出人；全本必写")
    archive.add_argument("--purpose", default="", metavar="用途", help="、".join(archiving.PURPOSES) + "；全本必写")
    archive.set_defaults(run=_archive)


def _add_account(parsed: argparse.Namespace) -> int:
    password = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    opened = kept(None)
    try:
        with opened.work(jobs.ACTOR, datetime.now(UTC)) as work:
            accounts.add(work, parsed.login, parsed.name, password, parsed.place, parsed.role)
    finally:
        opened.close()
    print(f"已建立账号“{parsed.login}”：{parsed.name}，{parsed.place}，{'、'.join(parsed.role)}")
    return EXPECTED


def _backup(parsed: argparse.Namespace) -> int:
    copied = backups.back_up(embedded().home, parsed.folder)
    print(f"已备份到 {parsed.folder} 并核对：{_contents(copied)}。密钥不在备份里，请另行保管 person.key 和 web.key")
    print(f"以后清除的个人信息记在 {embedded().home / FILE}，恢复这份备份时要用，请与备份分开保管")
    if copied.sealed:
        print(f"{_sealed(copied)}。密钥文件 {embedded().vault.path} 不在备份里，请与备份分开、另行保管；丢了就读不出来")
    return EXPECTED


def _restore(parsed: argparse.Namespace) -> int:
    home = embedded().home
    copied, vault = backups.restore(parsed.folder, home), embedded().vault
    print(f"已恢复到 {home} 并核对：{_contents(copied)}。请把原来的 person.key 放回去")
    if missing := sorted(set(copied.sealed) - set(vault.keys())):
        print(f"{_sealed(copied)}。缺少密钥 {'、'.join(missing)}：请把另行保管的 vault.key 放到 {vault.path}")
    journal = parsed.purges or home / FILE
    if journal.is_file():
        print(retaining.done_again(journal))
        return EXPECTED
    print(f"没有清除日志 {journal}：备份以后清除过的个人信息又回来了，找到日志后请运行 daoru retention again")
    return EXPECTED


def _sealed(copied: backups.Copied) -> str:
    keys = "、".join(f"{mark}（{count} 个）" for mark, count in copied.sealed.items())
    return f"保险库里有 {sum(copied.sealed.values())} 个完整证件号，用密钥 {keys}加密"


def _exported(parsed: argparse.Namespace) -> int:
    opened = kept(None)
    try:
        with opened.work(jobs.ACTOR, datetime.now(UTC)) as work:
            found = exporting.traced(work, parsed.number)
    finally:
        opened.close()
    at = exporting.moment(found.at)
    print(f"{parsed.number}：{found.by} {at} 导出 {found.what}，{found.rows} 行；条件 {found.query or '没有'}")
    return EXPECTED


def _archive(parsed: argparse.Namespace) -> int:
    if not parsed.public and (not parsed.by.strip() or parsed.purpose not in archiving.PURPOSES):
        said = f"--by 写取出人的姓名，--purpose 写用途之一：{'、'.join(archiving.PURPOSES)}"
        raise InvalidAnswers([Problem("全本", said)], "没有取出。")
    opened = kept(None)
    try:
        by = parsed.by.strip() or jobs.ACTOR
        with _new(parsed.to) as target:
            with opened.work(by, datetime.now(UTC)) as work:
                asked = archiving.reserve(work, parsed.estate, parsed.purpose or "公布", public=parsed.public)
            with opened.work(by, datetime.now(UTC)) as work:
                taken = archiving.take(work, asked, target)
    finally:
        opened.close()
    print(f"{taken.estate} 一案一档（{taken.profile}）：{taken.files} 份文件在 {parsed.to}，SHA-256 {taken.sha256}")
    print(f"导出编号 {taken.number}" if taken.number else "取出人没有账号，没有导出编号；已记入流转记录")
    return EXPECTED


@contextmanager
def _new(file: Path) -> Iterator[BinaryIO]:
    """A new file that has its name only when it is whole.  Raises Conflict when there is one."""
    if file.exists():
        raise Conflict(f"已有 {file}，没有取出；请换一个文件名，或先移走原有的。")
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with unfinished.open("x+b") as target:
            yield target
        os.link(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)


def _contents(copied: backups.Copied) -> str:
    return f"{copied.estates} 个小区、{copied.events} 条记录、{copied.files} 份文件"
