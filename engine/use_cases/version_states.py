"""How each version of a document stands 版本状态: 待审, 审阅中, 已通过, 已取走, 已作废; the one place that says so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.store import examinations
from engine.store.examinations import ANSWERED, APPROVED, ASKED, HANDED, RETURNED, Decided
from engine.store.unit_of_work import UnitOfWork
from engine.store.uploads import Version
from engine.use_cases.examining import EXAMINED
from engine.use_cases.revising import Versions


@dataclass(frozen=True)
class Badge:
    """How a version stands, in a word; ``tone`` is its colour, ``because`` what more there is to it."""

    text: str
    tone: str
    because: str = ""


#: What a decision that is not an approval leaves a version waiting for.
_WAITS: Mapping[str, str] = {
    ASKED: "等{whom}补充材料", RETURNED: "已退回，等新版", ANSWERED: "材料已答复", HANDED: "已转给{whom}",
}  # fmt: skip


def waits(decision: str | None, whom: str | None) -> str:
    """What a version waits for after a decision, in words; empty when for nothing."""
    return _WAITS.get(decision or "", "").format(whom=whom or "")


def of(work: UnitOfWork, found: Versions) -> Mapping[int, list[Badge]]:
    """The badges of each version of a document, by its number."""
    decided = examinations.decided(work, found.known.id)
    said = [one.version for one in examinations.remarks(work, found.known.id) if one.document_id == found.known.id]
    return {one.version: badges(found, one, decided, said) for one in found.versions}


def badges(found: Versions, version: Version, decided: Sequence[Decided], remarked: Collection[int]) -> list[Badge]:
    """How one version stands: whether it counts, how far its examination is, whether it was taken out.

    ``decided`` are the decisions on the document, the latest first, ``remarked`` the versions that were remarked on.
    """
    standing = next((one for one in decided if one.version == version.version), None)
    comes = found.known.kind in EXAMINED or bool(decided or remarked)
    examined = _examined(found, version, standing, version.version in remarked) if comes else None
    return [badge for badge in (_life(found, version), examined, _taken(found, version)) if badge]


def _life(found: Versions, version: Version) -> Badge:
    if version.version != found.newest.version:
        return Badge(f"被第 {version.version + 1} 版取代", "past")
    if found.known.void_reason:
        return Badge("已作废", "must", found.known.void_reason)
    return Badge("现行", "done")


def _examined(found: Versions, version: Version, standing: Decided | None, remarked: bool) -> Badge | None:
    if standing and standing.decision == APPROVED:
        return Badge("已通过", "done", f"{standing.actor}通过")
    if version.version != found.newest.version or found.known.void_reason:
        return None
    if standing or remarked:
        because = waits(standing.decision, standing.whom) if standing else "已有意见"
        return Badge("审阅中", "question", because)
    return Badge("待审", "advice")


def _taken(found: Versions, version: Version) -> Badge | None:
    """Whether a version was the newest one when the document was first taken out of the system."""
    taken = found.known.taken_at
    later = next((one.at for one in found.versions if one.version == version.version + 1), "")
    if not taken or (version.version > 1 and taken <= version.at) or (later and later < taken):
        return None
    return Badge("已取走", "old", "下载过，可能已张贴或签署")
