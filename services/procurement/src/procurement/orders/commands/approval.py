"""What the approval (审批) of an order needs: its steps, and what was published for its lines on that day."""

from __future__ import annotations

from decimal import Decimal

from chassis import replica
from chassis.work import Work
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.service import Document
from procurement.orders.models import Order
from procurement.orders.states import Origin
from procurement.prices import service as prices
from procurement.prices.events import CURRENCY
from procurement.prices.service import Comparable


async def open_steps(work: Work, order: Order) -> None:
    """Fix who approves an order that the caller submits; one of an award that people approved is covered by it."""
    covered = False
    if order.origin is Origin.AWARD and order.origin_id is not None:
        covered = await approvals.covers(work, DocumentKind.AWARD, order.origin_id)
    document = Document(
        kind=DocumentKind.ORDER,
        id=order.id,
        number=order.number,
        organisation_id=order.buyer_id,
        authors=sorted({order.created_by, *order.revised_by, work.principal.subject}),
        amount=order.total,
        currency=order.currency,
        covered=covered,
    )
    await approvals.open_steps(work, document)


async def published(work: Work, order: Order) -> list[Decimal | None]:
    """What is published for each line now, in the city of the order's project."""
    async with work.reading() as session:
        project = await replica.project(session, order.project_id)
    if order.currency != CURRENCY or project is None:
        return [None] * len(order.lines)
    asked = [Comparable(line.material_code, project.city, line.unit) for line in order.lines]
    return await prices.with_tax(work, asked, work.now)
