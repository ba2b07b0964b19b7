"""Use cases of orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.clients.projects import ProjectDirectory
from procurement.orders import errors, events, repository, rules, states
from procurement.orders.models import Order, OrderLine
from procurement.orders.repository import OrderFilter
from procurement.orders.rules import NewLine, NewOrder
from procurement.orders.states import Action, Origin


@dataclass(frozen=True, slots=True)
class Line:
    """A position as asked for."""

    material_code: str
    unit: str
    cost_code: str
    quantity: Decimal
    unit_price: Decimal
    tolerance_percent: Decimal
    tax_percent: Decimal | None = None
    needed_by: date | None = None
    origin_line_id: UUID | None = None
    requisition_line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CreateOrder:
    """A new draft; a number is made when None."""

    number: str | None
    project_id: UUID
    supplier_id: UUID
    currency: str
    note: str
    lines: tuple[Line, ...]
    origin: Origin = Origin.DIRECT
    origin_id: UUID | None = None
    direct_reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviseOrder:
    """New content of a draft."""

    order_id: UUID
    expected_version: int
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on an order, the version that the caller saw, and why (empty when no reason is needed)."""

    order_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProjectTotals:
    """Counts by state, amounts ordered and accepted in CNY, of one project."""

    counts: dict[str, int]
    ordered: Decimal
    accepted: Decimal


async def create(work: Work, command: CreateOrder) -> NewOrder:
    """Write a draft. The buyer is the caller's organisation and must be a party of the project."""
    work.require(permissions.ORDERS_CREATE)
    order = _new_order(work, command)
    work.emit(events.created(order))
    work.audit("orders.create", "order", order.id, None, _audited(order))
    await repository.create(work, order)
    return order


async def create_many(work: Work, commands: Sequence[CreateOrder]) -> list[NewOrder]:
    """For awards and call-offs: write drafts in bulk, in the caller's transaction; at most 500 orders.

    Who may award or call off is the caller's question. Raises what `create` raises.
    """
    orders = [_new_order(work, command) for command in commands]
    await repository.create_many(work, orders)
    for order in orders:
        work.emit(events.created(order))
        work.audit("orders.create", "order", order.id, None, _audited(order))
    return orders


def _new_order(work: Work, command: CreateOrder) -> NewOrder:
    if command.supplier_id == work.principal.organisation_id:
        raise errors.own_supplier()
    order_id = new_id()
    lines = tuple(_new_line(position, line) for position, line in enumerate(command.lines, start=1))
    return NewOrder(
        id=order_id,
        created_at=work.now,
        number=command.number or f"PO-{work.today:%Y%m%d}-{order_id.hex[-8:].upper()}",
        project_id=command.project_id,
        buyer_id=work.principal.organisation_id,
        supplier_id=command.supplier_id,
        state=states.ORDER.initial,
        currency=command.currency,
        total=sum((line.amount for line in lines), Decimal("0.00")),
        note=command.note,
        created_by=work.principal.subject,
        lines=lines,
        origin=command.origin,
        origin_id=command.origin_id,
        direct_reason=command.direct_reason,
    )


async def get(work: Work, order_id: UUID) -> Order:
    """One order with its lines."""
    work.require(permissions.ORDERS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, order_id)


async def page(work: Work, wanted: OrderFilter, request: PageRequest) -> Page[str]:
    """The caller's orders as JSON, newest first, without lines."""
    work.require(permissions.ORDERS_READ)
    async with work.reading_driver() as connection:
        return await repository.page(connection, work.principal, wanted, request)


async def revise(work: Work, command: ReviseOrder) -> Order:
    """Replace the content of a draft."""
    work.require(permissions.ORDERS_CREATE)
    session = await work.writing()
    order = await repository.get_for_update(session, work.principal, command.order_id)
    check_version(order, command.expected_version)
    order.state = states.ORDER.apply(order.state, Action.REVISE)
    unknown = await repository.unknown_units(session, [(line.material_code, line.unit) for line in command.lines])
    if unknown:
        lines = enumerate(command.lines)
        raise errors.unknown_materials(
            [
                (index, line.material_code, line.unit)
                for index, line in lines
                if (line.material_code, line.unit) in unknown
            ]
        )
    before = _audited(order)
    order.lines.clear()
    await session.flush()  # the old positions must be gone before the new ones take their numbers
    order.lines.extend(_rows(order.id, command.lines))
    order.total = sum((line.amount for line in order.lines), Decimal(0))
    order.note = command.note
    touch(order, work)
    work.audit("orders.revise", "order", order.id, before, _audited(order))
    return order


async def submit(work: Work, command: Verb) -> Order:
    """Hand a draft to the approver."""
    work.require(permissions.ORDERS_CREATE)
    return await _apply(work, command, Action.SUBMIT)


async def approve(work: Work, command: Verb, projects: ProjectDirectory) -> Order:
    """Commit the budget and approve.

    project-mgmt is asked first, outside a write transaction: what it gives is a reservation under the order's id, which
    the fact `approved` confirms and which lapses without it (design rule 6). FailedPrecondition BUDGET_EXCEEDED names
    what is left.
    """
    work.require(permissions.ORDERS_APPROVE)
    async with work.reading() as session:
        order = await repository.get(session, work.principal, command.order_id)
    check_version(order, command.expected_version)
    states.ORDER.apply(order.state, Action.APPROVE)
    costs = rules.costs((line.cost_code, line.amount) for line in order.lines)
    await projects.commit_budget(order.project_id, order.id, order.buyer_id, costs, order.currency)
    # What was reserved must be what is approved: a revision in between changes the version.
    seen = Verb(command.order_id, order.version)
    approved = await _apply(work, seen, Action.APPROVE)
    approved.approved_at = work.now
    work.emit(events.approved(approved))
    return approved


