"""The only SQL of payouts. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from labour.payouts import errors
from labour.payouts.models import Payee, Payout, PayoutRow
from labour.payouts.states import LIVE, PayeeState, State
from labour.payrolls.models import PayrollLine
from labour.payrolls.states import LineState

Held = TypeVar("Held", Payout, Payee)


def visible_to(principal: Principal, on: date, table: type[Held]) -> ColumnElement[bool]:
    """The general contractor's own, of payee changes also the employer's; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    mine = principal.organisation_id
    overseen = replica.takes_part(mine, on, "authority")
    shown = [col(table.contractor_id) == mine, col(table.project_id).in_(overseen)]
    return or_(*shown, col(Payee.employer_id) == mine) if table is Payee else or_(*shown)


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """Which payouts a list shows; None means all."""

    project_id: UUID | None = None
    account_id: UUID | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class PayeeFilter:
    """Which payee changes a list shows; None means all."""

    worker_id: UUID | None = None
    project_id: UUID | None = None
    state: PayeeState | None = None


async def get(session: AsyncSession, principal: Principal, on: date, payout_id: UUID, *, own: bool = False) -> Payout:
    """The payout; with `own` only the caller's, locked as it is now. NotFound PAYOUT_NOT_FOUND."""
    statement = select(Payout).where(visible_to(principal, on, Payout), col(Payout.id) == payout_id)
    if own:
        statement = statement.where(col(Payout.contractor_id) == principal.organisation_id).with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=own))
    if found is None:
        raise errors.payout_not_found(payout_id)
    return found


async def payee(session: AsyncSession, principal: Principal, on: date, payee_id: UUID, *, lock: bool = False) -> Payee:
    """The payee change, locked if asked so; NotFound PAYEE_NOT_FOUND."""
    statement = select(Payee).where(visible_to(principal, on, Payee), col(Payee.id) == payee_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.payee_not_found(payee_id)
    return found


async def page(
    session: AsyncSession,
    principal: Principal,
    on: date,
    table: type[Held],
    wanted: PayoutFilter | PayeeFilter,
    request: PageRequest,
) -> Page[Held]:
    """The visible payouts or payee changes, newest first."""
    statement = select(table).where(visible_to(principal, on, table))
    for name in wanted.__dataclass_fields__:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(table, name) == value)
    return await paginate(session, statement, keys=(table.id,), request=request, descending=True)


async def page_of_rows(
    session: AsyncSession, principal: Principal, on: date, payout_id: UUID, request: PageRequest
) -> Page[PayoutRow]:
    """The transfers of a visible payout, in their order."""
    statement = (
        select(PayoutRow)
        .join(Payout, col(Payout.id) == col(PayoutRow.payout_id))
        .where(visible_to(principal, on, Payout), col(PayoutRow.payout_id) == payout_id)
    )
    return await paginate(session, statement, keys=(PayoutRow.position,), request=request)


async def open_lines(
    session: AsyncSession, principal: Principal, project_id: UUID, payroll_ids: Collection[UUID]
) -> list[PayrollLine]:
    """Approved lines of the caller's project that no transfer has, locked in one order; of these payrolls, or all."""
    taken = select(col(PayoutRow.line_id)).where(
        col(PayoutRow.line_id) == col(PayrollLine.id), col(PayoutRow.state).in_(LIVE)
    )
    statement = select(PayrollLine).where(
        col(PayrollLine.contractor_id) == principal.organisation_id,
        col(PayrollLine.project_id) == project_id,
        col(PayrollLine.state) == LineState.APPROVED,
        col(PayrollLine.net) > 0,
        ~taken.exists(),
    )
    if payroll_ids:
        statement = statement.where(col(PayrollLine.payroll_id).in_(set(payroll_ids)))
    return list(await session.scalars(statement.order_by(col(PayrollLine.id)).with_for_update()))


async def rows(session: AsyncSession, payout_id: UUID) -> list[PayoutRow]:
    """The transfers of a payout that the caller holds locked, in their order."""
    statement = select(PayoutRow).where(col(PayoutRow.payout_id) == payout_id).order_by(col(PayoutRow.position))
    return list(await session.scalars(statement.execution_options(populate_existing=True)))


async def payees(session: AsyncSession, contractor_id: UUID, worker_ids: Iterable[UUID]) -> dict[UUID, Payee]:
    """The payee changes in force of workers, for payouts of a contractor."""
    statement = select(Payee).where(
        col(Payee.contractor_id) == contractor_id,
        col(Payee.worker_id).in_(set(worker_ids)),
        col(Payee.state) == PayeeState.CONFIRMED,
    )
    return {one.worker_id: one for one in await session.scalars(statement)}


async def add(session: AsyncSession, *new: SQLModel) -> None:
    """Write new rows or changed ones; AlreadyExists LINE_IN_PAYOUT, PAYEE_IN_FORCE, PAYOUT_NUMBER_TAKEN."""
    session.add_all(new)
    try:
        await session.flush()
    except IntegrityError as error:
        name = constraint_of(error) or ""
        if name == "payout_rows_line_once":
            raise errors.paid_twice() from None
        if name == "payees_one_in_force":
            raise errors.payee_in_force() from None
        if name == "payouts_number_taken":
            [payout] = [one for one in new if isinstance(one, Payout)]
            raise errors.number_taken(payout.number) from None
        raise


async def lines_of(session: AsyncSession, payout_id: UUID) -> list[PayrollLine]:
    """The payroll lines of a payout that the caller holds locked."""
    statement = select(PayrollLine).join(PayoutRow, col(PayoutRow.line_id) == col(PayrollLine.id))
    return list(await session.scalars(statement.where(col(PayoutRow.payout_id) == payout_id)))
