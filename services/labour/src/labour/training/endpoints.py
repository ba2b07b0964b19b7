"""REST door of hours of training: only translates."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import AlreadyExists, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.training import service
from labour.training.models import HoursRule, Requirement, RequirementKind
from labour.training.rules import EntryTraining
from labour.training.schemas import (
    DutyIn,
    DutyOut,
    EntryTrainingOut,
    HoursRuleOut,
    LevelOut,
    ProjectTrainingOut,
    RequirementOut,
)
from labour.training.service import RequirementFilter, TellDuty

router = APIRouter(prefix="/training", tags=["training"])


class RequirementFilters(Filters):
    """Which requirements to list."""

    year: Annotated[int, Field(ge=2000, le=2100, examples=[2026])] | None = None
    kind: RequirementKind | None = None
    project_id: UUID | None = None
    worker_id: UUID | None = None
    short: bool | None = Field(default=None, description="Hours or levels are missing.")
    warned: bool | None = Field(default=None, description="A shortage is raised.")


def _requirement(row: Requirement) -> RequirementOut:
    return RequirementOut.model_validate(
        {
            **row.model_dump(),
            "missing_hours": max(row.required_hours - row.done_hours, Decimal("0.00")),
            "missing_levels": [one for one in row.missing_levels.split(",") if one],
        }
    )


def _rule(rule: HoursRule) -> HoursRuleOut:
    return HoursRuleOut(
        city=rule.city,
        entry=dict(rule.entry),
        yearly=dict(rule.yearly),
        job_change_hours=rule.job_change,
        source=rule.source,
        status=rule.status,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )


def _entry(found: EntryTraining) -> EntryTrainingOut:
    return EntryTrainingOut(
        levels=[
            LevelOut(level=one.level, required_hours=one.required, done_hours=one.done, complete=one.complete)
            for one in found.levels
        ],
        complete=not found.missing,
        missing=found.missing,
        begins_on=found.begins_on,
        valid_until=found.valid_until,
        source=found.source,
    )


@router.get("/rules", operation_id="listTrainingRules", response_model=PageOut[HoursRuleOut], responses=problems())
async def list_rules(page: PageDep, edge: EdgeDep) -> Response:
    """Required hours by person and year, with their sources."""
    return await edge.page(lambda work: service.hours_rules(work, page), _rule)


@router.get(
    "/requirements",
    operation_id="listTrainingRequirements",
    response_model=PageOut[RequirementOut],
    responses=problems(),
)
async def list_requirements(filters: Annotated[RequirementFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What the caller's workers need, have and lack by when, as last counted; newest first."""
    wanted = RequirementFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), _requirement)


@router.get(
    "/projects/{project_id}",
    operation_id="getProjectTraining",
    response_model=ProjectTrainingOut,
    responses=problems(NotFound),
)
async def project_state(project_id: UUID, edge: EdgeDep) -> Response:
    """The training state of a project in figures by employer; an employer sees its own line only."""
    return await edge.read(lambda work: service.project_state(work, project_id), ProjectTrainingOut.model_validate)


@router.get(
    "/workers/{worker_id}/entry",
    operation_id="getEntryTraining",
    response_model=EntryTrainingOut,
    responses=problems(NotFound),
)
async def entry(worker_id: UUID, edge: EdgeDep, project_id: UUID | None = None) -> Response:
    """Whether the three levels of a worker's entry training are complete, or which is missing; on a project or any."""
    return await edge.read(lambda work: service.entry(work, worker_id, project_id), _entry)


@router.post(
    "/workers/{worker_id}/duties",
    operation_id="tellDuty",
    status_code=201,
    response_model=DutyOut,
    responses=problems(NotFound, AlreadyExists),
)
async def tell_duty(worker_id: UUID, body: DutyIn, edge: EdgeDep) -> Response:
    """From which day on a worker does what, and whether he changed his job for it."""
    command = TellDuty(worker_id=worker_id, **body.model_dump())
    return await edge.write(lambda work: service.tell_duty(work, command), DutyOut.model_validate, status=201)


@router.get(
    "/workers/{worker_id}/duties",
    operation_id="listDuties",
    response_model=PageOut[DutyOut],
    responses=problems(NotFound),
)
async def list_duties(worker_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The duties of a worker, newest first."""
    return await edge.page(lambda work: service.page_of_duties(work, worker_id, page), DutyOut.model_validate)
