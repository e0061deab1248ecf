"""Answer ``daoru roster check``: ``docs/roster-check.md``."""

from engine.rules import questions, roster
from engine.rules.questions import Request
from engine.rules.roster import Policies, Roster, metres
from engine.rules.tally import READINGS


def answer(request: Request) -> dict[str, object]:
    """The JSON answer to a JSON question.  Raises InvalidAnswers naming row and column."""
    questions.only(request, ("units", "policies"))
    read = roster.read(unit_rows(request))
    electorate = roster.assemble(read, policies(request, "policies"))
    return {
        "units": len(read.units),
        "counted_units": len(electorate.units),
        "area": metres(electorate.area),
        "persons": electorate.persons,
        "without_identity": [unit.unit_no for unit in read.units if any(not owner.identified for owner in unit.owners)],
        "same_names": same_names(read),
        "not_registered": [unit.unit_no for unit in read.units if unit.area_source != "register"],
    }


def unit_rows(request: Request) -> list[dict[str, str]]:
    """The rows of ``units``, keys checked."""
    rows = []
    for number, entry in enumerate(questions.rows(request, "units")):
        row = questions.texts(entry, f"units[{number}]")
        questions.only(row, roster.HEADINGS, f"units[{number}]")
        rows.append(row)
    return rows


def policies(request: Request, name: str) -> Policies:
    """The readings fixed under ``name``, the others at their default."""
    given = questions.only(request.get(name, {}), tuple(READINGS), name)
    chosen = {
        reading: questions.choice(given, reading, READINGS[reading], READINGS[reading][0], name) for reading in given
    }
    return Policies(**chosen)


def same_names(read: Roster) -> list[list[str]]:
    """Units whose owners share a name of which one has no identity number: whether they are one a person decides."""
    units: dict[str, list[str]] = {}
    unsure = set()
    for unit in read.units:
        for owner in unit.owners:
            units.setdefault(owner.name, []).append(unit.unit_no)
            if not owner.identified:
                unsure.add(owner.name)
    return [numbers for name, numbers in units.items() if name in unsure and len(numbers) > 1]
