"""What can go wrong, as a page: each error of the engine has its answer, any other is a bug with a code to quote."""

import secrets
from typing import Any

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound, NotPermitted

_STATUS = ((NotFound, 404), (NotPermitted, 403), (Conflict, 409), (InvalidAnswers, 422))
_WORDS = {
    400: "请求不完整；请返回上一页重试。",
    404: "没有找到这个页面。请核对地址，或从待办列表进入。",
    405: "这个地址不能这样打开。请从待办列表进入。",
    413: "一次提交的内容太多（文件上限 128 MB，文字 4 MB，表格 2 万格），没有保存。请返回上一页，分几次提交。",
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
        app.logger.exception("unexpected error %s", code)
        return _page(f"系统出错，没有保存。请重试；仍然不行，请把代码 {code} 告诉管理员。", 500)


def _page(message: str, status: int) -> Any:
    return render_template("error.html", message=message, status=status), status
