"""Facts of early warnings; none holds personal data."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.warnings.models import EmployerWarning, Level
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import warnings_events_pb2 as messages

RAISED = "zhulian.labour.warnings.raised.v1"
LIFTED = "zhulian.labour.warnings.lifted.v1"

SUBJECTS: dict[str, type[Message]] = {RAISED: messages.WarningRaised, LIFTED: messages.WarningLifted}


def changed(row: EmployerWarning, before: Level) -> Event:
    """An employer stands otherwise on a project than before: warned of, or not any more."""
    facts = messages.WarningFacts(
        warning_id=str(row.id),
        project_id=str(row.project_id),
        employer_id=str(row.employer_id),
        day=Day(date=row.day.isoformat()),
        level=row.level.value,
        level_before=before.value,
        score=row.score,
        reasons=[reason["code"] for reason in row.reasons],
    )
    if row.level is Level.NONE:
        return Event(LIFTED, row.id, row.version, messages.WarningLifted(warning=facts))
    return Event(RAISED, row.id, row.version, messages.WarningRaised(warning=facts))
