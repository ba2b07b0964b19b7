"""Facts of wage officers. They carry no names."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.wage_officers.models import OfficerGap
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.subcontracts_events_pb2 import WageOfficerMissing

MISSING = "zhulian.labour.wage-officers.missing.v1"

SUBJECTS: dict[str, type[Message]] = {MISSING: WageOfficerMissing}


def missing(gap: OfficerGap) -> Event:
    """The warning is raised, or lifted."""
    message = WageOfficerMissing(
        project_id=str(gap.project_id),
        contractor_id=str(gap.organisation_id),
        missing=gap.missing,
        since=Day(date=gap.since.isoformat()),
    )
    return Event(MISSING, gap.project_id, gap.version, message)
