"""Use cases of deliveries. Whatever changes the order too locks the order first, then the delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.files import service as files
from chassis.files.models import File
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.clients.projects import ProjectDirectory
from procurement.deliveries import errors, events, repository, states
from procurement.deliveries.models import Delivery, DeliveryFile, DeliveryLine
from procurement.deliveries.repository import DeliveryFilter
from procurement.deliveries.states import Action, SampleState
from procurement.orders import service as orders
from procurement.orders.models import Order

OPEN_PROJECTS = ("active", "suspended")


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """A quantity for one line of a delivery, and why.

    When judging, `quantity` is what is good of what was `received`, which is all that was sent when None.
    """

    line_id: UUID
    quantity: Decimal
    reason: str = ""
    received: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """An acceptance or a return, line by line; a partial acceptance leaves lines to be judged later."""

    delivery_id: UUID
    expected_version: int | None
    lines: tuple[LineQuantity, ...]
    partial: bool = False
    photos: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a whole delivery and why."""

    delivery_id: UUID
    expected_version: int | None
    reason: str


async def get(work: Work, delivery_id: UUID) -> Delivery:
    """One delivery with its lines."""
    work.require(permissions.DELIVERIES_READ)
    return await seen(work, delivery_id)


async def page(work: Work, wanted: DeliveryFilter, request: PageRequest) -> Page[Delivery]:
    """The caller's deliveries, without lines; see `repository.page` for their order."""
    work.require(permissions.DELIVERIES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def accept(work: Work, command: Judge, projects: ProjectDirectory) -> Delivery:
    """The site takes what is good, line by line, and says why the rest is not.

    What is short or rejected may come again. The product certificate becomes the quality proof of the acceptance
    (深府办函〔2023〕30号 §13). Asks project-mgmt whether the buyer still takes part. A line is judged once.
    """
    work.require(permissions.DELIVERIES_ACCEPT)
    delivery = await seen(work, command.delivery_id)
    party = await projects.party(delivery.project_id, delivery.buyer_id, work.today)
    if not party.roles or party.project_state not in OPEN_PROJECTS:
        raise errors.not_on_site(party.project_state)
    order, delivery = await locked(work, delivery)
    admit(work, delivery, command.expected_version, Action.ACCEPT, delivery.buyer_id)
    before = audited(delivery)
    changes: dict[UUID, orders.Change] = {}
    for index, (line, wanted) in enumerate(_matched(delivery, command.lines)):
        _judge(delivery, line, wanted, index)
        changes[line.order_line_id] = orders.Change(delivered=line.accepted - line.quantity, accepted=line.accepted)
    complete = all(line.judged for line in delivery.lines)
    if not complete and not command.partial:
        raise errors.lines_missing()
    await add_photos(work, delivery, command.photos)
    costs = await orders.settle(work, order, changes)
    delivery.accepted_at, delivery.accepted_by = work.now, work.principal.subject
    finish(work, delivery, Action.ACCEPT if complete else Action.ACCEPT_PART, before)
    work.emit(events.accepted(delivery, work.today, costs, order.currency, proof=True))
    certify(work, delivery)
    return delivery


def _judge(delivery: Delivery, line: DeliveryLine, wanted: LineQuantity, index: int) -> None:
    received = line.quantity if wanted.received is None else wanted.received
    if line.judged:
        raise errors.line_judged(index)
    if received > line.quantity:
        raise errors.more_than_came(index, "received")
    if wanted.quantity > received:
        raise errors.more_than_came(index)
    if wanted.quantity < received and not wanted.reason:
        raise errors.reason_missing(index)
    failed = [one for one in delivery.samples if one.line_id == line.id and one.state == SampleState.FAILED]
    if failed and wanted.quantity > 0:
        raise errors.sample_failed(index, failed[0].number)
    line.received, line.accepted, line.reason, line.judged = received, wanted.quantity, wanted.reason, True


async def send_back(work: Work, command: Judge) -> Delivery:
    """The site returns accepted goods (退货): delivered and accepted quantity fall, and so does accepted cost."""
    work.require(permissions.DELIVERIES_ACCEPT)
    order, delivery = await locked(work, await seen(work, command.delivery_id))
    admit(work, delivery, command.expected_version, Action.RETURN, delivery.buyer_id)
    before = audited(delivery)
    matched = _matched(delivery, command.lines)
    for index, (line, wanted) in enumerate(matched):
        if wanted.quantity > line.accepted - line.returned:
            raise errors.more_than_came(index)
    await give_back(work, order, delivery, [(line, wanted.quantity, wanted.reason) for line, wanted in matched], before)
    return delivery


async def give_back(
    work: Work,
    order: Order,
    delivery: Delivery,
    lines: Sequence[tuple[DeliveryLine, Decimal, str]],
    before: audit.Fields,
) -> None:
    """Book a return of (line, quantity, reason) on the locked order and delivery."""
    changes: dict[UUID, orders.Change] = {}
    for line, quantity, reason in lines:
        line.returned += quantity
        line.reason = reason
        changes[line.order_line_id] = orders.Change(delivered=-quantity, accepted=-quantity)
    costs = await orders.settle(work, order, changes)
    finish(work, delivery, Action.RETURN, before)
    work.emit(events.accepted(delivery, work.today, costs, order.currency, proof=False))
    certify(work, delivery)


async def refuse(work: Work, command: Verb) -> Delivery:
    """The site sends the whole delivery away."""
    work.require(permissions.DELIVERIES_ACCEPT)
    return await _taken_back(work, command, Action.REFUSE, by_supplier=False)


async def withdraw(work: Work, command: Verb) -> Delivery:
    """The supplier calls a delivery back before it was judged."""
    work.require(permissions.DELIVERIES_DISPATCH)
    return await _taken_back(work, command, Action.WITHDRAW, by_supplier=True)


async def _taken_back(work: Work, command: Verb, action: Action, *, by_supplier: bool) -> Delivery:
    order, delivery = await locked(work, await seen(work, command.delivery_id))
    acting = delivery.supplier_id if by_supplier else delivery.buyer_id
    admit(work, delivery, command.expected_version, action, acting)
    before = audited(delivery)
    changes = {line.order_line_id: orders.Change(-line.quantity, Decimal(0)) for line in delivery.lines}
    await orders.settle(work, order, changes)
    delivery.reason = command.reason
    finish(work, delivery, action, before)
    return delivery


async def seen(work: Work, delivery_id: UUID) -> Delivery:
    """The delivery as the caller may see it, in a short transaction."""
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, delivery_id)


