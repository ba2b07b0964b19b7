"""The only SQL of workers. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from labour.workers import errors
from labour.workers.models import Certificate, Person, Training, Worker
from labour.workers.rules import CertificateRecord, TrainingRecord


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An employer sees its own workers and nobody else's; who was erased is not there any more."""
    return and_(col(Worker.employer_id) == principal.organisation_id, col(Worker.erased_at).is_(None))


@dataclass(frozen=True, slots=True)
class WorkerFilter:
    """Which workers a list shows; None means all."""

    external_id: str | None = None
    work_type: str | None = None
    work_role: str | None = None
    name: str | None = None


async def get(session: AsyncSession, principal: Principal, worker_id: UUID, *, lock: bool = False) -> Worker:
    """The worker, locked as it is now if asked so; NotFound WORKER_NOT_FOUND when the caller may not see it."""
    statement = select(Worker).where(visible_to(principal), col(Worker.id) == worker_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    worker = await session.scalar(statement)
    if worker is None:
        raise errors.worker_not_found(worker_id)
    return worker


async def page(session: AsyncSession, principal: Principal, wanted: WorkerFilter, request: PageRequest) -> Page[Worker]:
    """The caller's workers, newest first."""
    statement = select(Worker).where(visible_to(principal))
    for name in ("external_id", "work_type", "work_role", "name"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Worker, name) == value)
    return await paginate(session, statement, keys=(Worker.id,), request=request, descending=True)


async def by_ids(
    session: AsyncSession, employer_id: UUID | None, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Worker]:
    """Workers by id; of one employer, or of any (None) for the service's own questions; locked against change."""
    statement = select(Worker).where(col(Worker.id).in_(set(ids))).order_by(col(Worker.id))
    if lock:
        statement = statement.with_for_update(read=True).execution_options(populate_existing=True)
    if employer_id is not None:
        statement = statement.where(col(Worker.employer_id) == employer_id)
    return {worker.id: worker for worker in await session.scalars(statement)}


async def is_photo(session: AsyncSession, employer_id: UUID, file_id: UUID) -> bool:
    """Whether a file is the head image of one of an employer's workers."""
    wanted = col(Worker.employer_id) == employer_id, col(Worker.photo_file_id) == file_id
    return await session.scalar(select(col(Worker.id)).where(*wanted).limit(1)) is not None


async def people(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Persons by id."""
    found = await session.scalars(select(Person).where(col(Person.id).in_(set(ids))))
    return {person.id: person for person in found}


async def certificates(session: AsyncSession, worker_ids: Iterable[UUID]) -> dict[UUID, list[Certificate]]:
    """The certificates of workers."""
    found: dict[UUID, list[Certificate]] = {}
    for row in await session.scalars(select(Certificate).where(col(Certificate.worker_id).in_(set(worker_ids)))):
        found.setdefault(row.worker_id, []).append(row)
    return found


async def page_of_certificates(
    session: AsyncSession, principal: Principal, worker_id: UUID, request: PageRequest
) -> Page[Certificate]:
    """The certificates of one of the caller's workers, newest first."""
    statement = select(Certificate).join(Worker, col(Worker.id) == col(Certificate.worker_id))
    statement = statement.where(visible_to(principal), col(Worker.id) == worker_id)
    return await paginate(session, statement, keys=(Certificate.id,), request=request, descending=True)


async def page_of_trainings(
    session: AsyncSession, principal: Principal, worker_id: UUID, request: PageRequest
) -> Page[Training]:
    """The trainings of one of the caller's workers, newest first."""
    statement = select(Training).join(Worker, col(Worker.id) == col(Training.worker_id))
    statement = statement.where(visible_to(principal), col(Worker.id) == worker_id)
    return await paginate(session, statement, keys=(Training.id,), request=request, descending=True)


async def certificate_of(session: AsyncSession, worker_id: UUID, number: str) -> Certificate | None:
    """A worker's certificate by its number."""
    found: Certificate | None = await session.scalar(
        select(Certificate).where(col(Certificate.worker_id) == worker_id, col(Certificate.number) == number)
    )
    return found


async def training_of(session: AsyncSession, worker_id: UUID, record: TrainingRecord) -> Training | None:
    """A worker's training of the same day and course."""
    found: Training | None = await session.scalar(
        select(Training).where(
            col(Training.worker_id) == worker_id,
            col(Training.trained_on) == record.trained_on,
            col(Training.course) == record.course,
        )
    )
    return found


# --- the bulk path: a batch of up to 1,000 rows in a few statements -------------------------------------------------

Driver: TypeAlias = "asyncpg.Connection[Any]"

BATCH_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('labour.workers:' || $1::text, 0))"

KNOWN_PEOPLE = "SELECT id, id_index FROM people WHERE id_index = ANY($1::bytea[]) FOR KEY SHARE"

OWN_PEOPLE = """
SELECT id, id_index FROM people
WHERE id_index = ANY($1::bytea[]) AND EXISTS (SELECT FROM workers WHERE person_id = people.id AND employer_id = $2)
FOR KEY SHARE OF people
"""

ADD_PEOPLE = """
INSERT INTO people (id, id_card_type, id_index, id_number, created_at)
SELECT id, id_card_type, id_index, id_number, $5
FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[]) AS given (id, id_card_type, id_index, id_number)
ORDER BY id_index
ON CONFLICT (id_index) DO NOTHING
"""

KNOWN_WORKERS = """
SELECT * FROM workers WHERE employer_id = $1 AND (person_id = ANY($2::uuid[]) OR external_id = ANY($3::text[]))
ORDER BY id FOR UPDATE
"""

