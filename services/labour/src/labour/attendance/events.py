"""Facts of attendance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import events_pb2

RECORDED = "zhulian.labour.attendance.recorded.v1"

SUBJECTS: dict[str, type[Message]] = {RECORDED: events_pb2.AttendanceRecorded}


def recorded(
    batch_id: UUID, project_id: UUID, device_id: UUID | None, deltas: Mapping[tuple[date, UUID], Decimal], swipes: int
) -> Event:
    """One batch was taken in; by (day, employer), how its worker days change. Changes add up in any order.

    Without a device it tells of repairs that were approved, or of a month that was opened again.
    """
    message = events_pb2.AttendanceRecorded(
        batch_id=str(batch_id),
        project_id=str(project_id),
        device_id=str(device_id) if device_id else "",
        days=[
            events_pb2.WorkerDays(
                day=Day(date=day.isoformat()), organisation_id=str(employer_id), delta=decimal_text(delta)
            )
            for (day, employer_id), delta in sorted(deltas.items())
        ],
        swipes=swipes,
    )
    return Event(RECORDED, batch_id, 1, message)
