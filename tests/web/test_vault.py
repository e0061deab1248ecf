"""Full identity numbers: kept on a ground only, sealed under a key beside the database, read on record."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from engine import cli
from engine.errors import InvalidAnswers
from engine.store import identities, registers, rosters, tables
from engine.use_cases import identities as vaulting
from engine.use_cases import registering
from engine.vault import Vault
from tests.district import Browser, District
from tests.web.test_disclosures import ROSTER

ROOT = "/estates/1/privacy/vault"
CASES = Path(__file__).parents[1] / "cases"
_UNIT, _NUMBER, _NAME = ROSTER[1][0], ROSTER[1][ROSTER[0].index("证件号")], ROSTER[1][ROSTER[0].index("产权人")]


@pytest.fixture
def listed(district: District) -> District:
    """The district with the reference estate's roster."""
    district.replay("freeze_roster")
    return district


def keep(browser: Browser, **given: Any) -> Any:
    return browser.post(ROOT, {"unit_no": _UNIT, "number": _NUMBER, "ground": "DISPUTE", **given})


def rows(district: District) -> list[Any]:
    with district.opened.work("测试", district.clock.now) as work:
        return list(work.connection.execute(sa.select(identities.identity_number)))


def database(district: District) -> Iterator[bytes]:
    """All that the database holds of the vault, and of what was looked at and logged."""
    there = sa.MetaData()
    there.reflect(district.opened.engine, only=["identity_number", "disclosure", "event", "roster_version", "receipt"])
    with district.opened.engine.connect() as connection:
        for table in there.sorted_tables:
            for row in connection.execute(sa.select(table)):
                yield from (bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row)


def test_an_owner_who_counts_as_one_more_person_is_known_by_the_number_too(listed: District) -> None:
    with listed.opened.work("测试", listed.clock.now) as work:
        newest = rosters.newest(work, 1)
        [(person, hashed)] = identities.registered(work, 1, newest, _UNIT)
        # as the importer keeps an owner whose unit somebody counted apart
        work.execute(sa.update(registers.person).where(registers.person.c.id == person).values(key=f"{hashed}@{_UNIT}"))
    cadre = listed.browser("社区干部")
    assert keep(cadre, number="320404199001011234").status_code == 422
    assert keep(cadre).status_code == 302
    [row] = rows(listed)
    shown = cadre.post(f"{ROOT}/{row.id}", {"purpose": "答复业主本人", "reason": "业主到场查询"}, ROOT)
    assert _NUMBER in shown.text


def test_a_number_is_kept_sealed_and_read_with_a_purpose_a_reason_and_a_record(listed: District) -> None:
    cadre = listed.browser("社区干部")
    assert keep(cadre, number=f" {_NUMBER[:6]} {_NUMBER[6:]}").status_code == 302
    [row] = rows(listed)
    assert _NUMBER.encode() not in b"".join(database(listed))
    page = cadre.get(ROOT).text
    assert (_NUMBER in page, _NAME in page, f"{_NAME[0]}**" in page) == (False, False, True)
    for given, said in (
        ({"purpose": "", "reason": "法院调取"}, "没有选择用途"),
        ({"purpose": "答复业主本人", "reason": "看看"}, "请写明理由"),
    ):
        refused = cadre.post(f"{ROOT}/{row.id}", given, ROOT)
        assert (refused.status_code, said in refused.text, _NUMBER in refused.text) == (422, True, False)
    shown = cadre.post(f"{ROOT}/{row.id}", {"purpose": "答复业主本人", "reason": "业主到场查询"}, ROOT)
    assert (shown.status_code, _NUMBER in shown.text) == (200, True)
    looks = listed.browser("街道").get("/estates/1/owners/looks").text
    assert "答复业主本人：业主到场查询" in looks
    assert (_NUMBER in looks, _NAME in looks) == (False, False)
    assert [event["ground"] for event in listed.log(1) if event["kind"] == "IdentityKept"] == [
        "表决的异议、调解、诉讼或者依法调取"
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ground": ""}, "没有选择依据"),
        ({"ground": "FILING"}, "没有选择依据"),
        ({"ground": "E_SIGN"}, "没有写单独同意的日期"),
        ({"ground": "E_SIGN", "consent_on": "2099-01-01"}, "晚于今天"),
        ({"number": _NUMBER[:-1] + "0"}, "登记的业主里没有这个证件号"),
        ({"number": ""}, "没有填证件号"),
        ({"unit_no": "99-9999"}, "没有登记了业主的房号"),
    ],
)
def test_what_has_no_ground_or_is_nobodys_number_is_not_kept(
    listed: District, given: dict[str, str], said: str
) -> None:
    refused = keep(listed.browser("社区干部"), **given)
    assert (refused.status_code, said in refused.text) == (422, True)
    assert 'value="1-' in refused.text or 'value="99-' in refused.text
    assert rows(listed) == []


def test_a_number_is_kept_once_and_only_by_whoever_checks_identities(listed: District) -> None:
    cadre = listed.browser("社区干部")
    assert keep(cadre, ground="E_SIGN", consent_on="2026-01-12").status_code == 302
    assert keep(cadre).status_code == 409
    for lane in ("网格员", "业委会/物管会", "法律顾问", "街道"):
        assert listed.browser(lane).get(ROOT).status_code == 403
        assert (
            listed.browser(lane).post(f"{ROOT}/1", {"purpose": "答复业主本人", "reason": "看一看"}).status_code == 403
        )


