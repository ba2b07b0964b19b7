"""Use cases of deliveries. Each of them locks the order first, then the delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.clients.projects import ProjectDirectory
from procurement.deliveries import errors, events, repository, states
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.deliveries.repository import DeliveryFilter
from procurement.deliveries.states import Action
from procurement.orders import service as orders
from procurement.orders.models import Order

OPEN_PROJECTS = ("active", "suspended")


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """A quantity for one line (of the order when dispatching, of the delivery otherwise), and why."""

    line_id: UUID
    quantity: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A delivery note."""

    order_id: UUID
    note_number: str
    vehicle: str
    certificate_number: str
    certificate_sha256: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """An acceptance or a return, line by line."""

    delivery_id: UUID
    expected_version: int | None
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a whole delivery and why."""

    delivery_id: UUID
    expected_version: int | None
    reason: str


async def get(work: Work, delivery_id: UUID) -> Delivery:
    """One delivery with its lines."""
    work.require(permissions.DELIVERIES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, delivery_id)


async def page(work: Work, wanted: DeliveryFilter, request: PageRequest) -> Page[Delivery]:
    """The caller's deliveries, newest first, without lines."""
    work.require(permissions.DELIVERIES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def dispatch(work: Work, command: Dispatch) -> Delivery:
    """The supplier sends goods; an order line takes no more than its quantity and tolerance, to the last decimal."""
    work.require(permissions.DELIVERIES_DISPATCH)
    session = await work.writing()
    order = await orders.deliver(work, command.order_id, [(line.line_id, line.quantity) for line in command.lines])
    delivery_id = new_id()
    delivery = Delivery(
        id=delivery_id,
        created_at=work.now,
        updated_at=work.now,
        note_number=command.note_number,
        order_id=order.id,
        project_id=order.project_id,
        buyer_id=order.buyer_id,
        supplier_id=order.supplier_id,
        state=states.DELIVERY.initial,
        vehicle=command.vehicle,
        certificate_number=command.certificate_number,
        certificate_sha256=command.certificate_sha256,
        lines=[
            DeliveryLine(
                id=new_id(),
                delivery_id=delivery_id,
                order_line_id=line.line_id,
                position=position,
                quantity=line.quantity,
                accepted=Decimal("0.000000"),
                returned=Decimal("0.000000"),
            )
            for position, line in enumerate(command.lines, start=1)
        ],
    )
    await repository.add(session, delivery)
    work.audit("deliveries.dispatch", "delivery", delivery.id, None, _audited(delivery))
    return delivery


async def accept(work: Work, command: Judge, projects: ProjectDirectory) -> Delivery:
    """The site takes what is good, line by line, and says why the rest is not.

    What is not accepted goes back: the supplier may deliver it again. The product certificate becomes the quality proof
    of the acceptance (深府办函〔2023〕30号 §13). Asks project-mgmt whether the buyer still takes part.
    """
    work.require(permissions.DELIVERIES_ACCEPT)
    async with work.reading() as session:
        delivery = await repository.get(session, work.principal, command.delivery_id)
    party = await projects.party(delivery.project_id, delivery.buyer_id, work.today)
    if not party.roles or party.project_state not in OPEN_PROJECTS:
        raise errors.not_on_site(party.project_state)
    order, delivery = await _locked(work, command.delivery_id, delivery.order_id)
    _begin(work, delivery, command.expected_version, Action.ACCEPT, delivery.buyer_id)
    judged = _matched(delivery, command.lines)
    if len(judged) != len(delivery.lines):
        raise errors.lines_missing()
    before = _audited(delivery)
    changes: dict[UUID, orders.Change] = {}
    for index, (line, wanted) in enumerate(judged):
        if wanted.quantity > line.quantity:
            raise errors.more_than_came(index)
        if wanted.quantity < line.quantity and not wanted.reason:
            raise errors.reason_missing(index)
        line.accepted, line.reason, line.judged = wanted.quantity, wanted.reason, True
        changes[line.order_line_id] = orders.Change(delivered=line.accepted - line.quantity, accepted=line.accepted)
    costs = orders.settle(order, changes, work)
    delivery.accepted_at, delivery.accepted_by = work.now, work.principal.subject
    _end(work, delivery, Action.ACCEPT, before)
    work.emit(events.accepted(delivery, work.today, costs, order.currency, proof=True))
    return delivery


async def send_back(work: Work, command: Judge) -> Delivery:
    """The site returns accepted goods (退货): delivered and accepted quantity fall, and so does accepted cost."""
    work.require(permissions.DELIVERIES_ACCEPT)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, command.delivery_id)
    order, delivery = await _locked(work, command.delivery_id, seen.order_id)
    _begin(work, delivery, command.expected_version, Action.RETURN, delivery.buyer_id)
    before = _audited(delivery)
    changes: dict[UUID, orders.Change] = {}
    for index, (line, wanted) in enumerate(_matched(delivery, command.lines)):
        if wanted.quantity > line.accepted - line.returned:
            raise errors.more_than_came(index)
        line.returned += wanted.quantity
        line.reason = wanted.reason
        changes[line.order_line_id] = orders.Change(delivered=-wanted.quantity, accepted=-wanted.quantity)
    costs = orders.settle(order, changes, work)
    _end(work, delivery, Action.RETURN, before)
    work.emit(events.accepted(delivery, work.today, costs, order.currency, proof=False))
    return delivery


