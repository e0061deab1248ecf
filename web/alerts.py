"""What one is told 提醒: the bell's count, the list, and how one wants to be told."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers
from engine.store import alerts as listing
from engine.use_cases import alerts, exporting_estates
from web import access, exports
from web.tasks import asked_page

pages = Blueprint("alerts", __name__, url_prefix="/alerts")
_TITLES = {"unread": "未读", "all": "全部"}
#: What a line says of a period, or of a failure, is seen as well.
_LIGHTS = {"late": "late", "near": "near", "job": "late", "asked_late": "late", "asked_near": "near"}


@pages.get("")
@access.signed_in
def listed() -> Any:
    """A page of what one was told."""
    tab, page = request.args.get("tab", "unread"), asked_page()
    with access.work() as work:
        found, total = alerts.listed(work, access.member(), tab, page)
    last = max(1, -(-total // listing.PAGE))
    return render_template(
        "alerts.html", alerts=found, total=total, tab=tab, titles=_TITLES, lights=_LIGHTS, page=page, last=last
    )


@pages.get("/list.xlsx")
@access.signed_in
def workbook() -> Any:
    """What one was told as a workbook."""
    with access.work() as work:
        taken = exporting_estates.told(work, access.member(), request.args.get("tab", "unread"))
    return exports.sent(taken)


@pages.get("/count")
@access.still_signed_in
def count() -> Any:
    """How much one has not read; nothing where that has not changed."""
    with access.work() as work:
        unread = alerts.unread(work, access.member())
    answer: Response = jsonify(unread=unread)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(f"unread-{access.member().id}-{unread}")
    return answer.make_conditional(request)


@pages.post("/<key:alert_id>")
@access.signed_in
def opened(alert_id: int) -> Any:
    """Note that one has read it, and go where it leads."""
    with access.work() as work:
        told = alerts.read(work, access.member(), alert_id)
    if told.kind in alerts.OF_PAPERS:
        return redirect(url_for("examining.paper", number=told.detail.partition(" ")[0]))
    if told.kind in alerts.OF_REQUESTS:
        key = told.detail.partition(" ")[0]
        return redirect(url_for("data_requests.one", estate_id=told.estate_id, request_id=int(key)))
    if told.kind in alerts.OF_CHECKS:
        return redirect(url_for("canvass_checks.checks", estate_id=told.estate_id))
    if told.task_id and told.kind not in ("mentioned", "lane"):
        return redirect(url_for("tasks.task", task_id=told.task_id))
    if told.estate_id:
        return redirect(url_for("estates.estate", estate_id=told.estate_id))
    return redirect(url_for("alerts.listed"))


@pages.post("/read")
@access.signed_in
def read() -> Any:
    """Note that one has read everything."""
    with access.work() as work:
        alerts.read_all(work, access.member())
    flash("已全部标为已读。")
    return redirect(url_for("alerts.listed"))


@pages.get("/settings")
@access.signed_in
def settings() -> Any:
    """How one wants to be told."""
    with access.work() as work:
        kept = alerts.setting_of(work, access.member())
    return _settings({**vars(kept), "forward": "on" if kept.forward else ""}, ())


@pages.post("/settings")
@access.signed_in
def keep() -> Any:
    """Keep how one wants to be told."""
    try:
        with access.work() as work:
            alerts.save_setting(work, access.member(), request.form)
    except InvalidAnswers as error:
        return _settings(request.form, error.problems), 422
    flash("提醒设置已保存。")
    return redirect(url_for("alerts.settings"))


def _settings(given: Any, problems: Any) -> Any:
    wrong = {problem.field: problem.message for problem in problems}
    return render_template(
        "alert_settings.html", given=given, problems=problems, wrong=wrong, modes=alerts.MODES, digest=alerts.DIGEST
    )
