"""Full identity numbers 证件号保险库: kept only on a ground that the place knows, read on purpose, each look on record.

What counts persons is the keyed hash of the number and what the eye sees are its last four (decisions 15); neither
needs the vault.  A number is taken in only if it is that of a person who is registered, so that none is mistyped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import events
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import personal_data
from engine.rules.personal_data import GROUNDS, Ground
from engine.rules.roster import masked
from engine.store import Store, disclosures, identities, rosters
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import cells, data_notice, disclosing, hands, powers, registering
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.vault import Vault

KIND = "证件号全号"
#: In whose name keys are changed.
ACTOR = "导入台"
#: What somebody may need a full number for.
PURPOSES = ("电子签名实名核验", "答复业主本人", "配合诉讼、调解或者依法调取", "办理备案")
_AT_ONCE, _REASON = 200, 4
#: Whoever seals does so alone, so that no key goes while somebody still seals with it.
_ALONE = "vault"


@dataclass(frozen=True)
class Kept:
    """A number that is or was in the vault; ``name`` is masked."""

    id: int
    unit_no: str
    name: str
    ground: Ground
    consent_on: str | None
    kept_at: str
    kept_by: str
    there: bool
    purged_at: str | None
    purged_by: str | None
    purged_why: str | None


@dataclass(frozen=True)
class Shelf:
    """The vault of an estate, for whoever checks identities; ``covered`` says whether the notice names the number.

    ``missing`` are the marks of keys that are not there.
    """

    estate: EstateListed
    kept: Sequence[Kept]
    grounds: Mapping[str, Ground]
    covered: bool
    missing: Sequence[str]


def shelf(work: UnitOfWork, library: Library, member: Member, estate_id: int, vault: Vault) -> Shelf:
    """What the vault holds of an estate.  Raises NotFound, NotPermitted."""
    estate, dossier = _permitted(work, member, estate_id), Dossier(work, library, estate_id)
    found = [_kept(row) for row in identities.of_estate(work, estate_id)]
    keys = vault.keys()
    missing = sorted({row.key_mark for row in identities.of_estate(work, estate_id) if row.there} - set(keys))
    covered = "ID_NUMBER" in data_notice.notice(dossier).get("kinds", ())
    return Shelf(estate, found, grounds(dossier), covered, missing)


def grounds(dossier: Dossier) -> dict[str, Ground]:
    """The grounds that the estate's place knows; none where its pack is older than the vault."""
    if "identity_vault_grounds" not in dossier.pack.parameters:
        return {}
    return {name: GROUNDS[name] for name in dossier.pack.words("identity_vault_grounds")}


def _kept(row: Any) -> Kept:
    return Kept(
        row.id, row.unit_no, masked(row.name or ""), GROUNDS[row.ground], row.consent_on, row.kept_at, row.kept_by,
        bool(row.there), row.purged_at, row.purged_by, row.purged_why,
    )  # fmt: skip


