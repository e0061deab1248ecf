"""Who works in the demo district: one person for each lane to sign in as, and everybody else whom its estates need."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.demo import names
from engine.demo.roll import DISTRICT, Entry
from engine.use_cases.accounts import ADMINISTRATOR

#: The same for everybody: the demo runs on one machine, and is refused in production.
PASSWORD = "yangguang"  # noqa: S105 - printed at every start


@dataclass(frozen=True)
class Player:
    """Somebody with a role at a node of the organisation."""

    login: str
    name: str
    role: str
    node: str


#: Login and name of those whom a visitor signs in as, by role; each is the first to be needed.
_FIRST = {
    "社区干部": ("shequ", "周敏"),
    "网格员": ("wangge", "吴倩"),
    "业委会/物管会": ("yeweihui", "沈国强"),
    "物业企业": ("wuye", "顾晓峰"),
    "法律顾问": ("guwen", "何静"),
    "会计审计": ("kuaiji", "邵红"),
    "监察人": ("jiancha", "陆文渊"),
    "街道": ("jiedao", "陈立"),
    "区住建": ("zhujian", "蒋涛"),
    ADMINISTRATOR: ("guanli", "徐岚"),
}
#: Advisers and accountants look after several streets each, as the district assigns them.
_SHARED = ("法律顾问", "会计审计")
_STREETS_EACH = 3


class Cast:
    """Everybody, as the estates are entered one after another."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._streets = list(dict.fromkeys(entry.street for entry in entries))
        self._fresh = names.people(names.seeded(DISTRICT), {name for _, name in _FIRST.values()})
        self._players: dict[tuple[str, str], Player] = {}
        self._of: dict[int, dict[str, str]] = {entry.number: self._lanes(entry) for entry in entries}
        self._player(ADMINISTRATOR, DISTRICT)

    def players(self) -> list[Player]:
        """Everybody who may sign in."""
        return list(self._players.values())

    def people(self, entry: Entry) -> Mapping[str, str]:
        """Who holds each lane of an estate."""
        return self._of[entry.number]

    def _lanes(self, entry: Entry) -> dict[str, str]:
        shared = str(self._streets.index(entry.street) // _STREETS_EACH)
        held = {
            "社区干部": (entry.community_node, ""),
            "网格员": (entry.node, ""),
            "业委会/物管会": (entry.node, entry.name),
            "物业企业": (entry.street_node, ""),
            **dict.fromkeys(_SHARED, (DISTRICT, shared)),
            "监察人": (entry.street_node, ""),
            "街道": (entry.street_node, ""),
            "区住建": (DISTRICT, ""),
        }
        return {lane: self._player(lane, node, which).name for lane, (node, which) in held.items()}

    def _player(self, role: str, node: str, which: str = "") -> Player:
        key = (role, node + which)
        if key not in self._players:
            login, name = _FIRST[role]
            before = sum(player.role == role for player in self._players.values())
            if before:
                login, name = f"{login}{before + 1}", next(self._fresh)
            self._players[key] = Player(login, name, role, node)
        return self._players[key]


def shown(players: list[Player]) -> list[Player]:
    """Those whom a visitor signs in as."""
    logins = [login for login, _ in _FIRST.values()]
    return sorted((player for player in players if player.login in logins), key=lambda one: logins.index(one.login))
