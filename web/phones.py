"""The desk on a phone: what lets it be installed there, and how a phone on the same network comes to trust it."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for

from web import access

pages = Blueprint("phones", __name__)
#: Which icon is how large, and for what.
_ICONS = (("daoru-192.png", 192, "any"), ("daoru-512.png", 512, "any"), ("daoru-whole.png", 512, "maskable"))


@pages.get("/manifest.webmanifest")
def manifest() -> Any:
    """What a phone needs to install the desk among its applications (W3C Web Application Manifest)."""
    icons = [
        {
            "src": url_for("static", filename=f"icons/{name}"),
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, side, purpose in _ICONS
    ]
    told = {
        "id": "/", "name": "导入台 · 信托制物业", "short_name": "导入台", "lang": "zh-CN",
        "start_url": "/", "scope": "/",
        "display": "standalone", "background_color": "#f4f6f7", "theme_color": "#14566b", "icons": icons,
    }  # fmt: skip
    answer = jsonify(told)
    answer.mimetype = "application/manifest+json"
    return answer


@pages.get("/rounds-worker.js")
def worker() -> Any:
    """The script that answers for the page of a round while there is no network; its scope is the whole desk."""
    script = Path(str(current_app.static_folder), "rounds-worker.js").read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@pages.get("/phones")
@access.signed_in
def explained() -> Any:
    """How a phone on the same network reaches the desk, trusts its certificate and installs it."""
    return render_template("phones.html", secure=request.is_secure, address=request.host_url.rstrip("/"))
