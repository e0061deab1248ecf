"""The front-end files are those of the manifest, and no page asks another host for anything."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.district import District

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "web/static/vendor"


def test_the_committed_files_are_those_that_the_build_made() -> None:
    listed = dict(reversed(line.split()) for line in (VENDOR / "MANIFEST").read_text().splitlines())
    made = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    assert {name: digest for name, digest in made.items() if name != "MANIFEST"} == listed


@pytest.mark.node
def test_the_build_makes_the_committed_files_again_to_the_byte(tmp_path: Path) -> None:
    if shutil.which("npm") is None or not (ROOT / "tests/definitions/node/node_modules").is_dir():
        pytest.skip("没有 npm，或连不上它的仓库，不能从锁文件重新制作前端文件")
    shutil.copytree(VENDOR.parents[1] / "assets", tmp_path / "assets", ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run([tmp_path / "assets" / "build", tmp_path / "made"], check=True)
    made, committed = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in (tmp_path / "made", VENDOR)
    )
    assert made == committed


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "web/assets/package-lock.json").read_text()
    assert '"resolved"' not in lock


def test_no_template_or_style_asks_another_host() -> None:
    # a link that a person follows is no request of the page
    asks = r"<(?!a )[^>]*\b(src|href|action)=[\"']?(https?:)?//|@import|url\("
    for path in [*(ROOT / "web/templates").glob("*.html"), ROOT / "web/static/daoru.css"]:
        assert not re.search(asks, path.read_text()), path.name


def test_a_first_page_with_its_files_stays_under_two_hundred_kilobytes_on_the_wire(district: District) -> None:
    browser, sent = district.browser("街道"), 0
    page = browser.get("/")
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        answer = browser.client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert answer.headers.get("Content-Encoding") == (None if address.endswith(".png") else "br"), address
        sent += len(answer.data)
        answer.close()
    assert 0 < sent + len(page.data) < 200_000


def test_a_page_with_a_token_is_never_compressed(district: District) -> None:
    answer = district.browser("街道").client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers
