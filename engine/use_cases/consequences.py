"""What falls with a step, in words and by kind, as somebody reads it before deciding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.process.elements import Element
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import telling, versions
from engine.use_cases.dossier import Dossier
from engine.use_cases.falling import Fall
from engine.use_cases.library import Library


@dataclass(frozen=True)
class Group:
    """Things of one kind: a title, a sentence about all, a line for each; ``grave`` where law is at stake."""

    title: str
    note: str
    lines: tuple[str, ...]
    grave: bool = False


def groups(work: UnitOfWork, library: Library, fall: Fall) -> list[Group]:
    """Every kind of thing that falls, the gravest first; kinds of which there is nothing are left out."""
    words = _Words(Dossier(work, library, fall.target.estate_id), fall)
    found = [
        Group(
            "已经发生、收不回来的事",
            "记录照旧留存，只是不再算数；请按下面的办法善后。",
            tuple(words.facts()),
            grave=True,
        ),
        Group("这些步骤不再算办结", "填过的内容都留着，轮到时先替您填好。", tuple(words.steps())),
        Group("这些任务重新打开", "", tuple(f"{task.title}（{task.lane}）" for task in fall.opening)),
        Group("这些在办的任务撤下", "已存的草稿不删。", tuple(f"{one.title}（{one.lane}）" for one in fall.vanishing)),
        Group("这些文书作废", "编号和原件留档，注明理由；以后出具的用新编号。", tuple(words.papers())),
        Group("表决", "", tuple(words.votes())),
        Group("这些判定不再算数", "", tuple(words.gates())),
        Group("阶段", "", tuple(words.stages())),
        Group("期限", "", tuple(words.deadlines())),
    ]
    return [group for group in found if group.lines] + [
        Group(
            "不受影响",
            "",
            ("名册、走访、移交清单、预交费等成批登记的内容，规则包、各角色的人，以及暂停和恢复的记录，都照旧有效。",),
        )
    ]


@dataclass(frozen=True)
class _Words:
    dossier: Dossier
    fall: Fall

    def facts(self) -> Iterator[str]:
        """What cannot be unmade, and what to do about it."""
        for notice in self.fall.notices:
            photos = f"，照片 {notice.photos} 张" if notice.photos else ""
            yield (
                f"{telling.SUBJECTS[notice.subject]}已于 {notice.posted_on} 张贴 {notice.boards} 处{photos}："
                "请在原处张贴更正公告，或撤下并拍照存档；重新公告的，期限重新起算。"
            )
        for votes in self.fall.ballots:
            if votes.delivered or votes.returned:
                yield (
                    f"第 {votes.meeting} 次表决的票已送达 {votes.delivered} 张、收回 {votes.returned} 张："
                    "已投的票封存留档，不再计入；请公告这次表决作废，以新编号的票重新送达。"
                )
        for done in self.fall.signed:
            yield (
                f"合同已由{done.completed_by}于 {self._moment(done.completed_at)} 记为签署：签字的合同仍有法律效力；"
                "请先与对方书面解除或改签，再重新办理。"
            )
        for paper in self.fall.papers:
            if paper.taken:
                yield f"文书 {paper.number}《{paper.title}》已有人下载：请收回发出的纸质件，或书面告知收件人已作废。"

    def steps(self) -> Iterator[str]:
        """The steps that do not count as done any more."""
        for done in self.fall.undone:
            yield f"{done.title}（{done.completed_by}，{self._moment(done.completed_at)}）"

    def papers(self) -> Iterator[str]:
        """Papers and reserved numbers."""
        for paper in self.fall.papers:
            yield f"{paper.number} {paper.title}" + ("" if paper.issued else "（还没有出具，编号注销）")

    def votes(self) -> Iterator[str]:
        """Votes, and ballots that were printed."""
        for number in self.fall.meetings:
            yield f"第 {number} 次表决：名册不再冻结，表决议程重新决议"
        for votes in self.fall.ballots:
            yield f"第 {votes.meeting} 次表决的表决票 {votes.printed} 张作废，票号不再使用"

    def gates(self) -> Iterator[str]:
        """The decisions of gates."""
        named = {
            element.properties["gate"]: element.name for element in self._elements() if element.properties.get("gate")
        }
        for event in self.fall.gates:
            yield f"{named.get(event['gate'], event['gate'])}：{telling.OUTCOMES[event['outcome']]}"

    def stages(self) -> Iterator[str]:
        """Where the estate stands then."""
        names = {element.id: element.name for element in self._elements()}
        if self.fall.ends_again:
            yield "小区不再算办结，回到“办理中”"
        yield from (f"退出“{names.get(stage, stage)}”" for stage in self.fall.left)
        yield from (f"回到“{names.get(stage, stage)}”" for stage in self.fall.entered)

    def deadlines(self) -> Iterator[str]:
        """What stops to run, and what runs again."""
        now = self.dossier.work.now
        for thing in self.fall.deadlines:
            yield f"停止计时：{thing.title or thing.name}（原到 {self._last_day(datetime.fromisoformat(thing.due))}）"
        for timer in self.fall.restarted:
            late = "，已经过期，马上到时" if timer.due <= now else ""
            yield f"重新计时：{timer.title or timer.name}（到 {self._last_day(timer.due)}{late}）"
        if self.fall.closing:
            yield "停止提醒：原合同到期前商定续聘还是另聘"
        if self.fall.reviving:
            yield "重新提醒：原合同到期前商定续聘还是另聘"

    def _elements(self) -> Iterable[Element]:
        dossier = self.dossier
        return versions.of(dossier.work, dossier.library, dossier.estate_id).elements.values()

    def _moment(self, at: str | None) -> str:
        zone = self.dossier.deadlines.zone
        return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}" if at else ""

    def _last_day(self, due: datetime) -> str:
        # a period that is over at midnight ends with the day before
        return f"{(due - timedelta(seconds=1)).astimezone(self.dossier.deadlines.zone):%Y-%m-%d}"
