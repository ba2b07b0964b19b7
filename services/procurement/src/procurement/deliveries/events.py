"""Facts of deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.deliveries.models import Delivery, DeliveryLine, Sample
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.procurement.v1 import deliveries_events_pb2 as messages
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted

ACCEPTED = "zhulian.procurement.deliveries.accepted.v1"
DISPATCHED = "zhulian.procurement.deliveries.dispatched.v1"
ARRIVED = "zhulian.procurement.deliveries.arrived.v1"
CERTIFIED = "zhulian.procurement.deliveries.certified.v1"

SUBJECTS: dict[str, type[Message]] = {
    ACCEPTED: DeliveryAccepted,
    DISPATCHED: messages.DeliveryDispatched,
    ARRIVED: messages.DeliveryArrived,
    CERTIFIED: messages.DeliveryCertified,
}


def accepted(delivery: Delivery, day: date, costs: Mapping[str, Decimal], currency: str, *, proof: bool) -> Event:
    """By how much accepted cost changes per cost code; negative for a return, which carries no certificate."""
    message = DeliveryAccepted(
        delivery_id=str(delivery.id),
        order_id=str(delivery.order_id),
        project_id=str(delivery.project_id),
        buyer_id=str(delivery.buyer_id),
        supplier_id=str(delivery.supplier_id),
        day=Day(date=day.isoformat()),
        costs=[
            CostLine(cost_code=code, amount=Money(amount=decimal_text(amount), currency=currency))
            for code, amount in sorted(costs.items())
        ],
        certificate_number=delivery.certificate_number if proof else "",
        certificate_sha256=delivery.certificate_sha256 if proof else "",
    )
    return Event(ACCEPTED, delivery.id, delivery.version, message)


def dispatched(delivery: Delivery) -> Event:
    """A lorry is on its way."""
    message = messages.DeliveryDispatched(
        note=_note(delivery),
        expected_from=_instant(delivery.expected_from),
        expected_to=_instant(delivery.expected_to),
        lines=[
            messages.SentLine(
                line_id=str(line.id),
                order_line_id=str(line.order_line_id),
                material_code=line.material_code,
                unit=line.unit,
                quantity=decimal_text(line.quantity),
                replaces_line_id=str(line.replaces or ""),
            )
            for line in delivery.lines
        ],
    )
    return Event(DISPATCHED, delivery.id, delivery.version, message)


def arrived(delivery: Delivery) -> Event:
    """It is at the gate."""
    message = messages.DeliveryArrived(
        note=_note(delivery), arrived_at=_instant(delivery.arrived_at), weighing=_weighing(delivery)
    )
    return Event(ARRIVED, delivery.id, delivery.version, message)


def certified(delivery: Delivery, day: date) -> Event:
    """The quality proof of all that stands accepted, as a snapshot."""
    message = messages.DeliveryCertified(
        note=_note(delivery),
        version=delivery.version,
        day=Day(date=day.isoformat()),
        lines=[_certified(delivery, line) for line in delivery.lines if line.accepted > line.returned],
        photos=[
            messages.FileProof(file_id=str(one.file_id), sha256=one.sha256)
            for one in delivery.files
            if one.line_id is None
        ],
        witnesses=[
            messages.Witness(
                organisation_id=str(one.organisation_id), subject=one.subject, signed_at=_instant(one.signed_at)
            )
            for one in delivery.witnesses
        ],
    )
    return Event(CERTIFIED, delivery.id, delivery.version, message)


def _certified(delivery: Delivery, line: DeliveryLine) -> messages.CertifiedLine:
    files = [one for one in delivery.files if one.line_id == line.id]
    certificates = [
        messages.Certificate(
            number=one.number,
            file=messages.FileProof(file_id=str(one.file_id), sha256=one.sha256),
            sha256=one.sha256,
        )
        for one in files
    ]
    if not certificates:
        note = messages.Certificate(number=delivery.certificate_number, sha256=delivery.certificate_sha256)
        certificates = [note]
    return messages.CertifiedLine(
        line_id=str(line.id),
        order_line_id=str(line.order_line_id),
        material_code=line.material_code,
        unit=line.unit,
        quantity=decimal_text(line.accepted - line.returned),
        heat_numbers=line.heat_numbers,
        certificates=certificates,
        samples=[_sample(one) for one in delivery.samples if one.line_id == line.id],
    )


def _sample(sample: Sample) -> messages.SampleProof:
    report = None
    if sample.report_file_id is not None:
        report = messages.FileProof(file_id=str(sample.report_file_id), sha256=sample.report_sha256)
    return messages.SampleProof(
        number=sample.number, laboratory=sample.laboratory, result=str(sample.state), report=report
    )


def _note(delivery: Delivery) -> messages.DeliveryNote:
    return messages.DeliveryNote(
        delivery_id=str(delivery.id),
        number=delivery.note_number,
        order_id=str(delivery.order_id),
        project_id=str(delivery.project_id),
        buyer_id=str(delivery.buyer_id),
        supplier_id=str(delivery.supplier_id),
        vehicle=delivery.vehicle,
    )


def _weighing(delivery: Delivery) -> messages.Weighing | None:
    if delivery.gross is None or delivery.tare is None or delivery.net is None:
        return None
    expected = delivery.expected_weight
    return messages.Weighing(
        unit=str(delivery.weight_unit),
        gross=decimal_text(delivery.gross),
        tare=decimal_text(delivery.tare),
        net=decimal_text(delivery.net),
        expected="" if expected is None else decimal_text(expected),
        deviates=delivery.weight_deviates,
    )


def _instant(instant: datetime | None) -> Timestamp | None:
    if instant is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp
