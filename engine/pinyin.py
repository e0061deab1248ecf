"""What a Chinese name is found by: itself and its Pinyin, whole or by initials, from any of its signs on."""

import unicodedata
from functools import cache
from typing import Any

LONGEST = 60
#: Signs that are read otherwise as a surname.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "曾": "zeng", "盖": "ge", "任": "ren",
    "朴": "piao", "翟": "zhai", "乐": "yue", "尉": "yu", "华": "hua", "宁": "ning", "缪": "miao", "冼": "xian",
    "折": "she", "种": "chong", "秘": "bi", "覃": "qin", "逄": "pang", "员": "yun", "召": "shao", "繁": "po",
    "黑": "he",
}  # fmt: skip


def plain(text: str) -> str:
    """What was typed or is searched, in one form: no blanks, small letters, full-width signs as narrow ones."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def terms(name: str, *, person: bool = False) -> set[str]:
    """Everything whose beginning finds ``name``: its endings in signs, in Pinyin and in initials.

    A surname that is read otherwise is found by either reading.
    """
    text = plain(name)[:LONGEST]
    readings = [_syllables(text)]
    if person and text[:1] in _SURNAMES:
        readings.append([_SURNAMES[text[0]], *readings[0][1:]])
    found = {text[start:] for start in range(len(text))}
    for syllables in readings:
        for start in range(len(syllables)):
            found.add("".join(syllables[start:])[:LONGEST])
            found.add("".join(each[0] for each in syllables[start:]))
    return found


def _syllables(text: str) -> list[str]:
    """The reading of each sign; letters and digits stand for themselves."""
    return [one for group in _reader()(text, style=0, errors=list) for one in group[:1] if one]


@cache
def _reader() -> Any:
    # a dictionary of some megabytes: read when the first name is entered or the first estate is searched
    from pypinyin import pinyin

    return pinyin
