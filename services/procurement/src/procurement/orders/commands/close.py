"""Use cases that end an order or lines of it; each frees exactly the budget of what does not come any more,
and gives it back to the requisitions that wanted it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.work import Work
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.orders import errors, events, rules
from procurement.orders.models import Order, OrderLine
from procurement.orders.service import Verb, act, close
from procurement.orders.states import Action


@dataclass(frozen=True, slots=True)
class CancelRest:
    """What is left of these lines (of all open ones when none is named) is called off, and why."""

    order_id: UUID
    expected_version: int | None
    reason: str
    line_ids: tuple[UUID, ...] = ()


async def cancel(work: Work, command: Verb) -> Order:
    """The buyer calls the order off before anything was delivered; its budget is free again through the fact."""
    work.require(permissions.ORDERS_CREATE)
    order = await act(work, command, Action.CANCEL)
    _demand_no_open_change(order)
    await approvals.withdraw(work, DocumentKind.ORDER, order.id)
    await close(work, order, order.lines)
    if order.approved_at is not None:
        work.emit(events.cancelled(order))
    return order


async def decline(work: Work, command: Verb) -> Order:
    """The supplier refuses an approved order (拒单) and says why; its budget is free again through the fact.

    FailedPrecondition ORDER_CHANGE_OPEN: a change on the table is answered, or withdrawn, first.
    """
    work.require(permissions.ORDERS_CONFIRM)
    order = await act(work, command, Action.DECLINE, by_supplier=True)
    _demand_no_open_change(order)
    await close(work, order, order.lines)
    work.emit(events.cancelled(order))
    return order


async def complete(work: Work, command: Verb) -> Order:
    """The buyer closes an order that has been delivered as far as it will be; what did not come is free again."""
    work.require(permissions.ORDERS_CREATE)
    order = await act(work, command, Action.COMPLETE)
    _demand_no_open_change(order)
    await _close(work, order, [line for line in order.lines if not line.closed], completed=True)
    return order


async def cancel_rest(work: Work, command: CancelRest) -> Order:
    """The buyer calls off what is left (取消剩余) of lines of an order in delivery; what is on its way still counts.

    FailedPrecondition NOTHING_LEFT, LINE_CLOSED, ORDER_CHANGE_OPEN.
    """
    work.require(permissions.ORDERS_CREATE)
    order = await act(work, Verb(command.order_id, command.expected_version, command.reason), Action.CANCEL_REST)
    _demand_no_open_change(order)
    await _close(work, order, _chosen(order, command.line_ids), completed=False)
    return order


def _chosen(order: Order, line_ids: tuple[UUID, ...]) -> list[OrderLine]:
    if not line_ids:
        left = [line for line in order.lines if not line.closed and line.delivered < line.quantity]
        if not left:
            raise errors.nothing_left()
        return left
    known = {line.id: line for line in order.lines}
    for index, line_id in enumerate(line_ids):
        if line_id not in known:
            raise errors.unknown_line_id(index)
        if known[line_id].closed:
            raise errors.line_closed(known[line_id].position)
    return [line for line in order.lines if line.id in line_ids]


async def _close(work: Work, order: Order, lines: list[OrderLine], *, completed: bool) -> None:
    held = rules.commitments(order.lines)
    before = _audited(lines)
    await close(work, order, lines)
    work.audit("orders.close_lines", "order", order.id, before, _audited(lines))
    work.emit(events.closed(order, lines, order.reason, completed=completed))
    if rules.commitments(order.lines) != held:
        work.emit(events.commitment_changed(order, "completed" if completed else "rest_cancelled"))


def _audited(lines: list[OrderLine]) -> audit.Fields:
    return {"lines": [audit.fields(line, "position", "quantity", "delivered", "closed") for line in lines]}


def _demand_no_open_change(order: Order) -> None:
    if order.open_change_id is not None:
        raise errors.change_open(order.open_change_id)
