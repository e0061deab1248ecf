"""The adviser of the demo district: papers lie with him for a while, then he approves them, as on any other day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine.carry.acting import Acting
from engine.demo.cast import Player
from engine.store import accounts as organisation
from engine.store.examinations import APPROVED
from engine.use_cases import accounts, examining

#: So long a paper lies with him: what was issued since is what his queue holds.
_LIES = timedelta(days=3)


@dataclass
class Adviser:
    """One adviser at one estate, who looks at what lies with him once a day."""

    acting: Acting
    player: Player
    seen: set[str] = field(default_factory=set)
    looked: date | None = None

    def approve(self, moment: datetime) -> None:
        """Approve every paper that binds somebody and has lain long enough, once a day."""
        if self.looked == moment.date():
            return
        self.looked = moment.date()
        with self.acting.store.work(self.player.name, moment) as work:
            lain = [
                paper.number
                for paper in work.documents(self.acting.estate_id)
                if paper.kind in examining.EXAMINED and not paper.void_reason and paper.number not in self.seen
                if datetime.fromisoformat(paper.issued_at) + _LIES <= moment
            ]
            account = organisation.by_login(work, self.player.login) if lain else None
            if account is None:
                return
            member = accounts.member(work, account)
            for number in lain:
                version = examining.alone(work, member, number).version
                given = {"decision": APPROVED, "seen": str(version.version), "sha256": version.sha256}
                examining.decide(work, self.acting.library, member, number, given)
        self.seen.update(lain)
