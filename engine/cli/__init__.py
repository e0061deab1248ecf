"""The ``daoru`` command."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence

from engine.carry.casefile import JourneyDiffers
from engine.cli import asking, keeping, publishing, retaining, running, templates, vaulting
from engine.cli.parsing import BAD_INPUT, DIFFERS, EXPECTED, INTERRUPTED, Parser
from engine.errors import EngineError

__all__ = ["BAD_INPUT", "DIFFERS", "EXPECTED", "INTERRUPTED", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 when a journey, lint or dry run differs from what it should be, 2 for bad input."""
    try:
        return _answered(_parser().parse_args(arguments))
    except KeyboardInterrupt:
        print("已中断。导入到一半的，可加 --resume 接着做。", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read along has seen enough; what is still to be written goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXPECTED
    except OSError as error:
        why = {errno.ENOSPC: "磁盘已满", errno.EACCES: "没有权限", errno.EROFS: "只读，不能写入"}.get(error.errno or 0)
        what = f"{error.filename or '输出'}：{why or '不能读写'}"
        print(f"{what}；请核对路径、权限和磁盘空间后重试。", file=sys.stderr)
        return BAD_INPUT


def _answered(parsed: argparse.Namespace) -> int:
    try:
        result: int = parsed.run(parsed)
        return result
    except JourneyDiffers as error:
        print(error, file=sys.stderr)
        return DIFFERS
    except EngineError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="daoru", description="信托制物业导入台")
    commands = parser.add_subparsers(required=True, metavar="命令")
    for group in (running, keeping, vaulting, retaining, publishing, asking, templates):
        group.add(commands)
    return parser
