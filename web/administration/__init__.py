"""Administration 管理: accounts, organisation, roles, what runs and what is published; for administrators only."""

from flask import Blueprint

pages = Blueprint("admin", __name__, url_prefix="/admin")

from web.administration import exports, organisation, published, running, users  # noqa: E402, F401 - they add their pages
