"""The only SQL of payments. A buyer's queries start from `visible_to`, a supplier's from `shown_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.payments import errors
from procurement.payments.models import Payment, PaymentItem
from procurement.payments.states import ItemState, State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A buyer sees its own payment orders and nobody else's."""
    return col(Payment.buyer_id) == principal.organisation_id


def shown_to(principal: Principal) -> ColumnElement[bool]:
    """A supplier sees what was paid to it, once it was paid."""
    return (col(PaymentItem.supplier_id) == principal.organisation_id) & (col(PaymentItem.state) == ItemState.EXECUTED)


async def get(session: AsyncSession, principal: Principal, payment_id: UUID, *, lock: bool = False) -> Payment:
    """The order with its items, locked as it is now if asked so; NotFound PAYMENT_NOT_FOUND."""
    statement = (
        select(Payment).where(visible_to(principal), col(Payment.id) == payment_id).options(selectinload(Payment.items))  # type: ignore[arg-type]
    )
    if lock:
        statement = statement.with_for_update(of=Payment).execution_options(populate_existing=True)
    payment: Payment | None = await session.scalar(statement)
    if payment is None:
        raise errors.payment_not_found(payment_id)
    return payment


async def add(session: AsyncSession, payment: Payment) -> None:
    """Write a new order; AlreadyExists PAYMENT_NUMBER_TAKEN."""
    session.add(payment)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "payments_number_taken":
            raise errors.number_taken(payment.number) from None
        raise


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payment orders a list shows; None means all."""

    state: State | None = None
    number: str | None = None
    refund: bool | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: PaymentFilter, request: PageRequest
) -> Page[Payment]:
    """The caller's payment orders, newest first, without items."""
    statement = select(Payment).where(visible_to(principal))
    for name in ("state", "number", "refund"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Payment, name) == value)
    return await paginate(session, statement, keys=(Payment.id,), request=request, descending=True)


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts a list shows; None means all. `paid_from`: paid on this day or later."""

    buyer_id: UUID | None = None
    project_id: UUID | None = None
    payable_id: UUID | None = None
    paid_from: date | None = None


async def page_of_receipts(
    session: AsyncSession, principal: Principal, wanted: ReceiptFilter, request: PageRequest
) -> Page[PaymentItem]:
    """What the calling supplier was paid, newest first."""
    statement = select(PaymentItem).where(shown_to(principal))
    for name in ("buyer_id", "project_id", "payable_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(PaymentItem, name) == value)
    if wanted.paid_from is not None:
        statement = statement.where(col(PaymentItem.paid_on) >= wanted.paid_from)
    return await paginate(session, statement, keys=(PaymentItem.id,), request=request, descending=True)
