"""What each fact of a register is called by people, beside :mod:`registers`: a column is named after its list."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.documents.names import company, estate, reviewing, voting

#: By register and name; under ``""`` what a list or group is called, which stands before its columns.
_NAMES: Mapping[str, Any] = MappingProxyType({**estate.NAMES, **reviewing.NAMES, **voting.NAMES, **company.NAMES})


def name(fact: str) -> str:
    """What a fact of a register is called (``支出科目的金额``); empty where there is no such register."""
    register, *path = fact.replace("[]", "").split(".")
    found, told = _NAMES.get(register), list[str]()
    if isinstance(found, Mapping) and found.get(""):
        told.append(found[""])
    for part in path:
        part, more = _plain(part, found)
        found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            return ""
        # of a list within a list the inner one's name tells enough
        told = [found[""]] if isinstance(found, Mapping) else [*told, f"{found}{more}"]
    return "的".join(told)


def _plain(part: str, among: Any) -> tuple[str, str]:
    """A name without the ending of another way to print it, and what that way is called."""
    for ending, said in (("_capitals", "（大写）"), ("_code", "")):
        plain = part.removesuffix(ending)
        if plain != part and isinstance(among, Mapping) and part not in among and plain in among:
            return plain, said
    return part, ""
