"""How a command line is read, explained and refused, and with which number a command ends."""

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

EXPECTED, DIFFERS, BAD_INPUT = 0, 1, 2
#: As a shell says it of a command that was interrupted.
INTERRUPTED = 130
#: What argparse gives to add commands to; its class has no public name.
Commands = Any
#: What argparse says of a command that is written wrongly, in Chinese.
_MISTYPED = (
    (r"the following arguments are required: (.*)", r"缺少“\1”"),
    (r"unrecognized arguments: (.*)", r"不认识“\1”"),
    (r"argument (.*?): invalid choice: '(.*?)' \(choose from (.*)\)", r"没有“\2”；可以写 \3"),
    (r"argument (.*?): expected one argument", r"“\1”后面缺少内容"),
    (r"argument (.*?): ignored explicit argument (.*)", r"“\1”后面不能写 \2"),
    (r"argument (.*?): invalid int value: '(.*)'", r"“\1”后面应为整数，写的是“\2”"),
    (r"argument (.*?): invalid _positive value: '(.*)'", r"“\1”后面应为 1–3600 的整数，写的是“\2”"),
    (r"ambiguous option: (.*?) could match (.*)", r"“\1”不完整，可能是 \2；请写全"),
)


class Help(argparse.HelpFormatter):
    """Calls the usage of a command by its Chinese name."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Begin with what is to be typed."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Says in Chinese what a command takes, and what is wrong with one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=Help, add_help=False, **settings)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        said = message
        for english, chinese in _MISTYPED:
            said = re.sub(english, chinese, said)
        self.exit(BAD_INPUT, f"{self.prog}：{said}；用法见 {self.prog} --help\n")
