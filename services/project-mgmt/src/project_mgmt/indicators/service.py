"""Use cases of indicators: facts add to them, people read them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.pages import Page, PageRequest
from chassis.work import Work
from project_mgmt import permissions
from project_mgmt.indicators import repository, rules
from project_mgmt.indicators.models import IndicatorDay, IndicatorEntry
from project_mgmt.indicators.rules import Delta, IndicatorFilters, Total
from project_mgmt.projects import repository as projects


async def add(work: Work, deltas: Sequence[Delta]) -> None:
    """Add what a fact says. Sums do not depend on the order of facts; the inbox keeps each from counting twice."""
    work.require(permissions.INDICATORS_APPLY)
    summed = rules.summed(deltas)
    if summed:
        await repository.add(await work.driver(), summed)


async def page(work: Work, project_id: UUID, filters: IndicatorFilters, request: PageRequest) -> Page[IndicatorEntry]:
    """Figures by day and detail."""
    work.require(permissions.INDICATORS_READ)
    async with work.reading() as session:
        project = await projects.get_steered(session, work.principal, project_id, work.today)
        return await repository.page(session, project.id, filters, request)


async def day_page(work: Work, project_id: UUID, filters: IndicatorFilters, request: PageRequest) -> Page[IndicatorDay]:
    """Figures by day."""
    work.require(permissions.INDICATORS_READ)
    async with work.reading() as session:
        project = await projects.get_steered(session, work.principal, project_id, work.today)
        return await repository.day_page(session, project.id, filters, request)


async def totals(work: Work, project_id: UUID, filters: IndicatorFilters) -> list[Total]:
    """Figures over a range of days, or over the project's whole life."""
    work.require(permissions.INDICATORS_READ)
    async with work.reading() as session:
        project = await projects.get_steered(session, work.principal, project_id, work.today)
        return await repository.totals(session, project.id, filters)
