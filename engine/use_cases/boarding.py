"""The board 阶段看板: a column for each stage, a row for each street, batch or type, and why a card is where it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.errors import NotFound
from engine.rules import lights
from engine.rules.jurisdiction import Pack, Parameter
from engine.rules.lights import Turns
from engine.rules.outcome import Outcome
from engine.store import board, desk, filters, pending, rows
from engine.store import standings as places
from engine.store.board import Card, Held, Tally
from engine.store.desk import EstateListed, Listed
from engine.use_cases import figures, standings, telling, versions
from engine.use_cases.dossier import Dossier
from engine.use_cases.figures import Metric
from engine.use_cases.filtering import Lists
from engine.use_cases.library import Library

#: By what the rows of a board may stand.
BY: Mapping[str, str] = {"node": "辖区", "batch": "批次", "type": "类型"}
#: A board with more estates than this is laid open one row at a time, so that a district costs no more than a street.
ALL_OPEN = 120
#: As many are laid open at once on paper, which nobody scrolls.
PRINTED = 1_000


@dataclass(frozen=True)
class Shown:
    """A card with what follows from its row: light, days, target, who has it, and the stages that run beside."""

    card: Card
    light: str
    days: int
    target: int | None
    held: list[Held]
    beside: list[str]
    warned: bool

    @property
    def metric(self) -> Metric | None:
        """The one figure of the stage."""
        return figures.of_card(self.card)


@dataclass
class Cell:
    """The estates of a row in a stage; the cards of a row that is not open are not fetched."""

    count: int = 0
    red: int = 0
    cards: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A street, batch or type; ``key`` is what the filter calls it."""

    key: str
    title: str
    count: int
    red: int
    opened: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Column:
    """A stage: how many estates stand in it, how many are red, and in twice the days their median stay."""

    stage: str
    title: str
    count: int
    red: int
    twice_median: int | None
    target: int | None


@dataclass(frozen=True)
class Board:
    """The whole; ``lit`` counts its estates by light, ``whole`` says that every row is open."""

    by: str
    columns: list[Column]
    rows: list[Row]
    total: int
    lit: Mapping[str, int]
    whole: bool


def lay_out(lists: Lists, by: str = "node", opened: str = "", *, folded: bool = False, most: int = ALL_OPEN) -> Board:
    """The board of what ``lists`` is narrowed to, with rows ``by`` node, batch or type.

    One of at most ``most`` estates is laid open whole; of a larger one, or one that is ``folded``, the row ``opened``
    alone.
    Raises NotFound for rows by something else.
    """
    if by not in BY:
        raise NotFound(what="这种看板")
    work, conditions = lists.work, filters.estates(lists.chosen, lists.day.today)
    tallied = board.tallies(work, lists.ground, by, conditions, lists.day.today)
    total = sum(tally.count for tally in tallied)
    titles = _titles(lists, by, tallied)
    whole = total <= most and not folded
    open_ids = list(titles) if whole else [key for key in titles if _key(key) == opened]
    cells = {(tally.row, tally.stage): Cell(tally.count, tally.red) for tally in tallied}
    for shown in _cards(lists, by, conditions, None if whole else open_ids):
        cells[shown.card.row, shown.card.stage].cards.append(shown)
    return Board(
        by=by,
        columns=list(_columns(lists, tallied, conditions)),
        rows=[_row(key, title, [cells.get((key, stage), Cell()) for stage in lists.stages], key in open_ids)
              for key, title in titles.items()],
        total=total,
        lit=_lit(tallied, total),
        whole=whole,
    )  # fmt: skip


def _key(row: Any) -> str:
    return str(row) if row != "" else filters.UNKNOWN


def _row(key: Any, title: str, cells: list[Cell], opened: bool) -> Row:
    return Row(_key(key), title, sum(c.count for c in cells), sum(c.red for c in cells), opened, cells)


def _titles(lists: Lists, by: str, tallied: Iterable[Tally]) -> dict[Any, str]:
    """The rows that have estates, in their order: nodes by name, batches and types as the form lists them."""
    present = {tally.row for tally in tallied}
    if by == "node":
        names = {**dict(lists.below), **board.names(lists.work, present)}
        return {key: names[key] for key in sorted(present, key=lambda key: (key == lists.ground.focus, names[key]))}
    words = lists.types if by == "type" else lists.batches
    found = {("" if key == filters.UNKNOWN else key): title for key, title in words.items()}
    return {key: title for key, title in found.items() if key in present}


