"""Facts of machine hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from equipment_leasing.hours.rules import HoursChange
from zhulian.common.v1.values_pb2 import Day
from zhulian.equipment.v1 import events_pb2

HOURS_RECORDED = "zhulian.equipment-leasing.telematics.hours-recorded.v1"

SUBJECTS: Mapping[str, type[Message]] = {HOURS_RECORDED: events_pb2.MachineHoursRecorded}

MOST_CELLS = 4000
"""About half a megabyte; a stream takes messages up to one. Only a long gap that closes at once has more."""


def hours_recorded(batch_id: UUID, changes: Sequence[HoursChange]) -> Iterator[Event]:
    """One fact per batch (more only beyond MOST_CELLS); none when nothing changed."""
    for version, start in enumerate(range(0, len(changes), MOST_CELLS), start=1):
        part = changes[start : start + MOST_CELLS]
        yield Event(
            HOURS_RECORDED,
            batch_id,
            version,
            events_pb2.MachineHoursRecorded(
                batch_id=str(batch_id),
                hours=[
                    events_pb2.MachineHours(
                        project_id=str(one.project_id),
                        machine_id=str(one.machine_id),
                        day=Day(date=one.day.isoformat()),
                        delta=decimal_text(one.delta),
                    )
                    for one in part
                ],
            ),
        )
