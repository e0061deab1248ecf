"""One unit of work: read without a lock, decide outside, write everything in one short transaction."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine import events
from engine.errors import Conflict, NotFound
from engine.process.instance import WaitState
from engine.store import lookups, moves, registers, rows, statements, tables, terms
from engine.store.files import Files
from engine.store.statements import Statement

if TYPE_CHECKING:
    from engine.process.definitions import Definition

Write = Callable[[sa.Connection], None]

_COUNT_EVENTS = Statement(
    sa.update(tables.estate)
    .where(tables.estate.c.id == sa.bindparam("estate_id"))
    .values(events=tables.estate.c.events + sa.bindparam("more"))
    .returning(tables.estate.c.events)
)
_LOG_EVENT = Statement(sa.insert(tables.event), *tables.event.c.keys())


@dataclass(frozen=True)
class Public:
    """How anybody may ask for documents: the address of this installation, empty when it has none, and the tokens' key.

    With the same key a document of the same number has the same token.
    """

    address: str = ""
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)


class UnitOfWork:
    """Reads see what is committed; writes wait until :meth:`commit`."""

    def __init__(self, connection: sa.Connection, files: Files, actor: str, now: datetime, public: Public) -> None:
        self.connection, self.files, self.actor, self.now, self.public = connection, files, actor, now, public
        self.at = now.astimezone(UTC).isoformat(timespec="seconds")
        self._writes: list[Write] = []
        self._after: list[Write] = []
        self._events: dict[int, list[events.Event]] = {}
        self._begun = False

    def later(self, write: Write) -> None:
        """Put a write into the transaction that ends this unit."""
        self._writes.append(write)

    def afterwards(self, act: Write) -> None:
        """Do something once the transaction has ended well; a crash before it leaves it out, and must do no harm."""
        self._after.append(act)

    def execute(self, statement: sa.Executable, values: Any = None) -> None:
        """Put a statement into the transaction that ends this unit."""
        self.later(lambda connection: _execute(connection, statement, values))

    def exactly_one(self, statement: sa.Update) -> None:
        """Put an update of one row into the transaction that ends this unit; Conflict there when it is gone."""
        self.later(lambda connection: _exactly_one(connection, statement))

    def at_once(self, statement: sa.Executable) -> Any:
        """Run a statement whose result is needed now; the transaction that ends this unit begins here."""
        self._begin()
        return self.connection.execute(statement)

    def alone(self, what: str) -> None:
        """Begin the transaction that ends this unit, alone among those who ask for the same: the others wait."""
        self._begin()
        if self.connection.dialect.name == "postgresql":
            # SQLite lets one writer in at a time as it is
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(what, 0))))

    def append(self, estate_id: int, *happened: events.Event) -> None:
        """Append events to the estate's log."""
        if happened:
            self._events.setdefault(estate_id, []).extend(happened)

    def commit(self) -> None:
        """Write everything, or nothing.  Raises Conflict when something that was read has changed."""
        if not (self._writes or self._events or self._begun):
            return
        self._begin()
        for write in self._writes:
            write(self.connection)
        for estate_id, happened in self._events.items():
            self._log(estate_id, happened)
        statements.commit(self.connection)
        self._begun = False
        self._writes, self._events = [], {}
        while self._after:
            self._after.pop()(self.connection)

    def roll_back(self) -> None:
        """Give up what was written so far in the transaction that would end this unit."""
        if self._begun:
            self._begun = False
            statements.roll_back(self.connection)

    def _begin(self) -> None:
        if not self._begun:
            statements.begin(self.connection)
            self._begun = True

    def _log(self, estate_id: int, happened: Sequence[events.Event]) -> None:
        counted = _COUNT_EVENTS.run(self.connection, {"estate_id": estate_id, "more": len(happened)})
        first = counted.fetchone()[0] - len(happened) + 1
        common = {"estate_id": estate_id, "at": self.at, "actor": self.actor}
        _LOG_EVENT.run_all(
            self.connection,
            [
                {**common, "number": number, "kind": event.kind, "content": orjson.dumps(event.content())}
                for number, event in enumerate(happened, first)
            ],
        )

    # estates and instances

    def enter_estate(
        self, name: str, place: str, pack: tuple[str, str], people: Mapping[str, str], node_id: int | None = None
    ) -> int:
        """Enter an estate under a pack ``(version, text)`` at a node of the organisation; returns its id.

        The transaction that ends this unit begins here, as what follows needs the id.
        """
        version, text = pack
        self._begin()
        self._once(tables.pack_text, {"version": version}, {"place": place, "content": text, "kept_at": self.at})
        values = {"name": name, "place": place, "pack_version": version, "entered_at": self.at, "node_id": node_id}
        made = sa.insert(tables.estate).values(status="running", outcome_end="", **values)
        estate_id = int(self.connection.execute(made.returning(tables.estate.c.id)).scalar_one())
        lanes = [{"estate_id": estate_id, "lane": lane, "name": person} for lane, person in people.items()]
        if lanes:
            self.connection.execute(sa.insert(tables.person_in_lane), lanes)
        terms.write(self.connection, terms.ESTATE, estate_id, name)
        return estate_id

    def move_to_pack(self, estate: rows.Estate, pack: tuple[str, str]) -> None:
        """In the commit, put an estate under another pack ``(version, text)``.  Raises Conflict when it has moved."""
        version, text = pack
        table = tables.estate
        moved = sa.update(table).where((table.c.id == estate.id) & (table.c.pack_version == estate.pack_version))

        def write(connection: sa.Connection) -> None:
            kept = {"place": estate.place, "content": text, "kept_at": self.at}
            self._once(tables.pack_text, {"version": version}, kept)
            _exactly_one(connection, moved.values(pack_version=version))

        self.later(write)

    def keep_definition(self, definition: "Definition") -> None:
        """Keep the files of a definition, so that its instances can run on them for ever."""
        known = sa.select(tables.definition_file.c.name).where(tables.definition_file.c.version == definition.version)
        if self.connection.execute(known).first() is not None:
            return

        def write(connection: sa.Connection) -> None:
            for name, content in definition.files.items():
                key = {"version": definition.version, "name": name}
                self._once(tables.definition_file, key, {"content": content, "kept_at": self.at})

        self.later(write)

    def definition_files(self, version: str) -> dict[str, bytes]:
        """The files of a definition version.  Raises NotFound."""
        kept = tables.definition_file
        found = self.connection.execute(sa.select(kept.c.name, kept.c.content).where(kept.c.version == version)).all()
        if not found:
            raise NotFound(what=f"流程版本 {version[:8]}")
        return {row.name: bytes(row.content) for row in found}

    def pack_text(self, version: str) -> str:
        """The text of a pack version.  Raises NotFound."""
        kept = tables.pack_text
        text = self.connection.execute(sa.select(kept.c.content).where(kept.c.version == version)).scalar()
        if text is None:
            raise NotFound(what=f"规则包 {version[:8]}")
        return str(text)

    def start(
        self,
        estate_id: int,
        definition: "Definition",
        wait: WaitState,
        clock: Callable[[str], str],
        *happened: events.Event,
    ) -> None:
        """Begin an instance at rest in ``wait``; ``clock`` says on which clock a timer expression runs."""
        self.keep_definition(definition)
        self.append(estate_id, *happened, *moves.stage_events(wait))
        self.later(lambda connection: moves.begin(connection, estate_id, definition, wait, clock))
        self._stay(estate_id, wait)

    def record(
        self,
        instance: rows.Instance,
        wait: WaitState,
        clock: Callable[[str], str],
        *happened: events.Event,
        completed: str = "",
        answers: Mapping[str, Any] | None = None,
        handled: int = 0,
        by: str = "",
    ) -> None:
        """Move ``instance`` to ``wait``: state, tasks, answers, timers, jobs, messages and events in one commit.

        ``completed`` is the ref of the user task that ``answers`` complete, ``handled`` how often it had changed
        hands, ``by`` whose they are unless the actor's.
        """
        self.append(instance.estate_id, *happened, *moves.stage_events(wait))
        done = moves.Done(completed, self.at, by or self.actor, answers, handled)
        self.later(lambda connection: moves.advance(connection, instance, wait, clock, done))
        self._stay(instance.estate_id, wait)

    def restore(
        self, instance: rows.Instance, wait: WaitState, clock: Callable[[str], str], fell: Mapping[str, Sequence[int]]
    ) -> None:
        """Bring ``instance`` back to ``wait``, an earlier state of its own; the rows ``fell`` go with what followed."""
        done = moves.Done("", self.at, self.actor, None)
        self.later(lambda connection: moves.restore(connection, instance, wait, clock, done, fell))

    def _stay(self, estate_id: int, wait: WaitState) -> None:
        if wait.entered or wait.left:
            self.later(lambda connection: moves.stay(connection, estate_id, wait, self.at))

    def estate(self, estate_id: int) -> rows.Estate:
        """The estate.  Raises NotFound."""
        return lookups.one(self.connection, tables.estate, rows.Estate, "小区", id=estate_id)

    def people(self, estate_id: int) -> dict[str, str]:
        """Who holds each lane."""
        table = tables.person_in_lane
        found = self.connection.execute(sa.select(table.c.lane, table.c.name).where(table.c.estate_id == estate_id))
        return {row.lane: row.name for row in found}

    def hand_over(self, estate_id: int, lane: str, before: str, after: str) -> None:
        """In the commit, put ``after`` in a lane that ``before`` holds, empty for nobody.  Raises Conflict."""
        table = tables.person_in_lane
        if not before:
            self.insert(table, [{"estate_id": estate_id, "lane": lane, "name": after}])
            return
        held = (table.c.estate_id == estate_id) & (table.c.lane == lane) & (table.c.name == before)
        self.later(lambda connection: _exactly_one(connection, sa.update(table).where(held).values(name=after)))

    def instance(self, instance_id: int) -> rows.Instance:
        """The instance.  Raises NotFound."""
        return lookups.one(self.connection, tables.instance, rows.Instance, "流程", id=instance_id)

    def instances(self, estate_id: int) -> list[rows.Instance]:
        """The instances of an estate, oldest first."""
        return lookups.every(self.connection, tables.instance, rows.Instance, "id", estate_id=estate_id)

    def close(self, instance: rows.Instance) -> None:
        """Leave nothing of an instance open: its tasks, jobs, timers and messages are over; what was recorded stays."""
        self.later(lambda connection: moves.end(connection, instance))

    def leave_stages(self, estate_id: int) -> None:
        """End the stays of an estate in whatever stages it stands: its journey is over, or begins elsewhere."""
        table = tables.stay
        still = (table.c.estate_id == estate_id) & table.c.left_at.is_(None)
        self.execute(sa.update(table).where(still).values(left_at=self.at))

    def set_status(self, estate_id: int, status: str, *, suspended_at: str | None = None, end: str = "") -> None:
        """Change what the estate as a whole is."""
        table = tables.estate
        changed = sa.update(table).where(table.c.id == estate_id)
        self.execute(changed.values(status=status, suspended_at=suspended_at, outcome_end=end))

    # tasks, messages

    def task(self, estate_id: int, name: str) -> rows.Task:
        """The open task of that name.  Raises NotFound."""
        what = f"已打开的任务“{name}”"
        return lookups.one(self.connection, tables.task, rows.Task, what, estate_id=estate_id, name=name, status="open")

    def open_tasks(self, estate_id: int) -> list[rows.Task]:
        """The open tasks of an estate, oldest first."""
        return lookups.every(self.connection, tables.task, rows.Task, "id", estate_id=estate_id, status="open")

    def answered(self, estate_id: int) -> list[rows.Answered]:
        """Every completed task with its answers, in order of completion."""
        table = tables.task
        chosen = sa.select(table.c.id, table.c.name, table.c.completed_at, table.c.completed_by, table.c.answers)
        chosen = chosen.where((table.c.estate_id == estate_id) & (table.c.status == "completed"))
        found = self.connection.execute(chosen.order_by(table.c.completed_at, table.c.id))
        return [
            rows.Answered(row.id, row.name, row.completed_at, row.completed_by, orjson.loads(row.answers or b"{}"))
            for row in found
        ]

    def awaited(self, estate_id: int, name: str) -> rows.Awaited:
        """The oldest wait of an estate for the message of that name.  Raises NotFound."""
        table, what = tables.awaited_message, f"等待消息“{name}”的流程"
        where = {"estate_id": estate_id, "name": name, "status": "awaited"}
        return lookups.one(self.connection, table, rows.Awaited, what, "id", **where)

    # log, receipts, numbers, documents

    def log(self, estate_id: int) -> list[dict[str, Any]]:
        """The event log of an estate: ``no, at, actor, kind`` and the event's own fields."""
        table = tables.event
        found = self.connection.execute(sa.select(table).where(table.c.estate_id == estate_id).order_by(table.c.number))
        return [
            {
                "no": row.number,
                "at": row.at,
                "actor": row.actor,
                "kind": row.kind,
                **orjson.loads(row.content),
            }
            for row in found
        ]

    def latest(self, estate_id: int) -> datetime:
        """When the latest event of an estate happened."""
        table = tables.event
        chosen = sa.select(table.c.at).where(table.c.estate_id == estate_id).order_by(table.c.number.desc()).limit(1)
        return datetime.fromisoformat(self.connection.execute(chosen).scalar_one())

    def has_receipt(self, key: str) -> bool:
        """Whether what ``key`` names was done before."""
        chosen = sa.select(tables.receipt.c.key).where(tables.receipt.c.key == key)
        return self.connection.execute(chosen).first() is not None

    def receipts(self, prefix: str) -> list[str]:
        """The receipts that begin with ``prefix``."""
        key = tables.receipt.c.key
        return list(self.connection.execute(sa.select(key).where(key.startswith(prefix, autoescape=True))).scalars())

    def sign(self, key: str) -> None:
        """Leave a receipt in the commit; a second one for the same key is a Conflict."""
        self.execute(sa.insert(tables.receipt), {"key": key, "at": self.at})

    def has_file(self, digest: str) -> bool:
        """Whether the file store holds that file."""
        return self.files.path(digest).is_file()

    def documents(self, estate_id: int) -> list[rows.Document]:
        """The documents of an estate in order of issue, each in its newest version."""
        document, version = tables.document, tables.document_version
        later = tables.document_version.alias()
        newer = sa.exists().where(
            (later.c.document_id == version.c.document_id) & (later.c.version > version.c.version)
        )
        columns = (document.c.number, document.c.kind, document.c.title, version.c.sha256, version.c.issued_at)
        chosen = (
            sa.select(*columns, document.c.void_reason)
            .join(version, version.c.document_id == document.c.id)
            .where((document.c.estate_id == estate_id) & ~newer)
            .order_by(document.c.id)
        )
        return [rows.Document(**row._mapping) for row in self.connection.execute(chosen)]

    def insert(self, table: sa.Table, values: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows in the commit."""
        given = list(values)
        if given:
            self.execute(sa.insert(table), given)

    def register(self, table: sa.Table, estate_id: int, *order: sa.ColumnElement[Any]) -> list[sa.Row[Any]]:
        """The rows of a register of that estate."""
        chosen = sa.select(table).where(table.c.estate_id == estate_id).order_by(*order or (table.c.id,))
        return list(self.connection.execute(chosen))

    def ballots(self, estate_id: int, meeting: int) -> list[rows.Ballot]:
        """The ballots of a meeting, by serial."""
        table = registers.ballot
        return lookups.every(self.connection, table, rows.Ballot, "serial", estate_id=estate_id, meeting=meeting)

    def ballot_returns(self, estate_id: int, meeting: int) -> list[rows.BallotReturn]:
        """What came back for the ballots of a meeting, by serial and time."""
        ballot, table = registers.ballot, registers.ballot_return
        chosen = lookups.columns(table, rows.BallotReturn).join(ballot, ballot.c.id == table.c.ballot_id)
        chosen = chosen.where((ballot.c.estate_id == estate_id) & (ballot.c.meeting == meeting))
        found = self.connection.execute(chosen.order_by(ballot.c.serial, table.c.no))
        return [lookups.row(rows.BallotReturn, one) for one in found]

    def _once(self, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        insert = sqlite.insert if self.connection.dialect.name == "sqlite" else postgresql.insert
        self.connection.execute(insert(table).values(**key, **values).on_conflict_do_nothing())


def _execute(connection: sa.Connection, statement: sa.Executable, values: Any) -> None:
    connection.execute(statement, values) if values is not None else connection.execute(statement)


def _exactly_one(connection: sa.Connection, statement: sa.Update) -> None:
    if connection.execute(statement).rowcount != 1:
        raise Conflict