async def locked(work: Work, delivery: Delivery) -> tuple[Order, Delivery]:
    """The order and the delivery, locked in this order and as they are now."""
    session = await work.writing()
    order = await orders.locked(work, delivery.order_id)
    return order, await repository.get_for_update(session, work.principal, work.today, delivery.id)


def admit(work: Work, delivery: Delivery, expected: int | None, action: Action, acting: UUID) -> None:
    """Refuse the other side, a stale version and a state that forbids the action."""
    if acting != work.principal.organisation_id:
        raise errors.not_yours(action)
    check_version(delivery, expected)
    states.DELIVERY.apply(delivery.state, action)


def finish(work: Work, delivery: Delivery, action: Action, before: audit.Fields) -> None:
    """The next state and version, and the trace of both."""
    delivery.state = states.DELIVERY.apply(delivery.state, action)
    touch(delivery, work)
    work.audit(f"deliveries.{action}", "delivery", delivery.id, before, audited(delivery))


def certify(work: Work, delivery: Delivery) -> None:
    """Tell the archive what the quality proof is now, once something was judged."""
    if any(line.judged for line in delivery.lines):
        work.emit(events.certified(delivery, work.today))


async def attached(work: Work, delivery: Delivery, file_ids: Sequence[UUID], pointers: Sequence[str]) -> list[File]:
    """The caller's uploads, from now on visible to both sides and to the supervisors of the project."""
    if not file_ids:
        return []
    supervisors = await repository.supervisors(await work.writing(), delivery.project_id, work.today)
    share_with = {delivery.buyer_id, delivery.supplier_id, *supervisors}
    return await files.attach(work, file_ids, share_with=share_with, pointers=pointers)


async def add_photos(work: Work, delivery: Delivery, file_ids: Sequence[UUID]) -> None:
    """Hang photos on a delivery."""
    photos = await attached(work, delivery, file_ids, [f"/photos/{index}" for index in range(len(file_ids))])
    delivery.files.extend(
        DeliveryFile(delivery_id=delivery.id, file_id=photo.id, sha256=photo.sha256) for photo in photos
    )


def _matched(delivery: Delivery, wanted: Sequence[LineQuantity]) -> list[tuple[DeliveryLine, LineQuantity]]:
    lines: Mapping[UUID, DeliveryLine] = {line.id: line for line in delivery.lines}
    unknown = [f"/lines/{index}/line_id" for index, one in enumerate(wanted) if one.line_id not in lines]
    if unknown:
        raise errors.unknown_lines(unknown)
    return [(lines[one.line_id], one) for one in wanted]


def audited(delivery: Delivery) -> audit.Fields:
    """What the audit keeps of a delivery."""
    return audit.fields(delivery, "state", "note_number", "reason", "gross", "tare", "weight_unit") | {
        "lines": [
            audit.fields(line, "position", "quantity", "received", "accepted", "returned", "reason")
            for line in delivery.lines
        ],
        "files": [str(one.file_id) for one in delivery.files],
        "samples": [audit.fields(one, "number", "state") for one in delivery.samples],
        "witnesses": [str(one.organisation_id) for one in delivery.witnesses],
    }
