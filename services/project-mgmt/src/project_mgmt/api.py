"""REST table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from project_mgmt.budgets import endpoints as budgets
from project_mgmt.costs import endpoints as costs
from project_mgmt.indicators import endpoints as indicators
from project_mgmt.overview import endpoints as overview
from project_mgmt.projects import endpoints as projects
from project_mgmt.wbs import endpoints as wbs

router = APIRouter(prefix="/projects/v1")
router.include_router(projects.router)
router.include_router(wbs.router)
router.include_router(budgets.router)
router.include_router(costs.router)
router.include_router(indicators.router)
router.include_router(overview.router)
