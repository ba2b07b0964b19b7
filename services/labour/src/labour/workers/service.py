"""Use cases of workers. Registering stands in commands/register.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.errors import Violation, invalid
from chassis.files import service as files
from chassis.files.models import File
from chassis.files.rules import MediaType
from chassis.files.store import FileStore
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import service as assignments
from labour.consents import repository as consents
from labour.consents.errors import consent_missing
from labour.consents.models import Purpose
from labour.consents.rules import missing
from labour.contracts.commands import sign as contracts
from labour.privacy import service as privacy
from labour.workers import errors, photos, repository
from labour.workers.commands.register import (
    Outcome,
    Row,
    audited,
    changed,
    ended_codes,
    personal,
    register,
    register_one,
)
from labour.workers.models import Certificate, Person, Training, Worker
from labour.workers.repository import WorkerFilter
from labour.workers.rules import (
    AgreementTerms,
    CertificateRecord,
    Registration,
    TrainingRecord,
    age,
    birth_place,
    card_place,
    mask_digits,
    number_place,
)

__all__ = [
    "ChangeWorker",
    "ClearNumbers",
    "MaskedWorker",
    "NewPhoto",
    "Outcome",
    "Row",
    "WorkerFilter",
    "change",
    "get",
    "is_photo",
    "masked",
    "page",
    "page_of_certificates",
    "page_of_trainings",
    "photo",
    "record_certificate",
    "record_training",
    "register_batch",
    "register_worker",
    "set_photo",
    "unmask",
]


CERTIFICATE_FIELDS = ("number", "trade", "valid_from", "valid_to", "status")
CERTIFICATE_AUDITED = ("trade", "valid_from", "valid_to", "status")
"""The number of a certificate is often the identity number."""
TRAINING_FIELDS = ("trained_on", "course", "hours", "training_type")
POINTERS = {"payroll_bank_card": "payroll_bank_card_number"}
"""Columns whose field in a request has another name."""
PHOTOS = (MediaType.JPEG, MediaType.PNG)
"""What a head image comes as; it is kept as JPEG. Those from before are of either type."""
_PHOTOGRAPHERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="photos")
"""Two pictures are unpacked at a time, as they take memory while they are."""


@dataclass(frozen=True, slots=True)
class ChangeWorker:
    """New values of some fields of a worker; `bank_card` and `agreement` stay as they are when None."""

    worker_id: UUID
    expected_version: int
    values: Mapping[str, Any]
    bank_card: str | None
    agreement: AgreementTerms | None


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A head image as it came, for a worker of which the caller saw this version."""

    worker_id: UUID
    expected_version: int | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MaskedWorker:
    """A worker as a caller sees him."""

    worker: Worker
    id_card_type: str
    id_card_number: str
    age: int | None
    cell_phone: str
    payroll_bank_card: str
    urgent_contact: str = ""
    consent_missing: Sequence[Purpose] = ()

    @property
    def version(self) -> int:
        """Of the worker, for the entity tag."""
        return self.worker.version


@dataclass(frozen=True, slots=True)
class ClearNumbers:
    """The numbers of a worker in clear."""

    worker_id: UUID
    id_card_type: str
    id_card_number: str
    birth_date: date | None
    cell_phone: str
    payroll_bank_card: str
    urgent_contact: str


async def register_batch(work: Work, rows: list[Row], vault: Vault) -> list[Outcome]:
    """See commands/register.py."""
    return await register(work, rows, vault)


async def register_worker(work: Work, given: Registration, vault: Vault) -> MaskedWorker:
    """Register one worker who is not registered yet."""
    worker_id = await register_one(work, given, vault)
    session = await work.writing()
    return await masked(session, await repository.get(session, work.principal, worker_id), vault, work.today)


async def get(work: Work, worker_id: UUID, vault: Vault) -> MaskedWorker:
    """One of the caller's workers, numbers masked; that he was read is recorded."""
    work.require(permissions.WORKERS_READ)
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id)
    await privacy.saw(work, [worker_id], "view")
    return await masked(session, worker, vault, work.today)


async def page(
    work: Work, wanted: WorkerFilter, request: PageRequest, vault: Vault, *, exported: bool = False
) -> Page[MaskedWorker]:
    """The caller's workers, newest first, numbers masked; who leaves in a file (`exported`) is recorded."""
    work.require(permissions.WORKERS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, wanted, request)
        people = await repository.people(session, (worker.person_id for worker in found.items))
        standing = await consents.standing(session, (worker.id for worker in found.items))
    if exported:
        await privacy.saw(work, [worker.id for worker in found.items], "export")
    return found.map(
        lambda worker: _mask(worker, people[worker.person_id], vault, work.today, standing.get(worker.id, frozenset()))
    )


