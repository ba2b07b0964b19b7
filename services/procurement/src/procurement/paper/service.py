"""Use cases of papers: whoever may read a document may have it on paper."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from chassis.typesetting import typeset
from chassis.work import Work
from procurement.agreements import service as agreements
from procurement.agreements.models import Agreement, AgreementItem
from procurement.deliveries import service as deliveries
from procurement.deliveries.models import Delivery
from procurement.orders import service as orders
from procurement.orders.models import Order
from procurement.paper import repository, rules
from procurement.paper.rules import Around
from procurement.statements import service as statements
from procurement.supplements import service as supplements
from procurement.supplements.models import SupplementItem

TEMPLATES = Path(__file__).with_name("templates")


async def order_document(work: Work, order_id: UUID, language: str) -> Iterable[bytes]:
    """The order as PDF, in zh-CN or en."""
    order = await orders.get(work, order_id)
    return [await typeset(rules.order_paper(order, await around(work, order), language), TEMPLATES)]


async def delivery_document(work: Work, delivery_id: UUID, language: str) -> Iterable[bytes]:
    """The delivery note as PDF, in zh-CN or en."""
    delivery = await deliveries.get(work, delivery_id)
    order = await order_of(work, delivery)
    return [await typeset(rules.delivery_paper(delivery, order, await around(work, order), language), TEMPLATES)]


async def agreement_document(work: Work, agreement_id: UUID, language: str) -> Iterable[bytes]:
    """The contract or framework agreement as PDF, in zh-CN or en."""
    agreement = await agreements.get(work, agreement_id)
    found = await around_agreement(work, agreement, agreement.items)
    return [await typeset(rules.agreement_paper(agreement, found, language), TEMPLATES)]


async def supplement_document(work: Work, agreement_id: UUID, supplement_id: UUID, language: str) -> Iterable[bytes]:
    """The supplemental agreement as PDF, in zh-CN or en."""
    supplement = await supplements.get(work, agreement_id, supplement_id)
    agreement = await agreements.get(work, agreement_id)
    found = await around_agreement(work, agreement, supplement.items)
    return [await typeset(rules.supplement_paper(supplement, agreement, found, language), TEMPLATES)]


async def statement_document(work: Work, statement_id: UUID, language: str) -> Iterable[bytes]:
    """The reconciliation as PDF, in zh-CN or en."""
    statement = await statements.get(work, statement_id)
    async with work.reading() as session:
        found = await repository.around(
            session,
            work.principal,
            buyer_id=statement.buyer_id,
            supplier_id=statement.supplier_id,
            project_id=statement.project_id,
            codes=[line.material_code for line in statement.lines],
        )
    return [await typeset(rules.statement_paper(statement, found, language), TEMPLATES)]


async def order_of(work: Work, delivery: Delivery) -> Order:
    """What was ordered, for a delivery that the caller has been shown."""
    async with work.reading() as session:
        return await repository.order_of(session, delivery)


async def around_agreement(work: Work, agreement: Agreement, items: Iterable[AgreementItem | SupplementItem]) -> Around:
    """What an agreement and these items refer to, for an agreement that the caller has been shown."""
    async with work.reading() as session:
        return await repository.around(
            session,
            work.principal,
            buyer_id=agreement.holder_id,
            supplier_id=agreement.supplier_id,
            project_id=None,
            codes=[item.material_code for item in items],
        )


async def around(work: Work, order: Order) -> Around:
    """What an order refers to, for an order that the caller has been shown."""
    async with work.reading() as session:
        return await repository.around(
            session,
            work.principal,
            buyer_id=order.buyer_id,
            supplier_id=order.supplier_id,
            project_id=order.project_id,
            codes=[line.material_code for line in order.lines],
        )
