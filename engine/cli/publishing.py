"""Commands about what is published: diagrams, questions, packs."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from engine.cli.opening import kept
from engine.cli.parsing import DIFFERS, EXPECTED, Commands
from engine.rules import canvass
from engine.use_cases import administering, asking, exploring, library, linting


def add(commands: Commands) -> None:
    """Add the commands about what is published."""
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
    opened = kept(parsed.out)
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
