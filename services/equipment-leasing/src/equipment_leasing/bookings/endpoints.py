"""REST door of bookings: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from equipment_leasing.bookings import service
from equipment_leasing.bookings.repository import BookingFilter
from equipment_leasing.bookings.rules import Window
from equipment_leasing.bookings.schemas import (
    BookingOut,
    HandOverIn,
    HoldMachineIn,
    ReasonIn,
    ReturnIn,
    ReturnOut,
)
from equipment_leasing.bookings.service import HandOver, HoldMachine, Return, Verb
from equipment_leasing.bookings.states import State
from equipment_leasing.clients import LabourDep, ProjectsDep
from equipment_leasing.values import Day

router = APIRouter(prefix="/bookings", tags=["bookings"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING_ERRORS = problems(NotFound, FailedPrecondition, Aborted, Unavailable)


class BookingFilters(Filters):
    """Which bookings to list; `on`: those that take this day."""

    state: State | None = None
    machine_id: UUID | None = None
    listing_id: UUID | None = None
    project_id: UUID | None = None
    lessor_id: UUID | None = None
    lessee_id: UUID | None = None
    on: Day | None = None


@router.post("", operation_id="holdMachine", status_code=201, response_model=BookingOut, responses=ASKING_ERRORS)
async def hold(body: HoldMachineIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Keep a listed machine for a project of the caller's until the lessor confirms, at most 48 hours."""
    window = Window(body.first_day, body.last_day)
    command = HoldMachine(body.listing_id, body.project_id, window, body.rent_basis)
    return await edge.write(lambda work: service.hold(work, command, projects), BookingOut.of, status=201)


@router.get("", operation_id="listBookings", response_model=PageOut[BookingOut], responses=problems())
async def list_bookings(filters: Annotated[BookingFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's bookings, as lessor or lessee, newest first."""
    wanted = BookingFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), BookingOut.of)


@router.get("/{booking_id}", operation_id="getBooking", response_model=BookingOut, responses=problems(NotFound))
async def get(booking_id: UUID, edge: EdgeDep) -> Response:
    """One booking."""
    return await edge.read(lambda work: service.get(work, booking_id), BookingOut.of)


@router.post("/{booking_id}:confirm", operation_id="confirmBooking", response_model=BookingOut, responses=VERB_ERRORS)
async def confirm(booking_id: UUID, edge: EdgeDep) -> Response:
    """The lessor takes a hold."""
    command = Verb(booking_id, edge.expected_version)
    return await edge.write(lambda work: service.confirm(work, command), BookingOut.of)


@router.post("/{booking_id}:release", operation_id="releaseBooking", response_model=BookingOut, responses=VERB_ERRORS)
async def release(booking_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The lessee gives a hold up."""
    command = Verb(booking_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.release(work, command), BookingOut.of)


@router.post("/{booking_id}:cancel", operation_id="cancelBooking", response_model=BookingOut, responses=VERB_ERRORS)
async def cancel(booking_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Either side calls a confirmed booking off before the hand-over, and says why."""
    command = Verb(booking_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command), BookingOut.of)


@router.post(
    "/{booking_id}:hand-over", operation_id="handOverMachine", response_model=BookingOut, responses=ASKING_ERRORS
)
async def hand_over(
    booking_id: UUID, body: HandOverIn, edge: EdgeDep, projects: ProjectsDep, labour: LabourDep
) -> Response:
    """The machine goes to the project, clear of bans that day, with an operator whom labour has verified.

    Kinds that demand no special trade need no operator.
    """
    command = HandOver(booking_id, edge.expected_version, body.operator_worker_id, body.at)
    return await edge.write(lambda work: service.hand_over(work, command, projects, labour), BookingOut.of)


@router.post("/{booking_id}:return", operation_id="returnMachine", response_model=ReturnOut, responses=VERB_ERRORS)
async def give_back(booking_id: UUID, body: ReturnIn, edge: EdgeDep) -> Response:
    """The machine came back. `pushed` names the bookings that begin later because it came back late."""
    command = Return(booking_id, edge.expected_version, body.at)
    return await edge.write(lambda work: service.give_back(work, command), ReturnOut.of_return)
