"""What administrators do with accounts: add, give and take roles, new one-time passwords, and the leaver's handover.

Everything within the part of the organisation in which they hold that role; every change is logged.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine import events
from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import apart
from engine.store import Store, accounts, administration, credentials, desk, hands
from engine.store.administration import AccountListed, LaneHeld
from engine.store.hands import Single
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, second_factor, staffing
from engine.use_cases import desk as desks
from engine.use_cases.accounts import ADMINISTRATOR, ROLES, Member, account_problems, hashed

#: A password that an administrator gave is good so long, for choosing one's own (ASVS 6.4.1).
ONE_TIME = timedelta(days=7)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: Whoever changes who may see what goes one after the other: two changes may be right alone and wrong together.
ORGANISATION = "organisation"


@dataclass(frozen=True)
class Role:
    """A role at a node; ``mine`` when the administrator may take it away."""

    node_id: int
    path: str
    role: str
    mine: bool


@dataclass(frozen=True)
class UserPage:
    """An account with its roles and the lanes it holds; ``elsewhere`` counts lanes outside the administrator's part.

    ``singles`` are tasks of lanes that are others', which go back when the account is closed.
    """

    account: AccountListed
    held: tuple[Role, ...]
    lanes: list[LaneHeld]
    elsewhere: int
    singles: list[Single]
    own: bool


def part(member: Member) -> frozenset[int]:
    """The nodes at which somebody is an administrator.  Raises NotPermitted when there are none."""
    found = frozenset(node for node, role in member.held if role == ADMINISTRATOR)
    if not found:
        raise NotPermitted("这些页面由{role}使用，您没有这个角色。", role=ADMINISTRATOR)
    return found


def places(work: UnitOfWork, member: Member) -> dict[int, str]:
    """The nodes of an administrator's part by their path, in order.  Raises NotPermitted."""
    paths, within = accounts.paths(work), desk.scope(work, part(member))
    return dict(sorted(((key, paths[key]) for key in within), key=lambda item: item[1]))


def users(work: UnitOfWork, member: Member, page: int, words: str) -> tuple[list[AccountListed], int]:
    """A page of the accounts with a role in this part, and how many there are.  Raises NotPermitted."""
    return administration.listed(work, part(member), page, words.strip())


def user(work: UnitOfWork, member: Member, account_id: int) -> UserPage:
    """One account.  Raises NotFound, NotPermitted."""
    nodes = part(member)
    found = administration.one(work, nodes, account_id)
    if found is None:
        raise NotFound(what="这个账号")
    paths, within = accounts.paths(work), desk.scope(work, nodes)
    held = tuple(Role(key, paths[key], role, key in within) for key, role in found.held)
    lanes = administration.lanes(work, found.name, nodes)
    elsewhere = administration.lanes_elsewhere(work, found.name, nodes)
    return UserPage(found, held, lanes, elsewhere, hands.singles(work, found.name), found.id == member.id)


def add(work: UnitOfWork, member: Member, login: str, name: str, node_id: int, role: str) -> str:
    """Add an account with a role; returns its one-time password, which is shown once.

    Raises NotPermitted, InvalidAnswers.
    """
    offered, password = places(work, member), _password()
    found = [*account_problems(work, login, name.strip(), password), *_role_problems(offered, node_id, role)]
    if found:
        raise InvalidAnswers(found, "账号没有建立。")
    until = (work.now + ONE_TIME).astimezone(UTC).isoformat(timespec="seconds")
    accounts.add(work, login, name.strip(), hashed(password), [(node_id, role)], one_time_until=until)
    administration.note(work, node_id, name.strip(), f"建立账号“{login}”，角色：{offered[node_id]}的{role}")
    return password


def give_role(work: UnitOfWork, member: Member, account_id: int, node_id: int, role: str) -> None:
    """Give an account a role at a node.  Raises NotFound, NotPermitted, InvalidAnswers."""
    work.alone(ORGANISATION)
    shown, offered = _another(work, member, account_id), places(work, member)
    found = _role_problems(offered, node_id, role)
    if (node_id, role) in shown.account.held:
        found.append(Problem("role", f"{shown.account.name}已经是{offered[node_id]}的{role}；不用再给。"))
    if shown.account.disabled_at:
        found.append(Problem("role", f"{shown.account.name}的账号已停用；请先恢复账号。"))
    if found:
        raise InvalidAnswers(found, "角色没有变更。")
    administration.give_role(work, account_id, node_id, role)
    administration.note(work, node_id, shown.account.name, f"给予角色：{offered[node_id]}的{role}")


