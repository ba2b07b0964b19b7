"""REST door of courses: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.courses import service
from labour.courses.models import Category, Subject
from labour.courses.schemas import CourseIn, CourseOut, Skill
from labour.courses.service import CourseFilter
from labour.courses.states import State

router = APIRouter(prefix="/training/courses", tags=["training"])


class CourseFilters(Filters):
    """Which courses to list."""

    category: Category | None = None
    subject: Subject | None = None
    skill: Skill | None = None
    state: State | None = None


@router.post(
    "",
    operation_id="offerCourse",
    status_code=201,
    response_model=CourseOut,
    responses=problems(AlreadyExists, FailedPrecondition),
)
async def offer(body: CourseIn, edge: EdgeDep) -> Response:
    """Offer a course of training."""
    return await edge.write(lambda work: service.offer(work, body.command()), CourseOut.model_validate, status=201)


@router.get("", operation_id="listCourses", response_model=PageOut[CourseOut], responses=problems())
async def list_courses(filters: Annotated[CourseFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's own courses and those of the training bases, newest first."""
    wanted = CourseFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), CourseOut.model_validate)


@router.get("/{course_id}", operation_id="getCourse", response_model=CourseOut, responses=problems(NotFound))
async def get(course_id: UUID, edge: EdgeDep) -> Response:
    """One visible course."""
    return await edge.read(lambda work: service.get(work, course_id), CourseOut.model_validate)


@router.post(
    "/{course_id}:retire",
    operation_id="retireCourse",
    response_model=CourseOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def retire(course_id: UUID, edge: EdgeDep) -> Response:
    """Plan no further sessions of a course."""
    return await edge.write(
        lambda work: service.retire(work, course_id, edge.expected_version), CourseOut.model_validate
    )
