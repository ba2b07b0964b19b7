"""The supplier sends goods: what is on the lorry, with which papers, and what of it makes good an earlier delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from chassis.ids import new_id
from chassis.values import decimal_text
from chassis.work import Work
from procurement import permissions
from procurement.deliveries import errors, events, repository, rules, service, states
from procurement.deliveries.models import Delivery, DeliveryFile, DeliveryLine
from procurement.orders import service as orders
from procurement.orders.models import Order

NONE = Decimal("0.000000")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A product certificate of a line (产品合格证): its number and the uploaded file."""

    number: str
    file_id: UUID


@dataclass(frozen=True, slots=True)
class SentLine:
    """So much of a line of the order; `replaces` is the line of an earlier delivery that it makes good."""

    line_id: UUID
    quantity: Decimal
    heat_numbers: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A delivery note. Without certificate number and hash (SHA-256, hex) the first file on a line stands for them."""

    order_id: UUID
    note_number: str
    vehicle: str
    certificate_number: str | None
    certificate_sha256: str | None
    lines: tuple[SentLine, ...]
    driver: str = ""
    expected_from: datetime | None = None
    expected_to: datetime | None = None


async def dispatch(work: Work, command: Dispatch) -> Delivery:
    """The supplier sends goods; an order line takes no more than its quantity and tolerance, to the last decimal."""
    work.require(permissions.DELIVERIES_DISPATCH)
    session = await work.writing()
    order = await orders.deliver(work, command.order_id, [(line.line_id, line.quantity) for line in command.lines])
    wanted = [line.replaces for line in command.lines if line.replaces is not None]
    if wanted:
        _check_replaced(command.lines, await repository.replaced(session, order.id, wanted))
    delivery = _row(work, command, order)
    certificates = await _certificates(work, command.lines, delivery)
    delivery.certificate_number, delivery.certificate_sha256 = _proof(command, certificates)
    await repository.add(session, delivery)
    delivery.files.extend(certificates)  # after the lines that they belong to
    work.audit("deliveries.dispatch", "delivery", delivery.id, None, service.audited(delivery))
    work.emit(events.dispatched(delivery))
    return delivery


def _row(work: Work, command: Dispatch, order: Order) -> Delivery:
    delivery_id = new_id()
    return Delivery(
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
        driver=command.driver,
        certificate_number=command.certificate_number or "",  # settled when the files are known
        certificate_sha256=command.certificate_sha256 or "",
        expected_from=command.expected_from,
        expected_to=command.expected_to,
        lines=_lines(delivery_id, command.lines, order),
        files=[],
        samples=[],
        witnesses=[],
    )


def _lines(delivery_id: UUID, sent: Sequence[SentLine], order: Order) -> list[DeliveryLine]:
    ordered = {line.id: line for line in order.lines}
    return [
        DeliveryLine(
            id=new_id(),
            delivery_id=delivery_id,
            order_line_id=line.line_id,
            position=position,
            material_code=ordered[line.line_id].material_code,
            unit=ordered[line.line_id].unit,
            heat_numbers=list(line.heat_numbers),
            quantity=line.quantity,
            received=NONE,
            accepted=NONE,
            returned=NONE,
            replaces=line.replaces,
        )
        for position, line in enumerate(sent, start=1)
    ]


async def _certificates(work: Work, lines: Sequence[SentLine], delivery: Delivery) -> list[DeliveryFile]:
    named = [
        (row, certificate, f"/lines/{index}/certificates/{place}/file_id")
        for index, (row, line) in enumerate(zip(delivery.lines, lines, strict=True))
        for place, certificate in enumerate(line.certificates)
    ]
    files = await service.attached(
        work, delivery, [certificate.file_id for _, certificate, _ in named], [pointer for _, _, pointer in named]
    )
    return [
        DeliveryFile(
            id=new_id(),
            delivery_id=delivery.id,
            line_id=row.id,
            number=certificate.number,
            file_id=file.id,
            sha256=file.sha256,
        )
        for (row, certificate, _), file in zip(named, files, strict=True)
    ]


def _proof(command: Dispatch, certificates: Sequence[DeliveryFile]) -> tuple[str, str]:
    if command.certificate_number is not None and command.certificate_sha256 is not None:
        return command.certificate_number, command.certificate_sha256
    if not certificates:
        raise errors.certificate_missing()
    return certificates[0].number, certificates[0].sha256


def _check_replaced(lines: Sequence[SentLine], replaced: Mapping[UUID, repository.Replaced]) -> None:
    """Under the order's lock, so that two lorries do not make the same line good."""
    for index, line in enumerate(lines):
        if line.replaces is None:
            continue
        earlier = replaced.get(line.replaces)
        if earlier is None or earlier.line.order_line_id != line.line_id:
            raise errors.replaces_unknown(index)
        row = earlier.line
        lacking = rules.missing(
            earlier.state, judged=row.judged, sent=row.quantity, accepted=row.accepted, returned=row.returned
        )
        most = lacking - earlier.sent_again
        if line.quantity > most:
            raise errors.replaces_too_much(index, decimal_text(most))
