"""The registers of an estate: roster, visits, ballots, meetings, notices, objections, contract terms, handover."""

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from engine.store.tables import _estate, metadata, task


def _filed() -> Column[int]:
    # the completed task that filed the row: it counts as long as that task does
    return Column("task_id", ForeignKey("task.id"))


#: A version of the roster; one that was undone keeps its number and its rows, and is not the newest any more.
roster_version = Table(
    "roster_version",
    metadata,
    _estate(),
    Column("version", Integer, nullable=False),
    Column("imported_at", String(40), nullable=False),
    Column("frozen_on", String(10)),
    Column("undone_at", String(40)),
    Column("undone_by", Text),
    # rules.roster_fingerprint.digest: what decides who votes
    Column("sha256", String(64)),
    # the version of the notice on personal data under which it was collected
    Column("notice", String(40)),
    UniqueConstraint("estate_id", "version"),
)
unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("roster", Integer, nullable=False),
    Column("unit_no", String(60), nullable=False),
    Column("building", String(40), nullable=False),
    Column("area", Integer, nullable=False),
    Column("usage", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("area_source", String(20), nullable=False),
    UniqueConstraint("estate_id", "roster", "unit_no"),
    Index("ix_unit_unit_no", "unit_no"),
)
#: One counted person; ``key`` is a keyed HMAC, so that the database alone identifies nobody (decisions 15).
person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("key", Text, nullable=False),
    Column("id_last4", String(4), nullable=False),
    UniqueConstraint("estate_id", "key"),
)
#: Who is registered for a unit, in the order of the register; name and phone as that version of the roster has them.
owner = Table(
    "owner",
    metadata,
    Column("unit_id", ForeignKey("unit.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Index("ix_owner_person_id", "person_id"),
    Index("ix_owner_name", "name"),
)
#: A call at a unit; ``time`` is the local time of day to the minute, where it was noted.  ``key`` is what the phone
#: called it, so that one sent twice is kept once; ``revision`` counts its corrections; ``flag`` is what a person should
#: look at.  A row from a sheet has none of them.
visit = Table(
    "visit",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("unit_no", String(60), nullable=False),
    Column("on", String(10), nullable=False),
    Column("time", String(5)),
    Column("round", Integer, nullable=False),
    Column("attitude", String(20), nullable=False),
    Column("concerns", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("visitors", Text, nullable=False),
    Column("follow_up", String(10)),
    Column("key", String(40)),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("refused", Integer, nullable=False, server_default="0"),
    Column("actor", Text),
    Column("at", String(40)),
    Column("flag", Text, nullable=False, server_default=""),
    # where the phone was, in 0.00001 degrees
    Column("latitude", Integer),
    Column("longitude", Integer),
    Index("ix_visit_estate_id_unit_no", "estate_id", "unit_no"),
    Index("uq_visit_estate_id_key", "estate_id", "key", unique=True),
)
#: A photo taken at a visit, by the name that its phone gave it; ``screen`` and ``small`` are what others see.
visit_photo = Table(
    "visit_photo",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("unit_no", String(60), nullable=False),
    Column("visit_key", String(40), nullable=False),
    Column("key", String(80), nullable=False),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("screen", ForeignKey("file.sha256"), nullable=False),
    Column("small", ForeignKey("file.sha256"), nullable=False),
    Column("taken_at", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    UniqueConstraint("estate_id", "key"),
    Index("ix_visit_photo_estate_id_visit_key", "estate_id", "visit_key"),
)
#: What a visit said before it was corrected or taken back, and what a second phone said of it: nothing is lost.
visit_history = Table(
    "visit_history",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("key", String(40), nullable=False),
    Column("what", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("said", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_visit_history_estate_id_key", "estate_id", "key"),
)
#: Whose door a unit is in the canvass; ``reopened_at`` is when a lead let a door that refused be called at again.
canvass_door = Table(
    "canvass_door",
    metadata,
    Column("estate_id", ForeignKey("estate.id"), primary_key=True),
    Column("unit_no", String(60), primary_key=True),
    Column("person", Text, nullable=False),
    Column("given_at", String(40), nullable=False),
    Column("given_by", Text, nullable=False),
    Column("reopened_at", String(40), nullable=False, server_default=""),
    Column("reopened_why", Text, nullable=False, server_default=""),
)
#: What was promised to a household at the door, to be kept or answered for (D-29), by whom and until when.
promise = Table(
    "promise",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("unit_no", String(60), nullable=False),
    Column("on", String(10), nullable=False),
    Column("promised_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", Text, nullable=False, server_default=""),
    Column("due", String(10)),
    Column("visit_key", String(40)),
    Index("ix_promise_estate_id", "estate_id"),
)
#: A vote, from its agenda on; ``roster`` is the version that was frozen for it.  One that was undone keeps a number
#: below zero, and so do its ballots.
meeting = Table(
    "meeting",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("number", Integer, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("roster", Integer),
    UniqueConstraint("estate_id", "number"),
)
item = Table(
    "item",
    metadata,
    Column("meeting_id", ForeignKey("meeting.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("item_class", Integer, nullable=False),
    Column("key", Integer, nullable=False),
)
#: A printed ballot; ``issue`` 2 of a unit replaces its spoiled first one, and so on.  ``state`` is one of
#: ``rules.ballot_life.State``, changed only from the one that was read; ``issued_to`` took it to the door, ``proof``
#: says what shows that it arrived.
ballot = Table(
    "ballot",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("meeting", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("unit_no", String(60), nullable=False),
    Column("issue", Integer, nullable=False),
    Column("area", Integer, nullable=False),
    Column("delivered_on", String(10)),
    Column("delivery_mode", String(20)),
    Column("receiver", Text),
    Column("spoiled_on", String(10)),
    Column("spoiled_why", Text),
    Column("state", String(16), nullable=False, server_default="IN_HAND"),
    Column("issued_to", Text),
    Column("proof", Text),
    Column("delivered_by", Text),
    Column("proof_file", ForeignKey("file.sha256")),
    Column("proof_screen", ForeignKey("file.sha256")),
    UniqueConstraint("estate_id", "serial"),
    UniqueConstraint("estate_id", "meeting", "unit_no", "issue"),
)
#: What came back for a ballot: who signed it and by what right; ``no`` counts the times, as on paper and on a platform.
#: It is ``settled`` once two people have entered the same, or an arbiter has decided.  What it says lies apart.
ON_PAPER, ELECTRONIC = "PAPER", "ELECTRONIC"
ballot_return = Table(
    "ballot_return",
    metadata,
    Column("ballot_id", ForeignKey("ballot.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("returned_on", String(10), nullable=False),
    Column("settled", Integer, nullable=False, server_default="0"),
    Column("signed", Integer, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("cast_by", String(20), nullable=False),
    Column("proven", Integer, nullable=False),
    Column("designated", Integer, nullable=False),
    Column("objected", Integer, nullable=False),
    Column("is_copy", Integer, nullable=False),
    Column("matter", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("valid_from", String(10)),
    Column("valid_to", String(10)),
    Column("mandate_signed", Integer, nullable=False),
    Column("channel", String(10), nullable=False, server_default=ON_PAPER),
)
ballot_history = Table(
    "ballot_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ballot_id", ForeignKey("ballot.id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("what", String(20), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_ballot_history_ballot_id", "ballot_id"),
)
#: That one person read a ballot, blind: ``turn`` 1 and 2 are two people's.  What they read lies apart.
ballot_entry = Table(
    "ballot_entry",
    metadata,
    Column("ballot_id", ForeignKey("ballot.id"), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    UniqueConstraint("ballot_id", "actor"),
)
#: What a ballot says, under a key that leads to it only with the installation's (``store.votes``); no order, no moment.
choice = Table(
    "choice",
    metadata,
    Column("key", String(64), primary_key=True),
    _estate(),
    Column("meeting", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("marks", String(200), nullable=False),
    Index("ix_choice_estate_id", "estate_id", "meeting"),
    sqlite_with_rowid=False,
)
#: What happened at a count; ``session`` counts the counts of a meeting: a recount is one of its own.  ``step`` numbers
#: the acts, so that of two who add to the same state one succeeds.
count_act = Table(
    "count_act",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("meeting", Integer, nullable=False),
    Column("session", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("row", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_count_act_estate_id", "estate_id", "meeting", "session", "step", unique=True),
)
#: A place where notices of an estate hang: each entrance has one.
board = Table(
    "board",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("name", Text, nullable=False),
    Column("retired_at", String(40)),
    Column("latitude", String(12), nullable=False, server_default=""),
    Column("longitude", String(12), nullable=False, server_default=""),
    UniqueConstraint("estate_id", "name"),
)
#: What was told to all owners, by the task that told it; ``meeting`` where it belongs to one.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("task", String(80), nullable=False),
    Column("subject", String(40), nullable=False),
    Column("meeting", Integer),
    Column("posted_on", String(10), nullable=False),
    _filed(),
    Index("ix_notice_estate_id", "estate_id"),
)
#: A notice on one board; ``place`` is empty where only the number of boards was stated.
posting = Table(
    "posting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notice_id", ForeignKey("notice.id"), nullable=False),
    Column("board", Integer, nullable=False),
    Column("place", Text, nullable=False),
    UniqueConstraint("notice_id", "board"),
)
#: A photo of a posting; ``taken_at`` is its device's time, ``doubt`` what is doubtful in it, ``screen`` and ``small``
#: the copies without a position.
proof = Table(
    "proof",
    metadata,
    Column("posting_id", ForeignKey("posting.id"), primary_key=True),
    Column("sha256", ForeignKey("file.sha256"), primary_key=True),
    Column("taken_on", String(10), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("taken_at", String(40), nullable=False, server_default=""),
    Column("doubt", Text, nullable=False, server_default=""),
    Column("screen", ForeignKey("file.sha256")),
    Column("small", ForeignKey("file.sha256")),
    Column("looks", String(64), nullable=False, server_default=""),
)
#: What was found at a board without a photo of the notice: one of ``rules.posting.What``.
sighting = Table(
    "sighting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("posting_id", ForeignKey("posting.id"), nullable=False),
    Column("on", String(10), nullable=False),
    Column("what", String(12), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_sighting_posting_id", "posting_id"),
)
#: That a notice reached a unit, or with an empty ``unit_no`` the residents' committee, and what proves it.
arrival = Table(
    "arrival",
    metadata,
    Column("notice_id", ForeignKey("notice.id"), primary_key=True),
    Column("unit_no", String(60), primary_key=True),
    Column("on", String(10), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("receiver", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
)
#: What an owner said against a plan or a result, and what was answered; ``adopted`` only where it was a comment.
#: One that came in while a notice hung names it, its ``kind`` and unit; no task filed it, and ``closed_on`` is empty.
objection = Table(
    "objection",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("task", String(80), nullable=False),
    Column("meeting", Integer),
    Column("name", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("adopted", Integer),
    Column("answered_on", String(10)),
    Column("closed_on", String(10), nullable=False),
    _filed(),
    Column("notice_id", ForeignKey("notice.id")),
    Column("kind", String(12), nullable=False, server_default=""),
    Column("unit_no", String(60), nullable=False, server_default=""),
    Column("received_on", String(10)),
    Column("answered_by", Text),
    # what was decided on an objection to the roster: noticing.RULINGS
    Column("ruling", String(12), nullable=False, server_default=""),
    Index("ix_objection_estate_id", "estate_id"),
)
#: The terms of the contract as one task left them; a later version never replaces an earlier one.
contract_terms = Table(
    "contract_terms",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("version", Integer, nullable=False),
    Column("task", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    _filed(),
    UniqueConstraint("estate_id", "version"),
)
handover_item = Table(
    "handover_item",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("row", LargeBinary, nullable=False),
    Index("ix_handover_item_estate_id", "estate_id"),
)
prepaid_balance = Table(
    "prepaid_balance",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("row", LargeBinary, nullable=False),
    Index("ix_prepaid_balance_estate_id", "estate_id"),
)


def counts(table: Table) -> ColumnElement[bool]:
    """Whether a row that a task filed still counts: not when that task was undone."""
    undone = select(task.c.id).where((task.c.id == table.c.task_id) & (task.c.status == "undone"))
    return ~undone.exists()
