"""The organisation's tree, and what each role may do in it."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import checking, managing, organising
from engine.use_cases.accounts import ROLES
from engine.use_cases.powers import Verdict
from web import access
from web.administration import pages
from web.administration.parts import show
from web.forms import whole


@pages.get("/nodes")
@access.signed_in
def nodes() -> Any:
    """The tree."""
    with access.work() as work:
        tree = organising.tree(work, access.member())
    return show("nodes.html", "admin.nodes", tree=tree)


@pages.get("/nodes/<key:node_id>")
@access.signed_in
def node(node_id: int) -> Any:
    """The forms for one node."""
    return _node(node_id)


@pages.post("/nodes/<key:node_id>")
@access.signed_in
@access.once
def change_node(node_id: int) -> Any:
    """Add a node below it, rename it or move it."""
    what, name, member = request.form.get("do", ""), request.form.get("name", ""), access.member()
    try:
        with access.work() as work:
            access.sign(work)
            if what == "move":
                organising.move(work, member, node_id, whole(request.form.get("parent", ""), 0))
            elif what == "rename":
                organising.rename(work, member, node_id, name)
            else:
                organising.add(work, member, node_id, name)
    except InvalidAnswers as error:
        return _node(node_id, error.problems), 422
    flash("组织已变更，并记入变更记录。")
    return redirect(url_for("admin.nodes"))


@pages.get("/roles")
@access.signed_in
def roles() -> Any:
    """What each role may do, in sentences, and the checker."""
    return _roles()


@pages.post("/roles")
@access.signed_in
def check() -> Any:
    """Say whether somebody may do something, with the reason; a question changes nothing."""
    given = request.form
    asked = (given.get("name", ""), given.get("estate", ""), given.get("action", ""))
    try:
        with access.work() as work:
            verdict = checking.check(work, access.member(), *asked)
    except InvalidAnswers as error:
        return _roles(error.problems), 422
    return _roles(verdict=verdict)


def _node(node_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        path, top = organising.described(work, access.member(), node_id)
        places = managing.places(work, access.member())
    what = request.form.get("do", "")
    return show(
        "node.html", "admin.nodes", problems,
        node_id=node_id, path=path, top=top, places=places, what=what, given=request.form,
    )  # fmt: skip


def _roles(problems: Sequence[Problem] = (), verdict: Verdict | None = None) -> Any:
    with access.work() as work:
        managing.part(access.member())
        people = managing.users(work, access.member(), 1, "")[0]
    said = {role: checking.sentences(role) for role in ROLES}
    return show(
        "roles.html", "admin.roles", problems,
        said=said, verdict=verdict, actions=checking.ACTIONS, given=request.form, people=people,
    )  # fmt: skip
