"""What board, list and inbox share: a filter in the address, chips to take it back, views to keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import request, url_for

from engine.errors import NotFound
from engine.store.unit_of_work import UnitOfWork
from engine.store.views import View
from engine.use_cases import filtering, viewing
from engine.use_cases.filtering import Lists
from web import access

#: The pages with views of their own: where each is, and what its address says besides the filter.
PAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "board": ("board.board", ("by", "open", "fold")),
    "estates": ("estates.listed", ("sort",)),
    "inbox": ("tasks.inbox", ("tab", "sort")),
}


@dataclass(frozen=True)
class Listing:
    """A page with a filter: ``given`` is all that its address says, in one spelling."""

    page: str
    lists: Lists
    given: Mapping[str, str]
    views: list[View]
    places: list[tuple[int, str]]

    def to(self, page: str = "", **changed: object) -> str:
        """The address with that part changed, at another page where one is named; an empty part is left out."""
        return address(page or self.page, {**self.given, **changed})

    def at(self, number: int) -> str:
        """The address of another page of the same list."""
        here = self.to()
        return f"{here}{'&' if '?' in here else '?'}page={number}"

    def to_view(self, view: View) -> str:
        """The address of a saved view."""
        return address(self.page, dict(parse_qsl(view.query)))

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What it is narrowed to, each with the address without it; a node is taken back to the one above."""
        above = str(self.lists.way[-2][0]) if len(self.lists.way) > 1 else ""
        return [(said, self.to(**{key: above if key == "node" else ""})) for key, said in self.lists.said]

    @property
    def cleared(self) -> str:
        """The address without any filter."""
        return self.to(**dict.fromkeys(filtering.address(self.lists.chosen), ""))

    @property
    def query(self) -> str:
        """What a view keeps."""
        return address(self.page, self.given).partition("?")[2]

    @property
    def lights(self) -> Mapping[str, str]:
        """The lights by name."""
        return filtering.LIGHT_NAMES

    @property
    def dues(self) -> Mapping[str, str]:
        """The dates by name."""
        return filtering.DUE_NAMES


def address(page: str, given: Mapping[str, object]) -> str:
    """The address of a page with what of ``given`` it knows."""
    endpoint, own = PAGES[page]
    known = (*filtering.PARTS, *own)
    said: dict[str, Any] = {key: str(given[key]) for key in known if given.get(key) not in (None, "")}
    return url_for(endpoint, **said)


def listing(work: UnitOfWork, page: str) -> Listing:
    """The page as the request asks for it.  Raises NotFound for a filter that is none."""
    if page not in PAGES:
        raise NotFound(what="这个列表")
    lists = filtering.read(work, access.here().library, access.member(), request.args)
    own = {key: value for key in PAGES[page][1] if (value := request.args.get(key, ""))}
    views, places = viewing.seen(work, access.member(), page), viewing.places(work, access.member())
    return Listing(page, lists, {**filtering.address(lists.chosen), **own}, views, places)


def shown(found: Listing) -> dict[str, Any]:
    """What the filter's part of a page shows."""
    return {"listing": found, "lists": found.lists, "chosen": found.lists.chosen}
