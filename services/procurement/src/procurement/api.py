"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from procurement.buyer_codes import endpoints as buyer_codes
from procurement.deliveries import endpoints as deliveries
from procurement.materials import endpoints as materials
from procurement.orders import endpoints as orders
from procurement.prices import endpoints as prices
from procurement.units import endpoints as units

router = APIRouter(prefix="/procurement/v1")
router.include_router(materials.router)
router.include_router(materials.branch_router)
router.include_router(units.router)
router.include_router(buyer_codes.router)
router.include_router(prices.router)
router.include_router(orders.router)
router.include_router(deliveries.router)
