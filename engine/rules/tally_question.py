"""Answer ``daoru tally``: ``docs/tally.md``."""

import re
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from engine.rules import ballot_box, questions, roster, tally
from engine.rules.ballot_box import CastBy, Mandate, Returned, Standard, UnreturnedRule
from engine.rules.questions import Request, refuse
from engine.rules.roster import Electorate, Policies, Roster, metres
from engine.rules.roster_question import policies, unit_rows
from engine.rules.tally import MARKS, Ballot, Following, Item, Thresholds

_PLAIN = ("unit_no", "marks", "signed")
_SIFTED = (*_PLAIN, "on", "cast_by", "mandate", "proven", "designated", "objected", "is_copy")
_MANDATE = ("agent", "matter", "scope", "valid_from", "valid_to", "signed")


def answer(request: Request) -> dict[str, object]:
    """The JSON answer to a JSON question.  Raises InvalidAnswers naming the field."""
    questions.only(request, ("units", "items", "ballots", "rules", "readings", "thresholds", "window", "unreturned"))
    read = roster.read(unit_rows(request))
    items = _items(request)
    readings = _readings(request)
    electorate = roster.assemble(read, readings)
    ballots, set_aside = _ballots(request, len(items), read, electorate)
    following = _following(request, read)
    fixed = set(request.get("rules", {}))
    shares = _thresholds(request)
    found = tally.envelope(read, items, ballots, readings, shares, fixed=fixed, following=following)
    answered: dict[str, object] = {
        "total_area": metres(electorate.area),
        "total_persons": electorate.persons,
        "items": [
            {
                **_readable(result.count.figures()),
                "status": result.status,
                "deciding": list(result.deciding),
                "questions": list(result.questions),
            }
            for result in found
        ],
    }
    return {**answered, "set_aside": set_aside} if "window" in request else answered


def _readings(request: Request) -> Policies:
    """The readings of the figures: those that rules fix, then those only taken, the others at their default."""
    taken, fixed = policies(request, "readings"), policies(request, "rules")
    return replace(taken, **{name: getattr(fixed, name) for name in request.get("rules", {})})


def _thresholds(request: Request) -> Thresholds:
    """The shares a place asks for, as ``"3/4"``, none below those of the Civil Code, which hold where none is given."""
    names = [one.name for one in fields(Thresholds)]
    given = questions.only(request.get("thresholds", {}), tuple(names), "thresholds")
    return Thresholds(**{name: _share(given, name) for name in given})


def _share(given: Request, name: str) -> Fraction:
    text = questions.text(given, name, "thresholds")
    found = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", text)
    if found is None or not 0 < (share := Fraction(int(found[1]), int(found[2]))) <= 1:
        raise refuse(f"thresholds.{name}", f"“{text}”不是比例；请写成 2/3 这样的分数，不大于 1。")
    least = getattr(Thresholds(), name)
    if share < least:
        raise refuse(f"thresholds.{name}", f"{share} 低于民法典第 278 条的 {least}；本地只能更严。")
    return share


def _readable(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: metres(value) if key.endswith("_area") else value for key, value in figures.items()}


def _items(request: Request) -> list[Item]:
    items: list[Item] = []
    for number, entry in enumerate(questions.rows(request, "items")):
        where = f"items[{number}]"
        questions.only(entry, ("no", "item_class"), where)
        no = questions.whole(entry, "no", 1, 1_000, where)
        if any(item.no == no for item in items):
            raise refuse(f"{where}.no", f"事项号 {no} 重复；请逐项编号。")
        items.append(Item(no, questions.whole(entry, "item_class", 1, 9, where)))
    if not items:
        raise refuse("items", "没有表决事项；请至少列一项。")
    return items


def _ballots(
    request: Request, items: int, read: Roster, electorate: Electorate
) -> tuple[list[Ballot], list[dict[str, object]]]:
    known = {unit.unit_no for unit in read.units}
    rows = questions.rows(request, "ballots")
    if "window" not in request:
        return [_plain(entry, f"ballots[{number}]", items, known) for number, entry in enumerate(rows)], []
    standard = _standard(request)
    returned = [_returned(entry, f"ballots[{number}]", items, known) for number, entry in enumerate(rows)]
    # parking is left out by default: whether it counts is for the readings, not for the sifting
    wide = roster.assemble(read, roster.Policies(parking_counting="area_and_headcount"))
    sifted = ballot_box.sift(returned, wide, standard)
    aside: list[dict[str, object]] = [
        {
            "unit_no": one.unit_no,
            "ground": one.ground.value,
            "curable": one.curable,
            "says": ballot_box.SAYS[one.ground],
        }
        for one in sifted.set_aside
    ]
    return list(sifted.ballots), aside


