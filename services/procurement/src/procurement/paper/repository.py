"""The only SQL of papers: the names of what a document refers to. The document itself comes from its own aggregate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.replica import KnownOrganisation
from chassis.typesetting import PrintedOrganisation
from procurement.deliveries.models import Delivery
from procurement.materials.models import Material
from procurement.orders.models import Order
from procurement.paper.rules import Around, Named
from procurement.suppliers.models import SupplierFile


async def around(
    session: AsyncSession,
    principal: Principal,
    *,
    buyer_id: UUID,
    supplier_id: UUID,
    project_id: UUID | None,
    codes: Collection[str],
) -> Around:
    """Names and codes of parties, project and materials of a document that the caller may see.

    Parties go by their registered names: a paper is signed, invoiced and paid under these, and both sides hold the
    same one. The name in the buyer's file of its supplier is the buyer's own; it stands in only until the register's
    is here.
    """
    registered = await replica.organisations(session, (buyer_id, supplier_id))
    project = None if project_id is None else await replica.project(session, project_id)
    return Around(
        buyer=_registered(registered.get(buyer_id)) or _itself(principal, buyer_id),
        supplier=_registered(registered.get(supplier_id))
        or await _in_file(session, buyer_id, supplier_id)
        or _itself(principal, supplier_id),
        project_code="" if project is None else project.code,
        project=Named("", "") if project is None else Named(project.name_zh, project.name_en),
        materials=await _materials(session, codes),
    )


async def order_of(session: AsyncSession, delivery: Delivery) -> Order:
    """The order of a delivery that the caller has been shown; a supervisor sees deliveries and no order by itself."""
    statement = select(Order).where(col(Order.id) == delivery.order_id).options(selectinload(Order.lines))  # type: ignore[arg-type]
    return (await session.scalars(statement)).one()


def _registered(known: KnownOrganisation | None) -> PrintedOrganisation | None:
    return None if known is None else PrintedOrganisation(str(known.organisation_id), known.name, known.uscc)


def _itself(principal: Principal, organisation_id: UUID) -> PrintedOrganisation:
    """A party that is known by its id only; the caller's token tells its own code."""
    return PrintedOrganisation(
        str(organisation_id), uscc=principal.uscc if principal.organisation_id == organisation_id else ""
    )


async def _in_file(session: AsyncSession, buyer_id: UUID, supplier_id: UUID) -> PrintedOrganisation | None:
    found = await session.execute(
        select(col(SupplierFile.name_zh), col(SupplierFile.uscc)).where(
            col(SupplierFile.buyer_id) == buyer_id, col(SupplierFile.supplier_id) == supplier_id
        )
    )
    row = found.one_or_none()
    return None if row is None else PrintedOrganisation(str(supplier_id), row.name_zh, row.uscc)


async def _materials(session: AsyncSession, codes: Collection[str]) -> Mapping[str, Named]:
    rows = await session.execute(
        select(col(Material.code), col(Material.name_zh), col(Material.name_en), col(Material.specification)).where(
            col(Material.code).in_(set(codes))
        )
    )
    return {row.code: Named(row.name_zh, row.name_en, row.specification) for row in rows}
