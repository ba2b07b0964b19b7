"""How suppliers stand with their workers' wages, for a buyer who looks at one or compares offers."""

from __future__ import annotations

from uuid import UUID

from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.clients.labour import LabourDirectory
from procurement.offers import service as offers
from procurement.suppliers import repository as suppliers
from procurement.wage_standings import errors
from procurement.wage_standings.rules import Judged
from procurement.wage_standings.service import judged


async def of_supplier(work: Work, supplier_file_id: UUID, labour: LabourDirectory) -> Judged:
    """How one of the buyer's suppliers stands today; FailedPrecondition SUPPLIER_NOT_JOINED before it has joined."""
    work.require(permissions.SUPPLIERS_READ)
    async with work.reading() as session:
        file = await suppliers.get(session, work.principal, supplier_file_id)
    if file.supplier_id is None:
        raise errors.not_joined(supplier_file_id)
    [found] = await judged(work, [file.supplier_id], labour)
    return found


async def of_offers(work: Work, sourcing_id: UUID, request: PageRequest, labour: LabourDirectory) -> Page[Judged]:
    """How those stand who offer to a sourcing; STILL_SEALED before the opening. All are on the first page."""
    work.require(permissions.OFFERS_READ)
    offering = await offers.offering(work, sourcing_id)
    return Page([] if request.token else await judged(work, offering, labour), "")
