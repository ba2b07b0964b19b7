"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from labour import permissions
from labour.assignments import endpoints as assignments
from labour.attendance import endpoints as attendance
from labour.codes import endpoints as codes
from labour.consents import endpoints as consents
from labour.privacy import endpoints as privacy
from labour.records import endpoints as records
from labour.workers import endpoints as workers

router = APIRouter(prefix="/labour/v1")
router.include_router(codes.router)
router.include_router(workers.router)
router.include_router(consents.router)
router.include_router(records.router)
router.include_router(privacy.router)
router.include_router(assignments.router)
router.include_router(attendance.router)
router.include_router(files.router(permissions.FILES_UPLOAD, permissions.FILES_READ, noun="LabourFile"))
