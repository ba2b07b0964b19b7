"""Facts of guarantees."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.guarantees.models import Guarantee
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1.guarantees_events_pb2 import GuaranteeExpiring

EXPIRING = "zhulian.procurement.guarantees.expiring.v1"

SUBJECTS: dict[str, type[Message]] = {EXPIRING: GuaranteeExpiring}


def expiring(guarantee: Guarantee) -> Event:
    """A guarantee is over soon, or over."""
    message = GuaranteeExpiring(
        guarantee_id=str(guarantee.id),
        number=guarantee.number,
        issuer=guarantee.issuer,
        kind=guarantee.kind.value,
        state=guarantee.state.value,
        project_id=str(guarantee.project_id),
        beneficiary_id=str(guarantee.beneficiary_id),
        applicant_id=str(guarantee.applicant_id),
        amount=Money(amount=decimal_text(guarantee.amount), currency=guarantee.currency),
        valid_until=Day(date=guarantee.valid_until.isoformat()),
    )
    return Event(EXPIRING, guarantee.id, guarantee.version, message)
