"""Facts of agreements."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.agreements.models import Agreement, AgreementItem
from zhulian.common.v1.values_pb2 import Day
from zhulian.procurement.v1 import agreements_events_pb2 as messages

ACTIVATED = "zhulian.procurement.agreements.activated.v1"
ENDED = "zhulian.procurement.agreements.ended.v1"

SUBJECTS: dict[str, type[Message]] = {ACTIVATED: messages.AgreementActivated, ENDED: messages.AgreementEnded}


def activated(agreement: Agreement) -> Event:
    """Orders may be called off from now on (again)."""
    message = messages.AgreementActivated(agreement=_facts(agreement))
    return Event(ACTIVATED, agreement.id, agreement.version, message)


def ended(agreement: Agreement) -> Event:
    """Nothing more is called off."""
    message = messages.AgreementEnded(agreement=_facts(agreement), reason=agreement.reason)
    return Event(ENDED, agreement.id, agreement.version, message)


def _facts(agreement: Agreement) -> messages.AgreementFacts:
    return messages.AgreementFacts(
        agreement_id=str(agreement.id),
        number=agreement.number,
        name=agreement.name,
        kind=agreement.kind,
        holder_id=str(agreement.holder_id),
        supplier_id=str(agreement.supplier_id),
        currency=agreement.currency,
        valid_from=Day(date=agreement.valid_from.isoformat()),
        valid_to=Day(date=agreement.valid_to.isoformat()),
        items=[_item(item) for item in agreement.items],
        whole_group=any(one.whole_group for one in agreement.entitlements),
        entitled_ids=sorted({str(one.organisation_id) for one in agreement.entitlements}),
    )


def _item(item: AgreementItem) -> messages.AgreementItemFacts:
    return messages.AgreementItemFacts(
        item_id=str(item.id),
        material_code=item.material_code,
        unit=item.unit,
        price_kind=item.price_kind,
        unit_price="" if item.unit_price is None else decimal_text(item.unit_price),
        region=item.region,
        discount_percent=decimal_text(item.discount_percent),
        discount_amount=decimal_text(item.discount_amount),
    )
