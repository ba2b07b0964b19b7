"""Facts of subcontracts."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from labour.subcontracts.models import Subcontract
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.labour.v1.subcontracts_events_pb2 import SubcontractChanged

CHANGED = "zhulian.labour.subcontracts.changed.v1"

SUBJECTS: dict[str, type[Message]] = {CHANGED: SubcontractChanged}


def changed(row: Subcontract, change: str) -> Event:
    """The whole subcontract after a verb."""
    message = SubcontractChanged(
        subcontract_id=str(row.id),
        project_id=str(row.project_id),
        contractor_id=str(row.contractor_id),
        subcontractor_id=str(row.subcontractor_id),
        number=row.number,
        state=row.state.value,
        amount=Money(amount=decimal_text(row.amount), currency=row.currency),
        starts_on=Day(date=row.starts_on.isoformat()),
        ends_on=Day(date=row.ends_on.isoformat()) if row.ends_on else None,
        qualification_valid_until=Day(date=row.qualification_valid_until.isoformat()),
        change=change,
    )
    return Event(CHANGED, row.id, row.version, message)
