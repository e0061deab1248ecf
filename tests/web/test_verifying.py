"""The public page behind the code on a paper: what it says, what it keeps to itself, what it makes of any file."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from engine.store import documents, prints, tables
from engine.use_cases import verifying
from tests.district import District
from web import bounds


def _paper(district: District, kind: str = "data_notice") -> Any:
    """The document of that kind, with its newest version."""
    document, version = tables.document, tables.document_version
    with district.opened.work("测试", district.clock.now) as work:
        joined = sa.select(document, version.c.sha256, version.c.issued_at).join(version)
        return work.connection.execute(joined.where(document.c.kind == kind).order_by(document.c.id.desc())).first()


def _content(district: District, digest: str) -> bytes:
    with district.opened.work("测试", district.clock.now) as work:
        return work.files.read(digest)


def _compared(anybody: FlaskClient, token: str, content: bytes, name: str = "文书.docx") -> str:
    answer = anybody.post(f"/v/{token}", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def surveyed(district: District) -> District:
    """A district whose one estate has been issued its first papers."""
    district.replay("roster")
    return district


def test_anybody_learns_what_a_paper_is_and_nothing_of_a_person(surveyed: District) -> None:
    paper, anybody = _paper(surveyed), surveyed.app.test_client()
    answer = anybody.get(f"/v/{paper.token}")
    assert answer.status_code == 200
    for said in (paper.title, paper.number, "第 1 版", "现行有效", "桂语苑"):
        assert said in answer.text
    with surveyed.opened.work("测试", surveyed.clock.now) as work:
        people = {*work.people(1).values()}
    assert not [name for name in people if name in answer.text]
    assert "Set-Cookie" not in answer.headers
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "<script" not in answer.text
    assert anybody.get(f"/v?code=https://x/v/{paper.token.upper()}%23000001").location == f"/v/{paper.token}"


def test_a_file_is_this_version_an_older_one_or_none(surveyed: District) -> None:
    paper, anybody = _paper(surveyed), surveyed.app.test_client()
    content = _content(surveyed, paper.sha256)
    assert "是现行的一版" in _compared(anybody, paper.token, content)
    assert "不是本文书的任何一版" in _compared(anybody, paper.token, content[:-1] + b"\1")
    with surveyed.opened.work("测试", surveyed.clock.now) as work:
        prints.keep(work, paper.sha256, b"%PDF-1.7 printed")
        second = {"document_id": paper.id, "version": 2, "sha256": documents.keep(work, b"second")}
        work.insert(tables.document_version, [{**second, "template_sha256": "0" * 64, "issued_at": work.at}])
    assert "是旧版，现行的是第 2 版" in _compared(anybody, paper.token, content)
    assert "第 1 版的 PDF" in _compared(anybody, paper.token, b"%PDF-1.7 printed", "文书.pdf")
    assert "第 2 版的 Word 原件" in _compared(anybody, paper.token, b"second")


def test_a_paper_that_no_longer_stands_says_so_but_not_why(surveyed: District) -> None:
    paper, anybody = _paper(surveyed), surveyed.app.test_client()
    document = tables.document
    with surveyed.opened.work("测试", surveyed.clock.now) as work:
        voided = sa.update(document).where(document.c.id == paper.id)
        work.execute(voided.values(void_reason="汪小明的房号写错"))
    page = anybody.get(f"/v/{paper.token}").text
    assert "已作废" in page
    assert "现行有效" not in page
    assert "汪小明" not in page
    assert "请不要再使用" in _compared(anybody, paper.token, _content(surveyed, paper.sha256))


def test_an_unknown_code_answers_as_one_that_never_was_a_code(surveyed: District) -> None:
    anybody = surveyed.app.test_client()
    answers = [
        anybody.get(f"/v/{code}") for code in ("a" * 26, "x", "../etc", "桂" * 500, "a/b", "%3Cscript%3E", "'--")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert "没有这个核验码" in answers[0].text


def test_any_file_may_be_sent_and_none_is_opened_or_kept(
    surveyed: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, anybody = _paper(surveyed), surveyed.app.test_client()
    before = {path for path in tmp_path.rglob("*") if path.is_file() and "files" in path.parts}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../bomb", bytes(10_000_000))
    for content in (b"", b"PK\3\4broken", packed.getvalue(), b"MZ\0\0", b"<script>alert(1)</script>", bytes(300_000)):
        assert "不是本文书的任何一版" in _compared(anybody, paper.token, content, "../../<b>.exe")
    assert {path for path in tmp_path.rglob("*") if path.is_file() and "files" in path.parts} == before
    nothing = anybody.post(f"/v/{paper.token}")
    assert nothing.status_code == 422
    assert "没有选择文件" in nothing.text
    monkeypatch.setattr(bounds, "PUBLIC", 100_000)
    huge = anybody.post(f"/v/{paper.token}", data={"file": (io.BytesIO(bytes(200_000)), "大.docx")})
    assert huge.status_code == 413
    assert "没有核对；文书没有这么大" in huge.text


def test_one_address_and_everybody_together_may_ask_only_so_often(
    surveyed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "EACH", 3)
    monkeypatch.setattr(verifying, "ALL", 5)
    token, anybody = _paper(surveyed).token, surveyed.app.test_client()

    def asked(address: str, code: str = token) -> int:
        # through a proxy of this machine, which names who asks; what the asker says of itself before does not count
        return anybody.get(f"/v/{code}", headers={"X-Forwarded-For": f"10.9.9.9, {address}"}).status_code

    assert [asked("192.0.2.1") for _ in range(3)] == [200] * 3
    assert asked("192.0.2.1", "x") == 429
    assert asked("2001:db8::1") == 200
    assert asked("192.0.2.3") == 429  # the sixth of all
    surveyed.clock.pass_by(minutes=1)
    assert asked("192.0.2.1") == 200
    with surveyed.opened.work("测试", surveyed.clock.now) as work:
        kept = work.connection.execute(sa.text("SELECT who FROM public_asking")).scalars().all()
    assert len(kept) == 2
    assert not any("192.0.2" in who for who in kept)
