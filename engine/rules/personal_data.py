"""Personal data of owners (law §6): what a notice covers, and what of an identity number may be kept in full, and why.

Lists and visits are taken in only as far as the notice that was posted names them (个人信息保护法 6、17).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

#: Kinds of data as the notice lists them (form ``prepare_data_notice``), by what a list of owners calls its columns.
_KIND_OF: Mapping[str, tuple[str, str]] = {
    "owners": ("NAME", "姓名"),
    "unit_no": ("UNIT", "房号"),
    "area": ("AREA", "面积"),
    "phone": ("PHONE", "电话"),
    "owner_ids": ("ID_NUMBER", "身份证号"),
}
#: What data are used for as the notice lists it, and how people say it.
PURPOSES: Mapping[str, str] = {
    "ROSTER": "核对业主身份和面积", "VOTE": "送达、表决和计票", "CANVASS": "入户征集意愿", "SERVICE": "物业服务联系",
}  # fmt: skip


def not_told(columns: Iterable[str], kinds: Collection[str]) -> list[str]:
    """Which columns of a list hold data of a kind that the notice does not name, as people call them.

    ``kinds`` are those of the notice (个人信息保护法 17 ¶1 no. 2).
    """
    return [_KIND_OF[one][1] for one in columns if one in _KIND_OF and _KIND_OF[one][0] not in kinds]


@dataclass(frozen=True)
class Ground:
    """Why an identity number is kept in full; ``consent`` says whether the person has to consent to just that (29)."""

    title: str
    source: str
    consent: bool


#: The pack says which of them a place knows (``identity_vault_grounds``).
GROUNDS: Mapping[str, Ground] = {
    "E_SIGN": Ground("电子签名、电子表决的实名核验", "《电子签名法》第十三条、第二十四条", consent=True),
    "DISPUTE": Ground("表决的异议、调解、诉讼或者依法调取", "《民法典》第二百八十条", consent=False),
    "FILING": Ground("业委会、物管会成员备案", "地方备案规定（待核）", consent=True),
}


def usable(chosen: str, known: Collection[str]) -> Ground | None:
    """The ground of that name where the place knows it."""
    return GROUNDS.get(chosen) if chosen in known else None
