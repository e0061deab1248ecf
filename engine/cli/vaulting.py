"""Commands about the vault of full identity numbers: how its keys stand, and a new key."""

import argparse
import secrets
from datetime import UTC, datetime

from engine import settings
from engine.cli.opening import kept
from engine.cli.parsing import DIFFERS, EXPECTED, Commands
from engine.store import identities
from engine.use_cases import identities as vaulting


def add(commands: Commands) -> None:
    """Add the commands."""
    vault = commands.add_parser("vault", help="证件号保险库的密钥").add_subparsers(required=True, metavar="命令")
    shown = vault.add_parser("show", help="有哪些密钥、各加密了几个号码；缺密钥时返回 1")
    shown.set_defaults(run=_show)
    rotated = vault.add_parser("rotate", help="换一把新密钥，重新加密全部号码；可以在运行时做，中断了重做即可")
    rotated.add_argument("--drop", action="store_true", help="换好后销毁旧密钥：旧备份里的号码从此读不出来")
    rotated.set_defaults(run=_rotate)


def _show(parsed: argparse.Namespace) -> int:
    keys, opened = settings.read().vault.keys(), kept(None)
    try:
        with opened.work(vaulting.ACTOR, datetime.now(UTC)) as work:
            marks = identities.marks(work)
    finally:
        opened.close()
    for mark in keys:
        print(f"{mark} 在密钥文件里，加密了 {marks.get(mark, 0)} 个号码")
    missing = sorted(set(marks) - set(keys))
    for mark in missing:
        print(f"{mark} 不在密钥文件里，{marks[mark]} 个号码读不出来；请把另行保管的 vault.key 放回去")
    if not keys and not marks:
        print("保险库是空的，还没有密钥；存入第一个证件号时生成")
    return DIFFERS if missing else EXPECTED


def _rotate(parsed: argparse.Namespace) -> int:
    vault, opened = settings.read().vault, kept(None)
    try:
        done = vaulting.rotate(opened, vault, lambda: datetime.now(UTC), secrets.token_bytes(32), drop=parsed.drop)
    finally:
        opened.close()
    left = "旧密钥已销毁" if parsed.drop else "旧密钥还在文件里，恢复旧备份时要用"
    print(f"已换新密钥 {next(iter(vault.keys()))}，重新加密 {done} 个号码；{left}。请另行保管新的 {vault.path}")
    return EXPECTED
