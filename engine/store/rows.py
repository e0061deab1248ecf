"""What the store hands out: plain rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Estate:
    """An estate; ``status`` is ``running``, ``suspended``, ``withdrawn``, ``ended`` or ``operating``.

    ``lawful_on`` is the last day of the earliest lawful period that runs or was missed.
    """

    id: int
    name: str
    place: str
    pack_version: str
    status: str
    outcome_end: str
    suspended_at: str | None
    lawful_on: str | None


@dataclass(frozen=True)
class Instance:
    """A process instance at rest; ``version`` counts its moves."""

    id: int
    estate_id: int
    process_id: str
    definition_version: str
    version: int
    finished: bool
    state: bytes


@dataclass(frozen=True)
class Task:
    """A user task, open or completed; ``owner`` has it instead of the lane's person, empty for nobody.

    ``delegate`` works on it for its owner; ``handled`` counts how often it changed hands.
    """

    id: int
    estate_id: int
    instance_id: int
    ref: str
    name: str
    title: str
    lane: str
    stage: str
    status: str
    opened_at: str
    owner: str | None
    delegate: str | None
    handled: int


@dataclass(frozen=True)
class Answered:
    """A completed task; ``answers`` is what its form stored."""

    task_id: int
    name: str
    at: str
    by: str
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """A job that a worker may take; ``fence`` is the number of the lease."""

    id: int
    estate_id: int
    instance_id: int
    ref: str
    name: str
    operation: str
    parameters: Mapping[str, str]
    stage: str
    requested_at: str
    fence: int


@dataclass(frozen=True)
class Timer:
    """A running timer; ``due`` in UTC, ``clock`` is ``statutory`` or ``programme``."""

    id: int
    estate_id: int
    instance_id: int
    ref: str
    name: str
    title: str
    due: str
    clock: str
    stage: str


@dataclass(frozen=True)
class Awaited:
    """A message for which an instance waits."""

    id: int
    estate_id: int
    instance_id: int
    ref: str
    name: str


@dataclass(frozen=True)
class Ballot:
    """A ballot by its serial; one of ``issue`` 2 replaces the unit's spoiled first one.

    ``state`` is one of ``rules.ballot_life.State``; ``proof_file`` is a photo of how it was delivered as it came,
    ``proof_screen`` a copy without a position.
    """

    id: int
    serial: int
    unit_no: str
    issue: int
    area: int
    delivered_on: str | None = None
    delivery_mode: str | None = None
    receiver: str | None = None
    spoiled_on: str | None = None
    spoiled_why: str | None = None
    state: str = "IN_HAND"
    issued_to: str | None = None
    proof: str | None = None
    delivered_by: str | None = None
    proof_file: str | None = None
    proof_screen: str | None = None


@dataclass(frozen=True)
class BallotEntry:
    """That one person read a ballot; what they read lies apart."""

    ballot_id: int
    turn: int
    at: str
    actor: str


@dataclass(frozen=True)
class BallotReturn:
    """What came back for a ballot, the first time or again; what it says lies apart, and is ``settled`` or not yet.

    ``matter``, ``scope``, ``valid_from``, ``valid_to`` and ``mandate_signed`` are what a proxy's mandate states.
    """

    ballot_id: int
    no: int
    returned_on: str
    settled: bool
    signed: bool
    signed_by: str
    cast_by: str
    proven: bool
    designated: bool
    objected: bool
    is_copy: bool
    matter: str
    scope: str
    valid_from: str | None
    valid_to: str | None
    mandate_signed: bool
    channel: str


@dataclass(frozen=True)
class Document:
    """An issued document and its newest version; ``void_reason`` says why it does not stand any more."""

    number: str
    kind: str
    title: str
    sha256: str
    issued_at: str
    void_reason: str | None
