"""The only SQL of privacy, and the reader of the retention rules. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import DATE, TIMESTAMP, ColumnElement, Select, and_, cast, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.audit import AuditRow
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.models import Assignment
from labour.assignments.states import State as AssignmentState
from labour.attendance.models import WorkerDay
from labour.codes.models import Status
from labour.consents.models import Consent
from labour.payouts.models import PayoutRow
from labour.payouts.states import LIVE, RowState
from labour.payrolls.models import Payroll, PayrollLine, PieceRecord
from labour.payrolls.states import PAYABLE, Run
from labour.payrolls.states import State as PayrollState
from labour.privacy import errors
from labour.privacy.models import Erasure
from labour.privacy.rules import Applies, Position, RetentionRule, SheetLine, Worked, owed
from labour.privacy.states import State
from labour.records import repository as records
from labour.records.models import BlacklistEntry, ConductRecord
from labour.workers.models import Certificate, Person, Worker

ACCESSES = ("workers.view", "workers.unmask", "workers.photo", "workers.export")
"""The verbs in the audit under which somebody has seen a worker's data."""


@lru_cache(maxsize=1)
def retention_rules() -> tuple[RetentionRule, ...]:
    """What the law keeps."""
    text = files("labour.privacy").joinpath("data", "retention-rules.json").read_text(encoding="utf-8")
    return tuple(_rule(one) for one in json.loads(text)["rules"])


def _rule(raw: dict[str, Any]) -> RetentionRule:
    return RetentionRule(
        raw["id"],
        Applies(raw["applies"]),
        tuple(raw["fields"]),
        raw["years"],
        raw["source"],
        Status(raw["status"]),
        date.fromisoformat(raw["valid_from"]),
        date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
    )


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An employer sees the requests that its own workers have made."""
    return col(Erasure.employer_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class ErasureFilter:
    """Which requests a list shows; None means all."""

    worker_id: UUID | None = None
    state: State | None = None


async def get(session: AsyncSession, principal: Principal, erasure_id: UUID, *, lock: bool = False) -> Erasure:
    """The request, locked if asked so; NotFound ERASURE_NOT_FOUND when the caller may not see it."""
    statement = select(Erasure).where(visible_to(principal), col(Erasure.id) == erasure_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.erasure_not_found(erasure_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, wanted: ErasureFilter, request: PageRequest
) -> Page[Erasure]:
    """The visible requests, newest first."""
    statement = select(Erasure).where(visible_to(principal))
    for name in ("worker_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Erasure, name) == value)
    return await paginate(session, statement, keys=(Erasure.id,), request=request, descending=True)


async def by_id(session: AsyncSession, erasure_id: UUID) -> Erasure:
    """For the job: the request, which is there, locked."""
    statement = select(Erasure).where(col(Erasure.id) == erasure_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def waiting(session: AsyncSession, worker_ids: Iterable[UUID]) -> list[Erasure]:
    """The requests of these workers that are still blocked."""
    statement = select(Erasure).where(col(Erasure.worker_id).in_(set(worker_ids)), col(Erasure.state) == State.BLOCKED)
    return list(await session.scalars(statement))


async def accesses(session: AsyncSession, worker_id: UUID, request: PageRequest) -> Page[AuditRow]:
    """Who saw a worker's data, newest first."""
    statement = select(AuditRow).where(
        col(AuditRow.entity) == "worker", col(AuditRow.entity_id) == worker_id, col(AuditRow.verb).in_(ACCESSES)
    )
    return await paginate(session, statement, keys=(AuditRow.id,), request=request, descending=True)


async def position(session: AsyncSession, worker: Worker, today: date) -> Position:
    """What is known of a worker when erasure is judged."""
    own = select(col(Assignment.id)).where(col(Assignment.worker_id) == worker.id)
    open_ones = own.where(col(Assignment.state) != AssignmentState.LEFT)
    last_day = select(func.max(col(WorkerDay.day))).where(col(WorkerDay.assignment_id).in_(own))
    lines = await sheet_lines(session, worker.id)
    listed, listed_until = await records.ends_of_listing(session, worker.person_id, today)
    return Position(
        agreement=(worker.agreement_from, worker.agreement_to) if worker.agreement_from else None,
        on_project=await session.scalar(open_ones.limit(1)) is not None,
        worked_until=await session.scalar(last_day),
        owed=owed(await worked(session, worker), lines),
        paid_on=max((one.paid_on for one in lines if one.paid_on is not None), default=None),
        listed=listed,
        listed_until=listed_until,
    )


