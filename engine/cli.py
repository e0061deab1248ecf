"""The ``daoru`` command."""

import argparse
import codecs
import errno
import getpass
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import orjson

from engine import jobs, resources, serving, settings, store
from engine.carry import casefile, run, specimens
from engine.carry.casefile import JourneyDiffers
from engine.demo import building
from engine.documents import show
from engine.errors import Conflict, EngineError, InvalidAnswers, InvalidDefinition, NotFound, Problem
from engine.rules import canvass, deadline_question, review_question, roster_question, tally_question
from engine.rules.questions import refuse
from engine.store import Public, Store, backups
from engine.use_cases import accounts, administering, archiving, asking, exploring, library, linting

EXPECTED, DIFFERS, BAD_INPUT = 0, 1, 2
#: As a shell says it of a command that was interrupted.
INTERRUPTED = 130
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
_MOST = 3600
_INPUT_LIMIT = 20 * 1024 * 1024


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


class _Help(argparse.HelpFormatter):
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


class _Parser(argparse.ArgumentParser):
    """Says in Chinese what a command takes, and what is wrong with one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=_Help, add_help=False, **settings)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        said = message
        for english, chinese in _MISTYPED:
            said = re.sub(english, chinese, said)
        self.exit(BAD_INPUT, f"{self.prog}：{said}；用法见 {self.prog} --help\n")


#: What argparse gives to add commands to; its class has no public name.
_Commands = Any


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="daoru", description="信托制物业导入台")
    commands = parser.add_subparsers(required=True, metavar="命令")
    for adding in (_to_run, _to_keep, _to_publish, _to_ask):
        adding(commands)
    return parser


def _to_run(commands: _Commands) -> None:
    carry = commands.add_parser("carry", help="按案卷把一个小区从申请导入到运行")
    carry.add_argument("case", type=Path, metavar="案卷", help="案卷文件，写法见 docs/case-files.md")
    carry.add_argument("--out", type=Path, required=True, metavar="目录", help="放文书和记录的文件夹")
    carry.add_argument("--resume", action="store_true", help="接着上一次中断的地方做")
    carry.add_argument("--again", action="store_true", help="删去上一次的结果，重新做")
    carry.add_argument("--quiet", action="store_true", help="不逐步显示")
    carry.set_defaults(run=_carry)
    serve = commands.add_parser("serve", help="启动导入台：网页和后台作业")
    serve.add_argument("--port", type=int, default=8000, metavar="端口", help="不写为 8000")
    serve.add_argument("--demo", action="store_true", help="还没有数据时，先准备演示区")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="在多个进程里做后台作业：Celery 和 Redis")
    worker.add_argument(
        "--broker", default=os.environ.get("DAORU_BROKER", ""), metavar="地址", help="如 redis://127.0.0.1:6379/0"
    )
    worker.add_argument("--workers", type=_positive, default=2, metavar="个数", help="同时做几项，不写为 2")
    worker.add_argument(
        "--lease", type=_positive, default=60, metavar="秒", help="做一项最长多久，过后由别的进程接手；不写为 60"
    )
    worker.set_defaults(run=_worker)


def _to_keep(commands: _Commands) -> None:
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
    restored.set_defaults(run=_restore)
    archive = commands.add_parser("archive", help="取出一个小区的一案一档：一个 ZIP，自带目录、清单和核对程序")
    archive.add_argument("estate", type=int, metavar="小区", help="小区编号")
    archive.add_argument("--to", type=Path, required=True, metavar="文件", help="新的 .zip 文件")
    archive.add_argument("--public", action="store_true", help="公开本：不含个人信息")
    archive.add_argument("--by", default="", metavar="姓名", help="取出人；全本必写")
    archive.add_argument("--purpose", default="", metavar="用途", help="、".join(archiving.PURPOSES) + "；全本必写")
    archive.set_defaults(run=_archive)


def _to_publish(commands: _Commands) -> None:
    lint = commands.add_parser("lint", help="检查流程图、表单、手册、问答、规则包和模板")
    lint.set_defaults(run=_lint)
    explore = commands.add_parser("explore", help="试走流程图的每一条路")
    explore.add_argument("--workflows", type=Path, metavar="目录", help="另一版流程图所在的文件夹；不写则试走自带的")
    explore.set_defaults(run=_explore)
    questions = commands.add_parser("questions", help="查业主问答")
    questions.add_argument("words", nargs="*", metavar="词", help="业主的问话或几个词；不写则全部列出")
    questions.add_argument("--concern", default="", metavar="疑虑", help="、".join(canvass.CONCERNS))
    questions.add_argument("--step", default="", metavar="步骤", help="流程图中的任务编号")
    questions.set_defaults(run=_questions)
    packs = commands.add_parser("pack", help="规则包").add_subparsers(required=True, metavar="命令")
    move = packs.add_parser("move", help="比较一个小区的规则包与另一版；写明理由的，变更为那一版")
    move.add_argument("--out", type=Path, metavar="目录", help="导入时的目录；不写则用设置中的数据库")
    move.add_argument("--estate", type=int, default=1, metavar="编号", help="小区编号，不写为 1")
    move.add_argument("--packs", type=Path, metavar="目录", help="另有规则包的文件夹；不写则只用自带的")
    move.add_argument("--to", default="", metavar="版本", help="版本号或其开头；不写为现行的版本")
    move.add_argument("--by", default="", metavar="姓名", help="区住建的经办人")
    move.add_argument("--reason", default="", metavar="理由", help="不写则只比较，不变更")
    move.set_defaults(run=_move_pack)


def _to_ask(commands: _Commands) -> None:
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
    print(f"已由案卷写出 {specimens.build(library.shipped(), _at_once)}")
    return EXPECTED


def _carry(parsed: argparse.Namespace) -> int:
    case = casefile.read(parsed.case)
    kept = settings.read()
    options = run.Options(parsed.resume, parsed.again, kept.synchronous, kept.person_key, kept.public_url)
    journey = run.carry(case, parsed.out, library.shipped(), options, _quiet if parsed.quiet else print)
    print(f"\n{journey.estate}：{len(journey.papers)} 份文书在 {parsed.out / 'papers'}")
    print(f"全程记录：{parsed.out / 'index.html'}")
    return EXPECTED


def _serve(parsed: argparse.Namespace) -> int:
    kept = settings.read()
    building.refuse_in_production(kept)
    if parsed.demo:
        try:
            building.prepare(kept, datetime.now(building.ZONE).date(), _at_once)
        except KeyboardInterrupt:
            print("已停止。演示区没有准备完，下次启动时从头准备。", file=sys.stderr)
            return INTERRUPTED
    serving.serve(parsed.port, _at_once)
    return EXPECTED


def _at_once(line: str) -> None:
    print(line, flush=True)


def _worker(parsed: argparse.Namespace) -> int:
    try:
        from engine import queueing
    except ImportError as error:
        raise EngineError("没有安装 Celery；请安装 daoru[queue] 后重试，或用 daoru serve，它不需要 Celery。") from error
    commands = queueing.commands(parsed.broker, parsed.workers, parsed.lease)
    print("后台作业已启动（按 Ctrl-C 停止）", flush=True)
    serving.keep(commands)
    print("已停止。")
    return EXPECTED


def _positive(text: str) -> int:
    number = int(text)
    if not 0 < number <= _MOST:
        raise ValueError
    return number


def _add_account(parsed: argparse.Namespace) -> int:
    password = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    opened = _kept(None)
    try:
        with opened.work(jobs.ACTOR, datetime.now(UTC)) as work:
            accounts.add(work, parsed.login, parsed.name, password, parsed.place, parsed.role)
    finally:
        opened.close()
    print(f"已建立账号“{parsed.login}”：{parsed.name}，{parsed.place}，{'、'.join(parsed.role)}")
    return EXPECTED


def _backup(parsed: argparse.Namespace) -> int:
    copied = backups.back_up(_embedded().home, parsed.folder)
    print(f"已备份到 {parsed.folder} 并核对：{_contents(copied)}。密钥不在备份里，请另行保管 person.key 和 web.key")
    return EXPECTED


def _restore(parsed: argparse.Namespace) -> int:
    home = _embedded().home
    print(f"已恢复到 {home} 并核对：{_contents(backups.restore(parsed.folder, home))}。请把原来的 person.key 放回去")
    return EXPECTED


def _archive(parsed: argparse.Namespace) -> int:
    if not parsed.public and (not parsed.by.strip() or parsed.purpose not in archiving.PURPOSES):
        said = f"--by 写取出人的姓名，--purpose 写用途之一：{'、'.join(archiving.PURPOSES)}"
        raise InvalidAnswers([Problem("全本", said)], "没有取出。")
    opened = _kept(None)
    try:
        with _new(parsed.to) as target, opened.work(parsed.by.strip() or jobs.ACTOR, datetime.now(UTC)) as work:
            purpose = parsed.purpose or "公布"
            taken = archiving.record(work, parsed.estate, purpose, target, public=parsed.public)
    finally:
        opened.close()
    print(f"{taken.estate} 一案一档（{taken.profile}）：{taken.files} 份文件在 {parsed.to}，SHA-256 {taken.sha256}")
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


def _embedded() -> settings.Settings:
    kept = settings.read()
    if not kept.database_url.startswith("sqlite"):
        raise NotFound("这里用的是 PostgreSQL；请用 pg_dump 和 pg_restore 备份、恢复数据库，并复制 files 目录。")
    return kept


def _quiet(line: str) -> None:
    """Say nothing."""


def _lint(parsed: argparse.Namespace) -> int:
    published = library.shipped()
    found = linting.lint(published)
    for warning in linting.warnings(published):
        print(f"提示：{warning}")
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"检查完毕：{len(found)} 处问题")
    return DIFFERS if found else EXPECTED


def _explore(parsed: argparse.Namespace) -> int:
    found = exploring.explore(library.version_in(parsed.workflows) if parsed.workflows else library.shipped())
    for fault in found.faults:
        print(fault, file=sys.stderr)
    print(f"试走完毕：{found.situations} 种情形，{found.steps} 步，{len(found.faults)} 处问题")
    return DIFFERS if found.faults else EXPECTED


def _questions(parsed: argparse.Namespace) -> int:
    published = library.shipped()
    found = asking.ask(published, " ".join(parsed.words), concern=parsed.concern, step=parsed.step)
    for number, entry in enumerate(found, 1):
        concerns = "、".join(canvass.CONCERNS[concern] for concern in entry.concerns)
        steps = "、".join(published.tasks[step].title for step in entry.steps)
        print(f"{number}. {entry.question}（{entry.theme}，{entry.id}）\n   {entry.answer}")
        print(f"   依据：{entry.basis}\n   疑虑：{concerns}\n   步骤：{steps}\n")
    print(f"共 {len(found)} 条" if found else "没有找到。请换个说法，或去掉疑虑、步骤的限制")
    return EXPECTED


def _move_pack(parsed: argparse.Namespace) -> int:
    published = library.with_packs(parsed.packs) if parsed.packs else library.shipped()
    opened = _kept(parsed.out)
    try:
        with opened.work(parsed.by, datetime.now(UTC)) as work:
            found = administering.compare_packs(work, published, parsed.estate, parsed.to)
            print(f"{found.estate}：{found.left} → {found.reached}")
            for key, title, here, there in found.changes:
                print(f"  {title}（{key}）：{here or '（没有）'} → {there or '（没有）'}")
            print(f"共 {len(found.changes)} 项不同")
            if parsed.reason:
                administering.move_to_pack(work, published, parsed.estate, found.version, parsed.reason)
    finally:
        opened.close()
    print("已变更，理由记入小区的日志" if parsed.reason else "没有变更。写明 --by 和 --reason 再办理变更")
    return EXPECTED


def _kept(out: Path | None) -> Store:
    """The store that an earlier run left in ``out``, or that of the settings."""
    kept = settings.read()
    if out is None:
        public = Public(kept.public_url, kept.person_key)
        return store.open(kept.database_url, files=kept.home / "files", synchronous=kept.synchronous, public=public)
    file = out / "data" / "daoru.db"
    if not file.is_file():
        raise NotFound(what=f"{out} 里的导入")
    return store.open(f"sqlite:///{file}", files=file.parent / "files", synchronous=kept.synchronous)


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


def _show(parsed: argparse.Namespace) -> int:
    path = parsed.file if parsed.file.is_file() else resources.root() / parsed.file
    if not path.is_file():
        raise InvalidDefinition(str(parsed.file), "", "找不到这个文件")
    for use in show.show(path.read_bytes(), file=path.name):
        print(f"{use.role}\t{use.name}\t{use.paragraph}")
    return EXPECTED


if __name__ == "__main__":
    sys.exit(main())
