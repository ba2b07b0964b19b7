"""Licences and certificates of a supplier, and the warning before they end."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.files import service as files
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from procurement import permissions
from procurement.suppliers import errors, events, repository, rules
from procurement.suppliers.models import Licence, LicenceKind, SupplierFile
from zhulian.procurement.v1.suppliers_events_pb2 import SupplierChanged

WARN_JOB = "suppliers.warn-licence"
FIELDS = ("kind", "number", "issuer", "valid_from", "valid_until", "obligatory", "file_id")


@dataclass(frozen=True, slots=True)
class LicenceRecord:
    """A licence as it is put on record; `valid_until` is None when it has no end, `file_id` without a scan."""

    kind: LicenceKind
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    obligatory: bool
    file_id: UUID | None


async def record_licence(work: Work, file_id: UUID, record: LicenceRecord) -> Licence:
    """Put a licence on record; one of the same kind and number is brought up to date.

    A job warns as many days before its end as the buyer's policy of today says, at once when that day is past.
    The scan is one of the buyer's own uploads, shown to the supplier once it has joined: FILE_UNKNOWN, FILE_INFECTED,
    SCAN_WRONG_TYPE.
    """
    work.require(permissions.SUPPLIERS_MANAGE)
    session = await work.writing()
    file = await repository.get(session, work.principal, file_id, lock=True)
    if record.file_id is not None:
        await _attach(work, record.file_id, file.supplier_id)
    row = await repository.licence_of(session, file.id, record.kind, record.number)
    before = audit.fields(row, *FIELDS) if row else None
    if row is None:
        row = Licence(supplier_file_id=file.id, version=0, created_at=work.now, updated_at=work.now, **asdict(record))
        session.add(row)
    for name in FIELDS:
        setattr(row, name, getattr(record, name))
    touch(row, work)
    work.audit("suppliers.record-licence", "supplier_licence", row.id, before, audit.fields(row, *FIELDS))
    if row.valid_until is not None:
        policy = await repository.policy_on(session, file.buyer_id, work.today)
        due = day_begins(rules.warned_on(row.valid_until, policy.warning_days))
        payload = {"licence_id": str(row.id), "valid_until": row.valid_until.isoformat()}
        await work.enqueue(WARN_JOB, payload, due=due)
    return row


async def _attach(work: Work, scan_id: UUID, supplier_id: UUID | None) -> None:
    share_with = [] if supplier_id is None else [supplier_id]
    [scan] = await files.attach(work, [scan_id], share_with=share_with, pointers=["/file_id"])
    if scan.media_type not in rules.SCANS:
        raise errors.scan_wrong_type(scan.media_type)


async def share_scans(work: Work, file: SupplierFile, supplier_id: UUID) -> None:
    """Show a supplier that has joined the scans that its file holds already."""
    licences = await repository.licences_of(await work.writing(), file.id)
    await files.share(work, [one.file_id for one in licences if one.file_id is not None], [supplier_id])


async def page_of_licences(work: Work, file_id: UUID, request: PageRequest) -> Page[Licence]:
    """The licences of a file, newest first."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, file_id)
        return await repository.page_of_licences(session, work.principal, file_id, request)


async def page_of_own_licences(work: Work, file_id: UUID, request: PageRequest) -> Page[Licence]:
    """For a supplier: its licences as a buyer has them on record, newest first."""
    work.require(permissions.STANDINGS_READ)
    async with work.reading() as session:
        await repository.standing(session, work.principal, file_id)
        return await repository.page_of_licences(session, work.principal, file_id, request)


async def warn(work: Work, licence_id: UUID, valid_until: date) -> None:
    """For the job: tell that a licence ends, once for each end.

    Silent when the licence was corrected (another job waits for that end) or another one of its kind goes on.
    """
    work.require(permissions.SUPPLIERS_CLOCK)
    session = await work.writing()
    file = await repository.locked(session, (await repository.licence(session, licence_id)).supplier_file_id)
    licence = await repository.licence(session, licence_id)  # as it is under the lock
    if licence.valid_until != valid_until or licence.warned_for == valid_until:
        return
    if rules.is_renewed(licence, await repository.licences_of(session, file.id)):
        return
    licence.warned_for = valid_until
    touch(licence, work)
    touch(file, work)  # facts of one file carry rising versions
    work.audit("suppliers.warn-licence", "supplier_licence", licence.id, None, audit.fields(licence, *FIELDS))
    work.emit(events.changed(file, SupplierChanged.CHANGE_LICENCE_EXPIRING, licence))
