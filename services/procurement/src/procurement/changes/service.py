"""Use cases of changes. Each locks the order first; there is one open change at a time.

Budget: what a change adds is asked of project-mgmt before the approval is written, under the change's id (design rule
6). The fact of the approval confirms it; when the supplier accepts, it becomes part of the order's commitment, and when
it is declined or withdrawn, it is free again. A change that costs less asks nobody: once accepted, the fact says so.

Wages: one that costs more is refused while its supplier is listed for wage arrears, when it is proposed and with its
last approval (docs/decisions/0020); labour is asked before the order is locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.values import decimal_text
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.agreements.commands import caps
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.service import Document
from procurement.approvals.states import Action as StepAction
from procurement.changes import errors, events, repository, rules, states
from procurement.changes.models import OrderChange, OrderChangeLine
from procurement.changes.rules import Edit, Increased, Planned
from procurement.changes.states import Action, State
from procurement.clients.labour import LabourDirectory
from procurement.clients.projects import ProjectDirectory
from procurement.orders import errors as order_errors
from procurement.orders import events as order_events
from procurement.orders import repository as order_rows
from procurement.orders import rules as order_rules
from procurement.orders import service as orders
from procurement.orders import states as order_states
from procurement.orders.commands.direct import demand_direct
from procurement.orders.models import Order, OrderLine
from procurement.orders.service import Line
from procurement.orders.states import Origin
from procurement.requisitions import service as requisitions
from procurement.requisitions.rules import Need
from procurement.wage_standings import service as wage_standings
from procurement.wage_standings.rules import Deal


@dataclass(frozen=True, slots=True)
class ProposeChange:
    """Lines that shall change and lines that shall come on top, and why; the version of the order that was seen."""

    order_id: UUID
    expected_version: int | None
    reason: str
    edits: tuple[Edit, ...]
    added: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a change, the version that the caller saw, and why (empty when no reason is needed)."""

    order_id: UUID
    change_id: UUID
    expected_version: int | None
    reason: str = ""


async def get(work: Work, order_id: UUID, change_id: UUID) -> OrderChange:
    """One change with its lines as they were and shall be."""
    work.require(permissions.ORDERS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, order_id, change_id)


async def page(work: Work, order_id: UUID, state: State | None, request: PageRequest) -> Page[OrderChange]:
    """The history of an order, newest change first."""
    work.require(permissions.ORDERS_READ)
    async with work.reading() as session:
        await order_rows.get(session, work.principal, order_id)
        return await repository.page(session, work.principal, order_id, state, request)


async def propose(work: Work, command: ProposeChange, labour: LabourDirectory) -> OrderChange:
    """The buyer proposes a change. One that adds to no cost code is offered to the supplier at once.

    More of a line that serves a requisition is taken out of what is left of that at once: the supplier's answer cannot
    be overtaken by another purchase. Raises what `rules.plan` raises, ORDER_CHANGE_OPEN, DIRECT_LIMIT_EXCEEDED,
    PRICED_BY_AGREEMENT, REQUISITION_EXHAUSTED, the caps of the agreement that the order was called off from, and for
    one that costs more SUPPLIER_WAGE_LISTED.
    """
    work.require(permissions.ORDER_CHANGES_PROPOSE)
    async with work.reading() as session:
        order = await order_rows.get(session, work.principal, command.order_id)
    seen, asked = order.version, bool(_plan(work, order, command)[1])
    if asked:
        await wage_standings.demand_engageable(work, {order.supplier_id}, Deal.ORDER_CHANGE, labour)
    session = await work.writing()
    order = await orders.locked(work, command.order_id)
    planned, adds = _plan(work, order, command)
    if adds and not asked:  # less than the order said then, more than it says now: labour has not been asked
        check_version(order, seen)
    await _demand_allowed(work, order, planned)
    await requisitions.take_for_order(work, _more_needed(order, planned), sourced=False)
    change = _new(work, order, command.reason, adds)
    change.number = await repository.next_number(session, order.id)
    change.lines = [OrderChangeLine(id=new_id(), change_id=change.id, **asdict(line)) for line in planned]
    if not adds:
        _offer(work, change, Action.OFFER)
    else:
        await _open_steps(work, order, change)
    session.add(change)
    order.open_change_id = change.id
    work.audit("changes.propose", "order_change", change.id, None, _audited(change))
    return change


def _plan(work: Work, order: Order, command: ProposeChange) -> tuple[list[Planned], dict[str, Decimal]]:
    """The lines as they shall be, and what that adds; refuses whoever may not, and what the order's state forbids."""
    if order.buyer_id != work.principal.organisation_id:
        raise errors.not_yours(order_states.Action.AMEND)
    check_version(order, command.expected_version)
    order_states.ORDER.apply(order.state, order_states.Action.AMEND)
    if order.open_change_id is not None:
        raise order_errors.change_open(order.open_change_id)
    added = orders.new_lines(command.added, after=order.lines[-1].position)
    planned = rules.plan(order.lines, command.edits, added)
    return planned, rules.additions(planned, {line.id: line.delivered for line in order.lines})


