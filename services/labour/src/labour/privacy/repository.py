"""The only SQL of privacy. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DATE,
    TEXT,
    TIMESTAMP,
    Column,
    ColumnElement,
    Select,
    and_,
    cast,
    delete,
    func,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from chassis.audit import AuditRow
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.models import Assignment
from labour.assignments.states import State as AssignmentState
from labour.attendance.models import WorkerDay
from labour.contracts.models import Contract
from labour.links.models import Link
from labour.payouts.models import PayoutRow
from labour.payouts.states import LIVE, RowState
from labour.payrolls.models import Payroll, PayrollLine, PieceRecord
from labour.payrolls.states import PAYABLE, Run
from labour.payrolls.states import State as PayrollState
from labour.privacy import errors, rulebook
from labour.privacy.models import Erasure
from labour.privacy.rulebook import How, PersonalTable
from labour.privacy.rules import Position, SheetLine, Worked, owed
from labour.privacy.states import State
from labour.records import repository as records
from labour.records.models import BlacklistEntry
from labour.workers.models import Person, Worker

ACCESSES = ("workers.view", "workers.unmask", "workers.photo", "workers.export")
"""The verbs in the audit under which somebody has seen a worker's data."""


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
    signed = select(func.max(func.coalesce(col(Contract.last_day), col(Contract.valid_to)))).where(
        col(Contract.worker_id) == worker.id, col(Contract.signed_at).is_not(None)
    )
    ends = (worker.agreement_to, await session.scalar(signed))
    listed, listed_until = await records.ends_of_listing(session, worker.person_id, today)
    return Position(
        agreement=(worker.agreement_from, worker.agreement_to) if worker.agreement_from else None,
        contract_until=max((one for one in ends if one is not None), default=None),
        on_project=await session.scalar(open_ones.limit(1)) is not None,
        worked_until=await session.scalar(last_day),
        owed=owed(await worked(session, worker), lines),
        paid_on=max((one.paid_on or one.month for one in lines), default=None),
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


async def no_swipes_meanwhile(session: AsyncSession, worker_id: UUID) -> None:
    """Wait for batches of swipes of the worker, which lock his assignments: the positions that they keep are seen, and
    later ones are not kept any more."""
    his = select(col(Assignment.id)).where(col(Assignment.worker_id) == worker_id).order_by(col(Assignment.id))
    await session.execute(his.with_for_update(key_share=True))


async def links(session: AsyncSession, worker_id: UUID) -> list[UUID]:
    """The links that a worker has had: each is a principal of its own, so what it was answered is kept under its id."""
    return list(await session.scalars(select(col(Link.id)).where(col(Link.worker_id) == worker_id)))


async def blank(session: AsyncSession, worker_id: UUID, field: str, now: datetime) -> list[UUID]:
    """Erase what the registry has under a field beside the worker's own row; answers the papers that hung there."""
    papers: list[UUID] = []
    for one in rulebook.personal_tables():
        if one.field != field or one.how not in (How.BLANK, How.ROWS):
            continue
        papers += await _papers(session, one, worker_id)
        table = SQLModel.metadata.tables[one.name]
        mine = _of_worker(one, worker_id)
        changed = {name: _nothing(table.c[name], unique=name in one.unique) for name in one.personal}
        if "version" in table.c:
            changed |= {"version": table.c.version + 1, "updated_at": now}
        await session.execute(
            delete(table).where(mine) if one.how is How.ROWS else update(table).where(mine).values(changed)
        )
    return papers


async def present(session: AsyncSession, worker_id: UUID, field: str) -> bool:
    """Whether a table that the registry has under a field has a row of the worker."""
    for one in rulebook.personal_tables():
        if one.field == field:
            his = (
                select(literal(True)).select_from(SQLModel.metadata.tables[one.name]).where(_of_worker(one, worker_id))
            )
            if await session.scalar(his.limit(1)):
                return True
    return False


async def anonymise_wages(session: AsyncSession, worker_id: UUID, paid_before: date) -> list[UUID]:
    """Blank names, cards and texts in the wage ledger of a worker; answers the papers that hung there.

    The service may not: the function of the migrations' role does, and refuses while a wage of his is not paid or was
    paid on that day or later.
    """
    ledger = [one for one in rulebook.personal_tables() if one.how is How.LEDGER]
    papers = [paper for one in ledger for paper in await _papers(session, one, worker_id)]
    await session.execute(select(func.anonymise_wages(worker_id, paid_before)))
    return papers


async def _papers(session: AsyncSession, one: PersonalTable, worker_id: UUID) -> list[UUID]:
    columns = [SQLModel.metadata.tables[one.name].c[name] for name in one.papers]
    named = [select(column).where(_of_worker(one, worker_id), column.is_not(None)) for column in columns]
    return [paper for statement in named for paper in await session.scalars(statement)]


def _of_worker(one: PersonalTable, worker_id: UUID) -> ColumnElement[bool]:
    column = SQLModel.metadata.tables[one.name].c[one.of]
    if not one.through:
        return column == worker_id
    above = SQLModel.metadata.tables[one.through]
    return column.in_(select(above.c.id).where(above.c.worker_id == worker_id))


def _nothing(column: Column[Any], *, unique: bool) -> Any:
    if unique:
        return literal("erased-") + cast(column.table.c.id, TEXT)
    return None if column.nullable else ""


async def unnamed(session: AsyncSession, file_ids: Iterable[UUID]) -> list[UUID]:
    """Those of these files that no row of labour names any more: a scanned list may hold many signatures."""
    ids = set(file_ids)
    named = [
        select(column).where(column.in_(ids))
        for one in rulebook.personal_tables()
        if one.name != "file_shares"
        for column in SQLModel.metadata.tables[one.name].c
        if column.name.endswith("file_id")
    ]
    return sorted(ids - set(await session.scalars(union_all(*named)))) if ids else []


async def lone(session: AsyncSession, person_id: UUID) -> Person | None:
    """The person, locked, when no worker and no blacklist entry hangs on him any more."""
    person: Person | None = await session.scalar(select(Person).where(col(Person.id) == person_id).with_for_update())
    named = [
        await session.scalar(select(column).where(column == person_id).limit(1))
        for column in (col(Worker.person_id), col(BlacklistEntry.person_id))
    ]
    return person if named == [None, None] else None