async def photo(work: Work, worker_id: UUID) -> File:
    """The head image of one of the caller's workers; NotFound PHOTO_NOT_FOUND without one. The look is recorded."""
    work.require(permissions.WORKERS_READ)
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id)
    if worker.photo_file_id is None:
        raise errors.photo_not_found(worker_id)
    await privacy.saw(work, [worker_id], "photo")
    return await files.content(work, permissions.WORKERS_READ, worker.photo_file_id)


async def set_photo(work: Work, command: NewPhoto, store: FileStore, vault: Vault) -> MaskedWorker:
    """Take a head image with the person's consent: made small and bare of all but the picture; the one before goes.

    What came in is never written down. InvalidArgument CONSENT_MISSING, PHOTO_UNREADABLE, PHOTO_TOO_MANY_PIXELS,
    PHOTO_TOO_SMALL.
    """
    work.require(permissions.WORKERS_REGISTER)
    async with work.reading() as session:  # without consent not even looked at
        await _may_show(session, await repository.get(session, work.principal, command.worker_id))
    loop = asyncio.get_running_loop()
    made = await loop.run_in_executor(_PHOTOGRAPHERS, photos.compressed, command.content, photos.limits())
    async with store.receive(_once(made)) as staged:
        session = await work.writing()
        worker = await repository.get(session, work.principal, command.worker_id, lock=True)
        check_version(worker, command.expected_version)
        await _may_show(session, worker)
        kept = files.Keep(f"photo-{worker.id}.jpg", MediaType.JPEG, staged)
        file = await files.keep_made(work, worker.employer_id, kept, store)
    before, plain = worker.photo_file_id, personal(worker)
    if file.id != before:
        worker.photo_file_id = file.id
        await _touched(work, session, worker, vault)
        await privacy.forget_files(work, [before] if before else [])
        work.audit("workers.set-photo", "worker", worker.id, None, changed(plain, worker) | {"size": file.size})
    return await masked(session, worker, vault, work.today)


async def _may_show(session: AsyncSession, worker: Worker) -> None:
    standing = await consents.standing(session, [worker.id])
    if Purpose.FACE_IMAGE not in standing.get(worker.id, frozenset()):
        raise invalid(consent_missing("/photo", Purpose.FACE_IMAGE))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def is_photo(work: Work, file: File) -> bool:
    """For the door of files: head images are shown by `photo` alone, which records who looks."""
    if file.media_type not in PHOTOS:
        return False
    async with work.reading() as session:
        return await repository.is_photo(session, file.organisation_id, file.id)


async def change(work: Work, command: ChangeWorker, vault: Vault) -> MaskedWorker:
    """Change some fields of a worker; open assignments are judged anew."""
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    worker = await repository.get(session, work.principal, command.worker_id, lock=True)
    check_version(worker, command.expected_version)
    await _may_hold(work, session, worker, command)
    before, plain = audited(worker), personal(worker)
    for name, value in command.values.items():
        setattr(worker, name, value)
    if command.bank_card is not None:
        card = command.bank_card
        worker.payroll_bank_card = vault.encrypt(card, card_place(worker.id)) if card else ""
    if command.agreement is not None:
        worker.agreement_kind = command.agreement.kind
        worker.agreement_number = command.agreement.number
        worker.agreement_from = command.agreement.valid_from
        worker.agreement_to = command.agreement.valid_to
    await contracts.follow_all(work, [worker.id])
    await _touched(work, session, worker, vault)
    work.audit("workers.change", "worker", worker.id, before, audited(worker) | changed(plain, worker))
    return await masked(session, worker, vault, work.today)


async def _may_hold(work: Work, session: AsyncSession, worker: Worker, command: ChangeWorker) -> None:
    """Whether codes are in force and consents stand, before anything is written."""
    given = {name: value for name, value in command.values.items() if getattr(worker, name) != value}
    ended = ended_codes(given, work.today)
    standing = (await consents.standing(session, [worker.id])).get(worker.id, frozenset())
    new = dict(given) | ({"payroll_bank_card": command.bank_card} if command.bank_card else {})
    lacking = [
        consent_missing(f"/{POINTERS.get(name, name)}", purpose)
        for purpose, names in consents.fields().items()
        for name in names
        if purpose not in standing and new.get(name)
    ]
    faults = [Violation(f"/{one.field}", one.code, one.zh, one.en) for one in ended] + lacking
    if faults:
        raise invalid(*faults)