def _plain(entry: object, where: str, items: int, known: set[str]) -> Ballot:
    ballot = questions.only(entry, _PLAIN, where)
    unit_no, marks = _unit_and_marks(ballot, where, items, known)
    return Ballot(unit_no, marks, questions.truth(ballot, "signed", True, where))


def _unit_and_marks(ballot: Request, where: str, items: int, known: set[str]) -> tuple[str, tuple[int, ...]]:
    unit_no = ballot.get("unit_no")
    if not isinstance(unit_no, str) or unit_no not in known:
        raise refuse(f"{where}.unit_no", "清册中没有这个房号；请核对。")
    marks = ballot.get("marks")
    right = isinstance(marks, list) and len(marks) == items
    if not right or any(type(mark) is not int or mark not in MARKS for mark in marks or ()):
        raise refuse(f"{where}.marks", f"应为 {items} 个标记：1 同意 2 反对 3 弃权 4 空白 0 无效；请核对原票。")
    return unit_no, tuple(marks or ())


def _returned(entry: object, where: str, items: int, known: set[str]) -> Returned:
    ballot = questions.only(entry, _SIFTED, where)
    unit_no, marks = _unit_and_marks(ballot, where, items, known)
    truths = {
        name: questions.truth(ballot, name, name == "signed", where)
        for name in ("signed", "proven", "designated", "objected", "is_copy")
    }
    cast_by = CastBy(questions.choice(ballot, "cast_by", tuple(CastBy), "OWNER", where))
    mandate = _mandate(ballot["mandate"], f"{where}.mandate") if "mandate" in ballot else None
    return Returned(unit_no, marks, questions.day(ballot, "on", where), cast_by, mandate=mandate, **truths)


def _mandate(entry: object, where: str) -> Mandate:
    given = questions.only(entry, _MANDATE, where)
    texts = {name: questions.text(given, name, where) for name in ("agent", "matter", "scope")}
    valid_from, valid_to = (questions.day(given, name, where) for name in ("valid_from", "valid_to"))
    return Mandate(
        **texts, valid_from=valid_from, valid_to=valid_to, signed=questions.truth(given, "signed", True, where)
    )


def _standard(request: Request) -> Standard:
    given = questions.only(request["window"], ("opens_on", "closes_on", "proxy_max", "copies_accepted"), "window")
    opens, closes = (questions.day(given, name, "window") for name in ("opens_on", "closes_on"))
    if opens > closes:
        raise refuse("window.closes_on", f"截止日 {closes} 早于开始日 {opens}；请核对先后。")
    proxy_max = questions.whole(given, "proxy_max", 0, 10_000, "window") if "proxy_max" in given else None
    return Standard(opens, closes, proxy_max, questions.truth(given, "copies_accepted", False, "window"))


def _following(request: Request, read: Roster) -> Following | None:
    if "unreturned" not in request:
        return None
    where = "unreturned"
    given = questions.only(request[where], ("adopted_on", "noticed_on", "shown", "delivered", "counsel_for"), where)
    delivered, classes = given.get("delivered"), given.get("counsel_for", [])
    known = {unit.unit_no for unit in read.units}
    if not isinstance(delivered, list) or any(not isinstance(no, str) or no not in known for no in delivered):
        raise refuse(f"{where}.delivered", "应为有送达证明的房号清单，都在清册内；请核对。")
    if not isinstance(classes, list) or any(type(one) is not int or not 1 <= one <= 9 for one in classes):
        raise refuse(f"{where}.counsel_for", "应为民法典第 278 条的项号清单，1–9。")
    rule = UnreturnedRule(
        adopted_on=questions.day(given, "adopted_on", where),
        noticed_on=questions.day(given, "noticed_on", where),
        shown=questions.truth(given, "shown", False, where),
        delivered=frozenset(delivered),
        counsel_for=frozenset(classes),
    )
    for problem in ballot_box.unreturned_problems(rule):
        raise refuse(problem.field, problem.message)
    return ballot_box.following(rule)
