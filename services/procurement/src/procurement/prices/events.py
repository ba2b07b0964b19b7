"""Facts of prices."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.prices.models import Publication
from procurement.prices.rules import PriceRow
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1 import prices_events_pb2

PUBLISHED = "zhulian.procurement.prices.published.v1"
CURRENCY = "CNY"

SUBJECTS: dict[str, type[Message]] = {PUBLISHED: prices_events_pb2.PricesPublished}


def published(made: Publication, rows: Iterable[PriceRow]) -> Event:
    """One fact for the whole publication."""
    message = prices_events_pb2.PricesPublished(
        publication_id=str(made.id),
        region=made.region,
        month=Day(date=made.month.isoformat()),
        edition=made.edition,
        source=made.source,
        valid_from=Day(date=made.valid_from.isoformat()),
        prices=[
            prices_events_pb2.PublishedMaterialPrice(
                material_code=row.material_code,
                unit=row.unit,
                with_tax=Money(amount=decimal_text(row.with_tax), currency=CURRENCY),
                without_tax=Money(amount=decimal_text(row.without_tax), currency=CURRENCY),
            )
            for row in rows
        ],
    )
    return Event(PUBLISHED, made.id, made.version, message)