def take_role(work: UnitOfWork, member: Member, account_id: int, node_id: int, role: str) -> None:
    """Take a role from an account, unless lanes of estates would be left with nobody who can see them.

    Single tasks that he had by it go back.

    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    work.alone(ORGANISATION)
    shown = _another(work, member, account_id)
    if not any((one.node_id, one.role, one.mine) == (node_id, role, True) for one in shown.held):
        raise NotFound(what="这个角色")
    left = tuple(one for one in shown.account.held if one != (node_id, role))
    if not left:
        raise InvalidAnswers([Problem("role", "这是最后一个角色；不再工作的人，请停用账号。")], "角色没有变更。")
    lost = [lane for lane in shown.lanes if not _keeps(work, lane, left)]
    if lost:
        named = "、".join(f"{lane.estate}的{lane.lane}" for lane in lost[:5])
        more = f"等 {len(lost)} 项" if len(lost) > 5 else ""
        message = f"{shown.account.name}还凭这个角色办理{named}{more}；请先转给别人，再收回角色。"
        raise InvalidAnswers([Problem("role", message)], "角色没有变更。")
    for one in shown.singles:
        node = desk.node_of(work, one.estate_id)
        chain = desk.above(work, node) if node else []
        if not any(reaches(chain, fit, left) for fit in apart.roles_for(one.lane)):
            _take_back(work, shown.account.name, one, f"收回角色：{role}")
    administration.take_role(work, account_id, node_id, role)
    path = next(one.path for one in shown.held if one.node_id == node_id)
    administration.note(work, node_id, shown.account.name, f"收回角色：{path}的{role}")


def renew_password(work: UnitOfWork, member: Member, account_id: int) -> str:
    """A new one-time password, which is shown once; every session of the account ends.

    Raises NotFound, NotPermitted.
    """
    shown, password = _whole(work, member, account_id), _password()
    until = (work.now + ONE_TIME).astimezone(UTC).isoformat(timespec="seconds")
    credentials.set_password(work, account_id, hashed(password), until)
    credentials.end_sittings(work, account_id)
    _note(work, shown, "重发一次性密码")
    return password


def reset_second_factor(work: UnitOfWork, member: Member, account_id: int) -> None:
    """Take the second factor from somebody who has lost the phone.  Raises NotFound, NotPermitted."""
    shown = _whole(work, member, account_id)
    second_factor.forget(work, account_id)
    _note(work, shown, "停用两步验证")


def disable(work: UnitOfWork, member: Member, account_id: int, reason: str) -> None:
    """Let somebody who has left sign in no more, once their lanes are handed over; single tasks go back by themselves.

    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    work.alone(ORGANISATION)
    shown = _whole(work, member, account_id)
    found = _reason_problems(reason)
    if shown.lanes or shown.elsewhere:
        count = len(shown.lanes) + shown.elsewhere
        found.append(Problem("lanes", f"{shown.account.name}还有 {count} 项角色没有交接；请先转给别人，再停用。"))
    if found:
        raise InvalidAnswers(found, "账号没有停用。")
    for one in shown.singles:
        _take_back(work, shown.account.name, one, f"账号停用：{reason.strip()}")
    hands.end_standing_in(work, account_id)
    administration.disable(work, account_id)
    _note(work, shown, f"停用账号：{reason.strip()}")


def _take_back(work: UnitOfWork, leaver: str, one: Single, reason: str) -> None:
    """Let a task go back to its lane, or to the owner who delegated it; raises Conflict when it just changed hands."""
    owned = one.owner == leaver
    has = one.person if owned else one.owner
    delegate = None if one.delegate in (leaver, has) else one.delegate
    values = {"owner": None if owned else one.owner, "delegate": delegate, "handed_at": work.at}
    hands.put(work, one.id, one.handled, {**values, "held_until": None, "held_why": None})
    if owned:
        gone = events.TaskTransferred(one.name, one.title, one.lane, leaver, has or "", reason)
        work.append(one.estate_id, gone)
    else:
        work.append(one.estate_id, events.TaskRecalled(one.name, one.title, leaver, on_behalf=has or ""))
    fact = f"given:{one.id}:{one.handled}"
    alerts.tell(work, has or "", fact, "given", estate_id=one.estate_id, task_id=one.id)


