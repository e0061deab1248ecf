"""Which estates the demo district has, where they lie and how far they have come: ``estates.tsv``."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

DISTRICT = "钟楼区（演示）"
PLACE = "changzhou-zhonglou"


@dataclass(frozen=True)
class Entry:
    """One estate: ``script`` is the case it goes the way of, ``at`` the task it has not done yet (empty: none is left).

    ``days`` ago the step before was done; where they are negative its time is still to come, and what people do for it
    goes on.  ``size`` is how large its homes are beside those of the case.
    """

    number: int
    name: str
    street: str
    community: str
    grid: str
    estate_type: str
    built: str
    homes: int
    floors: int
    size: str
    fee: str
    script: str
    at: str
    days: int

    @property
    def node(self) -> str:
        """Where it lies, from the district down."""
        return f"{self.community_node}/{self.grid}"

    @property
    def community_node(self) -> str:
        """Its community, from the district down."""
        return f"{self.street_node}/{self.community}"

    @property
    def street_node(self) -> str:
        """Its street, from the district down."""
        return f"{DISTRICT}/{self.street}"


@cache
def entries() -> tuple[Entry, ...]:
    """Every estate of the demo district, in the order of the table."""
    return tuple(_entries(resources.files(__package__).joinpath("estates.tsv").read_text(encoding="utf-8")))


def _entries(text: str) -> Iterator[Entry]:
    for number, row in enumerate(csv.DictReader(io.StringIO(text), delimiter="\t"), start=1):
        yield Entry(
            number=number,
            name=row["name"],
            street=row["street"],
            community=row["community"],
            grid=row["grid"],
            estate_type=row["type"],
            built=row["built"],
            homes=int(row["homes"]),
            floors=int(row["floors"]),
            size=row["size"],
            fee=row["fee"],
            script=row["script"],
            at=row["at"],
            days=int(row["days"]),
        )