def test_a_new_key_opens_what_the_old_one_sealed_and_a_lost_key_is_said(listed: District) -> None:
    cadre, vault = listed.browser("社区干部"), Vault(listed.home / "vault.key")
    assert keep(cadre).status_code == 302
    [before] = rows(listed)
    old = dict(vault.keys())
    assert vaulting.rotate(listed.opened, vault, listed.clock, b"n" * 32, drop=False) == 1
    assert list(vault.keys())[1:] == list(old)
    assert vaulting.rotate(listed.opened, vault, listed.clock, b"m" * 32, drop=True) == 1
    [after] = rows(listed)
    assert len(vault.keys()) == 1
    assert after.key_mark not in (before.key_mark, *old)
    reason = {"purpose": "答复业主本人", "reason": "业主到场查询"}
    assert _NUMBER in cadre.post(f"{ROOT}/{after.id}", reason, ROOT).text
    vault.path.rename(vault.path.with_suffix(".away"))
    lost = cadre.post(f"{ROOT}/{after.id}", reason, ROOT)
    assert (lost.status_code, "没有密钥" in lost.text, _NUMBER in lost.text) == (500, True, False)
    assert f"保险库的密钥 {after.key_mark} 不在" in cadre.get(ROOT).text
    second = keep(cadre, unit_no=ROSTER[3][0], number=ROSTER[3][ROSTER[0].index("证件号")])
    assert (second.status_code, vault.path.exists()) == (500, False)


def test_the_key_lies_outside_the_database_for_its_owner_alone(listed: District) -> None:
    assert keep(listed.browser("社区干部")).status_code == 302
    key = (listed.home / "vault.key").read_text().strip()
    assert oct((listed.home / "vault.key").stat().st_mode)[-3:] == "600"
    assert not [one for one in database(listed) if bytes.fromhex(key) in one or key.encode() in one]


def test_the_roster_says_under_which_notice_it_was_collected(listed: District) -> None:
    page = listed.browser("社区干部").get("/estates/1/owners").text
    assert re.search(r"第 \d+ 版（按告知书 2026-1 收集）", page)


def test_nothing_is_taken_in_that_the_notice_does_not_name(district: District) -> None:
    district.replay("roster")
    with district.opened.work("测试", district.clock.now) as work:
        told = (tables.task.c.name == "prepare_data_notice") & (tables.task.c.status == "completed")
        answers = orjson.loads(work.connection.execute(sa.select(tables.task.c.answers).where(told)).scalar_one())
        answers["kinds"].remove("PHONE")
        answers["purposes"].remove("CANVASS")
        work.execute(sa.update(tables.task).where(told).values(answers=orjson.dumps(answers)))
    cadre, sheet = district.browser("社区干部"), CASES / "reference-roster.csv"
    assert cadre.post("/estates/1/roster", {"do": "send", "sheet": (sheet.open("rb"), "名册.csv")}).status_code == 302
    columns = {"do": "columns", "sheet": "0", "header": "1"}
    names = {"房号": "unit_no", "楼栋": "building", "产权人": "owners", "建筑面积": "area", "证件号": "owner_ids"}
    chosen = {f"column.{at}": names.get(one, "phone" if one == "电话" else "") for at, one in enumerate(ROSTER[0])}
    refused = cadre.post("/estates/1/roster", {**columns, **chosen})
    assert (refused.status_code, "告知书（版本 2026-1）没有列出电话" in refused.text) == (422, True)
    without = {name: "" if field == "phone" else field for name, field in chosen.items()}
    assert cadre.post("/estates/1/roster", {**columns, **without}).status_code == 302
    rows = [{"unit_no": "1-0101", "area": "89.97", "owners": "甲", "phone": "13800000001"}]
    with district.opened.work("测试", district.clock.now) as work, pytest.raises(InvalidAnswers, match="没有列出电话"):
        registering.enter(work, district.library, 1, "roster", rows, b"k")
    assert "没有写入户征集意愿" in cadre.get("/estates/1/canvass").text


def test_the_commands_show_and_change_keys_and_a_backup_names_those_that_it_needs(
    listed: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = listed.opened.engine.url
    monkeypatch.setenv("DAORU_HOME", str(listed.home))
    monkeypatch.setenv("DAORU_DATABASE_URL", url.render_as_string(hide_password=False))
    assert cli.main(["vault", "show"]) == 0
    assert "保险库是空的" in capsys.readouterr().out
    assert keep(listed.browser("社区干部")).status_code == 302
    assert cli.main(["vault", "rotate", "--drop"]) == 0
    [mark] = Vault(listed.home / "vault.key").keys()
    assert f"已换新密钥 {mark}，重新加密 1 个号码；旧密钥已销毁" in capsys.readouterr().out
    if url.get_backend_name() == "sqlite":
        assert cli.main(["backup", str(listed.home / "copy")]) == 0
        assert f"保险库里有 1 个完整证件号，用密钥 {mark}（1 个）加密" in capsys.readouterr().out
        assert not list((listed.home / "copy").rglob("*.key"))
        monkeypatch.setenv("DAORU_HOME", str(listed.home / "again"))
        assert cli.main(["restore", str(listed.home / "copy")]) == 0
        assert f"缺少密钥 {mark}" in capsys.readouterr().out
    (listed.home / "vault.key").unlink()
    monkeypatch.setenv("DAORU_HOME", str(listed.home))
    assert cli.main(["vault", "show"]) == 1
    assert f"{mark} 不在密钥文件里，1 个号码读不出来" in capsys.readouterr().out
