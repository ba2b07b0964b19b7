"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from labour import permissions
from labour.assignments import endpoints as assignments
from labour.attendance import endpoints as attendance
from labour.authorities import endpoints as authorities
from labour.codes import endpoints as codes
from labour.filings import endpoints as filings
from labour.workers import endpoints as workers

router = APIRouter(prefix="/labour/v1")
router.include_router(codes.router)
router.include_router(workers.router)
router.include_router(assignments.router)
router.include_router(attendance.router)
router.include_router(authorities.router)
router.include_router(filings.router)
router.include_router(files.router(permissions.FILES_UPLOAD, permissions.FILES_READ, noun="LabourFile"))