async def worked(session: AsyncSession, worker: Worker) -> list[Worked]:
    """What a worker has done by project and month: days that count, and pieces that were not taken back."""
    own = select(col(Assignment.id)).where(col(Assignment.worker_id) == worker.id)
    days = await session.execute(_by_month(WorkerDay, WorkerDay.days).where(col(WorkerDay.assignment_id).in_(own)))
    # a piece's worker is found through his employer: there is an index on that, and none on him
    employers = col(PieceRecord.employer_id) == worker.employer_id, col(PieceRecord.worker_id) == worker.id
    pieces = await session.execute(_by_month(PieceRecord, PieceRecord.quantity).where(*employers))
    return [Worked(*one) for one in days] + [Worked(*one[:3], Decimal()) for one in pieces]


def _by_month(table: type[WorkerDay | PieceRecord], amount: Decimal) -> Select[UUID, date, date, Decimal]:
    month = cast(func.date_trunc("month", cast(col(table.day), TIMESTAMP)), DATE)
    total = func.sum(col(amount))
    counted = select(col(table.project_id), month, func.min(col(table.day)), total).where(col(amount) != 0)
    return counted.group_by(col(table.project_id), month).having(total > 0)


async def sheet_lines(session: AsyncSession, worker_id: UUID) -> list[SheetLine]:
    """A worker's lines on sheets that are not cancelled, and what the bank has sent back of them."""
    sent_back, on_its_way = (
        select(col(PayoutRow.id))
        .where(col(PayoutRow.line_id) == col(PayrollLine.id), col(PayoutRow.state).in_(states))
        .exists()
        for states in ((RowState.FAILED,), LIVE)
    )
    rows = await session.execute(
        select(PayrollLine, col(Payroll.run), and_(sent_back, ~on_its_way))
        .join(Payroll, col(Payroll.id) == col(PayrollLine.payroll_id))
        .where(col(PayrollLine.worker_id) == worker_id, col(Payroll.state) != PayrollState.CANCELLED)
    )
    return [
        SheetLine(
            line.project_id,
            line.month,
            run is Run.REGULAR,
            line.days,
            line.net,
            line.state in PAYABLE,
            line.paid_on,
            failed,
        )
        for line, run, failed in rows
    ]


async def locked(session: AsyncSession, worker_id: UUID) -> Worker:
    """For the job: the worker, whosever he is, locked."""
    statement = select(Worker).where(col(Worker.id) == worker_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def certificates(session: AsyncSession, worker_id: UUID) -> list[Certificate]:
    """The certificates of a worker; their numbers are often the identity number."""
    return list(await session.scalars(select(Certificate).where(col(Certificate.worker_id) == worker_id)))


async def sole(session: AsyncSession, file_ids: Iterable[UUID], worker_id: UUID) -> list[UUID]:
    """Those of these files that hang on no other worker: a scanned list may hold many signatures."""
    ids = set(file_ids)
    elsewhere = union_all(
        select(col(Worker.photo_file_id)).where(col(Worker.photo_file_id).in_(ids), col(Worker.id) != worker_id),
        *(
            select(file_id).where(file_id.in_(ids), owner != worker_id)
            for file_id, owner in (
                (col(Consent.file_id), col(Consent.worker_id)),
                (col(ConductRecord.file_id), col(ConductRecord.worker_id)),
                (col(Erasure.file_id), col(Erasure.worker_id)),
            )
        ),
    )
    return sorted(ids - set(await session.scalars(elsewhere)))


async def lone(session: AsyncSession, person_id: UUID) -> Person | None:
    """The person, locked, when no worker and no blacklist entry hangs on him any more."""
    person: Person | None = await session.scalar(select(Person).where(col(Person.id) == person_id).with_for_update())
    named = [
        await session.scalar(select(column).where(column == person_id).limit(1))
        for column in (col(Worker.person_id), col(BlacklistEntry.person_id))
    ]
    return person if named == [None, None] else None