def keep(
    work: UnitOfWork,
    library: Library,
    member: Member,
    estate_id: int,
    vault: Vault,
    person_key: bytes,
    given: Mapping[str, str],
) -> str:
    """Keep a person's number in full: ``unit_no``, ``number``, ``ground`` and ``consent_on``; the unit's number.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers, and DamagedState where the vault's keys are lost.
    """
    _permitted(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    if dossier.estate.status != "running":
        raise NotPermitted("小区“{name}”已暂停或已结束办理，证件号不再入库。", name=dossier.estate.name)
    data_notice.refuse_unless_told(dossier, "number", "VOTE", ["owner_ids"])
    ground, consent_on = _ground(dossier, given)
    unit_no, number = given.get("unit_no", "").strip(), "".join(given.get("number", "").split()).upper()
    identify = registering.known_by(person_key)
    work.alone(_ALONE)
    listed = identities.registered(work, estate_id, rosters.newest(work, estate_id), unit_no)
    # an owner who counts as one more person has the unit behind the hash
    person = next((key for key, kept in listed if number and kept.partition("@")[0] == identify(number)), None)
    if person is None:
        raise InvalidAnswers([_no_person(listed, unit_no, number)], "没有入库。")
    if identities.kept(work, person):
        raise Conflict(f"{unit_no} 这位业主的证件号已经在保险库里，没有重复入库。")
    sealed_with = identities.marks(work)
    by, sealed = vault.seal(_purpose(estate_id, person), number.encode(), sealed_with)
    identities.keep(
        work, estate_id=estate_id, person_id=person, unit_no=unit_no, ground=ground, consent_on=consent_on or None,
        sealed=sealed, key_mark=by,
    )  # fmt: skip
    work.append(estate_id, events.IdentityKept(GROUNDS[ground].title))
    return unit_no


def _no_person(listed: Sequence[tuple[int, str]], unit_no: str, number: str) -> Problem:
    if not number:
        return Problem("number", "没有填证件号；请按原件填写。")
    if not listed:
        return Problem("unit_no", f"名册里没有登记了业主的房号“{unit_no[:40]}”；请核对房号。")
    said = "登记的业主里没有这个证件号；请按原件核对号码和房号。名册里没有登记证件号的，请先在名册里更正。"
    return Problem("number", f"{unit_no} {said}")


def _ground(dossier: Dossier, given: Mapping[str, str]) -> tuple[str, str]:
    chosen, problems = given.get("ground", ""), list[Problem]()
    found = personal_data.usable(chosen, grounds(dossier))
    if found is None:
        raise InvalidAnswers([Problem("ground", "没有选择依据；没有依据的完整证件号不能保存。")], "没有入库。")
    consent_on = given.get("consent_on", "")
    if found.consent and not consent_on:
        problems.append(Problem("consent_on", "没有写单独同意的日期；这一项依据要业主单独同意（个人信息保护法 29）。"))
    elif consent_on:
        consent_on = cells.day(given, "consent_on", "", dossier.today, problems)
    if problems:
        raise InvalidAnswers([Problem(one.field.removeprefix("."), one.message) for one in problems], "没有入库。")
    return chosen, consent_on


def read(
    work: UnitOfWork, member: Member, estate_id: int, vault: Vault, key: int, purpose: str, reason: str
) -> tuple[str, str]:
    """A number in full, with its unit; the look is noted with its purpose and reason before anything is shown.

    Raises NotFound, NotPermitted, InvalidAnswers, DamagedState.
    """
    _permitted(work, member, estate_id)
    row = identities.one(work, estate_id, key)
    if row is None or row.sealed is None:
        raise NotFound(what="保险库里的这个证件号")
    problems = []
    if purpose not in PURPOSES:
        problems.append(Problem(f"purpose-{key}", "没有选择用途；查看完整证件号要选一个用途。"))
    if len(reason.strip()) < _REASON:
        problems.append(Problem(f"reason-{key}", "请写明理由，至少四个字，如“法院调取，案号……”。"))
    if problems:
        raise InvalidAnswers(problems, "没有显示。")
    number = vault.unseal(_purpose(estate_id, row.person_id), row.key_mark, bytes(row.sealed)).decode()
    disclosures.note(work, estate_id, KIND, row.unit_no, f"{purpose}：{reason.strip()[:200]}")
    return row.unit_no, number


def _permitted(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    estate = disclosing.estate(work, member, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    powers.refuse_unless(powers.sees(acting, member.name, "identity"))
    return estate


def _purpose(estate_id: int, person_id: int) -> str:
    """For what a number is sealed: under another person's row it opens not."""
    return f"identity number of person {person_id} of estate {estate_id}"


def rotate(opened: Store, vault: Vault, now: Callable[[], datetime], new: bytes, *, drop: bool) -> int:
    """Seal everything with the key ``new``, while people work; returns how many numbers.

    With ``drop`` the earlier keys go when nothing needs them: what earlier backups hold opens then no more.  Whoever is
    broken off goes on by doing it again.  Raises DamagedState for a key that is lost.
    """
    vault.write([new, *vault.keys().values()])
    newest, done = next(iter(vault.keys())), 0
    while True:
        with opened.work(ACTOR, now()) as work:
            work.alone(_ALONE)
            some = identities.under_other_keys(work, newest, _AT_ONCE)
            for row in some:
                purpose = _purpose(row.estate_id, row.person_id)
                number = vault.unseal(purpose, row.key_mark, bytes(row.sealed))
                identities.seal_anew(work, row, *vault.seal(purpose, number, ()))
            if drop and not some:
                vault.write([vault.keys()[newest]])
        done += len(some)
        if not some:
            return done
