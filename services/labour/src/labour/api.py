"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from chassis.files import endpoints as files
from labour import permissions
from labour.assignments import endpoints as assignments
from labour.attendance import endpoints as attendance
from labour.authorities import endpoints as authorities
from labour.breaks import endpoints as breaks
from labour.codes import endpoints as codes
from labour.consents import endpoints as consents
from labour.contracts import endpoints as contracts
from labour.courses import endpoints as courses
from labour.days import endpoints as days
from labour.devices import endpoints as devices
from labour.employer_listings import endpoints as employer_listings
from labour.evidence import endpoints as evidence
from labour.filing_objects import endpoints as filing_objects
from labour.filings import endpoints as filings
from labour.geofences import endpoints as geofences
from labour.health import endpoints as health
from labour.links import endpoints as links
from labour.months import endpoints as months
from labour.payouts import endpoints as payouts
from labour.payrolls import endpoints as payrolls
from labour.privacy import endpoints as privacy
from labour.records import endpoints as records
from labour.repairs import endpoints as repairs
from labour.self_service import endpoints as self_service
from labour.sessions import endpoints as sessions
from labour.subcontracts import endpoints as subcontracts
from labour.teams import endpoints as teams
from labour.training import endpoints as training
from labour.training_bases import endpoints as training_bases
from labour.wage_accounts import endpoints as wage_accounts
from labour.wage_officers import endpoints as wage_officers
from labour.warnings import endpoints as warnings
from labour.workers import endpoints as workers
from labour.workers import service as worker_service

router = APIRouter(prefix="/labour/v1")
router.include_router(codes.router)
router.include_router(workers.router)
router.include_router(health.router)
router.include_router(subcontracts.router)
router.include_router(wage_officers.router)
router.include_router(consents.router)
router.include_router(records.router)
router.include_router(privacy.router)
router.include_router(assignments.router)
router.include_router(devices.router)
router.include_router(geofences.router)
router.include_router(breaks.router)
router.include_router(teams.router)
router.include_router(attendance.router)
router.include_router(courses.router)
router.include_router(sessions.router)
router.include_router(training_bases.router)
router.include_router(training.router)
router.include_router(contracts.router)
router.include_router(links.router)
router.include_router(wage_accounts.router)
router.include_router(payrolls.router)
router.include_router(payouts.router)
router.include_router(self_service.router)
router.include_router(authorities.router)
router.include_router(filings.router)
router.include_router(filing_objects.router)
router.include_router(repairs.router)
router.include_router(months.router)
router.include_router(days.router)
router.include_router(
    files.router(permissions.FILES_UPLOAD, permissions.FILES_READ, noun="LabourFile", closed=worker_service.is_photo)
)
router.include_router(evidence.router)
router.include_router(warnings.router)
router.include_router(employer_listings.router)
