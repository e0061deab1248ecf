"""Identity numbers in rows that leave the house: covered but for their end, and known again when the rows come back.

A list that is mended elsewhere holds no full number (law §6.2: never in exports); what nobody touched is put back.
"""

import re
from collections import Counter
from collections.abc import Iterator

#: Columns in which every cell is one number or several.
NUMBERS = frozenset({"owner_ids", "legal_person_ids"})
_SHOWN = 4
#: A number of such a column, however it is written: all that stands between two owners' numbers.
_OF_COLUMN = re.compile(r"(?=[^;；、,，/\n]*[0-9A-Za-z])[^\s;；、,，/\n][^;；、,，/\n]{3,}[^\s;；、,，/\n]")
#: A number that stands where none belongs: an identity card of eighteen or fifteen signs.
_ANYWHERE = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|\d{15})(?![0-9A-Za-z])")
_COVERED = re.compile(r"\*+[^*;；、,，/\n]{4}")


def covered(column: str, text: str) -> str:
    """A cell with every identity number in it covered but for its last four signs."""
    return _numbers(column).sub(lambda found: _cover(found[0]), text)


def put_back(column: str, text: str, before: str) -> str:
    """A cell that came back, in which covered numbers are those of ``before`` again.

    One that nobody can tell from another, or that stands for none, stays covered: it is asked for then.
    """
    if text == covered(column, before):
        return before
    there = dict(_by_cover(column, before))
    return _COVERED.sub(lambda found: there.get(found[0], found[0]), text)


def _by_cover(column: str, text: str) -> Iterator[tuple[str, str]]:
    found = dict.fromkeys(one[0] for one in _numbers(column).finditer(text))
    many = Counter(map(_cover, found))
    return ((_cover(one), one) for one in found if many[_cover(one)] == 1)


def _numbers(column: str) -> re.Pattern[str]:
    return _OF_COLUMN if column in NUMBERS else _ANYWHERE


def _cover(number: str) -> str:
    return "*" * (len(number) - _SHOWN) + number[-_SHOWN:]
