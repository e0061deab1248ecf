"""What can go wrong, as a page: each error of the engine has its answer, any other is a bug with a code to quote."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine import faults
from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound, NotPermitted
from web import access

#: What may go better the next time.
_PASSING = (409, 500, 503)
_STATUS = ((NotFound, 404), (NotPermitted, 403), (Conflict, 409), (InvalidAnswers, 422))
_WORDS = {
    400: "请求不完整；请返回上一页重试。",
    404: "没有找到这个页面。请核对地址，或从待办列表进入。",
    405: "这个地址不能这样打开。请从待办列表进入。",
    413: "提交的内容太多（文件一共 128 MB、每个 40 MB，文字 4 MB，表格 2 万格），没有保存；草稿还在。请分几次提交。",
}


def register(app: Flask) -> None:
    """Answer errors with pages."""

    @app.errorhandler(EngineError)
    def known(error: EngineError) -> Any:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        return _page(str(error), status)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Any:
        return _page("页面打开太久，或不是从本系统提交的，没有保存。请返回刷新页面后重新提交。", 400)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        code = error.code or 500
        return _page(_WORDS.get(code, "请求没有完成。请返回上一页重试。"), code)

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Any:
        code = secrets.token_hex(4)
        app.logger.error("unexpected error %s: %s", code, faults.told(error))
        return _page(f"系统出错，没有保存。请重试；仍然不行，请把代码 {code} 告诉管理员。", 500)


def _page(message: str, status: int) -> Any:
    return render_template("error.html", message=message, status=status, again=_again(status)), status


def _again(status: int) -> str:
    """Where to try again: the page whose form was sent, or this one where another time may do; else nothing."""
    if request.method == "GET":
        return access.here_again() if status in _PASSING else ""
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and adapter.test(request.path, "GET"):
        return request.path
    came = urlsplit(request.referrer or "")
    return access.inside(f"{came.path}?{came.query}".rstrip("?")) if came.netloc == request.host else ""