async def unmask(work: Work, worker_id: UUID, reason: str, vault: Vault) -> ClearNumbers:
    """The numbers in clear, for a stated reason; who asked stands in the audit (PIPL arts 51, 55)."""
    work.require(permissions.WORKERS_UNMASK)
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id)
    person = (await repository.people(session, [worker.person_id]))[worker.person_id]
    await privacy.saw(work, [worker_id], "unmask", reason)
    return ClearNumbers(
        worker.id,
        person.id_card_type,
        vault.decrypt(person.id_number, number_place(person.id)),
        born_on(worker, vault),
        worker.cell_phone,
        _card(worker, vault),
        worker.urgent_contact,
    )


async def record_certificate(work: Work, worker_id: UUID, record: CertificateRecord, vault: Vault) -> Certificate:
    """Put a certificate on record; one with the same number is brought up to date."""
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id, lock=True)
    row = await repository.certificate_of(session, worker.id, record.number)
    before = audit.fields(row, *CERTIFICATE_AUDITED) if row else None
    if row is None:
        row = Certificate(worker_id=worker.id, version=0, created_at=work.now, updated_at=work.now, **asdict(record))
        session.add(row)
    for name in CERTIFICATE_FIELDS:
        setattr(row, name, getattr(record, name))
    touch(row, work)
    await _touched(work, session, worker, vault)
    after = audit.fields(row, *CERTIFICATE_AUDITED) | {"number": mask(row.number)}
    work.audit("workers.record-certificate", "worker", worker.id, before, after)
    return row


async def record_training(work: Work, worker_id: UUID, record: TrainingRecord, vault: Vault) -> Training:
    """Put a training on record; the same day and course is brought up to date."""
    work.require(permissions.WORKERS_REGISTER)
    if record.trained_on > work.today:
        raise invalid(Violation("/trained_on", "IN_FUTURE", "培训日期不能晚于今天。", "The day lies in the future."))
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id, lock=True)
    row = await repository.training_of(session, worker.id, record)
    before = audit.fields(row, *TRAINING_FIELDS) if row else None
    if row is None:
        row = Training(worker_id=worker.id, version=0, created_at=work.now, updated_at=work.now, **asdict(record))
        session.add(row)
    row.hours, row.training_type = record.hours, record.training_type
    touch(row, work)
    await _touched(work, session, worker, vault)
    after = audit.fields(row, *TRAINING_FIELDS)
    work.audit("workers.record-training", "worker", worker.id, before, after)
    return row


async def page_of_certificates(work: Work, worker_id: UUID, request: PageRequest) -> Page[Certificate]:
    """The certificates of one of the caller's workers."""
    work.require(permissions.WORKERS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, worker_id)
        return await repository.page_of_certificates(session, work.principal, worker_id, request)


async def page_of_trainings(work: Work, worker_id: UUID, request: PageRequest) -> Page[Training]:
    """The trainings of one of the caller's workers."""
    work.require(permissions.WORKERS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, worker_id)
        return await repository.page_of_trainings(session, work.principal, worker_id, request)


async def _touched(work: Work, session: AsyncSession, worker: Worker, vault: Vault) -> None:
    # Without a fingerprint the next batch takes the employer's row as news and writes it.
    worker.fingerprint = None
    touch(worker, work)
    await session.flush()
    await assignments.refresh(work, [worker.id], vault)


async def masked(session: AsyncSession, worker: Worker, vault: Vault, today: date) -> MaskedWorker:
    """A worker with his numbers masked."""
    people = await repository.people(session, [worker.person_id])
    standing = await consents.standing(session, [worker.id])
    return _mask(worker, people[worker.person_id], vault, today, standing.get(worker.id, frozenset()))


def _mask(worker: Worker, person: Person, vault: Vault, today: date, standing: frozenset[Purpose]) -> MaskedWorker:
    born = born_on(worker, vault)
    return MaskedWorker(
        worker,
        person.id_card_type,
        mask(vault.decrypt(person.id_number, number_place(person.id))),
        None if born is None else age(born, today),
        mask(worker.cell_phone),
        mask(_card(worker, vault)),
        mask_digits(worker.urgent_contact),
        missing(worker, standing, consents.fields()),
    )


def born_on(worker: Worker, vault: Vault) -> date | None:
    """The birth date of a worker; None once it is erased."""
    return date.fromisoformat(vault.decrypt(worker.birth_date, birth_place(worker.id))) if worker.birth_date else None


def _card(worker: Worker, vault: Vault) -> str:
    stored = worker.payroll_bank_card
    return vault.decrypt(stored, card_place(worker.id)) if stored else ""
