"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from equipment_leasing.bookings import endpoints as bookings
from equipment_leasing.hours import endpoints as hours
from equipment_leasing.listings import endpoints as listings
from equipment_leasing.machines import endpoints as machines
from equipment_leasing.telematics import endpoints as telematics

router = APIRouter(prefix="/equipment/v1")
router.include_router(machines.router)
router.include_router(listings.router)
router.include_router(bookings.router)
router.include_router(telematics.router)
router.include_router(hours.router)