async def _demand_allowed(work: Work, order: Order, planned: list[Planned]) -> None:
    session = await work.writing()
    new = [line for line in planned if line.before_quantity is None]
    unknown = await order_rows.unknown_units(session, [(line.material_code, line.unit) for line in new])
    for index, line in enumerate(new):
        if (line.material_code, line.unit) in unknown:
            raise errors.unknown_material(index, line.material_code, line.unit)
    total = orders.demand_keepable(order.total + sum((_grows(line) for line in planned), Decimal(0)))
    if total > order.total:
        await demand_direct(work, order, total)
    if order.origin is Origin.AGREEMENT:
        if new or any(line.unit_price != line.before_unit_price for line in planned):
            raise errors.priced_by_agreement()
        await caps.demand_room_for(work, order, {line.line_id: line.quantity for line in planned})


def _grows(line: Planned) -> Decimal:
    before = order_rules.line_amount(line.before_quantity or Decimal(0), line.before_unit_price or Decimal(0))
    return order_rules.line_amount(line.quantity, line.unit_price) - before


def _more_needed(order: Order, lines: Iterable[Planned | Increased]) -> list[Need]:
    more = rules.increases(lines)
    return [
        Need(line.requisition_line_id, more[line.id], line.unit)
        for line in order.lines
        if line.requisition_line_id is not None and line.id in more
    ]


async def approve(work: Work, command: Verb, projects: ProjectDirectory, labour: LabourDirectory) -> OrderChange:
    """Approve the step that waits; with the last one reserve the budget of what the change adds, and offer it.

    Asking again after a lost answer takes once: the reservation stands under the change's id. FailedPrecondition
    BUDGET_EXCEEDED, SUPPLIER_WAGE_LISTED; Unavailable when project-mgmt or labour does not answer, and nothing is
    taken. The step waits on then.
    """
    work.require(permissions.APPROVALS_DECIDE)
    async with work.reading() as session:
        order = await order_rows.get(session, work.principal, command.order_id)
        seen = await repository.get(session, work.principal, command.order_id, command.change_id)
    check_version(seen, command.expected_version)
    states.CHANGE.apply(seen.state, Action.APPROVE)
    same = replace(command, expected_version=seen.version)
    if not await approvals.foresee(work, DocumentKind.CHANGE, seen.id):
        order, change, before = await _begin(work, same, Action.ENDORSE)
        await approvals.decide(work, DocumentKind.CHANGE, change.id, StepAction.APPROVE, command.reason)
        return _end(work, change, Action.ENDORSE, before)
    adds = {code: Decimal(amount) for code, amount in seen.adds.items()}
    await wage_standings.demand_engageable(work, {order.supplier_id}, Deal.ORDER_CHANGE, labour)
    await projects.commit_budget(order.project_id, order.id, order.buyer_id, adds, order.currency, change_id=seen.id)
    order, change, before = await _begin(work, same, Action.APPROVE)
    await approvals.decide(work, DocumentKind.CHANGE, change.id, StepAction.APPROVE, command.reason)
    _offer(work, change, Action.APPROVE)
    work.emit(events.approved(order, change))
    return _end(work, change, Action.APPROVE, before)


async def _open_steps(work: Work, order: Order, change: OrderChange) -> None:
    """By what the order costs more than when it was approved: a change in two halves needs the same steps."""
    added = await repository.added(await work.writing(), order.id)
    document = Document(
        kind=DocumentKind.CHANGE,
        id=change.id,
        number=f"{order.number}/{change.number}",
        organisation_id=order.buyer_id,
        authors=[change.proposed_by],
        amount=rules.cost(change.adds) + sum((rules.cost(adds) for adds in added), Decimal(0)),
        currency=order.currency,
    )
    await approvals.open_steps(work, document)


async def reject(work: Work, command: Verb, projects: ProjectDirectory) -> OrderChange:
    """Refuse at the step that waits; budget that an interrupted approval reserved is given back at once."""
    work.require(permissions.APPROVALS_DECIDE)
    async with work.reading() as session:
        order = await order_rows.get(session, work.principal, command.order_id)
        seen = await repository.get(session, work.principal, command.order_id, command.change_id)
    check_version(seen, command.expected_version)
    states.CHANGE.apply(seen.state, Action.REJECT)
    await approvals.foresee(work, DocumentKind.CHANGE, seen.id)
    await projects.release_budget(order.project_id, order.id, change_id=seen.id)
    order, change, before = await _begin(work, replace(command, expected_version=seen.version), Action.REJECT)
    await approvals.decide(work, DocumentKind.CHANGE, change.id, StepAction.REJECT, command.reason)
    await _drop(work, order, change, Action.REJECT, command.reason)
    return _end(work, change, Action.REJECT, before)


