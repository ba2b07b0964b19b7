"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from procurement.approvals import endpoints as approvals
from procurement.buyer_codes import endpoints as buyer_codes
from procurement.deliveries import endpoints as deliveries
from procurement.files import endpoints as files
from procurement.invoices import endpoints as invoices
from procurement.materials import endpoints as materials
from procurement.orders import endpoints as orders
from procurement.prices import endpoints as prices
from procurement.requisitions import endpoints as requisitions
from procurement.rulebook import endpoints as rulebook
from procurement.scorecards import endpoints as scorecards
from procurement.statements import endpoints as statements
from procurement.suppliers import endpoints as suppliers
from procurement.units import endpoints as units

router = APIRouter(prefix="/procurement/v1")
router.include_router(materials.router)
router.include_router(materials.branch_router)
router.include_router(units.router)
router.include_router(buyer_codes.router)
router.include_router(prices.router)
router.include_router(orders.router)
router.include_router(deliveries.router)
router.include_router(files.router)
router.include_router(suppliers.router)
router.include_router(suppliers.invitations)
router.include_router(suppliers.standings)
router.include_router(suppliers.policies)
router.include_router(scorecards.router)
router.include_router(rulebook.router)
router.include_router(approvals.router)
router.include_router(requisitions.router)
router.include_router(statements.router)
router.include_router(invoices.router)
