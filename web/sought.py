"""What was typed to find people, kept in the browser's cookie under a number.

An address says the number only: addresses stand in histories and in the logs of servers, where no name belongs.
"""

from flask import request, session

from web import access

#: So many searches can be gone back to.
_MOST = 6
#: No name or number that is searched is longer.
LONGEST = 60


def keep(words: str) -> str:
    """Keep the first :data:`LONGEST` signs of what was typed; returns the number it is kept under."""
    found = _kept()
    number = str(max((int(key) for key in found), default=0) + 1)
    latest = {key: found[key] for key in sorted(found, key=int)[1 - _MOST :]}
    session["sought"] = {"by": access.member().id, "words": latest | {number: words[:LONGEST]}}
    return number


def asked() -> tuple[str, str]:
    """The number that the address says, and what was typed; both empty when nothing is kept under it any more."""
    number = request.args.get("seek", "")
    words = _kept().get(number, "")
    return (number, words) if words else ("", "")


def _kept() -> dict[str, str]:
    """What whoever is signed in typed: another person at the same browser does not read it."""
    found = session.get("sought", {})
    words: dict[str, str] = found["words"] if found.get("by") == access.member().id else {}
    return words
