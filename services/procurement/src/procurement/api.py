"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from procurement.deliveries import endpoints as deliveries
from procurement.invoices import endpoints as invoices
from procurement.materials import endpoints as materials
from procurement.orders import endpoints as orders
from procurement.statements import endpoints as statements

router = APIRouter(prefix="/procurement/v1")
router.include_router(materials.router)
router.include_router(orders.router)
router.include_router(deliveries.router)
router.include_router(statements.router)
router.include_router(invoices.router)
