"""The tables.  Areas are integers of 0.01 m², money is text in yuan, moments are UTC in ISO 8601, dates ISO."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _estate() -> Column[int]:
    return Column("estate_id", ForeignKey("estate.id"), nullable=False)


def _json(name: str) -> Column[bytes]:
    # bytes, never jsonb: a database that re-orders keys would change what was hashed
    return Column(name, LargeBinary, nullable=False)


pack_text = Table(
    "pack_text",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("place", Text, nullable=False),
    Column("content", Text, nullable=False),
)
definition_file = Table(
    "definition_file",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
#: The organisation's tree: district, street, community, grid; its depth is each place's own.
node = Table(
    "node",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", ForeignKey("node.id")),
    Column("name", String(60), nullable=False),
    UniqueConstraint("parent_id", "name"),
)
estate = Table(
    "estate",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("pack_version", ForeignKey("pack_text.version"), nullable=False),
    Column("status", String(20), nullable=False),
    Column("outcome_end", Text, nullable=False, default=""),
    Column("suspended_at", String(40)),
    Column("entered_at", String(40), nullable=False),
    Column("events", Integer, nullable=False, default=0),
    Column("node_id", ForeignKey("node.id")),
    Index("ix_estate_node_id", "node_id"),
)
person_in_lane = Table(
    "person_in_lane",
    metadata,
    _estate(),
    Column("lane", String(40), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("estate_id", "lane"),
)
instance = Table(
    "instance",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("process_id", String(80), nullable=False),
    Column("definition_version", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Index("ix_instance_estate_id", "estate_id"),
)
task = Table(
    "task",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("instance_id", ForeignKey("instance.id"), nullable=False),
    Column("ref", String(120), nullable=False),
    Column("name", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("lane", String(40), nullable=False),
    Column("stage", String(80), nullable=False),
    Column("status", String(12), nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("completed_at", String(40)),
    Column("completed_by", Text),
    Column("answers", LargeBinary),
    UniqueConstraint("instance_id", "ref"),
    Index("ix_task_estate_id_status", "estate_id", "status"),
    Index("ix_task_lane_status", "lane", "status"),
)
job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("instance_id", ForeignKey("instance.id"), nullable=False),
    Column("ref", String(120), nullable=False),
    Column("name", String(80), nullable=False),
    Column("operation", String(40), nullable=False),
    _json("parameters"),
    Column("stage", String(80), nullable=False),
    Column("status", String(12), nullable=False),
    Column("requested_at", String(40), nullable=False),
    Column("leased_until", String(40)),
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("failure", Text),
    UniqueConstraint("instance_id", "ref"),
    Index("ix_job_status_estate_id", "status", "estate_id"),
)
timer = Table(
    "timer",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("instance_id", ForeignKey("instance.id"), nullable=False),
    Column("ref", String(120), nullable=False),
    Column("name", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("due", String(40), nullable=False),
    Column("expression", Text, nullable=False),
    Column("clock", String(12), nullable=False),
    Column("stage", String(80), nullable=False),
    Column("attached_to", String(80), nullable=False),
    Column("status", String(12), nullable=False),
    # the task that was open past the deadline when the timer fired: it stays late until it is completed
    Column("fired_for", ForeignKey("task.id")),
    UniqueConstraint("instance_id", "ref"),
    Index("ix_timer_status_due", "status", "due"),
    Index("ix_timer_estate_id_status", "estate_id", "status"),
    Index("ix_timer_fired_for", "fired_for"),
)
#: An estate's stay in a stage; open until it leaves.
stay = Table(
    "stay",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("stage", String(80), nullable=False),
    Column("entered_at", String(40), nullable=False),
    Column("left_at", String(40)),
    Index("ix_stay_estate_id_left_at", "estate_id", "left_at"),
)
awaited_message = Table(
    "awaited_message",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("instance_id", ForeignKey("instance.id"), nullable=False),
    Column("ref", String(120), nullable=False),
    Column("name", Text, nullable=False),
    Column("status", String(12), nullable=False),
    UniqueConstraint("instance_id", "ref"),
)
move = Table(
    "move",
    metadata,
    Column("instance_id", ForeignKey("instance.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("replaced", LargeBinary, nullable=False),
)
event = Table(
    "event",
    metadata,
    Column("estate_id", ForeignKey("estate.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    _json("content"),
)
receipt = Table(
    "receipt",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", String(40), nullable=False),
)
number_counter = Table(
    "number_counter",
    metadata,
    _estate(),
    Column("kind", String(40), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    UniqueConstraint("estate_id", "kind", "year"),
)
file = Table(
    "file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("kept_at", String(40), nullable=False),
    Column("kept_by", Text, nullable=False),
)
#: A document from the commit that asks for it: its number stays, and a number that came to nothing says why.
document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("job_id", ForeignKey("job.id"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("number", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("void_reason", Text),
    UniqueConstraint("number"),
    UniqueConstraint("job_id"),
    Index("ix_document_estate_id", "estate_id"),
)
document_version = Table(
    "document_version",
    metadata,
    Column("document_id", ForeignKey("document.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("template_sha256", String(64), nullable=False),
    Column("issued_at", String(40), nullable=False),
)
#: A fact as a version printed it, and its source; a list of rows is one fact per column.
fact = Table(
    "fact",
    metadata,
    Column("document_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(120), primary_key=True),
    _json("printed"),
    Column("step", String(80), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(40), nullable=False),
    ForeignKeyConstraint(["document_id", "version"], ["document_version.document_id", "document_version.version"]),
    Index("ix_fact_name", "name"),
)