WORKER_COLUMNS: Mapping[str, str] = {
    "id": "uuid",
    "version": "integer",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "employer_id": "uuid",
    "person_id": "uuid",
    "external_id": "text",
    "name": "text",
    "sex": "text",
    "birth_date": "text",
    "work_type": "text",
    "work_role": "text",
    "is_team_leader": "boolean",
    "nation": "text",
    "address": "text",
    "cell_phone": "text",
    "grant_org": "text",
    "payroll_bank_card": "text",
    "payroll_bank_code": "text",
    "urgent_contact": "text",
    "agreement_kind": "text",
    "agreement_number": "text",
    "agreement_from": "date",
    "agreement_to": "date",
    "politics": "text",
    "has_insurance": "boolean",
    "health_record_until": "date",
    "photo_file_id": "uuid",
    "fingerprint": "bytea",
}
FIXED = ("id", "created_at", "employer_id", "person_id")

_GIVEN = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(WORKER_COLUMNS.values(), start=1))
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in WORKER_COLUMNS if name not in FIXED)

UPSERT_WORKERS = f"""
INSERT INTO workers ({", ".join(WORKER_COLUMNS)}) SELECT * FROM unnest({_GIVEN})
ON CONFLICT (id) DO UPDATE SET {_CHANGES}
"""  # noqa: S608 - made of the constants above

UPSERT_CERTIFICATES = """
INSERT INTO worker_certificates
  (id, version, created_at, updated_at, worker_id, number, trade, valid_from, valid_to, status)
SELECT id, 1, $8, $8, worker_id, number, trade, valid_from, valid_to, status
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[], $7::text[])
  AS given (id, worker_id, number, trade, valid_from, valid_to, status)
ON CONFLICT (worker_id, number) DO UPDATE
SET trade = excluded.trade, valid_from = excluded.valid_from, valid_to = excluded.valid_to, status = excluded.status,
    version = worker_certificates.version + 1, updated_at = excluded.updated_at
WHERE (worker_certificates.trade, worker_certificates.valid_from, worker_certificates.valid_to,
       worker_certificates.status)
  IS DISTINCT FROM (excluded.trade, excluded.valid_from, excluded.valid_to, excluded.status)
"""

ADD_TRAININGS = """
INSERT INTO worker_trainings (id, version, created_at, updated_at, worker_id, trained_on, hours, course, training_type)
SELECT id, 1, $7, $7, worker_id, trained_on, hours, course, training_type
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::numeric[], $5::text[], $6::text[])
  AS given (id, worker_id, trained_on, hours, course, training_type)
ON CONFLICT (worker_id, trained_on, course) DO NOTHING
"""


async def one_batch_at_a_time(driver: Driver, employer_id: UUID) -> None:
    """Two batches of one employer run one after the other; those of different employers do not wait."""
    await driver.execute(BATCH_LOCK, str(employer_id))


async def known_people(driver: Driver, indexes: Sequence[bytes]) -> dict[bytes, UUID]:
    """Which persons the platform knows, by blind index; erasure leaves them until the end of the transaction."""
    rows = await driver.fetch(KNOWN_PEOPLE, indexes)
    return {bytes(row["id_index"]): row["id"] for row in rows}


async def own_people(driver: Driver, indexes: Sequence[bytes], employer_id: UUID) -> dict[bytes, UUID]:
    """Which of these persons the employer has registered itself, by blind index."""
    rows = await driver.fetch(OWN_PEOPLE, indexes, employer_id)
    return {bytes(row["id_index"]): row["id"] for row in rows}


async def add_people(driver: Driver, rows: Sequence[tuple[UUID, str, bytes, str]], now: datetime) -> None:
    """Add persons (id, type, index, encrypted number); one that another employer has just added stays his.

    In the order of the index, so that two batches with the same people wait for each other and do not deadlock.
    """
    ids, kinds, indexes, numbers = zip(*rows, strict=True)
    await driver.execute(ADD_PEOPLE, ids, kinds, indexes, numbers, now)


async def known_workers(
    driver: Driver, employer_id: UUID, person_ids: Sequence[UUID], external_ids: Sequence[str]
) -> list[Worker]:
    """The employer's workers among these persons or external ids, locked."""
    rows = await driver.fetch(KNOWN_WORKERS, employer_id, person_ids, external_ids)
    return [Worker(**{name: row[name] for name in WORKER_COLUMNS}) for row in rows]


async def upsert_workers(driver: Driver, workers: Sequence[Worker]) -> None:
    """Insert new workers, update known ones."""
    await driver.execute(UPSERT_WORKERS, *([getattr(worker, name) for worker in workers] for name in WORKER_COLUMNS))


async def upsert_certificates(driver: Driver, rows: Sequence[tuple[UUID, CertificateRecord]], now: datetime) -> None:
    """Insert or update certificates of workers by their number; of one worker no number stands there twice."""
    records = [record for _, record in rows]
    await driver.execute(
        UPSERT_CERTIFICATES,
        [new_id() for _ in rows],
        [worker_id for worker_id, _ in rows],
        [record.number for record in records],
        [record.trade for record in records],
        [record.valid_from for record in records],
        [record.valid_to for record in records],
        [record.status for record in records],
        now,
    )


async def add_trainings(driver: Driver, rows: Sequence[tuple[UUID, TrainingRecord]], now: datetime) -> None:
    """Add trainings that are not on record yet."""
    await driver.execute(
        ADD_TRAININGS,
        [new_id() for _ in rows],
        [worker_id for worker_id, _ in rows],
        [record.trained_on for _, record in rows],
        [record.hours for _, record in rows],
        [record.course for _, record in rows],
        [record.training_type for _, record in rows],
        now,
    )
