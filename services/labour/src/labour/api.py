"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from labour import permissions
from labour.assignments import endpoints as assignments
from labour.attendance import endpoints as attendance
from labour.breaks import endpoints as breaks
from labour.codes import endpoints as codes
from labour.days import endpoints as days
from labour.devices import endpoints as devices
from labour.geofences import endpoints as geofences
from labour.months import endpoints as months
from labour.repairs import endpoints as repairs
from labour.workers import endpoints as workers

router = APIRouter(prefix="/labour/v1")
router.include_router(codes.router)
router.include_router(workers.router)
router.include_router(assignments.router)
router.include_router(devices.router)
router.include_router(geofences.router)
router.include_router(breaks.router)
router.include_router(attendance.router)
router.include_router(repairs.router)
router.include_router(months.router)
router.include_router(days.router)
router.include_router(files.router(permissions.FILES_UPLOAD, permissions.FILES_READ, noun="LabourFile"))
