"""Use cases of orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.states import Action as StepAction
from procurement.clients.labour import LabourDirectory
from procurement.clients.projects import ProjectDirectory
from procurement.orders import errors, events, repository, rules, states
from procurement.orders.commands import approval
from procurement.orders.commands.direct import demand_direct
from procurement.orders.models import Order, OrderLine
from procurement.orders.repository import OrderFilter
from procurement.orders.rules import NewLine, NewOrder
from procurement.orders.states import Action, Origin
from procurement.requisitions import service as requisitions
from procurement.requisitions.rules import Need
from procurement.suppliers import service as suppliers
from procurement.wage_standings import service as wage_standings
from procurement.wage_standings.rules import Deal


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
    """A new draft; a number is made when None. `created_by`: whose work it is when it is not the caller's."""

    number: str | None
    project_id: UUID
    supplier_id: UUID
    currency: str
    note: str
    lines: tuple[Line, ...]
    origin: Origin = Origin.DIRECT
    origin_id: UUID | None = None
    direct_reason: str = ""
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReviseOrder:
    """New content of a draft."""

    order_id: UUID
    expected_version: int
    note: str
    lines: tuple[Line, ...]
    direct_reason: str | None = None


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
    lines = new_lines(command.lines)
    return NewOrder(
        id=order_id,
        created_at=work.now,
        number=command.number or f"PO-{work.today:%Y%m%d}-{order_id.hex[-8:].upper()}",
        project_id=command.project_id,
        buyer_id=work.principal.organisation_id,
        supplier_id=command.supplier_id,
        state=states.ORDER.initial,
        currency=command.currency,
        total=demand_keepable(sum((line.amount for line in lines), Decimal("0.00"))),
        note=command.note,
        created_by=command.created_by or work.principal.subject,
        lines=lines,
        origin=command.origin,
        origin_id=command.origin_id,
        direct_reason=command.direct_reason,
    )


def demand_keepable(total: Decimal) -> Decimal:
    """The total of an order; InvalidArgument TOTAL_TOO_LARGE when it is more than can be kept."""
    if total >= rules.LIMIT:
        raise errors.total_too_large()
    return total


async def get(work: Work, order_id: UUID) -> Order:
    """One order with its lines."""
    work.require(permissions.ORDERS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, order_id)


async def page(work: Work, wanted: OrderFilter, request: PageRequest) -> Page[str]:
    """The caller's orders as JSON, newest first, without lines."""
    work.require(permissions.ORDERS_READ)
    async with work.reading_driver() as connection:
        return await repository.page(connection, work.principal, wanted, request, work.today)


async def revise(work: Work, command: ReviseOrder) -> Order:
    """Replace the content of a draft; one that an award or agreement made cannot be revised: ORIGIN_FIXED."""
    work.require(permissions.ORDERS_CREATE)
    session = await work.writing()
    order = await repository.get_for_update(session, work.principal, command.order_id)
    check_version(order, command.expected_version)
    order.state = states.ORDER.apply(order.state, Action.REVISE)
    if order.origin is not Origin.DIRECT:
        raise errors.origin_fixed(order.origin)
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
    order.total = demand_keepable(sum((line.amount for line in order.lines), Decimal(0)))
    order.note = command.note
    order.revised_by = sorted({*order.revised_by, work.principal.subject})
    order.direct_reason = order.direct_reason if command.direct_reason is None else command.direct_reason
    touch(order, work)
    work.audit("orders.revise", "order", order.id, before, _audited(order))
    return order


async def submit(work: Work, command: Verb, labour: LabourDirectory) -> Order:
    """Hand a draft to those who approve it today. A direct purchase says why and stays within the buyer's limit.

    FailedPrecondition DIRECT_REASON_MISSING, DIRECT_LIMIT_EXCEEDED, and whatever `suppliers.usable` and
    `wage_standings.demand_engageable` refuse for.
    """
    work.require(permissions.ORDERS_CREATE)
    seen = await get(work, command.order_id)
    await suppliers.usable(work, seen.buyer_id, {seen.supplier_id})
    await wage_standings.demand_engageable(work, {seen.supplier_id}, Deal.ORDER, labour)
    order = await act(work, command, Action.SUBMIT)
    await demand_direct(work, order, order.total)
    await approval.open_steps(work, order)
    return order


