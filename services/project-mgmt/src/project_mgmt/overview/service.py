"""The overview: own budget and indicators beside what labour, procurement and equipment-leasing say now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from chassis.errors import NotFound, ServiceError
from chassis.rpc.deadline import within
from chassis.work import Work
from project_mgmt import permissions
from project_mgmt.budgets import repository as budgets
from project_mgmt.budgets.models import Budget
from project_mgmt.clients import Neighbours
from project_mgmt.clients.equipment import Machine
from project_mgmt.clients.labour import Presence
from project_mgmt.clients.procurement import ProjectOrders
from project_mgmt.indicators import repository as indicators
from project_mgmt.indicators.rules import IndicatorFilters, Total
from project_mgmt.projects import repository as projects
from project_mgmt.projects.models import Project

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Missing:
    """A service that did not answer, and why: the reason that a program can switch on."""

    service: str
    code: str


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of a project. What a service did not say in time is None, and the service is named in `missing`."""

    project: Project
    budget: Budget | None
    totals: Sequence[Total]
    presence: Presence | None
    orders: ProjectOrders | None
    machines: Sequence[Machine] | None
    missing: Sequence[Missing]
    as_of: datetime


async def get(work: Work, project_id: UUID, neighbours: Neighbours) -> Overview:
    """Ask the three others at the same time, under one deadline, and answer with whatever has come."""
    work.require(permissions.OVERVIEW_READ)
    async with work.reading() as session:
        project = await projects.get_steered(session, work.principal, project_id, work.today)
        try:
            budget = await budgets.get(session, work.principal, project_id, work.today)
        except NotFound:
            budget = None
        totals = await indicators.totals(session, project_id, IndicatorFilters())
    missing: list[Missing] = []
    with within(neighbours.wait):
        presence, orders, machines = await asyncio.gather(
            _asked("labour", neighbours.labour.presence(project_id), neighbours.wait, missing),
            _asked("procurement", neighbours.procurement.project_orders(project_id), neighbours.wait, missing),
            _asked(
                "equipment-leasing",
                neighbours.equipment.machines_on_site(project_id),
                neighbours.wait,
                missing,
            ),
        )
    missing.sort(key=lambda one: one.service)
    return Overview(project, budget, totals, presence, orders, machines, missing, work.now)


async def _asked(service: str, answer: Awaitable[T], wait: float, missing: list[Missing]) -> T | None:
    try:
        async with asyncio.timeout(wait):
            return await answer
    except ServiceError as error:
        missing.append(Missing(service, error.reason))
    except TimeoutError:
        missing.append(Missing(service, f"{service.upper().replace('-', '_')}_DEADLINE_EXCEEDED"))
    return None
