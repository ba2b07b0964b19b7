"""Facts of training: ids only."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.training.models import Requirement
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import training_events_pb2

RAISED = "zhulian.labour.training.shortage-raised.v1"
LIFTED = "zhulian.labour.training.shortage-lifted.v1"

SUBJECTS: dict[str, type[Message]] = {
    RAISED: training_events_pb2.TrainingShortageRaised,
    LIFTED: training_events_pb2.TrainingShortageLifted,
}


def raised(row: Requirement) -> Event:
    """A shortage began, or comes so near that somebody has to act."""
    return Event(RAISED, row.id, row.version, training_events_pb2.TrainingShortageRaised(shortage=_shortage(row)))


def lifted(row: Requirement) -> Event:
    """A shortage that was raised is over."""
    return Event(LIFTED, row.id, row.version, training_events_pb2.TrainingShortageLifted(shortage=_shortage(row)))


def _shortage(row: Requirement) -> training_events_pb2.TrainingShortage:
    return training_events_pb2.TrainingShortage(
        requirement_id=str(row.id),
        worker_id=str(row.worker_id),
        employer_id=str(row.employer_id),
        kind=row.kind.value,
        year=row.year,
        train_by=Day(date=row.train_by.isoformat()),
    )
