"""Commands that carry estates and keep the pages and the work running."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from engine import certificates, serving, settings
from engine.carry import casefile, run
from engine.certificates import Certificate
from engine.cli import retaining
from engine.cli.parsing import EXPECTED, INTERRUPTED, Commands
from engine.demo import building
from engine.errors import EngineError
from engine.use_cases import library

_MOST = 3600


def add(commands: Commands) -> None:
    """Add the commands that run things."""
    carry = commands.add_parser("carry", help="按案卷把一个小区从申请导入到运行")
    carry.add_argument("case", type=Path, metavar="案卷", help="案卷文件，写法见 docs/case-files.md")
    carry.add_argument("--out", type=Path, required=True, metavar="目录", help="放文书和记录的文件夹")
    carry.add_argument("--resume", action="store_true", help="接着上一次中断的地方做")
    carry.add_argument("--again", action="store_true", help="删去上一次的结果，重新做")
    carry.add_argument("--quiet", action="store_true", help="不逐步显示")
    carry.set_defaults(run=_carry)
    serve = commands.add_parser("serve", help="启动导入台：网页和后台作业")
    serve.add_argument("--port", type=int, default=8000, metavar="端口", help="不写为 8000")
    serve.add_argument(
        "--host", default=serving.HOST, metavar="地址", help="让同一网络的手机连进来写 0.0.0.0；要有证书"
    )
    serve.add_argument("--tls-cert", type=Path, metavar="证书", help="PEM 证书；做法见 docs/phones.md")
    serve.add_argument("--tls-key", type=Path, metavar="私钥", help="证书的 PEM 私钥，不带口令")
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
    at = serving.At(parsed.port, parsed.host, _certificate(parsed))
    building.refuse_in_production(kept)
    if parsed.demo:
        try:
            building.prepare(kept, datetime.now(building.ZONE).date(), at_once)
        except KeyboardInterrupt:
            print("已停止。演示区没有准备完，下次启动时从头准备。", file=sys.stderr)
            return INTERRUPTED
    if warning := retaining.unheeded():
        at_once(warning)
    serving.serve(at, at_once, behind_proxy=kept.production)
    return EXPECTED


def _certificate(parsed: argparse.Namespace) -> Certificate | None:
    if not parsed.tls_cert and not parsed.tls_key:
        return None
    if not (parsed.tls_cert and parsed.tls_key):
        raise EngineError("--tls-cert 和 --tls-key 要一起写：一张证书，和它的私钥。")
    return certificates.read(parsed.tls_cert, parsed.tls_key, datetime.now(UTC))


def at_once(line: str) -> None:
    """Say a line without waiting for the next."""
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


def _quiet(line: str) -> None:
    """Say nothing."""
