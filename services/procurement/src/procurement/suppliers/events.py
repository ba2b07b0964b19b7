"""Facts of suppliers."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from procurement.suppliers.models import Licence, SupplierFile
from zhulian.common.v1.values_pb2 import Day
from zhulian.procurement.v1.suppliers_events_pb2 import ExpiringLicence, SupplierChanged

CHANGED = "zhulian.procurement.suppliers.changed.v1"

SUBJECTS: dict[str, type[Message]] = {CHANGED: SupplierChanged}


def changed(file: SupplierFile, change: SupplierChanged.Change.ValueType, licence: Licence | None = None) -> Event:
    """The standing of a supplier with a buyer changed, or `licence` is about to end."""
    message = SupplierChanged(
        supplier_file_id=str(file.id),
        change=change,
        buyer_id=str(file.buyer_id),
        supplier_id=str(file.supplier_id or ""),
        uscc=file.uscc,
        name_zh=file.name_zh,
        state=file.state.value,
        reason=file.reason,
        until=Day(date=file.until.isoformat()) if file.until else None,
        licence=_expiring(licence) if licence else None,
    )
    return Event(CHANGED, file.id, file.version, message)


def _expiring(licence: Licence) -> ExpiringLicence:
    return ExpiringLicence(
        licence_id=str(licence.id),
        kind=licence.kind.value,
        number=licence.number,
        valid_until=Day(date=licence.valid_until.isoformat()) if licence.valid_until else None,
        obligatory=licence.obligatory,
    )
