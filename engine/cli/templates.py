"""Commands about the templates of papers."""

import argparse
from pathlib import Path

from engine import resources
from engine.carry import specimens
from engine.cli.parsing import EXPECTED, Commands
from engine.cli.running import at_once
from engine.documents import show
from engine.errors import InvalidDefinition
from engine.use_cases import library


def add(commands: Commands) -> None:
    """Add the commands about templates."""
    templates = commands.add_parser("template", help="文书模板").add_subparsers(required=True, metavar="命令")
    shown = templates.add_parser("show", help="列出模板用到的事实")
    shown.add_argument("file", type=Path, metavar="模板")
    shown.set_defaults(run=_show)
    built = templates.add_parser("build", help="由条款库写出服务合同的模板")
    built.set_defaults(run=_build)
    sampled = templates.add_parser("specimens", help="由案卷写出样例的事实，用来试模板")
    sampled.set_defaults(run=_specimens)


def _build(_: argparse.Namespace) -> int:
    print(f"已由条款库写出 {library.build_contract()}")
    return EXPECTED


def _specimens(_: argparse.Namespace) -> int:
    print(f"已由案卷写出 {specimens.build(library.shipped(), at_once)}")
    return EXPECTED


def _show(parsed: argparse.Namespace) -> int:
    path = parsed.file if parsed.file.is_file() else resources.root() / parsed.file
    if not path.is_file():
        raise InvalidDefinition(str(parsed.file), "", "找不到这个文件")
    for use in show.show(path.read_bytes(), file=path.name):
        print(f"{use.role}\t{use.name}\t{use.paragraph}")
    return EXPECTED
