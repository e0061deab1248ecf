"""The front-end files are those of the manifest, and no page asks another host for anything."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "web/static/vendor"


def test_the_committed_files_are_those_that_the_build_made() -> None:
    listed = dict(reversed(line.split()) for line in (VENDOR / "MANIFEST").read_text().splitlines())
    made = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    assert {name: digest for name, digest in made.items() if name != "MANIFEST"} == listed


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "web/assets/package-lock.json").read_text()
    assert '"resolved"' not in lock


def test_no_template_or_style_asks_another_host() -> None:
    for path in [*(ROOT / "web/templates").glob("*.html"), ROOT / "web/static/daoru.css"]:
        assert not re.search(r"(src|href|action)=[\"']?(https?:)?//|@import|url\(", path.read_text()), path.name
