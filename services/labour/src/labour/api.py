"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from labour import permissions
from labour.assignments import endpoints as assignments
from labour.attendance import endpoints as attendance
from labour.codes import endpoints as codes
from labour.health import endpoints as health
from labour.subcontracts import endpoints as subcontracts
from labour.teams import endpoints as teams
from labour.wage_officers import endpoints as wage_officers
from labour.workers import endpoints as workers

router = APIRouter(prefix="/labour/v1")
router.include_router(codes.router)
router.include_router(workers.router)
router.include_router(health.router)
router.include_router(subcontracts.router)
router.include_router(wage_officers.router)
router.include_router(assignments.router)
router.include_router(teams.router)
router.include_router(attendance.router)
router.include_router(files.router(permissions.FILES_UPLOAD, permissions.FILES_READ, noun="LabourFile"))
