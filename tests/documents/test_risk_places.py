"""Each rule of the pre-review finds the clause that it is about in the contract that we issue."""

import re

from engine.documents import clauses, package
from engine.documents.reading import Word
from engine.rules.prereview import places
from tests.documents.conftest import Issued


def test_every_rule_with_a_place_finds_its_clause_in_the_contract(issued: Issued) -> None:
    read = clauses.clauses(Word(package.read(issued.papers["service_contract"], "")))
    begin = [clause.texts[0] for clause in read if clause.lines]
    lost = [rule for rule, about in places.ABOUT.items() if about and not any(re.search(about, one) for one in begin)]
    assert not lost, f"no clause is headed so: name its heading in places.ABOUT for {lost}"
