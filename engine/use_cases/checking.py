"""What each role may do, in sentences, and whether somebody may do something with an estate, with the reason."""

from collections.abc import Mapping

from engine.errors import InvalidAnswers, Problem
from engine.process.lint import LANES
from engine.store import accounts, administration, desk
from engine.store.administration import AccountListed
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk as desks
from engine.use_cases import disclosing, hands, powers, staffing
from engine.use_cases.accounts import ADMINISTRATOR, AUTHOR, Member
from engine.use_cases.managing import part
from engine.use_cases.powers import SIGHTS, Verdict
from engine.use_cases.sheets import SHEETS

#: What the checker may be asked, by key.
ACTIONS: Mapping[str, str] = {
    "estate": "看小区的进度、任务、期限和文书",
    **{f"see.{key}": f"看{sight.title}" for key, sight in SIGHTS.items()},
    **{f"sheet.{key}": f"登记{sheet.title}" for key, sheet in SHEETS.items()},
    **{f"lane.{number}": f"办理{lane}的任务" for number, lane in enumerate(LANES)},
    "looks": "看谁查看过业主的个人信息",
    "reassign": "把一个角色转给别人",
}


def sentences(role: str) -> tuple[list[str], list[str]]:
    """What whoever holds a role may do, and may not, below the node at which it is held."""
    may = ["看所在组织以下全部小区的进度、任务、期限、流程图和文书"]
    if role in LANES:
        may.append(f"小区指定由其担任{role}时，办理这个角色的任务")
        may += [f"登记{sheet.title}" for sheet in SHEETS.values() if role in sheet.lanes]
        may += [f"看{sight.title}（限自己办理的小区，每次查看都有记录）" for sight in powers.sights_of([role])]
        may.append("看业主清册，姓名和号码遮住")
    if role in disclosing.DESK:
        may.append("看谁查看过业主的个人信息，答复业主")
    if role in desks.ENTERING:
        may.append("登记小区，指定各角色由谁办理")
    if role in staffing.REASSIGNING:
        may.append("把小区的一个角色连同在办任务转给别人")
    if role == ADMINISTRATOR:
        may.append("在所在组织以下管理账号、角色和组织，处理失败的后台任务，看期限、规则包、流程和模板的版本")
    hidden = [sight.title for sight in SIGHTS.values() if role not in sight.lanes]
    may_not = [f"看{title}" for title in hidden]
    if role in {ADMINISTRATOR, AUTHOR}:
        may_not = [
            "办理任务，登记表格",
            "凭这个角色看业主的任何个人信息",
            *(["变更自己的角色"] if role == ADMINISTRATOR else []),
        ]
    return may, may_not


def check(work: UnitOfWork, member: Member, name: str, estate: str, action: str) -> Verdict:
    """Whether the person of that name may do ``action`` with the estate of that name.

    Raises NotPermitted, and InvalidAnswers for whoever and whatever does not lie in this part.
    """
    nodes, found = part(member), []
    asked = administration.named(work, nodes, name.strip())
    about = desk.estate_named(work, nodes, estate.strip())
    if asked is None:
        found.append(Problem("name", f"您管理的范围里没有叫“{name.strip()}”的人；请按账号的姓名填写。"))
    if about is None:
        found.append(Problem("estate", f"您管理的范围里没有叫“{estate.strip()}”的小区；请按小区登记的名称填写。"))
    if action not in ACTIONS:
        found.append(Problem("action", "没有选择要核对的事；请选一项。"))
    if asked is None or about is None or found:
        raise InvalidAnswers(found, "没有核对。")
    return _verdict(work, asked, about, action)


def _verdict(work: UnitOfWork, asked: AccountListed, about: EstateListed, action: str) -> Verdict:
    if asked.disabled_at:
        return Verdict(False, f"{asked.name}的账号已停用，不能登录")
    chain = desk.above(work, about.node_id) if about.node_id else []
    reaching = [role for node, role in asked.held if node in chain]
    if not reaching:
        path = accounts.paths(work).get(about.node_id or 0, "（没有所在组织）")
        return Verdict(False, f"{asked.name}在{path}和它的上级都没有角色，看不到{about.name}")
    what, _, key = action.partition(".")
    people, mine = work.people(about.id), hands.lanes_of(work, asked.name, about.id)
    match what:
        case "see":
            return powers.sees(mine, asked.name, key)
        case "sheet":
            sheet = SHEETS[key]
            return _by_lane(asked.name, sheet.lanes, mine, f"{sheet.title}由{'或'.join(sheet.lanes)}登记")
        case "lane":
            lane = LANES[int(key)]
            return _by_lane(asked.name, (lane,), mine, f"{lane}由{people.get(lane, '（还没有人）')}办理")
        case "looks":
            return _by_lane(asked.name, disclosing.DESK, mine, f"查看记录给{'、'.join(disclosing.DESK)}看")
        case "reassign":
            return _by_role(asked.name, reaching, "转办由这一带的街道、区住建或管理员办理")
    return Verdict(True, f"{asked.name}在{about.name}所在的组织或其上级是{'、'.join(dict.fromkeys(reaching))}")


def _by_lane(name: str, lanes: tuple[str, ...], mine: Mapping[str, str], rule: str) -> Verdict:
    held = [mine[lane] for lane in lanes if lane in mine]
    if held:
        return Verdict(True, f"{'，'.join(held)}；{rule}")
    return Verdict(False, f"{rule}；{'，'.join(mine.values()) or f'{name}在这个小区没有担任任何角色'}")


def _by_role(name: str, reaching: list[str], rule: str) -> Verdict:
    held = sorted(staffing.REASSIGNING.intersection(reaching))
    if held:
        return Verdict(True, f"{name}是{'、'.join(held)}；{rule}")
    return Verdict(False, f"{rule}，{name}不是其中的人")
