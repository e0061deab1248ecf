"""Document numbers: one sequence per kind, estate and year, shared by all versions (decisions 28).

Codes: ``D-nn`` of the manual's catalogue, ``L-nn`` for papers that law asks for beyond it.
"""

import re

from engine.documents.catalogue import Kind

_NUMBER = re.compile(r"(?P<estate>.+)-(?P<code>[DL]-\d{2})-(?P<year>\d{4})-(?P<sequence>\d{3,})")


def format(kind: Kind, estate_code: str, year: int, sequence: int) -> str:
    """The number as printed: ``GYY-D-45-2026-001``.

    ``sequence`` counts from 1 and is reserved by the caller.  Raises ValueError for a number that
    could not be read back.
    """
    number = f"{estate_code}-{kind.code}-{year:04d}-{sequence:03d}"
    if sequence < 1 or not estate_code.strip() or not _NUMBER.fullmatch(number):
        raise ValueError(f"no document number can be made of {estate_code!r}, {year} and {sequence}")
    return number


def parse(number: str) -> tuple[str, str, int, int]:
    """``(estate code, kind code, year, sequence)`` of a printed number; raises ValueError for anything else."""
    found = _NUMBER.fullmatch(number)
    if not found:
        raise ValueError(f"{number!r} is not a document number")
    return found["estate"], found["code"], int(found["year"]), int(found["sequence"])
