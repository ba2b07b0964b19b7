"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from procurement.approvals import endpoints as approvals
from procurement.deliveries import endpoints as deliveries
from procurement.invoices import endpoints as invoices
from procurement.materials import endpoints as materials
from procurement.orders import endpoints as orders
from procurement.requisitions import endpoints as requisitions
from procurement.rulebook import endpoints as rulebook
from procurement.scorecards import endpoints as scorecards
from procurement.statements import endpoints as statements
from procurement.suppliers import endpoints as suppliers

router = APIRouter(prefix="/procurement/v1")
router.include_router(materials.router)
router.include_router(orders.router)
router.include_router(deliveries.router)
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
