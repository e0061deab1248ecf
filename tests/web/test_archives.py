"""The archive of an estate in the browser: whole for whom all of it belongs to, on purpose and on record."""

import hashlib
import io
import zipfile
from urllib.parse import quote

from engine import archives
from engine.store import disclosures
from engine.use_cases import exporting
from tests.district import District


def test_the_cadre_takes_the_whole_on_purpose_and_on_record(district: District) -> None:
    estate = district.replay("visits")
    cadre, page = district.browser("社区干部"), f"/estates/{estate}/archive"
    refused = cadre.post(page, {"profile": "whole"}, page)
    assert refused.status_code == 422
    assert "没有选择用途" in refused.text
    form = {"profile": "whole", "purpose": "移交区级档案", "once": "one"}
    taken = cadre.post(page, form, page)
    assert taken.status_code == 200
    assert taken.mimetype == "application/zip"
    with taken, zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        assert "表格/业主清册.csv" in archive.namelist()
        digest, inside = hashlib.sha256(taken.data).hexdigest(), archive.read(archives.NUMBER).decode().strip()
    assert cadre.post(page, form, page).status_code == 302
    assert [event["kind"] for event in district.log(estate)].count("ArchiveTaken") == 1
    with district.opened.work("测试", district.clock.now) as work:
        looks, _ = disclosures.of_estate(work, estate, 1)
        number = looks[0].subject.removeprefix("一案一档（全本）")
        took = exporting.traced(work, number)
    assert looks[0].purpose == "移交区级档案"
    assert inside == number
    assert quote(number) in taken.headers["Content-Disposition"]
    assert (took.what, took.rows > 0) == ("archive", True)
    assert took.query == f"estate={estate}&profile=whole&purpose=移交区级档案&sha256={digest}"


def test_anybody_who_works_on_the_estate_takes_what_may_be_published_and_no_more(district: District) -> None:
    estate = district.replay("visits")
    company, page = district.browser("物业企业"), f"/estates/{estate}/archive"
    shown = company.get(page)
    assert "下载全本" not in shown.text
    assert "社区干部" in shown.text
    assert company.post(page, {"profile": "whole", "purpose": "移交区级档案"}, page).status_code == 403
    taken = company.post(page, {"profile": "public"}, page)
    assert taken.status_code == 200
    with taken, zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        assert "表格/走访记录.csv" not in archive.namelist()
