"""Commands that answer a question put as JSON: tally, deadlines, roster, review."""

import argparse
import codecs
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from engine.cli.parsing import EXPECTED, Commands
from engine.rules import deadline_question, review_question, roster_question, tally_question
from engine.rules.questions import refuse
from engine.use_cases import library

_INPUT_LIMIT = 20 * 1024 * 1024


def add(commands: Commands) -> None:
    """Add the commands that answer."""
    for name, answer, summary in (
        ("tally", tally_question.answer, "计票：从标准输入读 JSON"),
        ("deadlines", _deadlines, "算期限：从标准输入读 JSON"),
    ):
        command = commands.add_parser(name, help=summary)
        command.set_defaults(run=_asking(answer))
    rosters = commands.add_parser("roster", help="业主清册").add_subparsers(required=True, metavar="命令")
    rosters.add_parser("check", help="核对清册：从标准输入读 JSON").set_defaults(run=_asking(roster_question.answer))
    review = commands.add_parser("review", help="预审信托制物业服务合同：读 JSON 文件")
    review.add_argument("file", type=Path, metavar="合同", help="合同的 JSON 文件，写法见 docs/review.md")
    review.set_defaults(run=_review)


def _deadlines(request: Mapping[str, Any]) -> Mapping[str, Any]:
    published = library.shipped()
    return deadline_question.answer(request, published.calendar, published.packs)


def _asking(answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Callable[[argparse.Namespace], int]:
    def ask(parsed: argparse.Namespace) -> int:
        text = sys.stdin.buffer.read(_INPUT_LIMIT + 1) if sys.stdin else b""
        _print_json(answer(_object(text)))
        return EXPECTED

    return ask


def _review(parsed: argparse.Namespace) -> int:
    published = library.shipped()
    steps = {name: task.title for name, task in published.tasks.items()}
    if not parsed.file.is_file():
        raise refuse("合同", f"找不到文件 {parsed.file}；请核对路径。")
    with parsed.file.open("rb") as opened:
        text = opened.read(_INPUT_LIMIT + 1)
    _print_json(review_question.answer(_object(text), published.packs, steps))
    return EXPECTED


def _print_json(answered: Mapping[str, Any]) -> None:
    print(orjson.dumps(answered, option=orjson.OPT_INDENT_2).decode())


def _object(text: bytes) -> dict[str, Any]:
    """The JSON object in ``text``; of two equal keys neither may win unseen.  Raises InvalidAnswers."""
    if len(text) > _INPUT_LIMIT:
        raise refuse("输入", f"超过 {_INPUT_LIMIT // 1024 // 1024} MB；请删去无关的内容。")
    text = text.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise refuse("输入", "是空的；请给出 JSON，如 daoru tally < vote.json 或 daoru review contract.json。")
    try:
        request: object = orjson.loads(text)
        json.loads(text, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except orjson.JSONDecodeError as error:
        raise refuse("输入", _unreadable(text, error)) from error
    except RecursionError as error:
        raise refuse("输入", "嵌套太深；请参照 docs 中的例子改写。") from error
    if not isinstance(request, dict):
        raise refuse("输入", "应为一个 JSON 对象。")
    return request


def _unreadable(text: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        text.decode()
    except UnicodeDecodeError:
        return "不是 UTF-8 编码；请另存为 UTF-8 后重试。"
    return f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列读不懂；请核对引号、逗号和括号。"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise refuse(twice, "同一个对象里写了两次；请删去其中一个。")
    return found
