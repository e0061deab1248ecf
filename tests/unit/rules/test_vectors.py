"""Every vector of the law and every test case of the manual that concerns onboarding is proven by a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
_ID = re.compile(r"(?:(?:DV|TV|RV)-\d\d?|MV\d\d?)[a-z]?")

#: Law §2.3, §3.8, §3.9, §3.10; TV-24 does not exist.
DATES = [f"DV-{number}" for number in range(1, 16)]
TALLIES = [
    "TV-01", "TV-02", "TV-03", "TV-04a", "TV-04b", "TV-05", "TV-06", "TV-07", "TV-08", "TV-09a", "TV-09b", "TV-10",
    "TV-11", "TV-12s", "TV-12r", "TV-13", "TV-14", "TV-15a", "TV-15b", "TV-16", "TV-17a", "TV-17b", "TV-18a",
    "TV-18b", "TV-18c", "TV-19", "TV-20", "TV-21", "TV-22", "TV-23", "TV-25", "TV-26",
]  # fmt: skip
ROSTERS = [f"RV-{number:02d}" for number in range(1, 19)]
#: Manual §7.3; MV16, MV17 and MV19 belong to operation (decisions 11).
MANUAL = [f"MV{number}" for number in (*range(1, 16), 18, 20)]


def proven() -> Iterator[str]:
    """Ids in the tables and marks of the tests: string constants that are an id and nothing else."""
    for path in HERE.glob("test_*.py"):
        if path.name != Path(__file__).name:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
                    yield node.value


def test_the_vectors_that_are_tests_are_the_vectors_there_are() -> None:
    wanted, found = {*DATES, *TALLIES, *ROSTERS, *MANUAL}, set(proven())
    assert wanted - found == set(), "these have no test yet: name them in a table or with @pytest.mark.vector"
    assert found - wanted == set(), "these are no vectors of law or manual"
    assert len(wanted) == 15 + 32 + 18 + 17
