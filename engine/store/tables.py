"""The tables.  Areas are integers of 0.01 m², money is text in yuan, moments are UTC in ISO 8601, dates ISO."""

from typing import Any

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
    text,
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


def _where(condition: str) -> dict[str, Any]:
    """The rows of an index on some, for both databases."""
    return {f"{dialect}_where": text(condition) for dialect in ("sqlite", "postgresql")}


pack_text = Table(
    "pack_text",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("place", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("kept_at", String(40)),
)
definition_file = Table(
    "definition_file",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", String(40)),
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
    # what the application and the plan say of it
    Column("type", String(40), nullable=False, server_default=""),
    Column("batch", String(40), nullable=False, server_default=""),
    Column("paused_for", Text, nullable=False, server_default=""),
    # where it stands on the board, kept by engine.store.standings; the days are legal ones, and empty before it begins
    Column("stage", String(80), nullable=False, server_default=""),
    Column("stage_from", String(10), nullable=False, server_default=""),
    Column("lawful_on", String(10)),
    Column("amber_on", String(10), nullable=False, server_default=""),
    Column("red_on", String(10), nullable=False, server_default=""),
    # the one figure on its card, and the stage that it tells of
    Column("figure_of", String(80), nullable=False, server_default=""),
    Column("figure_part", Integer, nullable=False, server_default="0"),
    Column("figure_whole", Integer, nullable=False, server_default="0"),
    Index("ix_estate_node_id", "node_id"),
    # the board counts and measures by these two alone, and reads no row for it
    Index("ix_estate_standing", "node_id", "status", "stage", "red_on", "amber_on", "type", "batch", "lawful_on"),
    Index("ix_estate_stage_from", "stage", "stage_from", "node_id", "status"),
    Index("ix_estate_name", "name"),
)
person_in_lane = Table(
    "person_in_lane",
    metadata,
    _estate(),
    Column("lane", String(40), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("estate_id", "lane"),
    Index("ix_person_in_lane_name", "name", "estate_id", "lane"),
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
    Index("ix_instance_definition_version", "definition_version"),
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
    # the earliest deadline attached to it, passed or to come
    Column("due", String(40)),
    # in whose hands it is: store/hands.py
    Column("owner", Text),
    Column("delegate", Text),
    Column("handed_at", String(40)),
    Column("held_until", String(40)),
    Column("held_why", Text),
    Column("handled", Integer, nullable=False, server_default="0"),
    UniqueConstraint("instance_id", "ref"),
    # what is open is found, counted and put in order without reading a row
    Index("ix_task_listed", "estate_id", "status", "lane", "due", "opened_at"),
    # a task without an end is not in it, so that opening one costs nothing
    Index("ix_task_completed_by", "completed_by", "completed_at", **_where("completed_by IS NOT NULL")),
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
    # what failed waits until then before it is tried again
    Column("failure", Text),
    Column("retry_at", String(40)),
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
    # why it could not fire, how often that was tried, and until when it rests
    Column("failure", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", String(40)),
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
    # how many days of it the estate was suspended
    Column("paused", Integer, nullable=False, server_default="0"),
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
#: A document from the commit that asks for it: its number stays, and one that came to nothing, or no longer stands,
#: says why.  ``taken_at`` is when somebody first took it out of the system, ``token`` what its code is asked for by.
document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    # none where somebody asked for it beside the steps
    Column("job_id", ForeignKey("job.id")),
    Column("kind", String(40), nullable=False),
    Column("number", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("void_reason", Text),
    Column("taken_at", String(40)),
    Column("token", String(26)),
    UniqueConstraint("number"),
    UniqueConstraint("job_id"),
    Index("ix_document_estate_id", "estate_id"),
    Index("ix_document_token", "token", unique=True),
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
