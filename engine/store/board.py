"""The board: estates counted by stage and row from an index alone, and a bounded number of cards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine.rules.lights import AMBER, GREY, RED
from engine.store import filters, hands
from engine.store.filters import Conditions
from engine.store.tables import estate, node, person_in_lane, stay, task
from engine.store.unit_of_work import UnitOfWork

#: So many cards a cell shows before it points to the list.
CELL = 30
#: So many statements of a kind are kept: a board is asked for again and again, and building one takes longer than
#: running it.
_BUILT = 512


@dataclass(frozen=True)
class Tally:
    """The estates of a row in a stage."""

    row: Any
    stage: str
    count: int
    red: int
    amber: int
    grey: int


@dataclass(frozen=True)
class Card:
    """An estate as board and list show it; days in ISO 8601."""

    id: int
    name: str
    status: str
    type: str
    batch: str
    node_id: int | None
    stage: str
    stage_from: str
    lawful_on: str | None
    amber_on: str
    red_on: str
    suspended_at: str | None
    paused_for: str
    pack_version: str
    figure_of: str
    figure_part: int
    figure_whole: int
    row: Any

    @property
    def on_the_way(self) -> bool:
        """Whether it stands on the board."""
        return self.status in ("running", "suspended") and bool(self.stage)


@dataclass(frozen=True)
class Held:
    """An open task of an estate, and who has it."""

    estate_id: int
    title: str
    lane: str
    who: str | None


@dataclass(frozen=True)
class Ground:
    """Where a board looks: at ``focus`` by the nodes right below it, else at each of ``tops``."""

    focus: int | None
    tops: tuple[int, ...]

    def tree(self) -> Any:
        """Every node of it, with the ``root`` under which it is shown; what lies at the focus itself is its own."""
        return _tree(self.focus, self.tops)

    def only(self, by: str, row: Any) -> tuple["Ground", Conditions]:
        """Where one row of a board looks, and what it is narrowed to."""
        if by != "node":
            return self, (estate.c[by] == row,)
        if row == self.focus:
            return self, (estate.c.node_id == row,)
        return Ground(None, (row,)), ()


@lru_cache(maxsize=_BUILT)
def _tree(focus: int | None, tops: tuple[int, ...]) -> Any:
    root = node.c.id.label("root")
    if focus is None:
        tree = sa.select(node.c.id, root).where(node.c.id.in_(tops)).cte("ground", recursive=True)
        return tree.union_all(sa.select(node.c.id, tree.c.root).where(node.c.parent_id == tree.c.id))
    first = (node.c.parent_id == focus) | (node.c.id == focus)
    tree = sa.select(node.c.id, root).where(first).cte("ground", recursive=True)
    below = (node.c.parent_id == tree.c.id) & (tree.c.id != focus)
    return tree.union_all(sa.select(node.c.id, tree.c.root).where(below))


@lru_cache(maxsize=_BUILT)
def _tallied(ground: Ground, by: str, conditions: Conditions, today: date) -> sa.Select[Any]:
    tree = ground.tree()
    row = tree.c.root if by == "node" else estate.c[by]
    lit = (sa.func.sum(sa.case((filters.lit(light, today), 1), else_=0)) for light in (RED, AMBER, GREY))
    return (
        sa.select(row, estate.c.stage, sa.func.count(), *lit)
        .select_from(tree.join(estate, estate.c.node_id == tree.c.id))
        .where(filters.on_the_way(), *conditions)
        .group_by(row, estate.c.stage)
    )


def tallies(work: UnitOfWork, ground: Ground, by: str, conditions: Conditions, today: date) -> list[Tally]:
    """How many estates stand in each stage, by row: ``node``, ``type`` or ``batch``."""
    return [Tally(*found) for found in work.connection.execute(_tallied(ground, by, conditions, today))]


@lru_cache(maxsize=_BUILT)
def _middles(ground: Ground, stages: tuple[str, ...], conditions: Conditions) -> sa.CompoundSelect[Any]:
    within = sa.select(ground.tree().c.id)
    asked = []
    for stage in stages:
        in_stage = (estate.c.stage == stage) & estate.c.node_id.in_(within) & filters.on_the_way()
        middle = sa.select(estate.c.stage, estate.c.stage_from).where(in_stage, *conditions)
        middle = middle.order_by(estate.c.stage_from).offset(sa.bindparam(f"before_{stage}", type_=sa.Integer))
        asked.append(sa.select(middle.limit(2).subquery()))
    return sa.union_all(*asked)


def middles(
    work: UnitOfWork, ground: Ground, counts: Mapping[str, int], conditions: Conditions
) -> dict[str, list[str]]:
    """Since when the estate in the middle of each stage stands there: one day, or the two around the middle.

    ``counts`` says how many estates each stage has, at least one.
    """
    if not counts:
        return {}
    before = {f"before_{stage}": (count - 1) // 2 for stage, count in counts.items()}
    found: dict[str, list[str]] = {stage: [] for stage in counts}
    for stage, since in work.connection.execute(_middles(ground, tuple(counts), conditions), before):
        found[stage].append(since)
    return {stage: sorted(days)[: 2 - counts[stage] % 2] for stage, days in found.items()}


@lru_cache(maxsize=_BUILT)
def _cards(ground: Ground, by: str, conditions: Conditions) -> sa.Select[Any]:
    tree = ground.tree()
    row = tree.c.root if by == "node" else estate.c[by]
    columns = [estate.c[name] for name in list(Card.__dataclass_fields__)[:-1]]
    place = sa.func.row_number().over(partition_by=(row, estate.c.stage), order_by=(estate.c.red_on, estate.c.id))
    placed = (
        sa.select(*columns, row.label("row"), place.label("place"))
        .select_from(tree.join(estate, estate.c.node_id == tree.c.id))
        .where(filters.on_the_way(), *conditions)
        .subquery()
    )
    shown = [placed.c[name] for name in Card.__dataclass_fields__]
    return sa.select(*shown).where(placed.c.place <= CELL).order_by(placed.c.place)


def cards(work: UnitOfWork, ground: Ground, by: str, conditions: Conditions) -> list[Card]:
    """The cards of each cell, those that are or turn red first before the others, at most :data:`CELL` of a cell."""
    return [Card(*found) for found in work.connection.execute(_cards(ground, by, conditions))]


def card(work: UnitOfWork, estate_id: int) -> Card | None:
    """The card of one estate; None when it stands nowhere on the board."""
    columns: list[Any] = [estate.c[name] for name in list(Card.__dataclass_fields__)[:-1]]
    chosen: sa.Select[Any] = sa.select(*columns, sa.null())
    row = work.connection.execute(chosen.where((estate.c.id == estate_id) & filters.on_the_way())).first()
    return Card(*row) if row else None


#: In which order estates may be listed; those that have ended come last.
_ENDED = sa.case((filters.on_the_way(), 0), else_=1)
SORTS: Mapping[str, Sequence[sa.ColumnElement[Any]]] = {
    "name": (estate.c.name,),
    "urgent": (_ENDED, estate.c.red_on, estate.c.name),
    "longest": (_ENDED, estate.c.stage_from, estate.c.name),
    "newest": (estate.c.entered_at.desc(),),
}


def listed(work: UnitOfWork, ground: Ground, conditions: Conditions, sort: str, first: int, size: int) -> list[Card]:
    """So many estates from the ``first`` on, in the order ``sort``; those that are not on the way have no stage."""
    within = estate.c.node_id.in_(sa.select(ground.tree().c.id))
    order = (*SORTS[sort], estate.c.id)
    picked = sa.select(estate.c.id).where(within, *conditions).order_by(*order).limit(size).offset(first).subquery()
    columns: list[Any] = [estate.c[name] for name in list(Card.__dataclass_fields__)[:-1]]
    chosen: sa.Select[Any] = sa.select(*columns, sa.null()).join(picked, picked.c.id == estate.c.id).order_by(*order)
    return [Card(*row) for row in work.connection.execute(chosen)]


def counted(work: UnitOfWork, ground: Ground, conditions: Conditions) -> int:
    """How many estates there are."""
    tree = ground.tree()
    chosen = sa.select(sa.func.count()).select_from(tree.join(estate, estate.c.node_id == tree.c.id))
    return int(work.connection.execute(chosen.where(*conditions)).scalar_one())


def held(work: UnitOfWork, estates: Iterable[int]) -> dict[int, list[Held]]:
    """The open tasks of each of these estates, the oldest first."""
    chosen = (
        sa.select(task.c.estate_id, task.c.title, task.c.lane, hands.holder)
        .outerjoin(person_in_lane, hands.OF_LANE)
        .where(task.c.estate_id.in_(list(estates)) & (task.c.status == "open"))
        .order_by(task.c.opened_at, task.c.id)
    )
    found: dict[int, list[Held]] = {}
    for row in work.connection.execute(chosen):
        found.setdefault(row.estate_id, []).append(Held(*row))
    return found


def stages_of(work: UnitOfWork, estates: Iterable[int]) -> dict[int, list[str]]:
    """The stages that each of these estates is in."""
    still = stay.c.estate_id.in_(list(estates)) & stay.c.left_at.is_(None)
    found: dict[int, list[str]] = {}
    for key, stage in work.connection.execute(sa.select(stay.c.estate_id, stay.c.stage).where(still)):
        found.setdefault(key, []).append(stage)
    return found


def some_pack(work: UnitOfWork, ground: Ground) -> str | None:
    """The version of the pack of some estate there."""
    tree = ground.tree()
    chosen = sa.select(estate.c.pack_version).join(tree, tree.c.id == estate.c.node_id).where(filters.on_the_way())
    return work.connection.execute(chosen.limit(1)).scalar()


def tops(work: UnitOfWork, nodes: Iterable[int]) -> tuple[int, ...]:
    """Those of these nodes that lie below none of the others."""
    given = set(nodes)
    parents = dict(work.connection.execute(sa.select(node.c.id, node.c.parent_id)).all())

    def covered(key: int | None) -> bool:
        above = parents.get(key)
        return above is not None and (above in given or covered(above))

    return tuple(sorted(key for key in given if not covered(key)))


def children(work: UnitOfWork, key: int) -> list[tuple[int, str]]:
    """The nodes right below a node, by name."""
    chosen = sa.select(node.c.id, node.c.name).where(node.c.parent_id == key).order_by(node.c.name, node.c.id)
    return [(row.id, row.name) for row in work.connection.execute(chosen)]


def names(work: UnitOfWork, keys: Iterable[int]) -> dict[int, str]:
    """The names of these nodes."""
    chosen = sa.select(node.c.id, node.c.name).where(node.c.id.in_(list(keys)))
    return {row.id: row.name for row in work.connection.execute(chosen)}