def enable(work: UnitOfWork, member: Member, account_id: int) -> None:
    """Let somebody sign in again.  Raises NotFound, NotPermitted."""
    shown = _whole(work, member, account_id)
    administration.enable(work, account_id)
    _note(work, shown, "恢复账号")


@dataclass(frozen=True)
class Handed:
    """What became of one lane in a bulk handover: who has it now, or why it was not handed over."""

    lane: LaneHeld
    to: str
    problem: str


def candidates(work: UnitOfWork, shown: UserPage) -> dict[tuple[int, str], list[str]]:
    """Who could take each lane of a leaver: by estate and lane, the holders of that role from there upwards."""
    near = {key: desks.near_by(work, key) for key in {lane.node_id for lane in shown.lanes} if key is not None}
    return {
        (lane.estate_id, lane.lane): [name for name in near[lane.node_id][lane.lane] if name != shown.account.name]
        for lane in shown.lanes
        if lane.node_id is not None
    }


def hand_over(
    store: Store, member: Member, account_id: int, chosen: Mapping[tuple[int, str], str], reason: str, now: datetime
) -> list[Handed]:
    """Hand each lane of ``chosen`` to the person named, each by itself: one that fails holds up no other.

    Raises NotFound, NotPermitted, and InvalidAnswers without a reason or a choice.
    """
    with store.work(member.name, now) as work:
        shown = user(work, member, account_id)
    found = _reason_problems(reason)
    if not any(chosen.values()):
        found.append(Problem("to", "没有给任何一项选择接手的人；请至少选一项。"))
    if found:
        raise InvalidAnswers(found, "没有转办。")
    asked = [(lane, chosen.get((lane.estate_id, lane.lane), "")) for lane in shown.lanes]
    return [_hand_over(store, member, lane, to, reason, now) for lane, to in asked if to]


def _hand_over(store: Store, member: Member, lane: LaneHeld, to: str, reason: str, now: datetime) -> Handed:
    try:
        with store.work(member.name, now) as work:
            staffing.reassign(work, member, lane.estate_id, lane.lane, to, reason)
            assert lane.node_id is not None
            administration.note(work, lane.node_id, to, f"接手{lane.estate}的{lane.lane}：{reason.strip()}")
    except InvalidAnswers as error:
        return Handed(lane, to, "".join(problem.message for problem in error.problems))
    except Conflict:
        return Handed(lane, to, "刚刚被别人变更；请刷新后核对。")
    except EngineError as error:
        return Handed(lane, to, str(error))
    return Handed(lane, to, "")


def _another(work: UnitOfWork, member: Member, account_id: int) -> UserPage:
    shown = user(work, member, account_id)
    if shown.own:
        raise NotPermitted("自己的角色由另一位{role}变更，不能自己给自己加权。", role=ADMINISTRATOR)
    return shown


def _whole(work: UnitOfWork, member: Member, account_id: int) -> UserPage:
    """An account of another person all of whose roles lie within this part."""
    shown = _another(work, member, account_id)
    if not all(role.mine for role in shown.held):
        raise NotPermitted("{name}在您管理的范围之外还有角色；请上级管理员办理。", name=shown.account.name)
    return shown


def _role_problems(offered: Mapping[int, str], node_id: int, role: str) -> list[Problem]:
    found = []
    if node_id not in offered:
        found.append(Problem("node", "没有选择组织；请从您管理的范围里选一个。"))
    if role not in ROLES:
        found.append(Problem("role", "没有选择角色；请从名单中选一个。"))
    return found


def _reason_problems(reason: str) -> list[Problem]:
    if 0 < len(reason.strip()) <= staffing.LONGEST_REASON:
        return []
    return [Problem("reason", f"要写明理由，1–{staffing.LONGEST_REASON} 个字；请补上。")]


def _keeps(work: UnitOfWork, lane: LaneHeld, held: Iterable[tuple[int, str]]) -> bool:
    """Whether somebody with these roles can still do the tasks of a lane."""
    return lane.node_id is not None and reaches(desk.above(work, lane.node_id), lane.lane, held)


def reaches(chain: Sequence[int], lane: str, held: Iterable[tuple[int, str]]) -> bool:
    """Whether the role of ``lane`` is among those ``held`` at a node of ``chain``, an estate's way to the top."""
    return any(role == lane and node in chain for node, role in held)


def _note(work: UnitOfWork, shown: UserPage, what: str) -> None:
    node = next(role.node_id for role in shown.held if role.mine)
    administration.note(work, node, shown.account.name, what)


def _password() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in range(0, 12, 4))
