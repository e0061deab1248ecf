"""The desk in the browser: reads requests, asks use cases, shows what they answer; decides nothing."""

from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from flask import Flask, abort, request
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from engine.settings import Settings
from engine.store import Store
from engine.use_cases.library import Library
from web import (
    access,
    administration,
    alerts,
    archives,
    ballot_scans,
    ballots,
    board,
    bounds,
    canvass,
    canvass_checks,
    comfort,
    comments,
    counting,
    data_requests,
    dossiers,
    errors,
    estates,
    examining,
    exports,
    gaps,
    handing,
    handover,
    importing,
    leave,
    notices,
    own,
    own_entry,
    owner_slips,
    owners,
    packs,
    paper_sheets,
    papers,
    phones,
    photos,
    playback,
    prepaid,
    print_runs,
    procedure,
    registers,
    retention,
    reviews,
    revisions,
    roster_freeze,
    rounds,
    say,
    search,
    signed_copies,
    tasks,
    templating,
    totals,
    undoing,
    vault,
    verifying,
    views,
)

_PAGES: tuple[ModuleType, ...] = (
    access,
    administration,
    alerts,
    archives,
    ballot_scans,
    ballots,
    board,
    canvass,
    canvass_checks,
    comfort,
    comments,
    data_requests,
    dossiers,
    estates,
    examining,
    exports,
    gaps,
    handing,
    counting,
    handover,
    importing,
    leave,
    notices,
    own,
    own_entry,
    owner_slips,
    owners,
    packs,
    paper_sheets,
    papers,
    phones,
    photos,
    playback,
    prepaid,
    print_runs,
    procedure,
    registers,
    retention,
    reviews,
    revisions,
    roster_freeze,
    rounds,
    search,
    signed_copies,
    tasks,
    templating,
    totals,
    undoing,
    vault,
    verifying,
    views,
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


def create_app(settings: Settings, store: Store, library: Library) -> Flask:
    """The application on one store and one library."""
    app = Flask("web")
    app.request_class = bounds.Bounded
    app.config.update(
        SECRET_KEY=settings.web_key,
        MAX_CONTENT_LENGTH=bounds.BODY,
        MAX_FORM_MEMORY_SIZE=bounds.TEXT,
        MAX_FORM_PARTS=bounds.PARTS,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME=access.cookie_named("session", secure=settings.secure),
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,
        # pages carry tokens, and a compressed token can be guessed by its length: only files are compressed
        COMPRESS_MIMETYPES=["text/css", "text/javascript", "application/javascript"],
    )
    app.extensions["daoru"] = access.Desk(
        store, library, _now, settings.person_key, settings.web_key, settings.secure, settings.vault
    )
    app.jinja_env.filters.update(say.FILTERS)
    app.jinja_env.globals["bounds"] = {"each": bounds.EACH >> 20, "files": bounds.FILES >> 20}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(bounds.check)
    app.before_request(_refuse_nul)
    # whoever verifies a paper has no session, and changes nothing
    protection = CSRFProtect(app)
    protection.exempt(verifying.pages)
    protection.exempt(own_entry.pages)
    Compress(app)
    app.url_map.converters["key"] = _Key
    for module in _PAGES:
        app.register_blueprint(module.pages)
    app.context_processor(access.shown_everywhere)
    app.context_processor(comfort.shown_everywhere)
    app.after_request(_headers)
    errors.register(app)
    return app


class _Key(IntegerConverter):
    """An id in an address, no larger than both databases hold."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def _now() -> datetime:
    return datetime.now(UTC)


def _refuse_nul() -> None:
    """Refuse the one sign that not every database holds; the form of a task says so beside its field instead."""
    given = [request.path, *(value for _, value in request.args.items(multi=True))]
    if request.endpoint != "tasks.post":
        given += [value for _, value in request.form.items(multi=True)]
    if any("\0" in text for text in given):
        abort(400)


def _headers(response: Any) -> Any:
    headers = response.headers
    # the frame of a paper's preview has stricter rules of its own
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    headers.setdefault("Cache-Control", "no-store")
    if hasattr(response.response, "close"):
        # what compresses a file reads it and lets it go, so that nobody would close it
        response.call_on_close(response.response.close)
    return response
