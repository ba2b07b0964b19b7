"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from labour import permissions
from labour.assignments import endpoints as assignments
from labour.attendance import endpoints as attendance
from labour.codes import endpoints as codes
from labour.contracts import endpoints as contracts
from labour.evidence import endpoints as evidence
from labour.links import endpoints as links
from labour.payouts import endpoints as payouts
from labour.payrolls import endpoints as payrolls
from labour.self_service import endpoints as self_service
from labour.wage_accounts import endpoints as wage_accounts
from labour.warnings import endpoints as warnings
from labour.workers import endpoints as workers

router = APIRouter(prefix="/labour/v1")
router.include_router(codes.router)
router.include_router(workers.router)
router.include_router(assignments.router)
router.include_router(attendance.router)
router.include_router(contracts.router)
router.include_router(links.router)
router.include_router(wage_accounts.router)
router.include_router(payrolls.router)
router.include_router(payouts.router)
router.include_router(self_service.router)
router.include_router(files.router(permissions.FILES_UPLOAD, permissions.FILES_READ, noun="LabourFile"))
router.include_router(evidence.router)
router.include_router(warnings.router)
