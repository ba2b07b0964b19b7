"""Facts of assignments. They carry ids and instants, no personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from chassis.ids import new_id
from chassis.outbox import Event
from labour.assignments.models import ExitKind
from zhulian.labour.v1 import assignments_events_pb2

ENTERED = "zhulian.labour.assignments.entered.v1"
LEFT = "zhulian.labour.assignments.left.v1"

SUBJECTS: dict[str, type[Message]] = {
    ENTERED: assignments_events_pb2.WorkersEntered,
    LEFT: assignments_events_pb2.WorkersLeft,
}

Mover: TypeAlias = tuple[UUID, UUID, datetime]
"""(assignment, worker, instant)."""


def entered(project_id: UUID, employer_id: UUID, movers: Iterable[Mover]) -> Event:
    """Workers of one employer have entered a project, one or a batch."""
    batch_id = new_id()
    message = assignments_events_pb2.WorkersEntered(
        batch_id=str(batch_id), project_id=str(project_id), employer_id=str(employer_id), workers=_movements(movers)
    )
    return Event(ENTERED, batch_id, 1, message)


def left(project_id: UUID, employer_id: UUID, kind: ExitKind, movers: Iterable[Mover]) -> Event:
    """Workers of one employer have left a project, one or all of them."""
    batch_id = new_id()
    message = assignments_events_pb2.WorkersLeft(
        batch_id=str(batch_id),
        project_id=str(project_id),
        employer_id=str(employer_id),
        kind=kind.value,
        workers=_movements(movers),
    )
    return Event(LEFT, batch_id, 1, message)


def _movements(movers: Iterable[Mover]) -> list[assignments_events_pb2.Movement]:
    return [
        assignments_events_pb2.Movement(assignment_id=str(assignment_id), worker_id=str(worker_id), at=_timestamp(at))
        for assignment_id, worker_id, at in movers
    ]


def _timestamp(at: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp
