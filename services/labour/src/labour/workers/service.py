"""Use cases of workers. Registering stands in commands/register.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.errors import Violation, invalid
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import service as assignments
from labour.contracts.commands import sign as contracts
from labour.workers import repository
from labour.workers.commands.register import (
    Outcome,
    Row,
    audited,
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
    number_place,
)

__all__ = [
    "ChangeWorker",
    "ClearNumbers",
    "MaskedWorker",
    "Outcome",
    "Row",
    "WorkerFilter",
    "change",
    "get",
    "masked",
    "page",
    "page_of_certificates",
    "page_of_trainings",
    "record_certificate",
    "record_training",
    "register_batch",
    "register_worker",
    "unmask",
]


CERTIFICATE_FIELDS = ("number", "trade", "valid_from", "valid_to", "status")
TRAINING_FIELDS = ("trained_on", "course", "hours", "training_type")


@dataclass(frozen=True, slots=True)
class ChangeWorker:
    """New values of some fields of a worker; `bank_card` and `agreement` stay as they are when None."""

    worker_id: UUID
    expected_version: int
    values: Mapping[str, Any]
    bank_card: str | None
    agreement: AgreementTerms | None


@dataclass(frozen=True, slots=True)
class MaskedWorker:
    """A worker as a caller sees him."""

    worker: Worker
    id_card_type: str
    id_card_number: str
    age: int
    cell_phone: str
    payroll_bank_card: str

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
    birth_date: date
    cell_phone: str
    payroll_bank_card: str


async def register_batch(work: Work, rows: list[Row], vault: Vault) -> list[Outcome]:
    """See commands/register.py."""
    return await register(work, rows, vault)


async def register_worker(work: Work, given: Registration, vault: Vault) -> MaskedWorker:
    """Register one worker who is not registered yet."""
    worker_id = await register_one(work, given, vault)
    return await get(work, worker_id, vault)


async def get(work: Work, worker_id: UUID, vault: Vault) -> MaskedWorker:
    """One of the caller's workers, numbers masked."""
    work.require(permissions.WORKERS_READ)
    async with work.reading() as session:
        worker = await repository.get(session, work.principal, worker_id)
        return await masked(session, worker, vault, work.today)


async def page(work: Work, wanted: WorkerFilter, request: PageRequest, vault: Vault) -> Page[MaskedWorker]:
    """The caller's workers, newest first, numbers masked."""
    work.require(permissions.WORKERS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, wanted, request)
        people = await repository.people(session, (worker.person_id for worker in found.items))
    return found.map(lambda worker: _mask(worker, people[worker.person_id], vault, work.today))


async def change(work: Work, command: ChangeWorker, vault: Vault) -> MaskedWorker:
    """Change some fields of a worker; open assignments are judged anew."""
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    worker = await repository.get(session, work.principal, command.worker_id, lock=True)
    check_version(worker, command.expected_version)
    before = audited(worker)
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
    await _touched(work, session, worker, vault)
    await contracts.follow_all(work, [worker.id], vault)
    work.audit("workers.change", "worker", worker.id, before, audited(worker))
    return await masked(session, worker, vault, work.today)


async def unmask(work: Work, worker_id: UUID, reason: str, vault: Vault) -> ClearNumbers:
    """The numbers in clear, for a stated reason; who asked stands in the audit (PIPL arts 51, 55)."""
    work.require(permissions.WORKERS_UNMASK)
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id)
    person = (await repository.people(session, [worker.person_id]))[worker.person_id]
    work.audit("workers.unmask", "worker", worker.id, None, {"reason": reason})
    return ClearNumbers(
        worker.id,
        person.id_card_type,
        vault.decrypt(person.id_number, number_place(person.id)),
        date.fromisoformat(vault.decrypt(worker.birth_date, birth_place(worker.id))),
        worker.cell_phone,
        _card(worker, vault),
    )


async def record_certificate(work: Work, worker_id: UUID, record: CertificateRecord, vault: Vault) -> Certificate:
    """Put a certificate on record; one with the same number is brought up to date."""
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    worker = await repository.get(session, work.principal, worker_id, lock=True)
    row = await repository.certificate_of(session, worker.id, record.number)
    before = audit.fields(row, *CERTIFICATE_FIELDS) if row else None
    if row is None:
        row = Certificate(worker_id=worker.id, version=0, created_at=work.now, updated_at=work.now, **asdict(record))
        session.add(row)
    for name in CERTIFICATE_FIELDS:
        setattr(row, name, getattr(record, name))
    touch(row, work)
    await _touched(work, session, worker, vault)
    after = audit.fields(row, *CERTIFICATE_FIELDS)
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
    return _mask(worker, people[worker.person_id], vault, today)


def _mask(worker: Worker, person: Person, vault: Vault, today: date) -> MaskedWorker:
    number = vault.decrypt(person.id_number, number_place(person.id))
    born = date.fromisoformat(vault.decrypt(worker.birth_date, birth_place(worker.id)))
    return MaskedWorker(
        worker, person.id_card_type, mask(number), age(born, today), mask(worker.cell_phone), mask(_card(worker, vault))
    )


def _card(worker: Worker, vault: Vault) -> str:
    stored = worker.payroll_bank_card
    return vault.decrypt(stored, card_place(worker.id)) if stored else ""
