"""Use cases of health records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault
from chassis.errors import invalid
from chassis.files import service as files
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from labour import permissions
from labour.assignments import service as assignments
from labour.consents import repository as consents
from labour.consents.errors import consent_missing
from labour.consents.models import Purpose
from labour.health import errors, repository
from labour.health.models import HealthRecord
from labour.workers import repository as workers


@dataclass(frozen=True, slots=True)
class Examination:
    """An examination of a worker; `file_id` is the report."""

    worker_id: UUID
    examined_on: date
    valid_to: date
    fit: bool
    file_id: UUID | None


async def record(work: Work, command: Examination, vault: Vault) -> HealthRecord:
    """Put an examination on record; that of the same day is corrected. What depends on it is judged anew.

    InvalidArgument IN_FUTURE, FILE_UNKNOWN, CONSENT_MISSING: health is sensitive (PIPL arts 28, 29).
    """
    work.require(permissions.HEALTH_RECORD)
    if command.examined_on > work.today:
        raise errors.in_future()
    session = await work.writing()
    worker = await workers.get(session, work.principal, command.worker_id, lock=True)
    if Purpose.HEALTH_RECORD not in (await consents.standing(session, [worker.id])).get(worker.id, ()):
        raise invalid(consent_missing("/worker_id", Purpose.HEALTH_RECORD))
    if command.file_id is not None:
        await files.attach(work, [command.file_id], share_with=[], pointers=["/file_id"])
    row = await repository.record_of(session, worker.id, command.examined_on)
    if row is None:
        row = HealthRecord(
            id=new_id(),
            version=0,
            created_at=work.now,
            updated_at=work.now,
            worker_id=worker.id,
            examined_on=command.examined_on,
            valid_to=command.valid_to,
            fit=command.fit,
        )
        session.add(row)
    row.valid_to, row.fit, row.file_id = command.valid_to, command.fit, command.file_id
    touch(row, work)
    await session.flush()
    await assignments.refresh(work, [worker.id], vault)
    # the result is health data: the audit says that it was recorded, not what it is
    work.audit("health.record", "worker", worker.id, None, audit.fields(row, "examined_on", "valid_to"))
    return row


async def page(work: Work, worker_id: UUID, request: PageRequest) -> Page[HealthRecord]:
    """The examinations of one of the caller's workers, newest first."""
    work.require(permissions.HEALTH_READ)
    async with work.reading() as session:
        await workers.get(session, work.principal, worker_id)
        return await repository.page(session, work.principal, worker_id, request)
