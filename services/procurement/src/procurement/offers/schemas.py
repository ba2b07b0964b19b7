"""What goes out about offers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from chassis.http.schemas import Out
from chassis.values import Amount, Instant, Percent, Price, Quantity, QuantityOrZero
from procurement.offers.rules import Origin
from procurement.offers.service import Compared


class OfferSummary(Out):
    """An offer without its lines; `total` is with freight and tax, `complete` when every line is offered."""

    id: UUID
    sourcing_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    origin: Origin
    origin_id: UUID
    currency: str
    freight: Amount
    total: Amount
    complete: bool
    valid_until: date | None
    note: str
    created_at: Instant


class OfferLineOut(Out):
    """An offer for one line; `landed` is with its share of the freight, `landed_price` that for one unit."""

    id: UUID
    line_id: UUID
    position: int
    material_code: str
    alternative: bool
    unit_price: Price
    tax_percent: Percent | None
    delivery_on: date | None
    note: str
    amount: Amount
    freight: Amount
    landed: Amount
    landed_price: Price


class OfferOut(OfferSummary):
    """An offer with its lines."""

    lines: list[OfferLineOut]


class CellOut(Out):
    """What one supplier offers for a line. `excluded`: it does not count any more."""

    offer_line_id: UUID
    supplier_id: UUID
    material_code: str
    alternative: bool
    lowest: bool
    excluded: bool
    unit_price: Price
    tax_percent: Percent | None
    delivery_on: date | None
    note: str
    amount: Amount
    freight: Amount
    landed: Amount
    landed_price: Price


class ComparedLineOut(Out):
    """A line with all its offers, cheapest first; `missing` are suppliers that offer other lines, but not this one.

    `last_price` is what the buyer last paid for a unit of the material, `published_price` what
    is published (信息价) for the city of its projects, tax included, as known at the opening; none when they stand in
    several cities.
    """

    line_id: UUID
    position: int
    material_code: str
    unit: str
    quantity: Quantity
    awarded: QuantityOrZero
    published_price: Price | None
    last_price: Price | None
    last_at: datetime | None
    cells: list[CellOut]
    missing: list[UUID]

    @classmethod
    def of(cls, compared: Compared) -> ComparedLineOut:
        """From the rows, which the database has validated: 10,000 cells are shown at once."""
        line = compared.line
        cells = [
            CellOut.model_construct(
                offer_line_id=cell["offer_line_id"],
                supplier_id=cell["supplier_id"],
                material_code=cell["offered_code"],
                alternative=cell["alternative"],
                lowest=cell["offer_line_id"] == compared.lowest,
                excluded=cell["excluded"],
                unit_price=cell["unit_price"],
                tax_percent=cell["tax_percent"],
                delivery_on=cell["delivery_on"],
                note=cell["note"],
                amount=cell["amount"],
                freight=cell["freight"],
                landed=cell["landed"],
                landed_price=cell["landed_price"],
            )
            for cell in compared.cells
        ]
        return cls.model_construct(
            line_id=line["id"],
            position=line["position"],
            material_code=line["material_code"],
            unit=line["unit"],
            quantity=line["quantity"],
            awarded=line["awarded"],
            published_price=compared.published_price,
            last_price=line["last_price"],
            last_at=line["last_at"],
            cells=cells,
            missing=list(compared.missing),
        )
