"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from procurement.deliveries import endpoints as deliveries
from procurement.guarantees import endpoints as guarantees
from procurement.materials import endpoints as materials
from procurement.orders import endpoints as orders
from procurement.payables import endpoints as payables
from procurement.payments import endpoints as payments
from procurement.scorecards import endpoints as scorecards
from procurement.suppliers import endpoints as suppliers

router = APIRouter(prefix="/procurement/v1")
router.include_router(materials.router)
router.include_router(orders.router)
router.include_router(deliveries.router)
router.include_router(payables.router)
router.include_router(payments.router)
router.include_router(guarantees.router)
router.include_router(suppliers.router)
router.include_router(suppliers.invitations)
router.include_router(suppliers.standings)
router.include_router(suppliers.policies)
router.include_router(scorecards.router)