async def refuse(work: Work, command: Verb) -> Delivery:
    """The site sends the whole delivery away."""
    work.require(permissions.DELIVERIES_ACCEPT)
    return await _taken_back(work, command, Action.REFUSE, by_supplier=False)


async def withdraw(work: Work, command: Verb) -> Delivery:
    """The supplier calls a delivery back before it was judged."""
    work.require(permissions.DELIVERIES_DISPATCH)
    return await _taken_back(work, command, Action.WITHDRAW, by_supplier=True)


async def _taken_back(work: Work, command: Verb, action: Action, *, by_supplier: bool) -> Delivery:
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, command.delivery_id)
    order, delivery = await _locked(work, command.delivery_id, seen.order_id)
    acting = delivery.supplier_id if by_supplier else delivery.buyer_id
    _begin(work, delivery, command.expected_version, action, acting)
    before = _audited(delivery)
    orders.settle(
        order, {line.order_line_id: orders.Change(-line.quantity, Decimal(0)) for line in delivery.lines}, work
    )
    delivery.reason = command.reason
    _end(work, delivery, action, before)
    return delivery


async def _locked(work: Work, delivery_id: UUID, order_id: UUID) -> tuple[Order, Delivery]:
    session = await work.writing()
    order = await orders.locked(work, order_id)
    return order, await repository.get_for_update(session, work.principal, delivery_id)


def _begin(work: Work, delivery: Delivery, expected: int | None, action: Action, acting: UUID) -> None:
    if acting != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(delivery, expected)
    states.DELIVERY.apply(delivery.state, action)


def _end(work: Work, delivery: Delivery, action: Action, before: audit.Fields) -> None:
    delivery.state = states.DELIVERY.apply(delivery.state, action)
    touch(delivery, work)
    work.audit(f"deliveries.{action}", "delivery", delivery.id, before, _audited(delivery))


def _matched(delivery: Delivery, wanted: Sequence[LineQuantity]) -> list[tuple[DeliveryLine, LineQuantity]]:
    lines: Mapping[UUID, DeliveryLine] = {line.id: line for line in delivery.lines}
    unknown = [f"/lines/{index}/line_id" for index, one in enumerate(wanted) if one.line_id not in lines]
    if unknown:
        raise errors.unknown_lines(unknown)
    return [(lines[one.line_id], one) for one in wanted]


def _audited(delivery: Delivery) -> audit.Fields:
    return audit.fields(delivery, "state", "note_number", "reason") | {
        "lines": [
            audit.fields(line, "position", "quantity", "accepted", "returned", "reason") for line in delivery.lines
        ]
    }
