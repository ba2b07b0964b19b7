"""Facts of requisitions."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.requisitions.models import Requisition, RequisitionLine
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1 import requisitions_events_pb2

APPROVED = "zhulian.procurement.requisitions.approved.v1"
CLOSED = "zhulian.procurement.requisitions.closed.v1"
CURRENCY = "CNY"

SUBJECTS: dict[str, type[Message]] = {
    APPROVED: requisitions_events_pb2.RequisitionApproved,
    CLOSED: requisitions_events_pb2.RequisitionClosed,
}


def approved(requisition: Requisition) -> Event:
    """The need stands and may be bought."""
    message = requisitions_events_pb2.RequisitionApproved(requisition=_facts(requisition))
    return Event(APPROVED, requisition.id, requisition.version, message)


def closed(requisition: Requisition) -> Event:
    """Nothing more will be bought for it."""
    message = requisitions_events_pb2.RequisitionClosed(requisition=_facts(requisition), reason=requisition.reason)
    return Event(CLOSED, requisition.id, requisition.version, message)


def _facts(requisition: Requisition) -> requisitions_events_pb2.RequisitionFacts:
    return requisitions_events_pb2.RequisitionFacts(
        requisition_id=str(requisition.id),
        number=requisition.number,
        organisation_id=str(requisition.organisation_id),
        project_id=str(requisition.project_id),
        total=Money(amount=decimal_text(requisition.total), currency=CURRENCY),
        lines=[_line(line) for line in requisition.lines],
    )


def _line(line: RequisitionLine) -> requisitions_events_pb2.RequisitionLineFacts:
    return requisitions_events_pb2.RequisitionLineFacts(
        line_id=str(line.id),
        material_code=line.material_code,
        unit=line.unit,
        specification=line.specification,
        quantity=decimal_text(line.quantity),
        needed_by=Day(date=line.needed_by.isoformat()),
        cost_code=line.cost_code,
        wbs_uid=line.wbs_uid,
        wbs_name=line.wbs_name,
        estimated=Money(amount=decimal_text(line.amount), currency=CURRENCY),
        sourced=decimal_text(line.sourced),
        ordered=decimal_text(line.ordered),
        delivered=decimal_text(line.delivered),
    )
