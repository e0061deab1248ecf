"""The front-end files are those of the manifest, and no page asks another host for anything."""

import hashlib
import re
from pathlib import Path

from tests.district import District

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


def test_a_first_page_with_its_files_stays_under_two_hundred_kilobytes_on_the_wire(district: District) -> None:
    browser, sent = district.browser("街道"), 0
    page = browser.get("/")
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        answer = browser.client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert answer.headers.get("Content-Encoding") == "br", address
        sent += len(answer.data)
        answer.close()
    assert 0 < sent + len(page.data) < 200_000


def test_a_page_with_a_token_is_never_compressed(district: District) -> None:
    answer = district.browser("街道").client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers
