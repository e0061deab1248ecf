"""What runs by itself: failed jobs, messages that did not leave, timers; and the logs of looks and of changes."""

from typing import Any

from flask import flash, redirect, url_for

from engine.use_cases import overseeing, unsent
from web import access
from web.administration import pages
from web.administration.parts import last_page, show
from web.tasks import asked_page


@pages.get("/jobs")
@access.signed_in
def jobs() -> Any:
    """Jobs and timers that failed."""
    page = asked_page()
    with access.work() as work:
        found, total = overseeing.failed_jobs(work, access.here().library, access.member(), page)
    return show("jobs.html", "admin.jobs", jobs=found, total=total, page=page, last=last_page(total))


@pages.post("/jobs/<key:job_id>")
@access.signed_in
def retry(job_id: int) -> Any:
    """Have a job tried again."""
    return _retry(job_id, timer=False)


@pages.post("/timers/<key:timer_id>")
@access.signed_in
def retry_timer(timer_id: int) -> Any:
    """Have a timer that failed to fire tried again."""
    return _retry(timer_id, timer=True)


def _retry(key: int, *, timer: bool) -> Any:
    with access.work() as work:
        overseeing.retry(work, access.member(), key, timer=timer)
    flash("已安排重试；做成后这一项会从这里消失。")
    return redirect(url_for("admin.jobs"))


@pages.get("/messages")
@access.signed_in
def messages() -> Any:
    """Messages that did not leave."""
    page = asked_page()
    with access.work() as work:
        found, total = unsent.listed(work, access.member(), page)
    return show("messages.html", "admin.messages", messages=found, total=total, page=page, last=last_page(total))


@pages.post("/messages")
@access.signed_in
def retry_messages() -> Any:
    """Have all of them tried again that may be."""
    with access.work() as work:
        count = unsent.retry_all(work, access.member())
    flash(f"已安排重发 {count} 条；发出后会从这里消失。" if count else "没有可以重发的消息。")
    return redirect(url_for("admin.messages"))


@pages.post("/messages/<key:dispatch_id>")
@access.signed_in
def retry_message(dispatch_id: int) -> Any:
    """Have one tried again."""
    with access.work() as work:
        unsent.retry(work, access.member(), dispatch_id)
    flash("已安排重发；发出后这一条会从这里消失。")
    return redirect(url_for("admin.messages"))


@pages.get("/timers")
@access.signed_in
def timers() -> Any:
    """What fires next."""
    page, now = asked_page(), access.here().now()
    with access.work() as work:
        found, total = overseeing.what_fires_next(work, access.here().library, access.member(), page)
    return show("timers.html", "admin.timers", timers=found, total=total, page=page, last=last_page(total), now=now)


@pages.get("/looks")
@access.signed_in
def looks() -> Any:
    """Who looked at personal data of owners."""
    page = asked_page()
    with access.work() as work:
        found, total = overseeing.looks(work, access.member(), page)
    return show("looks.html", "admin.looks", looks=found, total=total, page=page, last=last_page(total))


@pages.get("/log")
@access.signed_in
def log() -> Any:
    """Who changed what."""
    page = asked_page()
    with access.work() as work:
        found, total = overseeing.changes(work, access.member(), page)
    return show("log.html", "admin.log", changes=found, total=total, page=page, last=last_page(total))