async def reject(work: Work, command: Verb, projects: ProjectDirectory) -> Order:
    """Refuse a submitted order; budget that an interrupted approval reserved is given back at once."""
    work.require(permissions.ORDERS_APPROVE)
    async with work.reading() as session:
        order = await repository.get(session, work.principal, command.order_id)
    check_version(order, command.expected_version)
    states.ORDER.apply(order.state, Action.REJECT)
    await projects.release_budget(order.project_id, order.id)
    return await _apply(work, Verb(command.order_id, order.version, command.reason), Action.REJECT)


async def confirm(work: Work, command: Verb) -> Order:
    """The supplier takes the order."""
    work.require(permissions.ORDERS_CONFIRM)
    return await _apply(work, command, Action.CONFIRM, by_supplier=True)


async def cancel(work: Work, command: Verb) -> Order:
    """The buyer calls the order off before anything was delivered; its budget is free again through the fact."""
    work.require(permissions.ORDERS_CREATE)
    order = await _apply(work, command, Action.CANCEL)
    if order.approved_at is not None:
        work.emit(events.cancelled(order))
    return order


async def complete(work: Work, command: Verb) -> Order:
    """The buyer closes an order that has been delivered as far as it will be."""
    work.require(permissions.ORDERS_CREATE)
    return await _apply(work, command, Action.COMPLETE)


async def project_totals(work: Work, project_id: UUID) -> ProjectTotals:
    """For another service: what is ordered and accepted in a project."""
    work.require(permissions.PROJECT_ORDERS_READ)
    async with work.reading() as session:
        return ProjectTotals(*await repository.project_totals(session, project_id))


async def _apply(work: Work, command: Verb, action: Action, *, by_supplier: bool = False) -> Order:
    session = await work.writing()
    order = await repository.get_for_update(session, work.principal, command.order_id)
    acting = order.supplier_id if by_supplier else order.buyer_id
    if acting != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(order, command.expected_version)
    before = audit.fields(order, "state", "reason")
    order.state = states.ORDER.apply(order.state, action)
    order.reason = command.reason or order.reason
    touch(order, work)
    work.audit(f"orders.{action}", "order", order.id, before, audit.fields(order, "state", "reason"))
    return order


def _new_line(position: int, line: Line) -> NewLine:
    return NewLine(
        id=new_id(),
        position=position,
        material_code=line.material_code,
        unit=line.unit,
        cost_code=line.cost_code,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tolerance_percent=line.tolerance_percent,
        amount=rules.line_amount(line.quantity, line.unit_price),
        tax_percent=line.tax_percent,
        needed_by=line.needed_by,
        origin_line_id=line.origin_line_id,
        requisition_line_id=line.requisition_line_id,
    )


def _rows(order_id: UUID, lines: tuple[Line, ...]) -> list[OrderLine]:
    new = (_new_line(position, line) for position, line in enumerate(lines, start=1))
    return [OrderLine(order_id=order_id, **asdict(line)) for line in new]


def _audited(order: Order | NewOrder) -> audit.Fields:
    return audit.fields(order, "number", "state", "total", "note") | {
        "lines": [
            audit.fields(line, "position", "material_code", "unit", "cost_code", "quantity", "unit_price")
            for line in order.lines
        ]
    }


@dataclass(frozen=True, slots=True)
class Change:
    """By how much the delivered and the accepted quantity of a line change."""

    delivered: Decimal
    accepted: Decimal


async def locked(work: Work, order_id: UUID) -> Order:
    """For deliveries: the order, locked, as the caller may see it."""
    return await repository.get_for_update(await work.writing(), work.principal, order_id)


async def deliver(work: Work, order_id: UUID, quantities: Sequence[tuple[UUID, Decimal]]) -> Order:
    """For deliveries: the supplier sends so much per line. FailedPrecondition OVER_QUANTITY beyond the tolerance."""
    order = await locked(work, order_id)
    if order.supplier_id != work.principal.organisation_id:
        raise errors.not_yours(Action.DELIVER)
    order.state = states.ORDER.apply(order.state, Action.DELIVER)
    lines = {line.id: line for line in order.lines}
    for index, (line_id, quantity) in enumerate(quantities):
        line = lines.get(line_id)
        if line is None:
            raise errors.unknown_line(index)
        most = rules.most_deliverable(line.quantity, line.tolerance_percent) - line.delivered
        if quantity > most:
            raise errors.over_quantity(index, quantity, most)
        line.delivered += quantity
    touch(order, work)
    return order


def settle(order: Order, changes: Mapping[UUID, Change], work: Work) -> dict[str, Decimal]:
    """For deliveries: book what was accepted or sent back on the locked order; answers the change of accepted cost
    per cost code."""
    costs: list[tuple[str, Decimal]] = []
    for line in order.lines:
        change = changes.get(line.id)
        if change is None:
            continue
        after = line.accepted + change.accepted
        costs.append((line.cost_code, rules.accepted_amount(line.accepted, after, line.unit_price)))
        line.accepted = after
        line.delivered += change.delivered
    touch(order, work)
    return rules.costs(costs)
