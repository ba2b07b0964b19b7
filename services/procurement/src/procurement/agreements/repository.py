"""The only SQL of agreements. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownOrganisation
from chassis.work import constraint_of
from procurement.agreements import errors
from procurement.agreements.models import Agreement, CallOff, Entitlement
from procurement.agreements.rules import Ordered
from procurement.agreements.states import Kind, State
from procurement.changes.models import OrderChangeLine
from procurement.orders import repository as orders
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import Origin
from procurement.orders.states import State as OrderState

GONE = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.DECLINED)


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The holder; the supplier once it was proposed to it; once it was signed who is entitled, or has called off.

    So who has left the group sees what its standing orders rest on.
    """
    called_off = select(col(CallOff.id)).where(
        col(CallOff.agreement_id) == col(Agreement.id), col(CallOff.organisation_id) == principal.organisation_id
    )
    concerned = or_(_entitled(principal).exists(), called_off.exists())
    return or_(_party(principal), col(Agreement.signed_at).is_not(None) & concerned)


def _party(principal: Principal) -> ColumnElement[bool]:
    own = principal.organisation_id
    shown = or_(col(Agreement.state) == State.PROPOSED, col(Agreement.signed_at).is_not(None))
    return or_(col(Agreement.holder_id) == own, and_(col(Agreement.supplier_id) == own, shown))


def _entitled(principal: Principal) -> Select[Any]:
    return select(col(Entitlement.id)).where(
        col(Entitlement.agreement_id) == col(Agreement.id), _granted_to(principal.organisation_id)
    )


def _granted_to(organisation_id: UUID) -> ColumnElement[bool]:
    """What an organisation is entitled to by name, or as one that belongs today to a group that is entitled whole."""
    belongs = select(col(KnownOrganisation.organisation_id)).where(
        col(KnownOrganisation.organisation_id) == organisation_id,
        col(KnownOrganisation.parent_id) == col(Entitlement.organisation_id),
    )
    return or_(
        col(Entitlement.organisation_id) == organisation_id, and_(col(Entitlement.whole_group), belongs.exists())
    )


def _one(principal: Principal, agreement_id: UUID) -> Select[Any]:
    """With all entitlements for holder and supplier, with their own for everybody else."""
    parties = select(col(Agreement.id)).where(_party(principal))
    shown = or_(_granted_to(principal.organisation_id), col(Entitlement.agreement_id).in_(parties))
    return (
        select(Agreement)
        .where(visible_to(principal), col(Agreement.id) == agreement_id)
        .options(
            selectinload(Agreement.items),  # type: ignore[arg-type]
            selectinload(Agreement.entitlements.and_(shown)),  # type: ignore[attr-defined]
        )
        .execution_options(populate_existing=True)
    )


async def get(session: AsyncSession, principal: Principal, agreement_id: UUID) -> Agreement:
    """The agreement with its items; NotFound AGREEMENT_NOT_FOUND when the caller may not see it."""
    agreement: Agreement | None = await session.scalar(_one(principal, agreement_id))
    if agreement is None:
        raise errors.agreement_not_found(agreement_id)
    return agreement


async def get_for_update(session: AsyncSession, principal: Principal, agreement_id: UUID) -> Agreement:
    """The same, locked until the end of the transaction: call-offs of one agreement come one after the other."""
    agreement: Agreement | None = await session.scalar(_one(principal, agreement_id).with_for_update(of=Agreement))
    if agreement is None:
        raise errors.agreement_not_found(agreement_id)
    return agreement


async def whole_for_update(session: AsyncSession, agreement_id: UUID) -> Agreement | None:
    """For our own jobs: the agreement with all that belongs to it, locked."""
    statement = select(Agreement).where(col(Agreement.id) == agreement_id).with_for_update(of=Agreement)
    statement = statement.options(selectinload(Agreement.items), selectinload(Agreement.entitlements))  # type: ignore[arg-type]
    agreement: Agreement | None = await session.scalar(statement.execution_options(populate_existing=True))
    return agreement


async def add(session: AsyncSession, agreement: Agreement) -> None:
    """Write a new agreement; AlreadyExists AGREEMENT_NUMBER_TAKEN."""
    session.add(agreement)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "agreements_number_taken":
            raise errors.number_taken(agreement.number) from None
        raise


@dataclass(frozen=True, slots=True)
class AgreementFilter:
    """Which agreements a list shows; None means all."""

    state: State | None = None
    kind: Kind | None = None
    supplier_id: UUID | None = None
    holder_id: UUID | None = None
    number: str | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: AgreementFilter, request: PageRequest
) -> Page[Agreement]:
    """The caller's agreements, newest first, without items."""
    statement = select(Agreement).where(visible_to(principal))
    for name in ("state", "kind", "supplier_id", "holder_id", "number"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Agreement, name) == value)
    return await paginate(session, statement, keys=(Agreement.id,), request=request, descending=True)


async def ordered(session: AsyncSession, agreement_id: UUID) -> list[Ordered]:
    """What was ordered and has come, by item, organisation and project, counted from the order lines as they are.

    Cancelled and rejected orders count nothing, closed lines what has come, and open changes what they ask for. Exact
    only under the agreement's lock; without it, as of now.
    """
    line, change = OrderLine, OrderChangeLine
    quantity = func.greatest(orders.committed_quantity(), func.coalesce(col(change.quantity), 0))
    columns = (col(line.origin_line_id), col(Order.buyer_id), col(Order.project_id))
    statement = (
        select(
            *columns,
            func.sum(quantity),
            func.sum(func.round(quantity * col(line.unit_price), 2)),
            func.sum(col(line.delivered)),
            func.sum(col(line.accepted)),
        )
        .join(Order, col(Order.id) == col(line.order_id))
        .outerjoin(
            change, and_(col(change.change_id) == col(Order.open_change_id), col(change.line_id) == col(line.id))
        )
        .where(
            col(Order.origin_id) == agreement_id,
            col(Order.origin) == Origin.AGREEMENT,
            col(Order.state).not_in(GONE),
        )
        .group_by(*columns)
    )
    return [Ordered(*row) for row in await session.execute(statement)]


async def entitled_projects(session: AsyncSession, agreement_id: UUID, organisation_id: UUID) -> set[UUID | None]:
    """For which projects an organisation may call off today; None among them: for all of its own."""
    statement = select(col(Entitlement.project_id)).where(
        col(Entitlement.agreement_id) == agreement_id, _granted_to(organisation_id)
    )
    return set(await session.scalars(statement))


async def call_off_of(session: AsyncSession, order_id: UUID) -> CallOff | None:
    """How an order was called off."""
    statement = select(CallOff).where(col(CallOff.order_id) == order_id)
    call_off: CallOff | None = await session.scalar(statement)
    return call_off


async def call_offs(
    session: AsyncSession, principal: Principal, agreement_id: UUID, order_id: UUID | None, request: PageRequest
) -> Page[CallOff]:
    """Newest first: all of them for holder and supplier, their own for entitled organisations."""
    mine = or_(
        col(CallOff.organisation_id) == principal.organisation_id,
        select(col(Agreement.id)).where(col(Agreement.id) == col(CallOff.agreement_id), _party(principal)).exists(),
    )
    statement = (
        select(CallOff).where(col(CallOff.agreement_id) == agreement_id, mine).options(selectinload(CallOff.lines))  # type: ignore[arg-type]
    )
    if order_id is not None:
        statement = statement.where(col(CallOff.order_id) == order_id)
    return await paginate(session, statement, keys=(CallOff.id,), request=request, descending=True)
