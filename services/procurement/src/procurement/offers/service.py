"""Use cases of offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from chassis.ids import new_id
from chassis.pages import Page, PageRequest, decode_token, encode_token
from chassis.work import Work
from procurement import permissions
from procurement.offers import errors, repository, rules
from procurement.offers.models import Offer
from procurement.offers.repository import OfferFilter
from procurement.offers.rules import NewOffer
from procurement.prices import service as prices
from procurement.prices.events import CURRENCY
from procurement.prices.service import Comparable
from procurement.sourcing import service as sourcing
from procurement.sourcing.models import Sourcing, SourcingLine
from procurement.sourcing.states import State


async def add(work: Work, found: Sourcing, offers: Sequence[NewOffer]) -> None:
    """For the job of a deadline: put offers on the table, with what each line costs on site."""
    lines = {line.id: line for line in found.lines}
    rows: list[Offer] = []
    line_rows: list[dict[str, Any]] = []
    for new in offers:
        quantities = [(lines[line.line_id].quantity, line.unit_price) for line in new.lines]
        costs = rules.landed(new.freight, quantities)
        offer = Offer(
            sourcing_id=found.id,
            buyer_id=found.buyer_id,
            supplier_id=new.supplier_id,
            origin=new.origin,
            origin_id=new.origin_id,
            currency=found.currency,
            freight=new.freight,
            total=sum((cost.total for cost in costs), Decimal("0.00")),
            complete=len(new.lines) == len(lines),
            valid_until=new.valid_until,
            note=new.note,
            created_at=work.now,
        )
        rows.append(offer)
        line_rows += [
            _line(offer, lines[line.line_id], line, cost) for line, cost in zip(new.lines, costs, strict=True)
        ]
    await repository.add(await work.writing(), rows, line_rows)


def _line(offer: Offer, asked: SourcingLine, line: rules.NewOfferLine, cost: rules.Landed) -> dict[str, Any]:
    return {
        "id": new_id(),
        "offer_id": offer.id,
        "line_id": asked.id,
        "supplier_id": offer.supplier_id,
        "position": asked.position,
        "material_code": line.material_code or asked.material_code,
        "alternative": line.material_code is not None,
        "unit_price": line.unit_price,
        "tax_percent": line.tax_percent,
        "delivery_on": line.delivery_on,
        "note": line.note,
        "amount": cost.amount,
        "freight": cost.freight,
        "landed": cost.total,
        "landed_price": cost.unit_price,
    }


async def get(work: Work, offer_id: UUID) -> Offer:
    """One offer with its lines."""
    work.require(permissions.OFFERS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, offer_id)


async def page(work: Work, wanted: OfferFilter, request: PageRequest) -> Page[Offer]:
    """Offers to the caller, newest first."""
    work.require(permissions.OFFERS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def compare(work: Work, sourcing_id: UUID, request: PageRequest) -> Page[str]:
    """Line by line, as JSON, what each supplier offers; FailedPrecondition STILL_SEALED before the opening."""
    work.require(permissions.OFFERS_READ)
    after = decode_token(request.token, (int,))[0] if request.token else 0
    found = await sourcing.bought(work, sourcing_id)
    if found.state in (State.DRAFT, State.PUBLISHED):
        raise errors.still_sealed()
    async with work.reading_driver() as connection:
        lines = await repository.compared(connection, sourcing_id, after=after, lines=request.size + 1)
    published = await _published(work, found, lines)
    async with work.reading_driver() as connection:
        rows = await repository.compare(
            connection, work.principal, sourcing_id, after=after, lines=request.size + 1, published=published
        )
    told = [json for _, json in rows[: request.size]]
    return Page(told, encode_token([rows[request.size - 1][0]]) if len(rows) > request.size else "")


async def _published(work: Work, found: Sourcing, lines: Sequence[asyncpg.Record]) -> dict[int, Decimal | None]:
    """By position, the published price of the line's city per its unit, as it was known at the opening."""
    if found.currency != CURRENCY:
        return {}
    asked = [Comparable(line["material_code"], line["city"] or "", line["unit"]) for line in lines]
    known = await prices.with_tax(work, asked, found.opened_at or work.now)
    return {line["position"]: price for line, price in zip(lines, known, strict=True)}


async def offering(work: Work, sourcing_id: UUID) -> list[UUID]:
    """For hints: who offers to the caller's sourcing; FailedPrecondition STILL_SEALED before the opening."""
    found = await sourcing.bought(work, sourcing_id)
    if found.state in (State.DRAFT, State.PUBLISHED):
        raise errors.still_sealed()
    async with work.reading() as session:
        return await repository.offering(session, work.principal, sourcing_id)


async def suppliers_of(work: Work, offer_line_ids: Sequence[UUID]) -> set[UUID]:
    """For awards, before they lock: whose offers to the caller these lines are; lines of others are left out."""
    async with work.reading() as session:
        return await repository.suppliers_of(session, work.principal, offer_line_ids)


@dataclass(frozen=True, slots=True)
class Choice:
    """An offer for a line that can be awarded; `lowest`: no cheaper one of the very material counts."""

    offer_line_id: UUID
    line_id: UUID
    supplier_id: UUID
    material_code: str
    unit: str
    tax_percent: Decimal | None
    landed_price: Decimal
    lowest: bool


async def choices(work: Work, found: Sourcing, ids: Sequence[UUID]) -> dict[UUID, Choice]:
    """For awards: which of these offer lines of a locked sourcing may be awarded: neither excluded nor expired.

    An alternative is never the lowest: it is another thing than was asked for.
    """
    rows = await repository.choices(await work.driver(), work.principal, found.id, ids, work.today)
    return {
        row["id"]: Choice(
            row["id"],
            row["line_id"],
            row["supplier_id"],
            row["material_code"],
            row["unit"],
            row["tax_percent"],
            row["landed_price"],
            not row["alternative"] and row["landed_price"] == row["lowest"],
        )
        for row in rows
    }


async def rank(work: Work, sourcing_id: UUID, supplier_id: UUID) -> tuple[bool, int | None]:
    """For outcomes: whether the supplier has offered, and its place by total among complete offers (None: partial)."""
    async with work.reading() as session:
        rows = await repository.totals(session, sourcing_id)
    offered = any(supplier == supplier_id for supplier, _, _ in rows)
    places = [supplier for supplier, _, complete in rows if complete]
    return offered, places.index(supplier_id) + 1 if supplier_id in places else None