async def approve(work: Work, command: Verb, projects: ProjectDirectory, labour: LabourDirectory) -> Order:
    """Approve the step that waits; with the last one commit the budget, and the order is approved.

    project-mgmt is asked first, outside a write transaction: what it gives is a reservation under the order's id, which
    the fact `approved` confirms and which lapses without it (design rule 6). FailedPrecondition BUDGET_EXCEEDED names
    what is left, and the step still waits. Labour is asked before it: SUPPLIER_WAGE_LISTED. Refuses what
    `approvals.decide` refuses.
    """
    work.require(permissions.APPROVALS_DECIDE)
    async with work.reading() as session:
        order = await repository.get(session, work.principal, command.order_id)
    check_version(order, command.expected_version)
    states.ORDER.apply(order.state, Action.APPROVE)
    # What was reserved must be what is approved: a revision and a decision in between change the version.
    seen = Verb(command.order_id, order.version)
    if not await approvals.foresee(work, DocumentKind.ORDER, order.id):
        endorsed = await act(work, seen, Action.ENDORSE)
        await approvals.decide(work, DocumentKind.ORDER, order.id, StepAction.APPROVE, command.reason)
        return endorsed
    costs = rules.costs((line.cost_code, line.amount) for line in order.lines)
    published = await approval.published(work, order)
    await wage_standings.demand_engageable(work, {order.supplier_id}, Deal.ORDER, labour)
    await projects.commit_budget(order.project_id, order.id, order.buyer_id, costs, order.currency)
    approved = await act(work, seen, Action.APPROVE)
    await approvals.decide(work, DocumentKind.ORDER, order.id, StepAction.APPROVE, command.reason)
    approved.approved_at = work.now
    for line, price in zip(approved.lines, published, strict=True):
        line.published_price = price
    work.emit(events.approved(approved))
    return approved


async def reject(work: Work, command: Verb, projects: ProjectDirectory) -> Order:
    """Refuse a submitted order at the step that waits; budget that an interrupted approval reserved is free at once."""
    work.require(permissions.APPROVALS_DECIDE)
    async with work.reading() as session:
        order = await repository.get(session, work.principal, command.order_id)
    check_version(order, command.expected_version)
    states.ORDER.apply(order.state, Action.REJECT)
    await approvals.foresee(work, DocumentKind.ORDER, order.id)
    await projects.release_budget(order.project_id, order.id)
    rejected = await act(work, Verb(command.order_id, order.version, command.reason), Action.REJECT)
    await approvals.decide(work, DocumentKind.ORDER, order.id, StepAction.REJECT, command.reason)
    await close(work, rejected, rejected.lines)
    return rejected


async def confirm(work: Work, command: Verb) -> Order:
    """The supplier takes the order."""
    work.require(permissions.ORDERS_CONFIRM)
    return await act(work, command, Action.CONFIRM, by_supplier=True)


async def close(work: Work, order: Order, lines: Iterable[OrderLine]) -> None:
    """These lines of a locked order take no more deliveries; what does not come is left to buy again."""
    held = rules.needs(order.lines)
    for line in lines:
        line.closed = True
    await give_back_needs(work, order, held)


async def give_back_needs(work: Work, order: Order, held: Mapping[UUID, tuple[UUID, Decimal]]) -> None:
    """Requisitions get back what the locked order held of them (`rules.needs`, asked before) and holds no more."""
    now = rules.needs(order.lines)
    units = {line.id: line.unit for line in order.lines}
    freed = [Need(need, before - now[line_id][1], units[line_id]) for line_id, (need, before) in held.items()]
    await requisitions.give_back_order(work, [one for one in freed if one.quantity > 0])


async def project_totals(work: Work, project_id: UUID) -> ProjectTotals:
    """For another service: what is ordered and accepted in a project."""
    work.require(permissions.PROJECT_ORDERS_READ)
    async with work.reading() as session:
        return ProjectTotals(*await repository.project_totals(session, project_id))


async def act(work: Work, command: Verb, action: Action, *, by_supplier: bool = False) -> Order:
    """Lock the order, let one side do an action on it, audit it."""
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


def new_lines(lines: Iterable[Line], *, after: int = 0) -> tuple[NewLine, ...]:
    """Lines with ids, amounts and the positions that follow `after`."""
    return tuple(_new_line(position, line) for position, line in enumerate(lines, start=after + 1))


def _rows(order_id: UUID, lines: tuple[Line, ...]) -> list[OrderLine]:
    return [OrderLine(order_id=order_id, **asdict(line)) for line in new_lines(lines)]


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
        if line.closed:
            raise errors.line_closed(line.position)
        most = rules.most_deliverable(line.quantity, line.tolerance_percent) - line.delivered
        if quantity > most:
            raise errors.over_quantity(index, quantity, most)
        line.delivered += quantity
    touch(order, work)
    return order


async def settle(work: Work, order: Order, changes: Mapping[UUID, Change]) -> dict[str, Decimal]:
    """For deliveries: book what was accepted or sent back on the locked order and the needs that it serves; answers the
    change of accepted cost per cost code. More than was ordered raises the commitment, less on a closed line lowers
    it."""
    held, needed = rules.commitments(order.lines), rules.needs(order.lines)
    costs: list[tuple[str, Decimal]] = []
    came: list[Need] = []
    for line in order.lines:
        change = changes.get(line.id)
        if change is None:
            continue
        after = line.accepted + change.accepted
        costs.append((line.cost_code, rules.accepted_amount(line.accepted, after, line.unit_price)))
        line.accepted = after
        line.delivered += change.delivered
        if line.requisition_line_id is not None and change.accepted:
            came.append(Need(line.requisition_line_id, change.accepted, line.unit))
    touch(order, work)
    await requisitions.book_delivered(work, came)
    await give_back_needs(work, order, needed)
    if rules.commitments(order.lines) != held:
        work.emit(events.commitment_changed(order, "settled"))
    return rules.costs(costs)
