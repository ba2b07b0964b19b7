"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from procurement.orders import endpoints as orders

router = APIRouter(prefix="/procurement/v1")
router.include_router(orders.router)
