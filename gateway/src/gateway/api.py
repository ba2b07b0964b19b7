"""REST table of contents of what the gateway serves itself."""

from __future__ import annotations

from fastapi import APIRouter

from gateway.access.affiliations import endpoints as affiliations
from gateway.access.clients import endpoints as clients
from gateway.access.members import endpoints as members
from gateway.access.organisations import endpoints as organisations

router = APIRouter(prefix="/access/v1")
router.include_router(organisations.router)
router.include_router(organisations.directory_router)
router.include_router(affiliations.router)
router.include_router(members.router)
router.include_router(clients.router)
