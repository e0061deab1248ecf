"""The registers of an estate: roster, visits, ballots, meeting, notices, contract terms, handover."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.store.tables import _estate, metadata

roster_version = Table(
    "roster_version",
    metadata,
    _estate(),
    Column("version", Integer, nullable=False),
    Column("imported_at", String(40), nullable=False),
    Column("frozen_on", String(10)),
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
    Column("row", LargeBinary, nullable=False),
    UniqueConstraint("estate_id", "roster", "unit_no"),
)
#: One counted person; ``key`` is a keyed HMAC, so that the database alone identifies nobody (decisions 15).
person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("key", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("id_last4", String(4), nullable=False),
    Column("phone", Text, nullable=False),
    UniqueConstraint("estate_id", "key"),
)
owner = Table(
    "owner",
    metadata,
    Column("unit_id", ForeignKey("unit.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
)
visit = Table(
    "visit",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("unit_no", String(60), nullable=False),
    Column("on", String(10), nullable=False),
    Column("round", Integer, nullable=False),
    Column("attitude", String(20), nullable=False),
    Column("concerns", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("ix_visit_estate_id", "estate_id"),
)
meeting = Table(
    "meeting",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("number", Integer, nullable=False),
    Column("decided_on", String(10), nullable=False),
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
ballot = Table(
    "ballot",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("meeting", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("unit_no", String(60), nullable=False),
    Column("area", Integer, nullable=False),
    Column("delivered_on", String(10)),
    Column("delivery_mode", String(20)),
    Column("receiver", Text),
    Column("returned_on", String(10)),
    Column("marks", String(200)),
    Column("signed", Integer),
    UniqueConstraint("estate_id", "serial"),
    UniqueConstraint("estate_id", "meeting", "unit_no"),
)
ballot_history = Table(
    "ballot_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ballot_id", ForeignKey("ballot.id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("what", String(20), nullable=False),
    Column("marks", String(200), nullable=False),
    Index("ix_ballot_history_ballot_id", "ballot_id"),
)
posting = Table(
    "posting",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("task", String(80), nullable=False),
    Column("posted_on", String(10), nullable=False),
    Column("places", Text, nullable=False),
    Index("ix_posting_estate_id", "estate_id"),
)
contract_terms = Table(
    "contract_terms",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("task", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Index("ix_contract_terms_estate_id", "estate_id"),
)
handover_item = Table(
    "handover_item",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("row", LargeBinary, nullable=False),
    Index("ix_handover_item_estate_id", "estate_id"),
)
prepaid_balance = Table(
    "prepaid_balance",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("row", LargeBinary, nullable=False),
    Index("ix_prepaid_balance_estate_id", "estate_id"),
)