async def withdraw(work: Work, command: Verb) -> OrderChange:
    """The buyer takes a change back before the supplier has answered."""
    work.require(permissions.ORDER_CHANGES_PROPOSE)
    order, change, before = await _begin(work, command, Action.WITHDRAW)
    await approvals.withdraw(work, DocumentKind.CHANGE, change.id)
    await _drop(work, order, change, Action.WITHDRAW, command.reason)
    return _end(work, change, Action.WITHDRAW, before)


async def decline(work: Work, command: Verb) -> OrderChange:
    """The supplier refuses; the order stays as it is."""
    work.require(permissions.ORDER_CHANGES_ANSWER)
    order, change, before = await _begin(work, command, Action.DECLINE, by_supplier=True)
    await _drop(work, order, change, Action.DECLINE, command.reason)
    return _end(work, change, Action.DECLINE, before)


async def accept(work: Work, command: Verb) -> OrderChange:
    """The supplier accepts, and the order reads so from now on. What deliveries have overtaken is refused."""
    work.require(permissions.ORDER_CHANGES_ANSWER)
    order, change, before = await _begin(work, command, Action.ACCEPT, by_supplier=True)
    held, needed = order_rules.commitments(order.lines), order_rules.needs(order.lines)
    _apply(order, change, {line.id: line for line in order.lines})
    await orders.give_back_needs(work, order, needed)
    _decide(work, order, change, Action.ACCEPT, "")
    touch(order, work)
    work.audit("orders.amend", "order", order.id, None, {"change": change.number, "total": decimal_text(order.total)})
    work.emit(events.amended(order, change))
    if change.adds or order_rules.commitments(order.lines) != held:
        merged = change.id if change.adds else None
        work.emit(order_events.commitment_changed(order, "amended", merged))
    return _end(work, change, Action.ACCEPT, before)


def _apply(order: Order, change: OrderChange, lines: Mapping[UUID, OrderLine]) -> None:
    for wanted in change.lines:
        if wanted.is_new:
            order.lines.append(_line(order.id, wanted))
            continue
        line = lines[wanted.line_id]
        rules.demand_possible(line, wanted)
        line.quantity, line.unit_price, line.needed_by = wanted.quantity, wanted.unit_price, wanted.needed_by
        line.amount = order_rules.line_amount(line.quantity, line.unit_price)
        line.closed = wanted.closes
    order.total = sum((line.amount for line in order.lines), Decimal(0))


def _line(order_id: UUID, wanted: OrderChangeLine) -> OrderLine:
    return OrderLine(
        id=wanted.line_id,
        order_id=order_id,
        position=wanted.position,
        material_code=wanted.material_code,
        unit=wanted.unit,
        cost_code=wanted.cost_code,
        quantity=wanted.quantity,
        unit_price=wanted.unit_price,
        tolerance_percent=wanted.tolerance_percent,
        amount=order_rules.line_amount(wanted.quantity, wanted.unit_price),
        tax_percent=wanted.tax_percent,
        needed_by=wanted.needed_by,
        delivered=Decimal(0),
        accepted=Decimal(0),
    )


async def _begin(
    work: Work, command: Verb, action: Action, *, by_supplier: bool = False
) -> tuple[Order, OrderChange, audit.Fields]:
    session = await work.writing()
    order = await orders.locked(work, command.order_id)
    change = await repository.get(session, work.principal, command.order_id, command.change_id)
    if (order.supplier_id if by_supplier else order.buyer_id) != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(change, command.expected_version)
    states.CHANGE.apply(change.state, action)
    return order, change, _audited(change)


def _end(work: Work, change: OrderChange, action: Action, before: audit.Fields) -> OrderChange:
    touch(change, work)
    work.audit(f"changes.{action}", "order_change", change.id, before, _audited(change))
    return change


def _offer(work: Work, change: OrderChange, action: Action) -> None:
    change.state = states.CHANGE.apply(change.state, action)
    change.offered_at = work.now


def _decide(work: Work, order: Order, change: OrderChange, action: Action, reason: str) -> None:
    change.state = states.CHANGE.apply(change.state, action)
    change.answer = reason
    change.decided_at = work.now
    order.open_change_id = None


async def _drop(work: Work, order: Order, change: OrderChange, action: Action, reason: str) -> None:
    """End it without effect; budget that its approval committed is free again, and so is what it took of needs."""
    held = bool(change.adds) and change.offered_at is not None
    _decide(work, order, change, action, reason)
    await requisitions.give_back_order(work, _more_needed(order, change.lines))
    if held:
        work.emit(events.dropped(order, change))


def _new(work: Work, order: Order, reason: str, adds: Mapping[str, Decimal]) -> OrderChange:
    return OrderChange(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        order_id=order.id,
        number=0,
        state=states.CHANGE.initial,
        reason=reason,
        adds={code: decimal_text(amount) for code, amount in adds.items()},
        proposed_by=work.principal.subject,
        lines=[],
    )


def _audited(change: OrderChange) -> audit.Fields:
    return audit.fields(change, "number", "state", "reason", "answer", "adds") | {
        "lines": [
            audit.fields(line, "position", "quantity", "unit_price", "needed_by", "closes") for line in change.lines
        ]
    }