def _lit(tallied: Iterable[Tally], total: int) -> dict[str, int]:
    found = {
        lights.RED: sum(tally.red for tally in tallied),
        lights.AMBER: sum(tally.amber for tally in tallied),
        lights.GREY: sum(tally.grey for tally in tallied),
    }
    rest = total - sum(found.values())
    return {light: found.get(light, rest) for light in lights.LIGHTS}


def _columns(lists: Lists, tallied: list[Tally], conditions: filters.Conditions) -> Iterable[Column]:
    counts = {stage: sum(tally.count for tally in tallied if tally.stage == stage) for stage in lists.stages}
    some = {stage: count for stage, count in counts.items() if count}
    middles = board.middles(lists.work, lists.ground, some, conditions)
    version = board.some_pack(lists.work, lists.ground) if some else None
    pack = lists.library.pack_version(version, lists.work.pack_text) if version else None
    for stage, title in lists.stages.items():
        since = [(lists.day.today - date.fromisoformat(day)).days for day in middles.get(stage, ())]
        target = lights.measure(pack, stage, "").target if pack else None
        red = sum(tally.red for tally in tallied if tally.stage == stage)
        yield Column(stage, title, counts[stage], red, sum(since) * 2 // len(since) if since else None, target)


def _cards(lists: Lists, by: str, conditions: filters.Conditions, only: Iterable[Any] | None) -> Iterable[Shown]:
    """Every card, or those of the rows ``only``, of which there is one at most."""
    ground = lists.ground
    for row in only or ():
        ground, narrowed = ground.only(by, row)
        conditions = (*conditions, *narrowed)
    return shown(lists, board.cards(lists.work, ground, by, conditions)) if only is None or only else []


def listed(lists: Lists, sort: str, page: int) -> tuple[list[Shown], int]:
    """A page of the estates that ``lists`` is narrowed to, in the order ``sort``, and how many there are.

    Raises NotFound for another order.
    """
    return some(lists, sort, (page - 1) * desk.PAGE, desk.PAGE)


def some(lists: Lists, sort: str, first: int, size: int, *, way: bool = False) -> tuple[list[Shown], int]:
    """So many estates from the ``first`` on, and how many there are; with ``way`` those on the board only.

    Raises NotFound for another order.
    """
    if sort not in board.SORTS:
        raise NotFound(what="这种排序")
    conditions = (*filters.estates(lists.chosen, lists.day.today), *([filters.on_the_way()] if way else []))
    found = board.listed(lists.work, lists.ground, conditions, sort, first, size)
    return shown(lists, found), board.counted(lists.work, lists.ground, conditions)


def shown(lists: Lists, found: list[Card]) -> list[Shown]:
    """Cards with what they show."""
    work, library, day = lists.work, lists.library, lists.day
    keys, stages = [card.id for card in found], lists.stages
    held, stays = board.held(work, keys), board.stages_of(work, keys)
    packs: dict[str, Pack] = {}
    warned: dict[tuple[str, str], str] = {}
    made = []
    for card in found:
        pack = packs.get(card.pack_version)
        if pack is None:
            pack = packs[card.pack_version] = library.pack_version(card.pack_version, work.pack_text)
        made.append(
            Shown(
                card,
                light_of(card, day.today),
                days_of(card, day),
                lights.measure(pack, card.stage, card.type).target,
                held.get(card.id, []),
                [stages[stage] for stage in stays.get(card.id, ()) if stage != card.stage and stage in stages],
                warned=_warned(card, pack, library, day.today, warned),
            )
        )
    return made


def light_of(card: Card, today: date) -> str:
    """The light of a card on that day, empty where the estate is not on its way."""
    if not card.on_the_way:
        return ""
    turns = Turns(date.fromisoformat(card.amber_on), date.fromisoformat(card.red_on))
    return lights.on(turns, today, suspended=card.status == "suspended")


def days_of(card: Card, day: filters.Day) -> int:
    """The days in the stage, up to the day from which the estate is suspended."""
    if not card.on_the_way:
        return 0
    until = day.today
    if card.status == "suspended" and card.suspended_at:
        until = datetime.fromisoformat(card.suspended_at).astimezone(day.zone).date()
    return max((until - date.fromisoformat(card.stage_from)).days, 0)


def _warned(card: Card, pack: Pack, library: Library, today: date, known: dict[tuple[str, str], str]) -> bool:
    """Whether the card's lawful date is near enough to warn of, suspended or not (decisions 2)."""
    if card.lawful_on is None:
        return False
    key = (card.pack_version, card.lawful_on)
    if key not in known:
        last = date.fromisoformat(card.lawful_on)
        known[key] = lights.warned_from(last, lights.measure(pack, "", "").warning, library.calendar).isoformat()
    return known[key] <= today.isoformat()


@dataclass(frozen=True)
class Gate:
    """A decision of the stage that stands ahead or was taken: its last outcome in words, and why."""

    title: str
    outcome: str
    why: str


@dataclass(frozen=True)
class Why:
    """Why an estate is where it is, how its light comes about, and what would move it."""

    estate: EstateListed
    card: Card
    stage: str
    beside: list[str]
    entered_at: str
    left: bool
    outcome: Outcome
    turns: Turns
    paused: int
    parameters: list[Parameter]
    pack: Pack
    timers: list[rows.Timer]
    tasks: list[Listed]
    jobs: list[str]
    gates: list[Gate]
    following: str


def why(lists: Lists, estate_id: int) -> Why:
    """Why an estate stands where it stands.  Raises NotFound, as for one that stands nowhere."""
    work, library, member = lists.work, lists.library, lists.member
    estate = desk.estate_in_scope(work, member.nodes, estate_id)
    card = board.card(work, estate_id) if estate else None
    if estate is None or card is None:
        raise NotFound(what="看板上的这个小区")
    dossier, known = Dossier(work, library, estate_id), places.known(work, estate_id)
    stay = standings.stay_shown(known.stays, tuple(lists.stages))
    assert stay is not None
    zone, today = dossier.deadlines.zone, dossier.today
    standing, by = (
        standings.standing_in(stay, known.lawful_due, zone),
        lights.measure(dossier.pack, stay.stage, known.type),
    )
    suspended, paused = card.status == "suspended", standing.paused
    if suspended and card.suspended_at:
        paused += (today - datetime.fromisoformat(card.suspended_at).astimezone(zone).date()).days
    stages = list(lists.stages)
    here = stages.index(stay.stage)
    open_stages = [one.stage for one in known.stays if one.left_at is None and one.stage != stay.stage]
    target = lights.target_of(dossier.pack, stay.stage, known.type)
    keys = [key for key in (lights.SHARE, lights.WARNING) if key in dossier.pack.parameters]
    return Why(
        estate=estate,
        card=card,
        stage=lists.stages[stay.stage],
        beside=[lists.stages[one] for one in open_stages if one in lists.stages],
        entered_at=stay.entered_at,
        left=stay.left_at is not None,
        outcome=lights.light(lights.Standing(standing.entered_on, paused, standing.lawful_on), by, today,
                             library.calendar, suspended=suspended),
        turns=lights.turns(standing, by, library.calendar),
        paused=paused,
        parameters=[*([target] if target else []), *(dossier.pack.parameter(key) for key in keys)],
        pack=dossier.pack,
        timers=pending.timers(work, estate_id=estate_id),
        tasks=desk.open_tasks(work, estate_id),
        jobs=[_title(dossier, job) for job in pending.jobs(work, estate_id)],
        gates=list(_gates(dossier, stay.stage)),
        following=lists.stages[stages[here + 1]] if here + 1 < len(stages) else "",
    )  # fmt: skip


def _title(dossier: Dossier, job: rows.Job) -> str:
    elements = versions.of(dossier.work, dossier.library, dossier.estate_id).elements
    return elements[job.name].name if job.name in elements else job.name


def _gates(dossier: Dossier, stage: str) -> Iterable[Gate]:
    """The decisions of a stage, in the order of its diagrams, with what each said last."""
    definition = versions.of(dossier.work, dossier.library, dossier.estate_id)
    within, log = definition.within(stage), list(reversed(dossier.log))
    for element in definition.elements.values():
        gate = element.properties.get("gate", "")
        if gate and element.process in within:
            outcome = next((event["outcome"] for event in log if event.get("gate") == gate), "")
            yield Gate(element.name, telling.OUTCOMES.get(outcome, outcome), telling.why(log, gate).removeprefix("："))
