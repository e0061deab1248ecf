"""The handover of the demo: what is not sound is photographed, and each side signs every group of the list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from engine.carry.casefile import Step
from engine.demo import photographs
from engine.demo.errands import BODY, Place
from engine.rules import handover_list
from engine.rules.handover_signing import Side
from engine.use_cases import taking_over

_SIDES: Mapping[str, Side] = {"OLD_COMPANY": Side.GIVER, "NEW_COMPANY": Side.TAKER, "STREET": Side.WITNESS}
_SOUND = {"GOOD", "NONE"}
_PHOTOGRAPHED, _SIGNED = timedelta(minutes=20), timedelta(minutes=50)


@dataclass
class HandingOver:
    """The handover of one estate; ``group`` is who was named for each side."""

    place: Place
    group: dict[Side, str] = field(default_factory=dict)

    def planned(self, step: Step) -> None:
        """Learn who hands over, who takes over and who watches."""
        for row in step.answers["group_members"]:
            if side := _SIDES.get(row["side"]):
                self.group.setdefault(side, row["name"])

    def listed(self, moment: datetime) -> None:
        """Have the list photographed and signed: giver and taker at once, the witness before it is handed in."""
        self.place.errands.add(moment + _PHOTOGRAPHED, self._photograph, "inspect_and_list")
        for side in (Side.GIVER, Side.TAKER):
            self.place.errands.add(moment + _SIGNED, partial(self._sign, side), "inspect_and_list")

    def inspected(self, moment: datetime) -> None:
        """Have the witness sign what the others have signed."""
        self._sign(Side.WITNESS, moment)

    def _photograph(self, moment: datetime) -> None:
        with self.place.at_work(BODY, moment) as (work, member):
            of = taking_over.handover(work, self.place.library, member, self.place.estate_id)
            for item in of.items:
                if of.locked or item.row["state"] in _SOUND:
                    continue
                no = handover_list.GROUPS.index(item.row["group"]) + 1
                given = {**item.row, "item": str(item.id), "revision": str(item.revision)}
                taking_over.save(of, no, given, [("现场.jpg", photographs.thing(self.place.seed, moment))])

    def _sign(self, side: Side, moment: datetime) -> None:
        if side not in self.group:
            return
        with self.place.at_work(BODY, moment) as (work, member):
            of = taking_over.handover(work, self.place.library, member, self.place.estate_id)
            listed = {item.row["group"] for item in of.items}
            if of.locked or listed != set(handover_list.GROUPS):
                return
            name, on = self.group[side], moment.date().isoformat()
            taking_over.sign_all(of, {"side": side, "name": name, "on": on, "content": taking_over.whole(of)})
